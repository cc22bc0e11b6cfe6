package dev.sluice.app.command.policy;

import dev.sluice.app.policies.PolicyFile;
import dev.sluice.rego.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the Rego files that paths on a command line mean. */
final class RegoFiles {

    private static final String EXTENSION = ".rego";
    private static final String TESTS = "_test.rego";
    private static final int MAX_DEPTH = 32;
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package\\s+(\\S+)");
    private static final Pattern TEST = Pattern.compile("(?m)^(todo_)?test_");

    private RegoFiles() {}

    /**
     * The files named, and those inside the directories named; sorted within each.
     *
     * @throws IOException when one of the paths does not exist, or there is no Rego file at all
     */
    static List<Path> in(List<Path> paths) throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new IOException("there is no file or directory '" + path + "'");
            }
            if (!Files.isDirectory(path)) {
                found.add(path);
                continue;
            }
            try (Stream<Path> files = Files.walk(path, MAX_DEPTH)) {
                files.filter(f -> f.toString().endsWith(EXTENSION) && Files.isRegularFile(f))
                        .sorted()
                        .forEach(found::add);
            }
        }
        if (found.isEmpty()) {
            throw new IOException("no .rego file in "
                    + String.join(", ", paths.stream().map(Path::toString).toList()));
        }
        return List.copyOf(found);
    }

    /** Whether a file holds tests rather than a policy. */
    static boolean isTest(Path file) {
        return file.toString().endsWith(TESTS);
    }

    /**
     * The policies among the paths with their tests, by the policies' files. All policies are written in the same package, so each is
     * compiled with its own tests only; where a test is named alone, the policy beside it is taken too. Files of other packages
     * than policies and their tests are written in are helpers, and compiled with each.
     *
     * @throws IOException as {@link #in}, and when a file cannot be read
     */
    static Map<Path, List<SourceFile>> groups(List<Path> paths) throws IOException {
        Map<Path, Set<Path>> files = new TreeMap<>();
        for (Path file : in(paths)) {
            String name = file.toString();
            Path policy = isTest(file)
                    ? file.resolveSibling(file.getFileName().toString().replace(TESTS, EXTENSION))
                    : file;
            Set<Path> group = files.computeIfAbsent(policy, p -> new LinkedHashSet<>());
            if (isTest(file) && Files.isRegularFile(policy)) {
                group.add(policy);
            }
            group.add(Path.of(name));
        }
        Map<Path, List<SourceFile>> groups = new TreeMap<>();
        List<SourceFile> helpers = new ArrayList<>();
        for (Map.Entry<Path, Set<Path>> each : files.entrySet()) {
            List<SourceFile> sources = new ArrayList<>();
            for (Path file : each.getValue()) {
                sources.add(source(file));
            }
            if (sources.size() == 1 && isHelper(sources.getFirst())) {
                helpers.add(sources.getFirst());
            } else {
                groups.put(each.getKey(), sources);
            }
        }
        if (groups.isEmpty()) {
            helpers.forEach(helper -> groups.put(Path.of(helper.name()), new ArrayList<>(List.of(helper))));
        } else {
            groups.values().forEach(group -> group.addAll(helpers));
        }
        return groups;
    }

    /** Whether a file is neither a policy nor tests: it is written in another package and defines no test. */
    private static boolean isHelper(SourceFile file) {
        return !isTest(Path.of(file.name()))
                && PACKAGE.matcher(file.text()).results().findFirst().stream()
                        .noneMatch(found -> found.group(1).startsWith("cloudsmith"))
                && PACKAGE.matcher(file.text()).find()
                && !TEST.matcher(file.text()).find();
    }

    /**
     * A file as a module. Throws IllegalArgumentException when it is longer than any policy may be.
     *
     * @throws IOException when it cannot be read
     */
    static SourceFile source(Path file) throws IOException {
        return new SourceFile(file.toString(), PolicyFile.text(file));
    }
}
