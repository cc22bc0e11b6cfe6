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

    private final Map<String, FeedState> states = new LinkedHashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final Instant now;

    /** What was known before; what is touched is touched at that instant. */
    FeedStates(List<FeedState> known, Instant now) {
        known.forEach(state -> states.put(state.name(), state));
        this.now = now;
    }

    /** Whether the advisories of that format are known as a whole. */
    boolean covers(String format) {
        return states.containsKey(FeedState.osv(format));
    }

    /** Records of a feed were imported. */
    void imported(ImportSummary.Feed feed) {
        FeedState before = states.get(feed.name());
        long records = (before == null ? 0 : before.records()) + feed.added() - feed.removed();
        put(feed.name(), Math.max(0, records), now, later(before == null ? null : before.newest(), feed.newest()));
    }

    /** The advisories of a format were imported as a whole, or what changed of them was. */
    void imported(String format, long records, @Nullable Instant newest) {
        String name = FeedState.osv(format);
        FeedState before = states.get(name);
        put(name, records, now, later(before == null ? null : before.newest(), newest));
    }

    /** A feed, or a format's part of it, was found unchanged. */
    void unchanged(String name) {
        FeedState before = states.get(name);
        if (before != null) {
            put(name, before.records(), before.importedAt(), before.newest());
        }
    }

    private void put(String name, long records, Instant importedAt, @Nullable Instant newest) {
        states.put(name, new FeedState(name, records, importedAt, now, newest));
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
