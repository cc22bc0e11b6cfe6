package dev.sluice.testkit;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.PackageName;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An advisory store that lives in memory and forgets all when dropped. Thread-safe. */
public final class MemoryAdvisoryStore implements AdvisoryStore {

    private final Semaphore importing = new Semaphore(1);
    private final SyncStore syncs = new MemorySyncStore();
    private volatile Content content = new Content(0, Map.of(), Map.of(), Map.of(), Map.of());

    /** An empty store. */
    public MemoryAdvisoryStore() {}

    /** What one revision holds; never changed once visible. */
    private record Content(
            long revision,
            Map<String, Advisory> advisories,
            Map<PackageName, List<Advisory>> byPackage,
            Map<String, Exploitation> exploitation,
            Map<String, FeedState> feeds) {}

    @Override
    public long revision() {
        return content.revision();
    }

    @Override
    public List<Advisory> about(PackageName name) {
        return content.byPackage().getOrDefault(name, List.of());
    }

    @Override
    public List<Advisory> find(String identifierOrAlias) {
        return content.advisories().values().stream()
                .filter(advisory -> advisory.id().equalsIgnoreCase(identifierOrAlias)
                        || advisory.aliases().stream().anyMatch(identifierOrAlias::equalsIgnoreCase))
                .toList();
    }

    @Override
    public Map<String, Exploitation> exploitation(Collection<String> cves) {
        Map<String, Exploitation> known = new HashMap<>();
        for (String cve : cves) {
            Exploitation found = content.exploitation().get(cve);
            if (found != null) {
                known.put(cve, found);
            }
        }
        return known;
    }

    @Override
    public List<FeedState> feeds() {
        return List.copyOf(content.feeds().values());
    }

    @Override
    public SyncStore syncs() {
        return syncs;
    }

    @Override
    public Import begin() {
        importing.acquireUninterruptibly();
        return new MemoryImport();
    }

    /** Works on copies that take the place of the visible content on commit. */
    private final class MemoryImport implements Import {

        private final Map<String, Advisory> advisories = new TreeMap<>(content.advisories());
        private final Map<String, Exploitation> exploitation = new HashMap<>(content.exploitation());
        private final Map<String, FeedState> feeds = new TreeMap<>(content.feeds());
        private boolean open = true;
        private boolean over;

        @Override
        public @Nullable Advisory find(String id) {
            return advisories.get(id);
        }

        @Override
        public Effect put(Advisory advisory) {
            check();
            Advisory former = advisories.get(advisory.id());
            if (former != null && (former.equals(advisory) || former.modified().isAfter(advisory.modified()))) {
                return Effect.SAME;
            }
            advisories.put(advisory.id(), advisory);
            return former == null ? Effect.NEW : Effect.CHANGED;
        }

        @Override
        public Effect put(String cve, Exploitation.Epss epss) {
            check();
            Exploitation former = exploitation.get(cve);
            Exploitation.Epss known = former == null ? null : former.epss();
            exploitation.put(cve, new Exploitation(cve, epss, former == null ? null : former.kev()));
            return known == null ? Effect.NEW : known.equals(epss) ? Effect.SAME : Effect.CHANGED;
        }

        @Override
        public Effect put(String cve, Exploitation.Kev kev) {
            check();
            Exploitation former = exploitation.get(cve);
            Exploitation.Kev known = former == null ? null : former.kev();
            exploitation.put(cve, new Exploitation(cve, former == null ? null : former.epss(), kev));
            return known == null ? Effect.NEW : known.equals(kev) ? Effect.SAME : Effect.CHANGED;
        }

        @Override
        public void remove(Kind kind, String id) {
            check();
            Exploitation former = exploitation.get(id);
            switch (kind) {
                case ADVISORY -> advisories.remove(id);
                case EPSS -> keep(id, null, former == null ? null : former.kev());
                case KEV -> keep(id, former == null ? null : former.epss(), null);
            }
        }

        private void keep(String cve, Exploitation.@Nullable Epss epss, Exploitation.@Nullable Kev kev) {
            if (epss == null && kev == null) {
                exploitation.remove(cve);
            } else {
                exploitation.put(cve, new Exploitation(cve, epss, kev));
            }
        }

        @Override
        public void feed(FeedState state) {
            check();
            feeds.put(state.name(), state);
        }

        @Override
        public long commit() {
            check();
            Map<PackageName, List<Advisory>> byPackage = new LinkedHashMap<>();
            for (Advisory advisory : advisories.values()) {
                advisory.affected().stream()
                        .map(Advisory.Affected::packageName)
                        .distinct()
                        .forEach(name -> byPackage.merge(
                                name,
                                List.of(advisory),
                                (left, right) -> Stream.concat(left.stream(), right.stream())
                                        .toList()));
            }
            over = true;
            long revision = content.revision() + 1;
            content = new Content(revision, Map.copyOf(advisories), byPackage, Map.copyOf(exploitation), feeds);
            return revision;
        }

        private void check() {
            if (over) {
                throw new IllegalStateException("the import is over");
            }
        }

        @Override
        public void close() {
            over = true;
            if (open) {
                open = false;
                importing.release();
            }
        }
    }
}
