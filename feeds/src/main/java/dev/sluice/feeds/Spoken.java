package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of which formats the records of some files speak.
 *
 * <p>A publisher's archive of one ecosystem holds nothing but records that speak of it; some of them speak of others too. So an
 * archive is the whole of those ecosystems that some record of it speaks of alone. Not thread-safe.
 */
final class Spoken {

    /**
     * The records that speak of a format.
     *
     * @param records how many
     * @param alone how many of them speak of no other ecosystem, served here or not
     * @param newest the newest date one was modified, or null when there is none
     */
    record Part(long records, long alone, @Nullable Instant newest) {

        static final Part NONE = new Part(0, 0, null);

        private Part and(boolean only, @Nullable Instant modified) {
            return new Part(records + 1, only ? alone + 1 : alone, later(newest, modified));
        }

        Part and(Part other) {
            return new Part(records + other.records, alone + other.alone, later(newest, other.newest));
        }

        /** The same as part of so many records in all. */
        Part of(long all) {
            return new Part(all, alone, newest);
        }

        private static @Nullable Instant later(@Nullable Instant left, @Nullable Instant right) {
            return left == null || (right != null && right.isAfter(left)) ? right : left;
        }
    }

    private final Map<String, Part> parts = new HashMap<>();

    /** Counts a record; {@code only} says that all its entries are of one ecosystem. */
    void count(Advisory advisory, boolean only) {
        Set<String> formats = new HashSet<>();
        advisory.affected().forEach(entry -> formats.add(entry.packageName().format()));
        formats.forEach(format -> parts.merge(format, Part.NONE.and(only, advisory.modified()), Part::and));
    }

    /** The records of each format that any speaks of. */
    Map<String, Part> parts() {
        return parts;
    }

    /** The same, only of the formats that these are all the records of if this is an archive. */
    Map<String, Part> whole() {
        Map<String, Part> whole = new HashMap<>(parts);
        whole.values().removeIf(part -> part.alone() == 0);
        return whole;
    }
}
