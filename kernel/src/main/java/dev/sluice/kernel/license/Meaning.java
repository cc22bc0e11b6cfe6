package dev.sluice.kernel.license;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a declaration, or a part of one, means.
 *
 * @param expression the SPDX expression, or null where it cannot be told for sure
 * @param alternatives as {@link License#alternatives}
 * @param exact whether it was declared as SPDX
 * @param closed whether it says that all rights are reserved
 */
record Meaning(@Nullable String expression, List<List<String>> alternatives, boolean exact, boolean closed) {

    /** More alternatives than these are not told apart: all that they name counts together. */
    private static final int MAX_ALTERNATIVES = 64;

    /** It names no licence that is known. */
    static final Meaning UNRECOGNISED = new Meaning(null, List.of(List.of(License.NOASSERTION)), false, false);

    /** All rights are reserved. */
    static final Meaning CLOSED = new Meaning(null, List.of(List.of(License.NOASSERTION)), false, true);

    /** One of several licences, nobody knows which: all of them count. */
    static Meaning anyOf(List<String> candidates) {
        return new Meaning(null, List.of(List.copyOf(candidates)), false, false);
    }

    boolean isRecognised() {
        return alternatives.stream().flatMap(List::stream).anyMatch(entry -> !entry.equals(License.NOASSERTION));
    }

    /** The same meaning, told by a name rather than by SPDX. */
    Meaning named() {
        return exact ? new Meaning(expression, alternatives, false, closed) : this;
    }

    /** A choice between all parts. */
    static Meaning choice(List<Meaning> parts) {
        Set<List<String>> alternatives = new LinkedHashSet<>();
        parts.forEach(part -> alternatives.addAll(part.alternatives()));
        return joined(parts, " OR ", bounded(new ArrayList<>(alternatives)));
    }

    /** All parts at once. */
    static Meaning together(List<Meaning> parts) {
        return joined(parts, " AND ", product(parts));
    }

    /** Several licences of which nobody says how they belong together: all count. */
    static Meaning unsure(List<Meaning> parts) {
        return new Meaning(null, List.of(entries(parts)), false, parts.stream().allMatch(Meaning::closed));
    }

    private static Meaning joined(List<Meaning> parts, String operator, List<List<String>> alternatives) {
        StringBuilder text = new StringBuilder();
        boolean whole = true;
        for (Meaning part : parts) {
            String expression = part.expression();
            if (expression == null) {
                whole = false;
                break;
            }
            boolean wrap =
                    operator.equals(" AND ") && Parts.of(expression, "OR").size() > 1;
            text.append(text.isEmpty() ? "" : operator).append(wrap ? "(" + expression + ")" : expression);
        }
        return new Meaning(
                whole ? text.toString() : null,
                alternatives,
                parts.stream().allMatch(Meaning::exact),
                parts.stream().allMatch(Meaning::closed));
    }

    private static List<List<String>> product(List<Meaning> parts) {
        List<List<String>> all = List.of(List.of());
        for (Meaning part : parts) {
            if (all.size() * part.alternatives().size() > MAX_ALTERNATIVES) {
                return List.of(entries(parts));
            }
            List<List<String>> next = new ArrayList<>();
            for (List<String> left : all) {
                for (List<String> right : part.alternatives()) {
                    Set<String> both = new LinkedHashSet<>(left);
                    both.addAll(right);
                    next.add(List.copyOf(both));
                }
            }
            all = next;
        }
        return all;
    }

    private static List<List<String>> bounded(List<List<String>> alternatives) {
        if (alternatives.size() <= MAX_ALTERNATIVES) {
            return alternatives;
        }
        Set<String> all = new LinkedHashSet<>();
        alternatives.forEach(all::addAll);
        return List.of(List.copyOf(all));
    }

    private static List<String> entries(List<Meaning> parts) {
        Set<String> entries = new LinkedHashSet<>();
        parts.forEach(part -> part.alternatives().forEach(entries::addAll));
        return List.copyOf(entries);
    }
}
