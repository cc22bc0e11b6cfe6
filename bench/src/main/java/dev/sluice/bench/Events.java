package dev.sluice.bench;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.journal.Event;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Made-up downloads: a fifth of them are of one version, which 5,000 people take; the others of 200 packages of five versions, each
 * used by a team of twenty. The same number is always the same event.
 */
final class Events {

    static final Coordinates HOT = Coordinates.of("npm", "package-0", "1.0.0");
    static final Coordinates ORDINARY = Coordinates.of("npm", "package-77", "1.3.0");

    /** As many bytes as such an event has when encoded. */
    static final int BYTES = 470;

    private static final int PACKAGES = 200;
    private static final int VERSIONS = 5;
    private static final int PEOPLE = 5000;
    private static final int TEAM = 20;
    private static final long BEGAN = 1_700_000_000L;

    private Events() {}

    static Event number(int i) {
        long mixed = mix(i);
        boolean hot = mixed % 5 == 0;
        int which = hot ? 0 : (int) Long.remainderUnsigned(mixed >>> 8, PACKAGES);
        int minor = hot ? 0 : (int) Long.remainderUnsigned(mixed >>> 24, VERSIONS);
        String name = "package-" + which;
        String version = "1." + minor + ".0";
        long person = hot
                ? Long.remainderUnsigned(mixed >>> 32, PEOPLE)
                : which * (long) TEAM + Long.remainderUnsigned(mixed >>> 32, TEAM);
        String user = "user-" + person;
        String digest = String.format(Locale.ROOT, "%064x", which * 10L + minor);
        return new Event(
                String.format(Locale.ROOT, "01BENCH%019d", i),
                Instant.ofEpochSecond(BEGAN + i / 10, i % 10 * 100_000_000L),
                Event.Kind.DOWNLOAD,
                new Event.Actor(user, "tok" + user.substring(5), "10.0.0.7", "npm/10.9.2 node/v20.20.2 linux x64"),
                Event.Subject.of("main", Coordinates.of("npm", name, version)).as("pkg:npm/" + name + "@" + version),
                new Event.Bytes(
                        name + "/-/" + name + "-" + version + ".tgz",
                        Digest.sha256(digest).hex(),
                        "upstream"),
                List.of(),
                "downloaded npm:" + name + "@" + version,
                "{}");
    }

    /** The finalizer of SplitMix64: numbers that look like chance, the same every time. */
    private static long mix(long seed) {
        long z = (seed + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (z ^ z >>> 31) & Long.MAX_VALUE;
    }
}
