package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.testkit.MemoryAdvisoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is remembered of advisories takes no more memory than it may, and is never another answer than the store's. */
class AdvisoryMemoryTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final VersionOrder ORDER = new DottedOrder();
    private static final int MEMORY = 100_000;

    private final Asked store = new Asked();

    /** A store that counts how often it was asked about a package. */
    private static final class Asked implements AdvisoryStore {
        private final AdvisoryStore store = new MemoryAdvisoryStore();
        private int times;

        @Override
        public List<Advisory> about(PackageName name) {
            times++;
            return store.about(name);
        }

        @Override
        public long revision() {
            return store.revision();
        }

        @Override
        public List<Advisory> find(String identifierOrAlias) {
            return store.find(identifierOrAlias);
        }

        @Override
        public Map<String, Exploitation> exploitation(Collection<String> cves) {
            return store.exploitation(cves);
        }

        @Override
        public List<FeedState> feeds() {
            return store.feeds();
        }

        @Override
        public SyncStore syncs() {
            return store.syncs();
        }

        @Override
        public Import begin() {
            return store.begin();
        }
    }

    private static PackageName name(int number) {
        return new PackageName("npm", "package-" + number);
    }

    private static Advisory advisory(String id, PackageName name, int details, int versions) {
        List<AffectedRange> ranges = new ArrayList<>();
        for (int i = 0; i < versions; i++) {
            ranges.add(new AffectedRange(
                    AffectedRange.Type.ECOSYSTEM,
                    List.of(
                            new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, i + ".0"),
                            new AffectedRange.Event(AffectedRange.Kind.FIXED, i + ".5"))));
        }
        return new Advisory(
                id,
                List.of(),
                "a hole",
                "x".repeat(details),
                List.of(),
                "HIGH",
                null,
                NOW,
                null,
                List.of(new Advisory.Affected(name, ranges, List.of("9.9.9"), List.of())),
                List.of(),
                "test",
                false);
    }

    private void put(Collection<Advisory> advisories) {
        try (AdvisoryStore.Import run = store.begin()) {
            advisories.forEach(run::put);
            run.commit();
        }
    }

    /** Which of the packages are answered without asking the store. */
    private List<Integer> remembered(AdvisoryIndex index, int packages) {
        List<Integer> remembered = new ArrayList<>();
        for (int i = 0; i < packages; i++) {
            int before = store.times;
            index.findings(ORDER, name(i), "1.0", NOW);
            if (store.times == before) {
                remembered.add(i);
            }
        }
        return remembered;
    }

    @Property(tries = 50)
    void however_long_and_many_advisories_are_what_is_remembered_fits_and_answers_as_the_store_does(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 4_000) Integer> details,
            @ForAll @IntRange(min = 1, max = 40) int versions) {
        Asked fresh = new Asked();
        List<Advisory> advisories = new ArrayList<>();
        for (int i = 0; i < details.size(); i++) {
            advisories.add(advisory("GHSA-" + i, name(i), details.get(i), versions));
        }
        try (AdvisoryStore.Import run = fresh.begin()) {
            advisories.forEach(run::put);
            run.commit();
        }
        AdvisoryIndex bounded = new AdvisoryIndex(fresh, MEMORY);
        AdvisoryIndex other = new AdvisoryIndex(fresh);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < details.size(); i++) {
                for (String version : List.of("0.1", "1.7", "9.9.9", "17.0", "99")) {
                    assertThat(bounded.findings(ORDER, name(i), version, NOW))
                            .isEqualTo(other.findings(ORDER, name(i), version, NOW));
                }
                assertThat(bounded.stamp(name(i))).isEqualTo(other.stamp(name(i)));
            }
        }

        long kept = 0;
        for (int i = details.size() - 1; i >= 0; i--) {
            int before = fresh.times;
            bounded.stamp(name(i));
            kept += fresh.times == before ? details.get(i) + 60L * versions : 0;
        }
        assertThat(kept).isLessThanOrEqualTo(MEMORY);
    }

    @Test
    void what_fits_is_remembered() {
        put(IntStream.range(0, 10)
                .mapToObj(i -> advisory("GHSA-" + i, name(i), 100, 1))
                .toList());
        AdvisoryIndex index = new AdvisoryIndex(store, MEMORY);

        remembered(index, 10);

        assertThat(remembered(index, 10)).hasSize(10);
        assertThat(store.times).isEqualTo(10);
    }

    @Test
    void packages_without_advisories_take_next_to_nothing_and_no_more_than_there_is() {
        AdvisoryIndex index = new AdvisoryIndex(store, MEMORY);
        remembered(index, 300);
        assertThat(remembered(index, 300)).hasSize(300);

        remembered(index, 10_000);
        assertThat(remembered(index, 10_000)).hasSizeLessThan(MEMORY / 200);
    }

    @Test
    void a_package_is_read_once_for_its_stamp_and_its_findings() {
        put(List.of(advisory("GHSA-1", name(1), 100, 1)));
        AdvisoryIndex index = new AdvisoryIndex(store, MEMORY);

        index.stamp(name(1));
        assertThat(index.findings(ORDER, name(1), "0.1", NOW).matches()).hasSize(1);
        index.stamp(name(1));

        assertThat(store.times).isEqualTo(1);
    }

    @Test
    void what_was_remembered_as_without_advisories_is_looked_up_again_after_an_import() {
        AdvisoryIndex index = new AdvisoryIndex(store, MEMORY);
        assertThat(index.findings(ORDER, name(1), "0.1", NOW).matches()).isEmpty();
        long without = index.stamp(name(1));

        put(List.of(advisory("GHSA-1", name(1), 0, 1)));

        assertThat(index.findings(ORDER, name(1), "0.1", NOW).matches()).hasSize(1);
        assertThat(index.stamp(name(1))).isNotEqualTo(without);
        assertThat(index.findings(ORDER, name(2), "0.1", NOW).matches()).isEmpty();
        assertThat(index.stamp(name(2))).isEqualTo(without);
    }

    @Test
    void a_package_whose_advisories_alone_take_more_than_there_is_is_answered_all_the_same() {
        put(IntStream.range(0, 100)
                .mapToObj(i -> advisory("GHSA-" + i, name(0), 4_000, 2))
                .toList());
        AdvisoryIndex index = new AdvisoryIndex(store, MEMORY);

        assertThat(index.findings(ORDER, name(0), "0.1", NOW).matches()).hasSize(100);
        assertThat(remembered(index, 1)).isEmpty();
    }
}
