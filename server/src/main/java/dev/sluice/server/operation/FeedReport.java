package dev.sluice.server.operation;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.Freshness;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.format.Format;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How old what we know of the world is, for people, programs and graphs. Thread-safe. */
public final class FeedReport {

    private final AdvisoryStore advisories;
    private final List<Format> formats;
    private final Freshness freshness;
    private final InstantSource clock;

    /**
     * A report.
     *
     * @param formats that are served: of each, advisories are known as a whole or not
     * @param freshness when a feed counts as stale
     */
    public FeedReport(AdvisoryStore advisories, List<Format> formats, Freshness freshness, InstantSource clock) {
        this.advisories = advisories;
        this.formats = List.copyOf(formats);
        this.freshness = freshness;
        this.clock = clock;
    }

    /**
     * A feed as graphs show it.
     *
     * @param name of the feed, or of one source of it
     * @param updatedAt when it was last known to be up to date, or null when it never was
     * @param newest the newest date in the data kept of it, or null when there is none
     * @param stale whether it is too old, by either
     */
    public record Figure(
            String name,
            long records,
            @Nullable Instant updatedAt,
            @Nullable Instant newest,
            boolean stale,
            int failures) {}

    /** A feed's state under the name that people know, with its age. */
    private record Aged(FeedState state, boolean stale) {}

    /**
     * Puts {@code advisory_data}, whether the advisories of each format are known as a whole, and {@code feeds}: what is kept and
     * how old it is. It tells no addresses: anybody may see it.
     */
    public void feeds(ObjectNode body) {
        List<Aged> feeds = shown();
        List<SyncState> syncs = advisories.syncs().all();
        ObjectNode known = body.putObject("advisory_data");
        covered().forEach((format, covered) -> known.put(format.id(), covered));
        ArrayNode list = body.putArray("feeds");
        Instant now = clock.instant();
        for (Aged aged : feeds) {
            FeedState feed = aged.state();
            Instant newest = feed.newest();
            ObjectNode node = list.addObject()
                    .put("name", feed.name())
                    .put("records", feed.records())
                    .put("updated_at", feed.updatedAt().toString());
            if (newest == null) {
                node.putNull("age_seconds");
            } else {
                node.put("age_seconds", Duration.between(newest, now).toSeconds());
            }
            node.put("stale", aged.stale())
                    .put("imported_at", feed.importedAt().toString())
                    .put("newest", text(newest))
                    .put("lack", feed.lack())
                    .put("failing", syncs.stream().anyMatch(s -> isOf(s, feed.name()) && s.failures() > 0));
        }
        for (SyncState sync : syncs) { // configured, and nothing of it is here yet
            if (sync.succeededAt() == null
                    && feeds.stream().noneMatch(feed -> feed.state().name().equals(sync.source()))) {
                aged(list.addObject().put("name", sync.source()).put("records", 0), null)
                        .put("failing", sync.failures() > 0);
            }
        }
    }

    private static boolean isOf(SyncState sync, String feed) {
        return sync.source().equals(feed) || sync.feed().equals(feed);
    }

    /**
     * The states as people know them: a format's part of OSV under the name that the source has, {@code osv/PyPI}; OSV as a whole
     * as old as the oldest of its parts.
     */
    private List<Aged> shown() {
        Instant now = clock.instant();
        List<FeedState> states = advisories.feeds();
        Optional<FeedState> oldest = states.stream()
                .filter(state -> state.name().startsWith(FeedState.osv("")))
                .min(Comparator.comparing(freshness::staleFrom));
        return states.stream()
                .map(state -> {
                    FeedState aging = state.name().equals("osv") ? oldest.orElse(state) : state;
                    return new Aged(
                            new FeedState(
                                    shown(state.name()),
                                    state.records(),
                                    state.importedAt(),
                                    state.updatedAt(),
                                    aging.newest(),
                                    state.lack()),
                            freshness.isStale(aging, now));
                })
                .toList();
    }

    private String shown(String name) {
        return formats.stream()
                .filter(format -> FeedState.osv(format.id()).equals(name))
                .findFirst()
                .map(format -> "osv/" + format.ecosystem())
                .orElse(name);
    }

    private Map<Format, Boolean> covered() {
        Set<String> names = advisories.feeds().stream()
                .filter(FeedState::isWhole)
                .map(FeedState::name)
                .collect(Collectors.toSet());
        Map<Format, Boolean> covered = new LinkedHashMap<>();
        formats.forEach(format -> covered.put(format, names.contains(FeedState.osv(format.id()))));
        return covered;
    }

    /** 1 by format where its advisories are known as a whole, else 0, for graphs. */
    public Map<String, Long> coverage() {
        Map<String, Long> coverage = new LinkedHashMap<>();
        covered().forEach((format, covered) -> coverage.put(format.id(), covered ? 1L : 0L));
        return coverage;
    }

    /** Puts {@code sources}: where each feed comes from and how its syncs went. */
    public void sources(ObjectNode body) {
        ArrayNode list = body.putArray("sources");
        for (SyncState sync : advisories.syncs().all()) {
            ObjectNode node = list.addObject()
                    .put("name", sync.source())
                    .put("feed", sync.feed())
                    .put("address", sync.address())
                    .put("records", sync.records())
                    .put("attempted_at", text(sync.attemptedAt()))
                    .put("changed_at", text(sync.changedAt()))
                    .put("next_at", text(sync.nextAt()))
                    .put("failures", sync.failures())
                    .put("failure", sync.failure());
            aged(node, sync.succeededAt());
        }
    }

    /** Every feed and every source of one, for graphs. */
    public List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        for (Aged aged : shown()) {
            FeedState feed = aged.state();
            figures.add(new Figure(feed.name(), feed.records(), feed.updatedAt(), feed.newest(), aged.stale(), 0));
        }
        for (SyncState sync : advisories.syncs().all()) {
            Figure kept = figures.stream()
                    .filter(figure -> figure.name().equals(sync.source()))
                    .findFirst()
                    .orElse(null);
            figures.remove(kept);
            figures.add(new Figure(
                    sync.source(),
                    sync.records(),
                    sync.succeededAt(),
                    kept == null ? null : kept.newest(),
                    kept == null || kept.stale(),
                    sync.failures()));
        }
        return figures;
    }

    private ObjectNode aged(ObjectNode node, @Nullable Instant updated) {
        Instant now = clock.instant();
        node.put("updated_at", text(updated));
        if (updated == null) {
            return node.putNull("age_seconds").put("stale", true);
        }
        Duration age = Duration.between(updated, now);
        return node.put("age_seconds", age.toSeconds()).put("stale", age.compareTo(freshness.looked()) > 0);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
