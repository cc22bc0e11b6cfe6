package dev.sluice.e2e;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lives in the heap of another Java process, right after a full collection.
 *
 * @param bytes of all live objects
 * @param classes bytes of the live objects of each class
 */
record LiveHeap(long bytes, Map<String, Long> classes) {

    private static final Pattern LINE = Pattern.compile("\\s*[0-9]+:\\s+[0-9]+\\s+([0-9]+)\\s+(\\S+).*");

    /** A class that came to hold more. */
    record Growth(String name, long before, long after) {
        long bytes() {
            return after - before;
        }
    }

    /** Looks at a process of this user; the collection that this takes stops it for a moment. */
    static LiveHeap of(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        String histogram = Run.of(
                        Path.of("."),
                        Map.of(),
                        List.of(jcmd.toString(), String.valueOf(pid), "GC.class_histogram", "-parallel=1"))
                .succeeded()
                .output();
        Map<String, Long> classes = new HashMap<>();
        long all = 0;
        for (String line : histogram.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                long bytes = Long.parseLong(matcher.group(1));
                all += bytes;
                classes.merge(family(matcher.group(2)), bytes, Long::sum);
            }
        }
        if (all == 0) {
            throw new AssertionError("no histogram of the heap:\n" + histogram);
        }
        return new LiveHeap(all, Map.copyOf(classes));
    }

    /** Lambdas and hidden classes have numbers in their names. */
    private static String family(String name) {
        return name.replaceAll("(\\$\\$Lambda)?[/+].*", "$1");
    }

    double megabytes() {
        return bytes / (1024.0 * 1024);
    }

    /** The classes that hold most more than they did, most first. */
    List<Growth> since(LiveHeap earlier, int limit) {
        return classes.entrySet().stream()
                .map(e -> new Growth(e.getKey(), earlier.classes.getOrDefault(e.getKey(), 0L), e.getValue()))
                .filter(growth -> growth.bytes() > 0)
                .sorted(Comparator.comparingLong(Growth::bytes).reversed())
                .limit(limit)
                .toList();
    }
}
