package dev.sluice.feeds;

import static dev.sluice.feeds.FeedFiles.gzip;
import static dev.sluice.feeds.FeedFiles.record;
import static dev.sluice.feeds.FeedFiles.write;
import static dev.sluice.feeds.FeedFiles.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.testkit.MemoryAdvisoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedImportTest {

    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");

    private static final String FULL = """
            {"schema_version":"1.7.4","id":"GHSA-1","aliases":["CVE-2026-1234","GHSA-1"],"modified":"2026-02-03T04:05:06.789Z",
             "published":"2026-01-01T00:00:00Z","withdrawn":"2026-03-01T00:00:00Z","summary":" two\\n lines ","details":"long",
             "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
                         {"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:P/I:P/A:P"},
                         {"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},
                         {"type":"CVSS_V3","score":"CVSS:3.1/AV:X"},{"type":"Ubuntu","score":"low"}],
             "affected":[
              {"package":{"ecosystem":"PyPI","name":"Foo_Bar.baz","purl":"pkg:pypi/foo-bar-baz"},"versions":["1.0"],
               "ranges":[{"type":"GIT","repo":"x","events":[{"introduced":"0"}]},
                         {"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2"}],"database_specific":{"a":[1,{}]}}],
               "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}],
               "ecosystem_specific":{"x":{"y":[1]}}},
              {"package":{"ecosystem":"Debian:13","name":"foo"}},
              {"package":{"ecosystem":"Maven:other","name":"g:a"},"versions":["1"]},
              {"ranges":[]}],
             "references":[{"type":"WEB","url":"https://example.test/1"},{"type":"WEB","url":"javascript:alert(1)"}],
             "database_specific":{"severity":"MODERATE","cwe_ids":["CWE-79"],"nested":{"a":[]}}}
            """;

    @TempDir
    Path folder;

    private final MemoryAdvisoryStore store = new MemoryAdvisoryStore();
    private final FeedImport feeds = new FeedImport(store, InstantSource.fixed(NOW));

    @Test
    void keeps_what_a_record_says() throws Exception {
        run(write(folder.resolve("a.json"), FULL));
        Advisory advisory = store.find("CVE-2026-1234").getFirst();
        assertThat(advisory.id()).isEqualTo("GHSA-1");
        assertThat(advisory.aliases()).containsExactly("CVE-2026-1234");
        assertThat(advisory.summary()).isEqualTo("two lines");
        assertThat(advisory.severityLabel()).isEqualTo("MEDIUM");
        assertThat(advisory.modified()).isEqualTo("2026-02-03T04:05:06.789Z");
        assertThat(advisory.published()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(advisory.withdrawn()).isEqualTo("2026-03-01T00:00:00Z");
        assertThat(advisory.references()).containsExactly("https://example.test/1");
        assertThat(advisory.source()).isEqualTo("a.json");
        assertThat(advisory.isMalicious()).isFalse();
        assertThat(advisory.severities())
                .extracting(Advisory.Severity::score)
                .containsExactly(9.8, 7.5, 9.3, Double.NaN, Double.NaN);
        assertThat(advisory.affected()).hasSize(2);
        Advisory.Affected python = advisory.affected().getFirst();
        assertThat(python.packageName()).isEqualTo(new PackageName("pypi", "foo-bar-baz"));
        assertThat(python.versions()).containsExactly("1.0");
        assertThat(python.severities()).extracting(Advisory.Severity::score).containsExactly(5.3);
        assertThat(python.ranges())
                .containsExactly(new AffectedRange(
                        AffectedRange.Type.ECOSYSTEM,
                        List.of(
                                new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, "0"),
                                new AffectedRange.Event(AffectedRange.Kind.FIXED, "2"))));
        assertThat(advisory.affected().getLast().packageName()).isEqualTo(new PackageName("maven", "g:a"));
    }

    @Test
    void tells_malware_by_its_mark_or_its_weakness_type() throws Exception {
        String plain = record("A-1", "npm", "a", "2");
        run(write(
                folder.resolve("a.jsonl"),
                plain.replace("A-1", "A-2")
                                .replace("\"affected\"", "\"database_specific\":{\"malicious\":true},\"affected\"")
                        + "\n"
                        + plain.replace("A-1", "A-3")
                                .replace(
                                        "\"affected\"",
                                        "\"database_specific\":{\"cwe_ids\":[\"CWE-506\"]},\"affected\"")
                        + "\n"
                        + plain.replace("A-1", "A-4")
                                .replace(
                                        "\"affected\"",
                                        "\"database_specific\":{\"malicious\":false,\"cwe_ids\":[\"CWE-506\"]},\"affected\"")
                        + "\n"
                        + plain));
        assertThat(store.about(new PackageName("npm", "a")).stream().filter(Advisory::isMalicious))
                .extracting(Advisory::id)
                .describedAs("any mark counts, also beside one that denies it")
                .containsExactly("A-2", "A-3", "A-4");
    }

    @Test
    void takes_every_packing() throws Exception {
        String lines = record("L-1", "npm", "a", "2") + "\n\n" + record("L-2", "npm", "a", "2") + "\r\n";
        String array = "[" + record("R-1", "npm", "a", "2") + ",\n" + record("R-2", "npm", "a", "2") + "]";
        Path some = folder.resolve("some");
        write(some.resolve("one.json"), record("J-1", "npm", "a", "2"));
        write(some.resolve("deep/er/array.json.gz"), gzip(array));
        write(some.resolve("lines.jsonl"), lines);
        write(some.resolve("README.md"), "not a feed");
        write(some.resolve("all.zip"), zip("npm/Z-1.json", record("Z-1", "npm", "a", "2"), "notes.txt", "x"));
        Path packed = write(folder.resolve("lines.jsonl.gz"), gzip(lines.replace("L-", "P-")));
        ImportSummary.Feed osv = run(some, packed).feed("osv");
        assertThat(store.about(new PackageName("npm", "a")))
                .extracting(Advisory::id)
                .containsExactly("J-1", "L-1", "L-2", "P-1", "P-2", "R-1", "R-2", "Z-1");
        assertThat(osv.read()).isEqualTo(8);
        assertThat(osv.files()).isEqualTo(5);
        assertThat(osv.rejected()).isZero();
    }

    private Set<String> known() {
        return store.feeds().stream()
                .map(FeedState::name)
                .filter(name -> name.startsWith("osv/"))
                .collect(Collectors.toSet());
    }

    @Test
    void an_archive_is_all_there_is_only_when_somebody_says_so() throws Exception {
        String shared = record("A-2", "npm", "a", "2")
                .replace(
                        "\"affected\":[",
                        "\"affected\":[{\"package\":{\"ecosystem\":\"Maven\",\"name\":\"g:a\"},\"versions\":[\"1\"]},");
        Path archive =
                write(folder.resolve("all.zip"), zip("A-1.json", record("A-1", "npm", "a", "2"), "A-2.json", shared));
        ImportSummary unsaid = run(archive);
        assertThat(unsaid.whole()).isEmpty();
        assertThat(unsaid.partial()).containsExactlyInAnyOrder("npm", "maven");
        assertThat(known()).isEmpty();

        ImportSummary said = feeds.run(List.of(archive), Set.of("npm"), false, Progress.NONE);
        assertThat(said.whole()).containsExactly("npm");
        assertThat(said.partial()).containsExactly("maven");
        assertThat(known()).containsExactly("osv/npm");
        assertThat(store.feeds()).contains(new FeedState("osv/npm", 2, NOW, Instant.parse("2026-01-02T03:04:05Z")));
    }

    @Test
    void one_record_that_cannot_be_read_leaves_its_ecosystem_not_known_as_a_whole() throws Exception {
        String good = record("A-1", "npm", "a", "2") + "\n" + record("A-2", "PyPI", "a", "2");
        String unnamed = record("A-3", "npm", "a", "2").replace("\"A-3\"", "\"\"");
        ImportSummary summary = feeds.run(
                List.of(write(folder.resolve("a.jsonl"), good + "\n" + unnamed)),
                Set.of("npm", "PyPI"),
                false,
                Progress.NONE);
        assertThat(summary.whole()).containsExactly("pypi");
        assertThat(summary.partial()).isEmpty();
        assertThat(summary.lacking())
                .containsExactly(Map.entry("npm", "1 record or affected package could not be read"));
        assertThat(index().coverage("npm").isKnown()).isFalse();
        assertThat(index().coverage("npm").basis()).contains("1 record or affected package could not be read");
        assertThat(index().coverage("pypi").isKnown()).isTrue();

        feeds.run(List.of(write(folder.resolve("b.jsonl"), good + "\n{\"id\":")), Set.of("PyPI"), false, Progress.NONE);
        assertThat(index().coverage("pypi").isKnown())
                .describedAs("what cannot be read at all may speak of anything")
                .isFalse();
        feeds.run(List.of(write(folder.resolve("c.jsonl"), good)), Set.of("npm", "PyPI"), false, Progress.NONE);
        assertThat(index().coverage("npm").isKnown()).isTrue();
        assertThat(index().coverage("pypi").isKnown()).isTrue();
    }

    @Test
    void many_fewer_records_than_before_do_not_count_as_all_there_is_until_somebody_says_so() throws Exception {
        String many = IntStream.range(0, 300)
                .mapToObj(i -> record("A-" + i, "npm", "p" + i, "2"))
                .collect(Collectors.joining("\n"));
        feeds.run(List.of(write(folder.resolve("a.jsonl"), many)), Set.of("npm"), false, Progress.NONE);
        Path few = write(folder.resolve("b.jsonl"), record("A-1", "npm", "a", "2"));
        FeedImport later = new FeedImport(store, InstantSource.fixed(NOW.plusSeconds(60)));
        ImportSummary summary = later.run(List.of(few), Set.of("npm"), false, Progress.NONE);
        assertThat(summary.whole()).isEmpty();
        assertThat(summary.lacking()).containsEntry("npm", "it holds 1 records where there were 300 before");
        assertThat(index().coverage("npm").orNull())
                .describedAs("as well known as before")
                .isEqualTo(NOW);

        later.run(List.of(few), Set.of("npm"), true, Progress.NONE);
        assertThat(index().coverage("npm").orNull()).isEqualTo(NOW.plusSeconds(60));
    }

    @Test
    void a_feed_of_which_much_was_refused_is_no_younger_by_it() throws Exception {
        Path good = write(
                folder.resolve("epss.csv"), "#score_date:2026-11-20\ncve,epss,percentile\nCVE-2026-1111,0.5,0.5\n");
        run(good);
        FeedState before = feed("epss");
        FeedImport later = new FeedImport(store, InstantSource.fixed(NOW.plusSeconds(60)));
        for (String rows :
                List.of("CVE-2026-1111,x,0.5\n", "CVE-2026-1112,0.1,0.1\nCVE-2026-1113,x,0.5\nnone,0.1,0.1\n")) {
            Path bad = write(folder.resolve("bad.csv"), "#score_date:2026-11-21\ncve,epss,percentile\n" + rows);
            assertThat(later.run(List.of(bad), Progress.NONE).lacking()).containsOnlyKeys("epss");
            assertThat(feed("epss").updatedAt()).isEqualTo(before.updatedAt());
            assertThat(feed("epss").importedAt()).isEqualTo(before.importedAt());
            assertThat(feed("epss").newest()).isEqualTo(before.newest());
        }
        Path kev = write(
                folder.resolve("kev.json"),
                "{\"dateReleased\":\"2026-11-21T00:00:00Z\",\"vulnerabilities\":[{\"cveID\":\"none\"}]}");
        assertThat(later.run(List.of(kev), Progress.NONE).lacking())
                .containsEntry("kev", "none of its 1 records could be read");
        assertThat(store.feeds()).extracting(FeedState::name).doesNotContain("kev");
    }

    @Test
    void a_date_of_the_future_makes_nothing_younger_and_keeps_no_correction_out() throws Exception {
        String future = record("A-1", "npm", "a", "2").replace("2026-01-02T03:04:05Z", "9999-01-01T00:00:00Z");
        Path file = write(folder.resolve("a.jsonl"), future + "\n" + record("A-2", "npm", "a", "2"));
        feeds.run(List.of(file), Set.of("npm"), false, Progress.NONE);
        assertThat(feed("osv/npm").newest()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(feed("osv").newest()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(store.find("A-1").getFirst().modified()).isEqualTo(Instant.EPOCH);

        run(write(folder.resolve("b.json"), record("A-1", "npm", "a", "3")));
        assertThat(store.find("A-1").getFirst().modified()).isEqualTo("2026-01-02T03:04:05Z");
        run(write(folder.resolve("c.json"), future.replace("\"name\":\"a\"", "\"name\":\"b\"")));
        assertThat(store.about(new PackageName("npm", "b")))
                .describedAs("what cannot be dated is not passed over as older")
                .hasSize(1);
        run(write(folder.resolve("epss.csv"), "#score_date:9999-01-01\ncve,epss,percentile\nCVE-2026-1111,0.5,0.5\n"));
        assertThat(feed("epss").newest()).isNull();
    }

    private FeedState feed(String name) {
        return store.feeds().stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private AdvisoryIndex index() {
        return new AdvisoryIndex(store);
    }

    @Test
    void single_files_are_part_of_what_there_is_unless_somebody_says_that_they_are_all() throws Exception {
        Path lines = write(
                folder.resolve("osv/lines.jsonl"),
                record("A-1", "npm", "a", "2") + "\n" + record("A-2", "npm", "b", "2") + "\n"
                        + record("A-3", "PyPI", "c", "2"));
        assertThat(run(folder.resolve("osv")).partial()).containsExactlyInAnyOrder("npm", "pypi");
        assertThat(known()).isEmpty();

        ImportSummary said = feeds.run(List.of(lines), Set.of("npm"), false, Progress.NONE);
        assertThat(said.whole()).containsExactly("npm");
        assertThat(said.partial()).containsExactly("pypi");
        assertThat(known()).containsExactly("osv/npm");
    }

    @Test
    void what_is_known_as_a_whole_stays_so_and_single_files_do_not_make_it_younger() throws Exception {
        feeds.run(
                List.of(write(folder.resolve("all.zip"), zip("A-1.json", record("A-1", "npm", "a", "2")))),
                Set.of("npm"),
                false,
                Progress.NONE);
        FeedImport later = new FeedImport(store, InstantSource.fixed(NOW.plusSeconds(60)));
        ImportSummary summary =
                later.run(List.of(write(folder.resolve("own.json"), record("A-2", "npm", "a", "2"))), Progress.NONE);
        assertThat(summary.partial()).isEmpty();
        assertThat(store.feeds())
                .extracting(FeedState::name, FeedState::updatedAt)
                .containsExactlyInAnyOrder(Tuple.tuple("osv", NOW), Tuple.tuple("osv/npm", NOW));
    }

    @Test
    void files_without_a_record_of_it_are_not_all_there_is_of_an_ecosystem() {
        Path file = write(folder.resolve("a.json"), record("A-1", "npm", "a", "2"));
        assertThatThrownBy(() -> feeds.run(List.of(file), Set.of("npm", "Maven"), false, Progress.NONE))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("not all that is known of Maven");
        assertThat(store.feeds()).isEmpty();
        assertThat(store.find("A-1")).isEmpty();
    }

    @Test
    void counts_new_changed_and_unchanged() throws Exception {
        String one = record("A-1", "npm", "a", "2");
        String two = record("A-2", "npm", "a", "2");
        ImportSummary.Feed first =
                run(write(folder.resolve("a.jsonl"), one + "\n" + two)).feed("osv");
        ImportSummary.Feed second = run(write(
                        folder.resolve("a.jsonl"),
                        one + "\n" + two.replace("\"fixed\":\"2\"", "\"fixed\":\"3\"") + "\n"
                                + two.replace("2026-01-02", "2025-01-02")))
                .feed("osv");
        assertThat(List.of(first.added(), first.changed(), first.unchanged())).containsExactly(2L, 0L, 0L);
        assertThat(List.of(second.added(), second.changed(), second.unchanged()))
                .containsExactly(0L, 1L, 2L);
        assertThat(store.feeds()).containsExactly(new FeedState("osv", 2, NOW, Instant.parse("2026-01-02T03:04:05Z")));
    }

    @Test
    void skips_and_counts_ecosystems_not_served() throws Exception {
        ImportSummary.Feed osv = run(write(
                        folder.resolve("a.jsonl"),
                        record("A-1", "Go", "a", "2") + "\n" + record("A-2", "Debian:13", "a", "2") + "\n"
                                + record("A-3", "Debian:12", "a", "2") + "\n" + record("A-4", "npm", "a", "2")))
                .feed("osv");
        assertThat(osv.skipped()).isEqualTo(Map.of("Go", 1L, "Debian", 2L));
        assertThat(osv.added()).isEqualTo(1);
    }

    @Test
    void takes_further_ecosystems() throws Exception {
        List<Ecosystem> more = new ArrayList<>(Ecosystem.served());
        more.add(new Ecosystem("Hex", "hex", UnaryOperator.identity()));
        new FeedImport(store, InstantSource.fixed(NOW), more)
                .run(List.of(write(folder.resolve("a.json"), record("A-1", "Hex", "serde", "2"))), Progress.NONE);
        assertThat(store.about(new PackageName("hex", "serde"))).hasSize(1);
    }

    @Test
    void rejects_malformed_records_and_goes_on() throws Exception {
        String good = record("GOOD", "npm", "a", "2");
        List<String> bad = List.of(
                "{\"id\":\"x\"",
                "[1]",
                "42",
                good.replace("\"GOOD\"", "\"\""),
                good.replace("\"name\":\"a\"", "\"name\":\"\""),
                good.replace("npm", "Maven"),
                good.replaceAll("\"affected\":.*", "\"affected\":{}}"),
                "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}");
        for (boolean lines : List.of(true, false)) {
            List<String> all = new ArrayList<>(lines ? bad : bad.subList(1, 7));
            all.add(good.replace("GOOD", "G-" + lines));
            Path file = lines
                    ? write(folder.resolve("a.jsonl"), String.join("\n", all))
                    : write(folder.resolve("a.json"), "[" + String.join(",", all) + "]");
            ImportSummary.Feed osv = run(file).feed("osv");
            assertThat(osv.rejected()).as("%s", osv.rejections()).isEqualTo(all.size() - 1L);
            assertThat(osv.added()).isEqualTo(1);
            assertThat(osv.rejections().get(3).where()).contains(lines ? "a.jsonl:4" : "a.json[3] GOOD");
        }
    }

    @Test
    void keeps_a_record_whose_date_of_change_is_nonsense() throws Exception {
        run(write(
                folder.resolve("a.json"),
                record("A-1", "npm", "a", "2").replace("2026-01-02T03:04:05Z", "1-01-01T00:00:00Z")));
        assertThat(store.find("A-1").getFirst().modified()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void records_under_one_identifier_about_different_ecosystems_stand_side_by_side() throws Exception {
        String npm = record("CVE-2026-1111", "npm", "a", "2");
        String maven = record("CVE-2026-1111", "Maven", "g:a", "2").replace("2026-01-02", "2026-01-03");
        Path both = write(folder.resolve("a.jsonl"), maven + "\n" + npm);
        run(both);
        assertThat(store.about(new PackageName("npm", "a"))).hasSize(1);
        assertThat(store.about(new PackageName("maven", "g:a"))).hasSize(1);
        assertThat(run(both).feed("osv").unchanged()).isEqualTo(2);
        run(write(folder.resolve("b.json"), npm.replace("\"name\":\"a\"", "\"name\":\"b\"")));
        assertThat(store.about(new PackageName("npm", "a"))).isEmpty();
        assertThat(store.about(new PackageName("npm", "b"))).hasSize(1);
        assertThat(store.about(new PackageName("maven", "g:a"))).hasSize(1);
    }

    @Test
    void shows_the_first_twenty_rejections_and_counts_the_rest() throws Exception {
        ImportSummary.Feed osv =
                run(write(folder.resolve("a.jsonl"), "{}\n".repeat(50))).feed("osv");
        assertThat(osv.rejections()).hasSize(20);
        assertThat(osv.rejections().getFirst())
                .isEqualTo(new ImportSummary.Rejection(folder.resolve("a.jsonl") + ":1", "no id"));
        assertThat(osv.rejected()).isEqualTo(50);
    }

    @Test
    void rejects_overlong_records_without_holding_them() throws Exception {
        FeedImport small = new FeedImport(
                store, InstantSource.fixed(NOW), Ecosystem.served(), new FeedLimits(1_000, 1 << 20, 20_000_000, 100));
        String good = record("GOOD", "npm", "a", "2");
        String padded = good.replace("GOOD", "BAD").replace("\"summary\"", " ".repeat(10_000_000) + "\"summary\"");
        String nested =
                good.replace("GOOD", "BAD").replace("\"summary\"", "\"x\":[" + "1,".repeat(2_000) + "1],\"summary\"");
        ImportSummary summary = small.run(
                List.of(
                        write(folder.resolve("a.jsonl.gz"), gzip(padded + "\n" + good)),
                        write(folder.resolve("b.zip"), zip("a.json", padded, "b.json", good)),
                        write(folder.resolve("c.json"), "[" + nested + "," + good + "]")),
                Progress.NONE);
        assertThat(summary.feed("osv").rejected()).isEqualTo(3);
        assertThat(summary.feed("osv").read()).isEqualTo(6);
        assertThat(store.find("GOOD")).hasSize(1);
        assertThat(store.find("BAD")).isEmpty();
    }

    @Test
    void refuses_bombs_and_endless_archives() {
        FeedImport small = new FeedImport(
                store, InstantSource.fixed(NOW), Ecosystem.served(), new FeedLimits(1_000, 1 << 20, 100_000, 5));
        String[] many = new String[20];
        Arrays.setAll(many, i -> i % 2 == 0 ? "e" + i + ".json" : "{}");
        for (Path file : List.of(
                write(folder.resolve("bomb.jsonl.gz"), gzip("\n".repeat(1_000_000))),
                write(folder.resolve("bomb.json.gz"), gzip("[" + " ".repeat(1_000_000) + "]")),
                write(folder.resolve("many.zip"), zip(many)))) {
            assertThatThrownBy(() -> small.run(List.of(file), Progress.NONE))
                    .isInstanceOf(FeedException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("holds more than");
        }
        assertThat(store.revision()).isZero();
    }

    @Test
    void an_unreadable_file_undoes_the_whole_import() {
        Path good = write(folder.resolve("a.json"), record("A-1", "npm", "a", "2"));
        byte[] whole = gzip(record("A-1", "npm", "a", "2").repeat(50));
        for (Path bad : List.of(
                folder.resolve("absent.json"),
                write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(whole, whole.length - 20)),
                write(folder.resolve("cut.zip"), Arrays.copyOf(zip("a.json", "{}"), 40)),
                write(folder.resolve("empty.csv"), ""),
                write(folder.resolve("other.csv"), "a,b\n1,2\n"),
                write(folder.resolve("notes.txt"), "hello"),
                inEmptyFolder())) {
            assertThatThrownBy(() -> feeds.run(List.of(good, bad), Progress.NONE))
                    .isInstanceOf(FeedException.class)
                    .hasMessageContaining(bad.toString());
        }
        assertThat(store.revision()).isZero();
        assertThat(store.find("A-1")).isEmpty();
    }

    @Test
    void a_document_broken_off_is_rejected_with_what_came_before_it_kept() throws Exception {
        ImportSummary.Feed osv = run(write(
                        folder.resolve("a.json"), "[" + record("A-1", "npm", "a", "2") + ",{\"id\":\"A-2\",\"mod"))
                .feed("osv");
        assertThat(osv.added()).isEqualTo(1);
        assertThat(osv.rejected()).isEqualTo(1);
        assertThat(osv.rejections().getFirst().reason()).contains("nothing behind it was read");
    }

    @Test
    void takes_the_kev_catalogue() throws Exception {
        ImportSummary.Feed kev =
                run(write(folder.resolve("kev.json.gz"), gzip("""
                {"title":"Catalog","catalogVersion":"2026.11.01","dateReleased":"2026-11-01T17:04:19.9796Z","count":4,
                 "vulnerabilities":[
                  {"cveID":"CVE-2026-1111","product":"x","dateAdded":"2026-10-01","dueDate":"2026-10-22",
                   "knownRansomwareCampaignUse":"Known","cwes":["CWE-1"]},
                  {"cveID":"nonsense","dateAdded":"2026-10-01"},
                  {"cveID":"CVE-2026-1113"},
                  {"cveID":"CVE-2026-1112","dateAdded":"2026-10-02","knownRansomwareCampaignUse":"Unknown"}]}
                """))).feed("kev");
        assertThat(store.exploitation(List.of("CVE-2026-1111", "CVE-2026-1112", "CVE-2026-9999")))
                .isEqualTo(Map.of(
                        "CVE-2026-1111",
                        new Exploitation(
                                "CVE-2026-1111",
                                null,
                                new Exploitation.Kev(LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 22), true)),
                        "CVE-2026-1112",
                        new Exploitation(
                                "CVE-2026-1112", null, new Exploitation.Kev(LocalDate.of(2026, 10, 2), null, false))));
        assertThat(kev.read()).isEqualTo(4);
        assertThat(kev.rejected()).isEqualTo(1);
        assertThat(store.exploitation(List.of("CVE-2026-1113")))
                .as("that it is listed decides, not since when")
                .hasSize(1);
        assertThat(kev.newest()).isEqualTo("2026-11-01T17:04:19.979600Z");
    }

    @Test
    void takes_epss_scores() throws Exception {
        ImportSummary.Feed epss =
                run(write(folder.resolve("epss.csv.gz"), gzip("""
                #model_version:v2025.03.14,score_date:2026-11-21T12:55:00+0000
                cve,epss,percentile
                CVE-2026-1111,0.94358,0.99960
                CVE-2026-1112,1.2,0.1
                CVE-2026-1113,NaN,0.1
                CVE-2026-1114,0.1
                GHSA-1,0.1,0.1

                CVE-2026-1115,5e-05,0
                """))).feed("epss");
        assertThat(epss.read()).isEqualTo(6);
        assertThat(epss.rejected()).isEqualTo(4);
        assertThat(epss.rejections().getFirst().where()).endsWith("epss.csv.gz:4");
        assertThat(epss.newest()).isEqualTo("2026-11-21T12:55:00Z");
        assertThat(store.exploitation(List.of("CVE-2026-1111", "CVE-2026-1115")).values())
                .extracting(Exploitation::epss)
                .containsExactlyInAnyOrder(new Exploitation.Epss(0.94358, 0.9996), new Exploitation.Epss(0.00005, 0));
    }

    @Test
    void tells_how_far_it_is() throws Exception {
        List<Long> heard = new ArrayList<>();
        Path file = write(folder.resolve("a.jsonl"), "{}\n".repeat(2_500));
        feeds.run(List.of(file), (path, records) -> {
            assertThat(path).isEqualTo(file);
            heard.add(records);
        });
        assertThat(heard).containsExactly(1_000L, 2_000L, 2_500L);
    }

    @Test
    void follows_no_link_out_of_a_directory() throws Exception {
        Path outside = write(folder.resolve("outside.json"), record("A-1", "npm", "a", "2"));
        Path some = folder.resolve("some");
        write(some.resolve("b.json"), record("A-2", "npm", "a", "2"));
        Files.createSymbolicLink(some.resolve("link.json"), outside);
        run(some);
        assertThat(store.about(new PackageName("npm", "a")))
                .extracting(Advisory::id)
                .containsExactly("A-2");
    }

    private Path inEmptyFolder() {
        write(folder.resolve("empty/notes.txt"), "hello");
        return folder.resolve("empty");
    }

    private ImportSummary run(Path... paths) throws FeedException {
        return feeds.run(List.of(paths), Progress.NONE);
    }
}
