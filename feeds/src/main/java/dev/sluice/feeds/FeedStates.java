package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The states of feeds as an import leaves them: those known before, with what it touched. Not thread-safe. */
final class FeedStates {

    private static final String OSV = "osv";

    /** A feed of which more than one in so many records was refused is not up to date. */
    static final int MOST_REJECTED = 2;

    /** So many records may be missing without anybody asking why. */
    static final int FEW = 100;

    private final Map<String, FeedState> states = new LinkedHashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final Map<String, String> lacking = new LinkedHashMap<>();
    private final Instant now;

    /** What was known before; what is touched is touched at that instant. */
    FeedStates(List<FeedState> known, Instant now) {
        known.forEach(state -> states.put(state.name(), state));
        this.now = now;
    }

    /** Whether the advisories of that format are known as a whole. */
    boolean covers(String format) {
        FeedState state = states.get(FeedState.osv(format));
        return state != null && state.isWhole();
    }

    /** Whether there is a state of that format, whole or not. */
    boolean tells(String format) {
        return states.containsKey(FeedState.osv(format));
    }

    /** What does not count as whole or up to date, by format or feed, and why. */
    Map<String, String> lacking() {
        return lacking;
    }

    /** Records of a feed were imported. A feed of which much was refused, or much is missing, is not up to date by that. */
    void imported(ImportSummary.Feed feed, boolean fewer) {
        FeedState before = states.get(feed.name());
        long kept = feed.read() - feed.rejected();
        String lack = kept == 0
                ? "none of its " + feed.read() + " records could be read"
                : feed.name().equals(OSV)
                        ? null
                        : feed.rejected() * MOST_REJECTED > feed.read()
                                ? feed.rejected() + " of its " + feed.read() + " records could not be read"
                                : !fewer && before != null && isMuchLess(kept, before.records())
                                        ? fewer(kept, before.records())
                                        : null;
        long records = Math.max(0, (before == null ? 0 : before.records()) + feed.added() - feed.removed());
        if (lack == null) {
            put(feed.name(), records, now, now, later(before == null ? null : before.newest(), feed.newest()), null);
            return;
        }
        lacking.put(feed.name(), lack);
        if (before != null) {
            put(feed.name(), records, before.importedAt(), before.updatedAt(), before.newest(), before.lack());
        }
    }

    /**
     * The advisories of a format were imported as a whole, or what changed of them was.
     *
     * @param lack what there is of them and was not read, or null when nothing
     * @param fewer whether many fewer than before are right
     */
    void imported(String format, long records, @Nullable Instant newest, @Nullable String lack, boolean fewer) {
        String name = FeedState.osv(format);
        FeedState before = states.get(name);
        if (lack == null && !fewer && before != null && isMuchLess(records, before.records())) {
            lacking.put(format, fewer(records, before.records()));
            return; // what was known before is known as well as before
        }
        if (lack != null) {
            lacking.put(format, lack);
        }
        put(
                name,
                records,
                now,
                lack == null || before == null ? now : before.updatedAt(),
                later(before == null ? null : before.newest(), newest),
                lack);
    }

    private static boolean isMuchLess(long records, long before) {
        return before - records > FEW && records < before / 2;
    }

    private static String fewer(long records, long before) {
        return "it holds " + records + " records where there were " + before + " before";
    }

    /** A feed, or a format's part of it, was found unchanged. */
    void unchanged(String name) {
        FeedState before = states.get(name);
        if (before != null) {
            put(
                    name,
                    before.records(),
                    before.importedAt(),
                    before.isWhole() ? now : before.updatedAt(),
                    before.newest(),
                    before.lack());
        }
    }

    private void put(
            String name,
            long records,
            Instant importedAt,
            Instant updatedAt,
            @Nullable Instant newest,
            @Nullable String lack) {
        states.put(name, new FeedState(name, records, importedAt, updatedAt, newest, lack));
        changed.add(name);
    }

    /** Notes what was touched; OSV as a whole is as old as its oldest part. */
    void note(AdvisoryStore.Import target) {
        FeedState osv = states.get(OSV);
        if (osv != null && changed.stream().anyMatch(name -> name.startsWith(OSV))) {
            Instant oldest = states.values().stream()
                    .filter(state -> state.name().startsWith(FeedState.osv("")))
                    .map(FeedState::updatedAt)
                    .min(Comparator.naturalOrder())
                    .orElse(now);
            target.feed(new FeedState(OSV, osv.records(), osv.importedAt(), oldest, osv.newest()));
        }
        changed.stream().filter(name -> !name.equals(OSV)).map(states::get).forEach(target::feed);
    }

    private static @Nullable Instant later(@Nullable Instant left, @Nullable Instant right) {
        return left == null || (right != null && right.isAfter(left)) ? right : left;
    }
}
