package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Of which formats the records of some files speak, and what of them could not be read. Not thread-safe. */
final class Spoken {

    /**
     * The records that speak of a format.
     *
     * @param records how many
     * @param newest the newest date one was modified, or null when there is none
     */
    record Part(long records, @Nullable Instant newest) {

        static final Part NONE = new Part(0, null);

        private Part and(@Nullable Instant modified) {
            return new Part(
                    records + 1, newest == null || (modified != null && modified.isAfter(newest)) ? modified : newest);
        }

        /** The same as part of so many records in all. */
        Part of(long all) {
            return new Part(all, newest);
        }
    }

    private final Map<String, Part> parts = new HashMap<>();
    private final Map<String, Long> unreadable = new HashMap<>();
    private final Set<String> torn = new HashSet<>();
    private long unreadableAnywhere;

    /** Counts a record; {@code dated} says whether it tells when it was changed. */
    void count(Advisory advisory, boolean dated) {
        Set<String> formats = new HashSet<>();
        advisory.affected().forEach(entry -> formats.add(entry.packageName().format()));
        formats.forEach(format ->
                parts.put(format, parts.getOrDefault(format, Part.NONE).and(dated ? advisory.modified() : null)));
    }

    /** Counts something that cannot be read, of that format or of nobody knows which, in a document of that name. */
    void unreadable(@Nullable String format, String document) {
        torn.add(document);
        if (format == null) {
            unreadableAnywhere++;
        } else {
            unreadable.merge(format, 1L, Long::sum);
        }
    }

    /** How much could not be read that may speak of that format. */
    long unreadable(String format) {
        return unreadableAnywhere + unreadable.getOrDefault(format, 0L);
    }

    /** The documents of which something could not be read. */
    Set<String> torn() {
        return torn;
    }

    /** The records of that format. */
    Part part(String format) {
        return parts.getOrDefault(format, Part.NONE);
    }

    /** The formats that any record speaks of. */
    Set<String> formats() {
        return parts.keySet();
    }
}
