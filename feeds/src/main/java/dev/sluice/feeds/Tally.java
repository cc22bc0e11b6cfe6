package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore.Import.Effect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of one feed's records during an import. Not thread-safe. */
final class Tally {

    private static final int MAX_REJECTIONS = 20;
    private static final int MAX_REASON = 300;

    private final String name;
    private final List<ImportSummary.Rejection> rejections = new ArrayList<>();
    private final Map<String, Long> skipped = new HashMap<>();
    private final Map<String, Long> dropped = new HashMap<>();
    private final Map<String, Long> widened = new HashMap<>();
    private final Instant latest;
    private final Map<Effect, Long> effects = new HashMap<>();
    private long files;
    private long read;
    private long rejected;
    private long torn;
    private long removed;
    private final Set<String> named = new HashSet<>();
    private @Nullable String lastFile;
    private @Nullable Instant newest;

    /** Counts records of that feed; dates after {@code latest} are none. */
    Tally(String name, Instant latest) {
        this.name = name;
        this.latest = latest;
    }

    void kept(String file, Effect effect) {
        count(file);
        effects.merge(effect, 1L, Long::sum);
    }

    void rejected(String file, String where, String reason) {
        count(file);
        rejected++;
        name(where, reason);
    }

    /** Counts a record that was kept although not all that it says of packages could be read. */
    void torn(String where, String reason) {
        torn++;
        name(where, reason);
    }

    /** Counts fields of a record that was kept: those dropped, and those taken as wide as they could mean. */
    void odd(Map<String, Long> droppedFields, Map<String, Long> widenedFields) {
        droppedFields.forEach((field, count) -> dropped.merge(field, count, Long::sum));
        widenedFields.forEach((field, count) -> widened.merge(field, count, Long::sum));
    }

    private void name(String where, String reason) {
        if (rejections.size() < MAX_REJECTIONS) {
            String shown = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
            rejections.add(new ImportSummary.Rejection(where, shown));
        }
    }

    /** Notes an identifier that a record carries, whatever becomes of the record. */
    void named(String id) {
        if (!id.isEmpty()) {
            named.add(id);
        }
    }

    Set<String> named() {
        return named;
    }

    void removed() {
        removed++;
    }

    void skipped(String file, String ecosystem) {
        count(file);
        skipped.merge(ecosystem, 1L, Long::sum);
    }

    void dated(@Nullable Instant date) {
        if (date != null && !date.isAfter(latest) && (newest == null || date.isAfter(newest))) {
            newest = date;
        }
    }

    boolean isTouched() {
        return read > 0 || removed > 0;
    }

    long read() {
        return read;
    }

    long added() {
        return effects.getOrDefault(Effect.NEW, 0L);
    }

    @Nullable
    Instant newest() {
        return newest;
    }

    ImportSummary.Feed summary() {
        return new ImportSummary.Feed(
                name,
                files,
                read,
                added(),
                effects.getOrDefault(Effect.CHANGED, 0L),
                effects.getOrDefault(Effect.SAME, 0L),
                removed,
                rejected,
                torn,
                rejections,
                skipped,
                dropped,
                widened,
                newest);
    }

    private void count(String file) {
        read++;
        if (!file.equals(lastFile)) {
            files++;
            lastFile = file;
        }
    }
}
