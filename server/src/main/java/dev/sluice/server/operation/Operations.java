package dev.sluice.server.operation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All operations of a server, found by method and address. Immutable. */
public final class Operations {

    /**
     * An operation and what the address says beside it.
     *
     * @param operation what is asked
     * @param parameters decoded segments by name
     */
    public record Match(Operation operation, Map<String, String> parameters) {
        /** Copies the map. */
        public Match {
            parameters = Map.copyOf(parameters);
        }
    }

    private record Pattern(Operation operation, List<String> segments) {}

    private final List<Operation> all;
    private final Map<String, List<Pattern>> byFirstSegment = new HashMap<>();

    /** Those operations. Throws IllegalArgumentException when two have the same method and path. */
    public Operations(List<Operation> operations) {
        this.all = List.copyOf(operations);
        for (Operation operation : all) {
            List<Pattern> patterns =
                    byFirstSegment.computeIfAbsent(operation.segments().getFirst(), first -> new ArrayList<>());
            if (patterns.stream()
                    .anyMatch(p -> p.operation.method().equals(operation.method())
                            && p.segments.equals(operation.segments()))) {
                throw new IllegalArgumentException("two operations at " + operation.method() + " " + operation.path());
            }
            patterns.add(new Pattern(operation, operation.segments()));
        }
        // A literal segment goes before a parameter: policies/validate before policies/{policy}.
        byFirstSegment
                .values()
                .forEach(patterns -> patterns.sort(Comparator.comparing(
                        p -> p.operation.path().replace('{', '\uffff'), Comparator.naturalOrder())));
    }

    /** All of them, in the order they were given. */
    public List<Operation> all() {
        return all;
    }

    /** The operation at that address, with or without a trailing slash, or null. */
    public @Nullable Match find(String method, List<String> address) {
        List<String> segments = withoutTrailingSlash(address);
        for (Pattern pattern : patterns(segments)) {
            if (answers(pattern.operation, method)) {
                Map<String, String> parameters = match(pattern.segments, segments);
                if (parameters != null) {
                    return new Match(pattern.operation, parameters);
                }
            }
        }
        return null;
    }

    /** Methods that are answered at that address, for the Allow header; empty when the address is unknown. */
    public List<String> methods(List<String> address) {
        List<String> segments = withoutTrailingSlash(address);
        TreeSet<String> methods = new TreeSet<>();
        for (Pattern pattern : patterns(segments)) {
            if (match(pattern.segments, segments) != null) {
                methods.add(pattern.operation.method());
                if (pattern.operation.method().equals("GET")) {
                    methods.add("HEAD");
                }
            }
        }
        return List.copyOf(methods);
    }

    static List<String> withoutTrailingSlash(List<String> segments) {
        return segments.size() > 1 && segments.getLast().isEmpty()
                ? segments.subList(0, segments.size() - 1)
                : segments;
    }

    private List<Pattern> patterns(List<String> segments) {
        return byFirstSegment.getOrDefault(segments.getFirst(), List.of());
    }

    private static boolean answers(Operation operation, String method) {
        return operation.method().equals(method)
                || (method.equals("HEAD") && operation.method().equals("GET"));
    }

    private static @Nullable Map<String, String> match(List<String> template, List<String> segments) {
        if (template.size() != segments.size()) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < template.size(); i++) {
            String expected = template.get(i);
            String actual = segments.get(i);
            if (expected.startsWith("{")) {
                if (actual.isEmpty()) {
                    return null;
                }
                parameters.put(expected.substring(1, expected.length() - 1), actual);
            } else if (!expected.equals(actual)) {
                return null;
            }
        }
        return parameters;
    }
}
