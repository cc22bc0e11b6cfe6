package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.Advisory.Affected;
import dev.sluice.kernel.advisory.Advisory.Severity;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.AdvisoryStore.Import;
import dev.sluice.kernel.advisory.AdvisoryStore.Import.Effect;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.Exploitation.Epss;
import dev.sluice.kernel.advisory.Exploitation.Kev;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What every {@link AdvisoryStore} does. */
public interface AdvisoryStoreContract {
    /** A package most advisories are about. */
    PackageName WIDGET = new PackageName("npm", "widget");

    /** Another. */
    PackageName GADGET = new PackageName("pypi", "gadget");

    /** The store under test; the same one throughout a test. */
    AdvisoryStore store();

    /** Closes the store and opens it again on the same data. */
    AdvisoryStore reopened();

    /** An advisory changed that many seconds after the sample instant, about those packages. */
    static Advisory advisory(String id, long seconds, List<String> aliases, PackageName... packages) {
        List<Affected> affected = new ArrayList<>();
        for (PackageName name : packages) {
            affected.add(new Affected(
                    name,
                    List.of(new AffectedRange(
                            AffectedRange.Type.SEMVER,
                            List.of(
                                    new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, "0"),
                                    new AffectedRange.Event(AffectedRange.Kind.FIXED, "1.2.3")))),
                    List.of("0.1", "0.2"),
                    List.of(new Severity("CVSS_V4", "CVSS:4.0/AV:N", 9.3))));
        }
        return new Advisory(
                id,
                aliases,
                "summary of " + id,
                "details with 'quotes' and \uD83D\uDCA5",
                List.of(new Severity("CVSS_V3", "CVSS:3.1/AV:N", Double.NaN)),
                "HIGH",
                Samples.INSTANT,
                Samples.INSTANT.plusSeconds(seconds),
                null,
                affected,
                List.of("https://files.example/" + id),
                "osv",
                false);
    }

    /** Imports advisories in one transaction and tells what became of each. */
    default List<Effect> imported(Advisory... advisories) {
        List<Effect> effects = new ArrayList<>();
        try (Import run = store().begin()) {
            for (Advisory advisory : advisories) {
                effects.add(run.put(advisory));
            }
            run.commit();
        }
        return effects;
    }

    @Test
    default void gives_back_every_property() {
        Advisory advisory = advisory("GHSA-1", 0, List.of("CVE-2026-1"), WIDGET, GADGET);
        imported(advisory);

        assertThat(store().about(WIDGET)).containsExactly(advisory);
        assertThat(store().about(GADGET)).containsExactly(advisory);
        assertThat(reopened().about(WIDGET)).containsExactly(advisory);
    }

    @Test
    default void nothing_is_visible_before_commit() {
        Advisory advisory = advisory("GHSA-1", 0, List.of(), WIDGET);
        long before = store().revision();
        try (Import run = store().begin()) {
            run.put(advisory);
            run.put("CVE-2026-1", new Epss(0.5, 0.9));
            run.feed(new FeedState("osv", 1, Samples.INSTANT, null));

            assertThat(store().revision()).isEqualTo(before);
            assertThat(store().about(WIDGET)).isEmpty();
            assertThat(store().find("GHSA-1")).isEmpty();
            assertThat(store().exploitation(List.of("CVE-2026-1"))).isEmpty();
            assertThat(store().feeds()).isEmpty();

            long revision = run.commit();

            assertThat(revision).isGreaterThan(before).isEqualTo(store().revision());
        }
        assertThat(store().about(WIDGET)).containsExactly(advisory);
        assertThat(store().exploitation(List.of("CVE-2026-1"))).hasSize(1);
        assertThat(store().feeds()).hasSize(1);
    }

    @Test
    default void closing_without_commit_undoes_everything() {
        imported(advisory("GHSA-1", 0, List.of(), WIDGET));
        long before = store().revision();
        try (Import run = store().begin()) {
            run.put(advisory("GHSA-1", 5, List.of("CVE-2026-1"), GADGET));
            run.put(advisory("GHSA-2", 0, List.of(), WIDGET));
        }

        assertThat(store().revision()).isEqualTo(before);
        assertThat(store().about(WIDGET)).containsExactly(advisory("GHSA-1", 0, List.of(), WIDGET));
        assertThat(reopened().find("GHSA-2")).isEmpty();
        assertThat(store().find("CVE-2026-1")).isEmpty();
    }

    @Test
    default void an_import_that_is_over_takes_nothing_more() {
        try (Import run = store().begin()) {
            run.commit();
            assertThatThrownBy(() -> run.put(advisory("GHSA-1", 0, List.of(), WIDGET)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(run::commit).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void the_revision_outlives_the_process() {
        imported(advisory("GHSA-1", 0, List.of(), WIDGET));
        imported(advisory("GHSA-2", 0, List.of(), WIDGET));
        long revision = store().revision();

        AdvisoryStore again = reopened();
        assertThat(again.revision()).isEqualTo(revision);
        try (Import run = again.begin()) {
            assertThat(run.commit()).isGreaterThan(revision);
        }
    }

    @Test
    default void tells_what_became_of_each_record() {
        Advisory first = advisory("GHSA-1", 0, List.of(), WIDGET);
        Advisory newer = advisory("GHSA-1", 10, List.of(), WIDGET);
        Advisory older = advisory("GHSA-1", 5, List.of("CVE-2026-1"), GADGET);

        assertThat(imported(first, first)).containsExactly(Effect.NEW, Effect.SAME);
        assertThat(imported(first, newer, newer, older, first))
                .containsExactly(Effect.SAME, Effect.CHANGED, Effect.SAME, Effect.SAME, Effect.SAME);
        assertThat(store().about(WIDGET)).containsExactly(newer);
        assertThat(store().about(GADGET)).isEmpty();
    }

    @Test
    default void a_changed_record_leaves_the_packages_and_aliases_it_no_longer_names() {
        imported(advisory("GHSA-1", 0, List.of("CVE-2026-1"), WIDGET));
        imported(advisory("GHSA-1", 1, List.of("CVE-2026-2"), GADGET));

        assertThat(store().about(WIDGET)).isEmpty();
        assertThat(store().about(GADGET)).hasSize(1);
        assertThat(store().find("CVE-2026-1")).isEmpty();
        assertThat(store().find("CVE-2026-2")).hasSize(1);
    }

    @Test
    default void finds_by_identifier_and_alias_in_any_case() {
        Advisory one = advisory("GHSA-abcd-1", 0, List.of("CVE-2026-1"), WIDGET);
        Advisory two = advisory("PYSEC-2026-1", 0, List.of("CVE-2026-1", "GHSA-abcd-1"), GADGET);
        imported(one, two);

        assertThat(store().find("cve-2026-1")).containsExactlyInAnyOrder(one, two);
        assertThat(store().find("ghsa-ABCD-1")).containsExactlyInAnyOrder(one, two);
        assertThat(store().find("pysec-2026-1")).containsExactly(two);
        assertThat(store().find("CVE-2026-10")).isEmpty();
        assertThat(store().find("' OR 1=1 --\0")).isEmpty();
    }

    @Test
    default void a_record_may_name_a_package_and_an_alias_twice() {
        imported(advisory("GHSA-1", 0, List.of("CVE-2026-1", "cve-2026-1", "GHSA-1"), WIDGET, WIDGET));

        assertThat(store().about(WIDGET)).hasSize(1);
        assertThat(store().find("CVE-2026-1")).hasSize(1);
    }

    @Test
    default void scores_and_catalogue_entries_of_a_cve_stand_side_by_side() {
        Epss epss = new Epss(0.123456789, 0.99);
        Kev kev = new Kev(LocalDate.of(2026, 1, 2), LocalDate.of(2026, 1, 23), true);
        Kev withoutDue = new Kev(LocalDate.of(2025, 1, 2), null, false);
        try (Import run = store().begin()) {
            assertThat(run.put("CVE-2026-1", epss)).isEqualTo(Effect.NEW);
            assertThat(run.put("CVE-2026-1", kev)).isEqualTo(Effect.NEW);
            assertThat(run.put("CVE-2026-2", withoutDue)).isEqualTo(Effect.NEW);
            assertThat(run.put("CVE-2026-3", new Epss(0, 0))).isEqualTo(Effect.NEW);
            run.commit();
        }

        assertThat(reopened().exploitation(List.of("CVE-2026-1", "CVE-2026-2", "CVE-2026-3", "CVE-2026-4")))
                .isEqualTo(Map.of(
                        "CVE-2026-1", new Exploitation("CVE-2026-1", epss, kev),
                        "CVE-2026-2", new Exploitation("CVE-2026-2", null, withoutDue),
                        "CVE-2026-3", new Exploitation("CVE-2026-3", new Epss(0, 0), null)));
    }

    @Test
    default void tells_what_became_of_each_score_and_entry() {
        Kev kev = new Kev(LocalDate.EPOCH, null, false);
        try (Import run = store().begin()) {
            run.put("CVE-2026-1", new Epss(0.1, 0.2));
            run.put("CVE-2026-1", kev);
            run.commit();
        }
        assertThat(store().exploitation(List.of("CVE-2026-1"))).hasSize(1);
        try (Import run = store().begin()) {
            assertThat(run.put("CVE-2026-1", new Epss(0.1, 0.2))).isEqualTo(Effect.SAME);
            assertThat(run.put("CVE-2026-1", new Epss(0.1, 0.3))).isEqualTo(Effect.CHANGED);
            assertThat(run.put("CVE-2026-1", kev)).isEqualTo(Effect.SAME);
            assertThat(run.put("CVE-2026-1", new Kev(LocalDate.EPOCH, LocalDate.EPOCH, false)))
                    .isEqualTo(Effect.CHANGED);
            run.commit();
        }

        Exploitation known = store().exploitation(List.of("CVE-2026-1")).get("CVE-2026-1");
        assertThat(known)
                .isEqualTo(new Exploitation(
                        "CVE-2026-1", new Epss(0.1, 0.3), new Kev(LocalDate.EPOCH, LocalDate.EPOCH, false)));
    }

    @Test
    default void tells_the_state_of_each_feed_by_name() {
        FeedState osv = new FeedState(
                "osv", 3, Samples.INSTANT, Samples.INSTANT.plusSeconds(60), Samples.INSTANT.minusSeconds(5));
        FeedState epss = new FeedState("epss", 9, Samples.INSTANT, null);
        FeedState npm = new FeedState("osv/npm", 2, Samples.INSTANT, Samples.INSTANT, null, "1 record lacks");
        try (Import run = store().begin()) {
            run.feed(new FeedState("osv", 1, Samples.INSTANT, null));
            run.feed(osv);
            run.feed(epss);
            run.feed(npm);
            run.commit();
        }

        assertThat(reopened().feeds()).containsExactly(epss, osv, npm);
    }

    @Test
    default void knows_of_each_format_by_itself_whether_its_advisories_are_there_as_a_whole() {
        AdvisoryIndex index = new AdvisoryIndex(store());
        PackageName other = new PackageName("other", "thing");
        imported(advisory("GHSA-1", 0, List.of(), WIDGET));
        long ofWidget = index.stamp(WIDGET);
        long ofOther = index.stamp(other);
        assertThat(index.coverage(WIDGET.format()).isKnown()).isFalse();

        try (Import run = store().begin()) {
            run.feed(new FeedState("osv", 1, Samples.INSTANT, null));
            run.feed(new FeedState(FeedState.osv(WIDGET.format()), 1, Samples.INSTANT, null));
            run.commit();
        }

        assertThat(index.coverage(WIDGET.format()).orNull()).isEqualTo(Samples.INSTANT);
        assertThat(index.coverage("other").isKnown()).isFalse();
        assertThat(index.stamp(WIDGET)).isNotEqualTo(ofWidget);
        assertThat(index.stamp(other)).isEqualTo(ofOther);
        AdvisoryIndex later = new AdvisoryIndex(reopened());
        assertThat(later.coverage(WIDGET.format()).orNull()).isEqualTo(Samples.INSTANT);
        assertThat(later.coverage("other").isKnown()).isFalse();

        try (Import run = store().begin()) {
            run.feed(new FeedState(
                    FeedState.osv(WIDGET.format()), 1, Samples.INSTANT, Samples.INSTANT, null, "2 records lack"));
            run.commit();
        }
        AdvisoryIndex lacking = new AdvisoryIndex(store());
        assertThat(lacking.coverage(WIDGET.format()).isKnown()).isFalse();
        assertThat(lacking.coverage(WIDGET.format()).basis()).contains("2 records lack");
        assertThat(lacking.stamp(WIDGET)).isEqualTo(ofWidget);
    }

    @Test
    default void keeps_of_a_range_whether_it_says_more_than_can_be_read() {
        Advisory advisory = new Advisory(
                "GHSA-1",
                List.of(),
                "",
                "",
                List.of(),
                null,
                null,
                Samples.INSTANT,
                null,
                List.of(new Advisory.Affected(
                        WIDGET,
                        List.of(AffectedRange.everything(), new AffectedRange(AffectedRange.Type.SEMVER, List.of())),
                        List.of(),
                        List.of())),
                List.of(),
                "test",
                false);
        imported(advisory);
        assertThat(reopened().about(WIDGET)).containsExactly(advisory);
    }

    @Test
    default void a_second_import_waits_for_the_first() throws InterruptedException {
        AdvisoryStore store = store();
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        CountDownLatch trying = new CountDownLatch(1);
        Import first = store.begin();
        Thread second = Thread.ofPlatform().start(() -> {
            trying.countDown();
            try (Import run = store.begin()) {
                order.add("second began");
                run.put(advisory("GHSA-2", 0, List.of(), WIDGET));
                run.commit();
            }
        });
        trying.await();
        first.put(advisory("GHSA-1", 0, List.of(), WIDGET));
        order.add("first commits");
        first.commit();
        first.close();
        second.join();

        assertThat(order).containsExactly("first commits", "second began");
        assertThat(store.about(WIDGET)).hasSize(2);
    }

    @Test
    default void readers_see_all_of_an_import_or_nothing_of_it() {
        AdvisoryStore store = store();

        Together.run(4, number -> {
            for (int i = 1; i <= 15; i++) {
                if (number == 0) {
                    try (Import run = store.begin()) {
                        for (int k = 0; k < 10; k++) {
                            run.put(advisory("GHSA-" + k, i, List.of(), WIDGET));
                        }
                        run.commit();
                    }
                } else {
                    List<Advisory> seen = store.about(WIDGET);
                    assertThat(seen.size()).isIn(0, 10);
                    assertThat(seen.stream().map(Advisory::modified).distinct().count())
                            .isLessThanOrEqualTo(1);
                }
            }
        });
    }

    @Test
    default void who_sees_a_new_revision_sees_its_advisories() {
        AdvisoryStore store = store();
        long start = store.revision();

        Together.run(3, number -> {
            for (int i = 1; i <= 20; i++) {
                if (number == 0) {
                    try (Import run = store.begin()) {
                        run.put(advisory("GHSA-" + i, 0, List.of(), WIDGET));
                        run.commit();
                    }
                } else {
                    long committed = store.revision() - start;
                    assertThat((long) store.about(WIDGET).size()).isGreaterThanOrEqualTo(committed);
                }
            }
        });
    }

    @Test
    default void what_is_taken_back_is_gone_with_its_packages_and_aliases() {
        imported(
                advisory("GHSA-1", 0, List.of("CVE-2026-1"), WIDGET), advisory("GHSA-2", 0, List.of(), WIDGET, GADGET));
        try (Import run = store().begin()) {
            run.remove(Import.Kind.ADVISORY, "GHSA-1");
            run.remove(Import.Kind.ADVISORY, "GHSA-3");

            assertThat(run.find("GHSA-1")).isNull();
            assertThat(store().about(WIDGET)).hasSize(2);
            run.commit();
        }

        AdvisoryStore again = reopened();
        assertThat(again.about(WIDGET)).extracting(Advisory::id).containsExactly("GHSA-2");
        assertThat(again.find("CVE-2026-1")).isEmpty();
    }

    @Test
    default void a_score_is_taken_back_and_the_catalogue_entry_beside_it_stays() {
        Kev kev = new Kev(LocalDate.EPOCH, null, false);
        try (Import run = store().begin()) {
            run.put("CVE-2026-1", new Epss(0.1, 0.2));
            run.put("CVE-2026-1", kev);
            run.put("CVE-2026-2", new Epss(0.1, 0.2));
            run.put("CVE-2026-3", kev);
            run.remove(Import.Kind.EPSS, "CVE-2026-1");
            run.remove(Import.Kind.EPSS, "CVE-2026-2");
            run.remove(Import.Kind.KEV, "CVE-2026-3");
            run.remove(Import.Kind.KEV, "CVE-2026-4");
            run.commit();
        }

        assertThat(reopened().exploitation(List.of("CVE-2026-1", "CVE-2026-2", "CVE-2026-3", "CVE-2026-4")))
                .isEqualTo(Map.of("CVE-2026-1", new Exploitation("CVE-2026-1", null, kev)));
    }

    @Test
    default void keeps_how_the_syncs_went() {
        SyncState fresh = SyncState.fresh("osv/npm", "https://feeds.example/");
        SyncState whole = new SyncState(
                "kev",
                "https://feeds.example/kev.json",
                new SyncState.Validator("kev.json", "W/\"1\"", null),
                Samples.INSTANT.minusNanos(1),
                7,
                Samples.INSTANT,
                Samples.INSTANT.plusSeconds(1),
                Samples.INSTANT.plusSeconds(2),
                Samples.INSTANT.plusSeconds(3),
                4,
                "it answered 503");
        store().syncs().save(fresh);
        store().syncs().save(fresh.failed(Samples.INSTANT, null, "no connection"));
        store().syncs().save(fresh);
        store().syncs().save(whole);

        assertThat(reopened().syncs().all()).containsExactly(whole, fresh);
        assertThat(store().syncs().find("kev")).contains(whole);
        assertThat(store().syncs().find("epss")).isEmpty();
    }

    @Test
    default void keeps_what_a_source_listed() {
        assertThat(store().syncs().listing("osv/npm")).isEmpty();
        store().syncs().list("osv/npm", List.of("GHSA-1", "MAL-2026-1"));
        store().syncs().list("osv/PyPI", List.of("PYSEC-1"));
        store().syncs().list("osv/PyPI", List.of());

        assertThat(reopened().syncs().listing("osv/npm")).containsExactly("GHSA-1", "MAL-2026-1");
        assertThat(store().syncs().listing("osv/PyPI")).isEmpty();
    }

    @Test
    default void a_record_no_database_keeps_is_refused_and_the_import_goes_on() {
        try (Import run = store().begin()) {
            assertThatThrownBy(() -> run.put(advisory("GHSA-1", 0, List.of(), WIDGET, new PackageName("npm", "a\0"))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(run.put(advisory("GHSA-2", 0, List.of("alias\0"), WIDGET)))
                    .isEqualTo(Effect.NEW);
            run.commit();
        }

        assertThat(store().about(WIDGET)).extracting(Advisory::id).containsExactly("GHSA-2");
    }
}
