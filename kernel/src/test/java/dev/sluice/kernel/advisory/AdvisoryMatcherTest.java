package dev.sluice.kernel.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.AffectedRange.Event;
import dev.sluice.kernel.advisory.AffectedRange.Kind;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdvisoryMatcherTest {

    private static final PackageName NAME = new PackageName("npm", "left");
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    @Test
    void a_version_is_affected_from_introduced_until_before_fixed() {
        AdvisoryMatcher matcher = matcher(record("A-1", range("introduced 1.0", "fixed 1.4.2")));
        assertThat(affected(matcher, "0.9", "1.0-a", "1.0", "1.4.1", "1.4.2-rc", "1.4.2", "2"))
                .containsExactly("1.0", "1.4.1", "1.4.2-rc");
    }

    @Test
    void last_affected_is_affected_itself() {
        AdvisoryMatcher matcher = matcher(record("A-1", range("introduced 1.0", "last_affected 1.2")));
        assertThat(affected(matcher, "0.9", "1.0", "1.2", "1.2.0", "1.2.1")).containsExactly("1.0", "1.2", "1.2.0");
    }

    @Test
    void introduced_0_reaches_below_every_version() {
        AdvisoryMatcher matcher = matcher(record("A-1", range("introduced 0", "fixed 1")));
        assertThat(affected(matcher, "0", "0-a", "0.0.1", "legacy", "1", "1.1"))
                .containsExactly("0", "0-a", "0.0.1", "legacy");
    }

    @Test
    void several_ranges_and_several_stretches_in_one_range_add_up() {
        AdvisoryMatcher one =
                matcher(record("A-1", range("introduced 2", "fixed 2.5", "introduced 1", "fixed 1.5", "introduced 3")));
        AdvisoryMatcher several = matcher(record(
                "A-1", range("introduced 1", "fixed 1.5"), range("introduced 2", "fixed 2.5"), range("introduced 3")));
        for (AdvisoryMatcher matcher : List.of(one, several)) {
            assertThat(affected(matcher, "0.1", "1", "1.5", "2", "2.4", "2.5", "3", "99"))
                    .containsExactly("1", "2", "2.4", "3", "99");
        }
    }

    @Test
    void events_meeting_at_one_version_are_read_by_what_is_open_there() {
        assertThat(affected(matcher(record("A", range("last_affected 1.1", "introduced 1.1"))), "1.0", "1.1", "1.2"))
                .containsExactly("1.1");
        assertThat(affected(matcher(record("A", range("fixed 1.1", "introduced 1.1"))), "1.0", "1.1", "1.2"))
                .isEmpty();
        assertThat(affected(
                        matcher(record("A", range("introduced 1.1", "introduced 0", "fixed 1.1", "fixed 1.3"))),
                        "1.0",
                        "1.1",
                        "1.2",
                        "1.3"))
                .containsExactly("1.0", "1.1", "1.2");
    }

    @Test
    void the_first_of_several_fixes_closes_a_range() {
        AdvisoryMatcher matcher = matcher(record("A", range("introduced 0", "fixed 1.5", "fixed 2.5")));
        assertThat(affected(matcher, "1.4", "1.5", "2.0", "2.6")).containsExactly("1.4");
    }

    @Test
    void nothing_at_or_above_the_limit_is_affected() {
        assertThat(affected(matcher(record("A", range("introduced 1", "limit 2"))), "1", "1.9", "2", "3"))
                .containsExactly("1", "1.9");
        assertThat(affected(matcher(record("A", range("introduced 1", "limit 2", "limit 3"))), "2.5", "3"))
                .containsExactly("2.5");
        assertThat(affected(matcher(record("A", range("introduced 1", "limit *"))), "3"))
                .containsExactly("3");
    }

    @Test
    void versions_listed_without_ranges_are_affected_and_no_others() {
        AdvisoryMatcher matcher = matcher(versions("A-1", "1.2", "odd"));
        assertThat(affected(matcher, "1.1", "1.2", "1.2.0", "1.3", "odd", "other"))
                .containsExactly("1.2", "1.2.0", "odd");
    }

    @Test
    void a_labelled_build_of_an_affected_version_is_affected() {
        AdvisoryMatcher matcher = matcher(
                versions("A", "1.2"),
                record("B", range("introduced 3", "last_affected 3.1")),
                record("C", range("introduced 4", "fixed 4.2+sec1")));
        assertThat(affected(matcher, "1.2+cu1", "1.3+cu1", "3.1+cu1", "3.2+cu1", "4.2", "4.2+sec1", "4.1+sec1"))
                .containsExactly("1.2+cu1", "3.1+cu1", "4.2", "4.1+sec1");
    }

    @Test
    void a_git_range_covers_nothing() {
        AffectedRange git = new AffectedRange(AffectedRange.Type.GIT, List.of(new Event(Kind.INTRODUCED, "0")));
        assertThat(affected(matcher(record("A", git)), "1", "2")).isEmpty();
    }

    @Test
    void another_package_is_not_affected() {
        AdvisoryMatcher matcher = AdvisoryMatcher.of(
                new DottedOrder(),
                new PackageName("pypi", "left"),
                List.of(record("A", range("introduced 0"))),
                Map.of(),
                NOW);
        assertThat(matcher.matches("1")).isEmpty();
    }

    @Test
    void a_withdrawn_record_counts_until_it_is_withdrawn() {
        Advisory past = withdrawn("A", NOW.minusSeconds(1));
        Advisory future = withdrawn("B", NOW.plusSeconds(10));
        AdvisoryMatcher matcher = matcher(past, future);
        assertThat(matcher.matches("1")).extracting(AdvisoryMatch::identifier).containsExactly("B");
        assertThat(matcher.horizon()).isEqualTo(NOW.plusSeconds(10));
        assertThat(matcher.holdsAt(NOW.plusSeconds(9))).isTrue();
        assertThat(matcher.holdsAt(NOW.plusSeconds(10))).isFalse();
        assertThat(matcher.holdsAt(NOW.minusSeconds(2))).isFalse();
    }

    @Test
    void aliases_count_once_also_over_a_third_record() {
        AdvisoryMatcher matcher = matcher(
                aliased("GHSA-1", "CVE-2020-1"),
                aliased("PYSEC-1", "cve-2020-1", "X-1"),
                aliased("X-1"),
                aliased("GHSA-2", "CVE-2020-2"));
        assertThat(matcher.matches("1")).hasSize(2);
        AdvisoryMatch match = matcher.matches("1").getFirst();
        assertThat(match.identifier()).isEqualTo("CVE-2020-1");
        assertThat(match.aliases()).containsExactly("GHSA-1", "PYSEC-1", "X-1", "cve-2020-1");
        assertThat(match.members()).hasSize(3);
    }

    @Test
    void only_records_that_cover_the_version_speak_for_it() {
        AdvisoryMatcher matcher =
                matcher(with(versions("MAL-1", "4.1.1"), "GHSA-1"), record("GHSA-1", range("introduced 0")));
        assertThat(matcher.matches("4.1.1")).singleElement().satisfies(match -> {
            assertThat(match.members()).hasSize(2);
            assertThat(match.isMalicious()).isTrue();
            assertThat(match.identifier()).isEqualTo("MAL-1");
        });
        assertThat(matcher.matches("4.1.2").getFirst().members())
                .extracting(Advisory::id)
                .containsExactly("GHSA-1");
        assertThat(matcher.matches("4.1.2").getFirst().isMalicious()).isFalse();
    }

    @Test
    void a_stray_range_of_malware_is_passed_over_only_beside_a_bounded_one() {
        AffectedRange everything = range("introduced 0");
        AffectedRange bounded = range("introduced 4.1.1", "last_affected 4.1.2");
        Advisory.Affected both = entry(List.of(everything, bounded));
        assertThat(affected(matcher(advisory("MAL-1", false, both)), "4.1.0", "4.1.1", "4.1.2", "4.1.3"))
                .containsExactly("4.1.1", "4.1.2");
        assertThat(affected(matcher(advisory("SHD-1", true, both)), "4.1.0", "4.1.1"))
                .containsExactly("4.1.1");
        assertThat(affected(
                        matcher(advisory("MAL-1", false, entry(List.of(everything, bounded), "4.2"))),
                        "4.1.0",
                        "4.1.1",
                        "4.2"))
                .containsExactly("4.1.1", "4.2");
        assertThat(affected(matcher(advisory("GHSA-1", false, both)), "4.1.0", "4.1.1"))
                .containsExactly("4.1.0", "4.1.1");
    }

    @Test
    void a_range_of_everything_and_a_list_of_versions_both_count() {
        AffectedRange everything = range("introduced 0");
        for (Advisory advisory : List.of(
                advisory("MAL-1", false, entry(List.of(everything), "4.1.1")),
                advisory("mal-1", false, entry(List.of(everything), "4.1.1")),
                advisory("SHD-1", true, entry(List.of(everything), "4.1.1")),
                advisory("MAL-1", false, entry(List.of(everything)), entry(List.of(), "4.1.1")),
                advisory("MAL-1", false, entry(List.of(everything)), entry(List.of(range("introduced 4", "fixed 5")))),
                advisory("MAL-1", false, entry(List.of(everything, range("introduced 0", "fixed 1")))),
                advisory("MAL-1", false, entry(List.of(AffectedRange.everything(), range("introduced 4", "fixed 5")))),
                advisory("MAL-1", false, entry(List.of(everything))))) {
            assertThat(affected(matcher(advisory), "1", "4.1.1", "6"))
                    .as("%s", advisory)
                    .containsExactly("1", "4.1.1", "6");
            assertThat(matcher(advisory).matches("6").getFirst().isMalicious()).isTrue();
        }
    }

    @Test
    void a_version_that_cannot_be_ordered_may_lie_in_any_range() {
        AdvisoryMatcher matcher = matcher(record("A", range("introduced 2", "fixed 3")), versions("B", "4", "legacy"));
        assertThat(matcher.matches("legacy"))
                .extracting(AdvisoryMatch::identifier)
                .containsExactly("A", "B");
        assertThat(matcher.matches("other")).singleElement().satisfies(match -> {
            assertThat(match.identifier()).isEqualTo("A");
            assertThat(match.affectedRanges()).containsExactly(">=2 <3", "a version that cannot be ordered may be any");
        });
        assertThat(matcher.matches("1")).isEmpty();
    }

    @Test
    void an_event_at_a_version_that_cannot_be_ordered_makes_its_range_as_wide_as_it_could_mean() {
        assertThat(affected(matcher(record("A", range("introduced 2", "fixed banana"))), "1", "2", "9"))
                .containsExactly("2", "9");
        assertThat(affected(matcher(record("A", range("introduced 2", "last_affected ?"))), "1", "2", "9"))
                .containsExactly("2", "9");
        assertThat(affected(matcher(record("A", range("introduced banana", "fixed 3"))), "1", "2", "9"))
                .containsExactly("1", "2", "9");
        assertThat(affected(matcher(record("A", range("introduced 1", "limit 2", "limit ?"))), "1", "9"))
                .containsExactly("1", "9");
        assertThat(matcher(record("A", range("introduced 2", "fixed banana")))
                        .matches("5")
                        .getFirst()
                        .affectedRanges())
                .containsExactly(">=2 (the record says more that cannot be read)");
    }

    private static Advisory.Affected entry(List<AffectedRange> ranges, String... versions) {
        return new Advisory.Affected(NAME, ranges, List.of(versions), List.of());
    }

    @Test
    void fixes_above_the_version_come_first() {
        AdvisoryMatcher matcher = matcher(
                record("A", range("introduced 0", "fixed 1.10"), range("introduced 2", "fixed 2.5")),
                with(record("B", range("introduced 0", "fixed 1.9"), range("introduced 2", "fixed 2.5.0")), "A"));
        assertThat(matcher.matches("1.0").getFirst().fixedVersions()).containsExactly("1.9", "1.10", "2.5");
        assertThat(matcher.matches("2.1").getFirst().fixedVersions()).containsExactly("2.5", "1.9", "1.10");
    }

    @Test
    void ranges_are_told_to_people() {
        AdvisoryMatcher matcher = matcher(new Advisory.Affected(
                NAME,
                List.of(
                        range("introduced 0", "fixed 1"),
                        range("introduced 2", "last_affected 2.1"),
                        range("introduced 3")),
                List.of("0.5", "1.5"),
                List.of()));
        assertThat(matcher.matches("0.5").getFirst().affectedRanges())
                .containsExactly("<1", ">=2 <=2.1", ">=3", "=1.5");
        assertThat(matcher(record("A", range("introduced 0")))
                        .matches("1")
                        .getFirst()
                        .affectedRanges())
                .containsExactly(">=0");
    }

    @Test
    void the_highest_score_counts_and_gives_the_label() {
        Advisory low = scored("A", "LOW", new Advisory.Severity("CVSS_V3", "v3", 5.4));
        Advisory high = with(
                scored(
                        "B",
                        null,
                        new Advisory.Severity("CVSS_V2", "v2", 10.0),
                        new Advisory.Severity("CVSS_V4", "v4", 8.9),
                        new Advisory.Severity("CVSS_V3", "bad", Double.NaN)),
                "A");
        AdvisoryMatch match = matcher(low, high).matches("1").getFirst();
        assertThat(match.cvss()).isEqualTo(new Advisory.Severity("CVSS_V4", "v4", 8.9));
        assertThat(match.severityLabel()).isEqualTo("HIGH");
        assertThat(label(scored("A", null, new Advisory.Severity("CVSS_V3", "v", 9.0))))
                .isEqualTo("CRITICAL");
        assertThat(label(scored("A", null, new Advisory.Severity("CVSS_V2", "v", 9.3))))
                .isEqualTo("HIGH");
        assertThat(label(scored("A", "MEDIUM"))).isEqualTo("MEDIUM");
        assertThat(label(scored("A", null))).isNull();
    }

    @Test
    void severities_of_the_package_take_the_place_of_the_records() {
        Advisory advisory = new Advisory(
                "A",
                List.of(),
                "",
                "",
                List.of(new Advisory.Severity("CVSS_V3", "v", 9.8)),
                null,
                null,
                NOW,
                null,
                List.of(new Advisory.Affected(
                        NAME,
                        List.of(range("introduced 0")),
                        List.of(),
                        List.of(new Advisory.Severity("CVSS_V3", "own", 3.1)))),
                List.of(),
                "test",
                false);
        assertThat(label(advisory)).isEqualTo("LOW");
    }

    @Test
    void the_most_exploited_cve_of_the_group_counts() {
        Exploitation scored = new Exploitation("CVE-2020-1", new Exploitation.Epss(0.9, 0.99), null);
        Exploitation listed =
                new Exploitation("CVE-2020-2", null, new Exploitation.Kev(LocalDate.of(2026, 1, 1), null, true));
        AdvisoryMatcher matcher = AdvisoryMatcher.of(
                new DottedOrder(),
                NAME,
                List.of(aliased("A", "CVE-2020-1", "CVE-2020-2"), aliased("B", "CVE-2020-9"), aliased("C")),
                Map.of("CVE-2020-1", scored, "CVE-2020-2", listed),
                NOW);
        assertThat(matcher.matches("1"))
                .extracting(AdvisoryMatch::exploitation)
                .containsExactly(null, listed, new Exploitation("CVE-2020-9", null, null));
    }

    @Test
    void malware_comes_first_then_the_worst() {
        AdvisoryMatcher matcher = matcher(
                scored("A", null, new Advisory.Severity("CVSS_V3", "v", 5)),
                scored("B", null, new Advisory.Severity("CVSS_V3", "v", 9)),
                scored("MAL-9", null));
        assertThat(matcher.matches("1")).extracting(AdvisoryMatch::identifier).containsExactly("MAL-9", "B", "A");
    }

    private static @Nullable String label(Advisory advisory) {
        return matcher(advisory).matches("1").getFirst().severityLabel();
    }

    private static List<String> affected(AdvisoryMatcher matcher, String... versions) {
        return Stream.of(versions)
                .filter(version -> !matcher.matches(version).isEmpty())
                .toList();
    }

    private static AdvisoryMatcher matcher(Advisory... advisories) {
        return AdvisoryMatcher.of(new DottedOrder(), NAME, List.of(advisories), Map.of(), NOW);
    }

    private static AdvisoryMatcher matcher(Advisory.Affected affected) {
        return matcher(advisory("A", false, affected));
    }

    private static Advisory advisory(String id, boolean malicious, Advisory.Affected... affected) {
        return new Advisory(
                id,
                List.of(),
                "",
                "",
                List.of(),
                null,
                null,
                NOW,
                null,
                List.of(affected),
                List.of(),
                "test",
                malicious);
    }

    private static Advisory record(String id, AffectedRange... ranges) {
        return advisory(id, false, new Advisory.Affected(NAME, List.of(ranges), List.of(), List.of()));
    }

    private static Advisory versions(String id, String... versions) {
        return advisory(id, false, new Advisory.Affected(NAME, List.of(), List.of(versions), List.of()));
    }

    private static Advisory with(Advisory a, String... aliases) {
        return new Advisory(
                a.id(),
                List.of(aliases),
                a.summary(),
                a.details(),
                a.severities(),
                a.severityLabel(),
                a.published(),
                a.modified(),
                a.withdrawn(),
                a.affected(),
                a.references(),
                a.source(),
                a.malicious());
    }

    private static Advisory aliased(String id, String... aliases) {
        return with(record(id, range("introduced 0")), aliases);
    }

    private static Advisory scored(String id, @Nullable String label, Advisory.Severity... severities) {
        Advisory a = record(id, range("introduced 0"));
        return new Advisory(
                id,
                List.of(),
                "",
                "",
                List.of(severities),
                label,
                null,
                NOW,
                null,
                a.affected(),
                List.of(),
                "test",
                false);
    }

    private static Advisory withdrawn(String id, Instant when) {
        Advisory a = record(id, range("introduced 0"));
        return new Advisory(
                id, List.of(), "", "", List.of(), null, null, NOW, when, a.affected(), List.of(), "test", false);
    }

    private static AffectedRange range(String... events) {
        List<Event> list = new ArrayList<>();
        for (String event : events) {
            List<String> words = Arrays.asList(event.split(" "));
            list.add(new Event(Kind.valueOf(words.get(0).toUpperCase(java.util.Locale.ROOT)), words.get(1)));
        }
        return new AffectedRange(AffectedRange.Type.ECOSYSTEM, list);
    }
}
