package dev.sluice.feeds;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * OSV's list of all records of an ecosystem with the time of their last change: lines of time, comma, identifier, the newest
 * first by convention, which is not relied on.
 */
final class ModifiedList {

    private static final int MAX_LINE = 1_000;

    /** What may become part of an address and of a file's name. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    private final Map<String, Instant> modified;
    private final Instant newest;

    private ModifiedList(Map<String, Instant> modified, Instant newest) {
        this.modified = modified;
        this.newest = newest;
    }

    /**
     * Reads a list. Throws IOException when it is none, or is empty.
     *
     * @param latest a date behind it is none: such a record counts as changed at every sync, and moves no other on
     */
    static ModifiedList read(Path file, FeedLimits limits, Instant latest) throws IOException {
        Map<String, Instant> modified = new LinkedHashMap<>();
        Instant newest = Instant.EPOCH;
        try (InputStream in = ImportRun.unpacked(file, limits)) {
            BoundedLines lines = new BoundedLines(in, MAX_LINE);
            for (byte[] bytes = lines.next(); bytes != null; bytes = lines.next()) {
                String line = new String(bytes, StandardCharsets.UTF_8).strip();
                int comma = line.indexOf(',');
                String id = line.substring(Math.max(comma, line.lastIndexOf('/')) + 1)
                        .strip();
                if (line.isEmpty() || (lines.number() == 1 && line.startsWith("modified,"))) {
                    continue; // a header
                }
                if (comma < 0 || lines.isOverlong() || !ID.matcher(id).matches()) {
                    throw new IOException("line " + lines.number() + " is not a time, a comma and an identifier");
                }
                Instant told = time(line.substring(0, comma));
                Instant time = told.isAfter(latest) ? Instant.MAX : told;
                modified.merge(id, time, (left, right) -> left.isAfter(right) ? left : right);
                newest = time.isAfter(newest) && time.isBefore(Instant.MAX) ? time : newest;
                if (modified.size() > limits.files()) {
                    throw new IOException("names more than " + limits.files() + " records");
                }
            }
        }
        if (modified.isEmpty()) {
            throw new IOException("names no record");
        }
        return new ModifiedList(modified, newest);
    }

    /** Published data holds dates that are none; such a record is fetched once, when it is new. */
    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text.strip()).toInstant();
        } catch (DateTimeException malformed) {
            return Instant.EPOCH;
        }
    }

    /** The time of the newest change. */
    Instant newest() {
        return newest;
    }

    /** Every identifier. */
    Set<String> ids() {
        return modified.keySet();
    }

    /** What changed after that instant or is not among the known ones; null when that is more than so many. */
    @Nullable
    List<String> changed(Set<String> known, Instant cursor, int most) {
        List<String> changed = new ArrayList<>();
        for (Map.Entry<String, Instant> entry : modified.entrySet()) {
            if (entry.getValue().isAfter(cursor) || !known.contains(entry.getKey())) {
                if (changed.size() == most) {
                    return null;
                }
                changed.add(entry.getKey());
            }
        }
        return changed;
    }

    /** Those of the known ones that it names no more. */
    Set<String> gone(Set<String> known) {
        Set<String> gone = new HashSet<>(known);
        gone.removeAll(modified.keySet());
        return gone;
    }
}
