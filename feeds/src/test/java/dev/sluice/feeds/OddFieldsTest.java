package dev.sluice.feeds;

import static dev.sluice.feeds.FeedFiles.record;
import static dev.sluice.feeds.FeedFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.version.MavenOrder;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.formats.version.SemverOrder;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.SharedFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever is odd in a record: the versions it is about are found, or the ecosystem is not known as a whole. Nothing is lost
 * without a word.
 */
class OddFieldsTest {

    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");

    /** A made-up record with every member of the schema that published records have. */
    @SuppressWarnings("InlineFormatString") // as long as the class that reads it
    private static final String FULL = """
            {"schema_version":"1.7.4","id":"MAL-2026-1","aliases":["GHSA-1","CVE-2026-1234"],"related":["X-1"],"upstream":["Y-1"],
             "modified":"2026-02-03T04:05:06.789Z","published":"2026-01-01T00:00:00Z","summary":"two lines","details":"long",
             "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
             "affected":[
              {"package":{"ecosystem":"%1$s","name":"%2$s","purl":"pkg:x/y"},"versions":["1.5","1.6"],
               "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"fixed":"1.2"},{"introduced":"1.4"},{"last_affected":"1.6"}],
                 "database_specific":{"a":[1,{}]}}],
               "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}],
               "database_specific":{"source":"x","cwes":[{"cweId":"CWE-506"}]},"ecosystem_specific":{"x":{"y":[1]}}}],
             "references":[{"type":"WEB","url":"https://example.test/1"}],"credits":[{"name":"Ann","contact":["a"],"type":"FINDER"}],
             "database_specific":{"severity":"MODERATE","malicious":true,"cwe_ids":["CWE-506"],"nested":{"a":[]}}}
            """;

    private static final Map<String, VersionOrder> ORDERS =
            Map.of("npm", new SemverOrder(), "PyPI", new Pep440Order(), "Maven", new MavenOrder());

    @TempDir
    Path folder;

    /** What takes the place of a member. */
    private static Map<String, JsonNode> oddities() {
        JsonNodeFactory json = JsonNodeFactory.instance;
        Map<String, JsonNode> odd = new LinkedHashMap<>();
        odd.put("null", json.nullNode());
        odd.put("empty text", json.stringNode(""));
        odd.put("blank", json.stringNode("  "));
        odd.put("number", json.numberNode(17));
        odd.put("true", json.booleanNode(true));
        odd.put("false", json.booleanNode(false));
        odd.put("empty object", json.objectNode());
        odd.put("object", json.objectNode().put("a", 1));
        odd.put("empty array", json.arrayNode());
        odd.put("array", json.arrayNode().add(1).add(json.objectNode()));
        odd.put("array of null", json.arrayNode().addNull());
        odd.put("huge text", json.stringNode("a\u00fc9".repeat(20_000)));
        JsonNode deep = json.arrayNode();
        for (int i = 0; i < 400; i++) {
            deep = json.arrayNode().add(deep);
        }
        odd.put("deep", deep);
        return odd;
    }

    @ParameterizedTest
    @ValueSource(strings = {"npm", "PyPI", "Maven"})
    void no_odd_member_of_a_full_record_loses_a_version_without_a_word(String ecosystem) throws Exception {
        JsonNode full = JsonMapper.shared().readTree(FULL.formatted(ecosystem, name(ecosystem)));
        assertThat(walk(full, "1.5")).isGreaterThan(500);
    }

    @Test
    void no_odd_member_of_a_real_record_loses_a_version_without_a_word() {
        SharedFolder.find("data/osv").ifPresent(data -> {
            int tried = 0;
            for (String file : List.of(
                    "famous-verbatim", "malicious-campaigns-2025-2026", "npm-ghsa", "pypi-pysec", "maven-ghsa")) {
                int taken = 0;
                int line = 0;
                for (JsonNode record : records(data.resolve(file + ".jsonl.gz"))) {
                    String probe = line++ % 97 == 0 || file.startsWith("famous") ? probe(record) : null;
                    if (probe != null && taken < 6) {
                        taken++;
                        tried += walk(record, probe);
                    }
                }
            }
            assertThat(tried).isGreaterThan(5_000);
            System.out.println("odd members of real records: " + tried);
        });
    }

    /** A version that every part of the record's only entry covers, or null when there is none. */
    private static @Nullable String probe(JsonNode record) {
        JsonNode entry = record.path("affected").path(0);
        String ecosystem = entry.path("package").path("ecosystem").asString("");
        boolean ranged = entry.path("ranges")
                .valueStream()
                .anyMatch(r -> !r.path("type").asString("").equals("GIT"));
        if (record.path("affected").size() != 1
                || record.hasNonNull("withdrawn")
                || !ORDERS.containsKey(ecosystem)
                || (ranged && !entry.path("versions").isEmpty())) {
            return null;
        }
        if (!ranged) {
            return entry.path("versions").path(0).asString(null);
        }
        String introduced = entry.path("ranges")
                .path(0)
                .path("events")
                .path(0)
                .path("introduced")
                .asString("0");
        return entry.path("ranges").size() > 1 ? null : introduced.equals("0") ? "0.0.1" : introduced;
    }

    /** Tries every oddity in the place of every member; gives how many were tried. */
    private int walk(JsonNode record, String probe) {
        int tried = 0;
        for (List<String> path : paths(record, List.of())) {
            for (Map.Entry<String, JsonNode> odd : oddities().entrySet()) {
                check(record, path, odd.getKey(), with(record, path, odd.getValue()), probe);
                tried++;
            }
            if (!Character.isDigit(
                    path.getLast().charAt(0))) { // a list without one of its elements says something else
                check(record, path, "absent", with(record, path, null), probe);
                tried++;
            }
        }
        return tried;
    }

    private void check(JsonNode record, List<String> path, String odd, JsonNode changed, String probe) {
        JsonNode named = record.path("affected").path(0).path("package");
        String ecosystem = named.path("ecosystem").asString("");
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        ImportSummary summary = imported(
                store,
                write(
                        folder.resolve("odd.jsonl"),
                        record("GOOD-1", ecosystem, name(ecosystem) + "-good", "2") + "\n" + changed),
                ecosystem);
        List<AdvisoryMatch> matches =
                matches(store, ecosystem, named.path("name").asString(""), probe);
        boolean whole = new AdvisoryIndex(store)
                .coverage(ecosystem.toLowerCase(java.util.Locale.ROOT))
                .isKnown();
        assertThat(!matches.isEmpty() || !whole)
                .as(
                        "%s: %s is %s: neither is %s found nor does anybody know that something is missing",
                        record.path("id"), path, odd, probe)
                .isTrue();
        if (!whole) {
            assertThat(summary.feed("osv").rejections())
                    .as("%s is %s", path, odd)
                    .isNotEmpty();
            assertThat(summary.lacking()).as("%s is %s", path, odd).isNotEmpty();
        }
        if (!matches.isEmpty() && record.path("id").asString("").startsWith("MAL-") && !path.equals(List.of("id"))) {
            assertThat(matches.getFirst().isMalicious())
                    .as("%s is %s", path, odd)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"published\":\"\",\"affected\"",
                "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"\"}],\"affected\"",
                "\"aliases\":[\"\",null,7],\"affected\"",
                "\"withdrawn\":\"yesterday\",\"affected\"",
                "\"withdrawn\":\"0001-01-01T00:00:00Z\",\"affected\"",
                "\"withdrawn\":\"2025-01-01T00:00:00Z\",\"withdrawn\":null,\"affected\"",
                "\"id\":\"\",\"affected\"",
                "\"affected\":[],\"affected\"",
                "\"affected\":null,\"affected\"",
                "\"vulnerabilities\":[],\"affected\"",
                "\"score\":NaN,\"number\":007,\"text\":\"\t\\q\",\"affected\"",
            })
    void what_decides_nothing_is_dropped_and_the_record_kept(String odd) throws Exception {
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        String good = record("MAL-1", "npm", "a", "2");
        Path file = write(folder.resolve("a.jsonl"), good.replace("\"affected\"", odd));
        imported(store, file, "npm");
        assertThat(matches(store, "npm", "a", "1.0.0")).singleElement().matches(AdvisoryMatch::isMalicious);
    }

    @Test
    void what_was_dropped_and_what_was_widened_is_counted_by_name() throws Exception {
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        String good = record("A-1", "npm", "a", "2");
        ImportSummary.Feed osv = imported(
                        store,
                        write(
                                folder.resolve("a.jsonl"),
                                good.replace(
                                                "\"affected\"",
                                                "\"published\":\"\",\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"\"},{\"score\":null},7],\"affected\"")
                                        + "\n" + good.replace("A-1", "A-2").replace("\"fixed\":\"2\"", "\"fixed\":null")
                                        + "\n"
                                        + good.replace("A-1", "A-3").replace("ECOSYSTEM", "MOONPHASE") + "\n"
                                        + good.replace("A-1", "A-4")
                                                .replace(
                                                        "\"affected\":[",
                                                        "\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"\"}},")),
                        "npm")
                .feed("osv");
        assertThat(osv.dropped()).isEqualTo(Map.of("published", 1L, "severity", 1L, "severity score", 2L));
        assertThat(osv.widened()).isEqualTo(Map.of("range event fixed", 1L, "range type", 1L));
        assertThat(osv.rejected()).isZero();
        assertThat(osv.torn()).isEqualTo(1);
        assertThat(osv.rejections().getFirst().reason()).contains("not a package name: \"\"");
        assertThat(matches(store, "npm", "a", "9.0.0"))
                .extracting(AdvisoryMatch::identifier)
                .containsExactly("A-2", "A-3");
        assertThat(matches(store, "npm", "a", "9.0.0").getFirst().affectedRanges())
                .containsExactly(">=0 (the record says more that cannot be read)");
        assertThat(matches(store, "npm", "a", "1.0.0")).hasSize(4);
    }

    @Test
    void bytes_marks_commas_depth_and_long_keys_lose_no_record() throws Exception {
        String good = record("MAL-1", "npm", "a", "2");
        String pretty = JsonMapper.shared().readTree(good).toPrettyString();
        byte[] badByte = good.replace("MAL-1 in a", "caf?").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < badByte.length; i++) {
            badByte[i] = badByte[i] == '?' ? (byte) 0xe9 : badByte[i];
        }
        List<byte[]> all = new ArrayList<>(List.of(badByte, ("\ufeff" + good).getBytes(StandardCharsets.UTF_8)));
        for (String each : List.of(
                good.replace("]}]}", "],},],}"),
                good.replace(
                        "\"affected\"",
                        "\"database_specific\":" + "[".repeat(5_000) + "]".repeat(5_000) + ",\"affected\""),
                good.replace("\"affected\"", "\"database_specific\":{\"" + "k".repeat(60_000) + "\":1},\"affected\""),
                good.replace("\"affected\"", "\"x\":" + "9".repeat(5_000) + ",\"affected\""),
                good.replace("\"affected\"", "\"details\":\"" + "x".repeat(2_000_000) + "\",\"affected\""),
                good.replace("\"npm\"", "\"NPM\""),
                good.replace("\"npm\"", "\" npm:registry \""),
                good.replace("\"name\":\"a\"", "\"name\":\" a \""),
                record("GHSA-7", "npm", "b", "2") + good)) {
            all.add(each.getBytes(StandardCharsets.UTF_8));
        }
        for (byte[] bytes : all) {
            for (String name : List.of("a.json", "a.jsonl")) {
                MemoryAdvisoryStore store = new MemoryAdvisoryStore();
                imported(store, write(folder.resolve(name), bytes), "npm");
                assertThat(matches(store, "npm", "a", "1.0.0"))
                        .as("%s", new String(Arrays.copyOf(bytes, Math.min(400, bytes.length)), StandardCharsets.UTF_8))
                        .singleElement()
                        .matches(AdvisoryMatch::isMalicious);
            }
        }
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        imported(store, write(folder.resolve("b.json"), record("GHSA-7", "npm", "b", "2") + "\n" + pretty), "npm");
        assertThat(matches(store, "npm", "a", "1.0.0")).hasSize(1);
    }

    @Test
    void names_are_compared_as_the_ecosystem_compares_them() throws Exception {
        for (List<String> pair : List.of(
                List.of("PyPI", "Foo_Bar.baz", "foo-bar-baz"),
                List.of("PyPI", " foo--bar[extra] ", "foo-bar"),
                List.of("pypi:other", "Foo", "foo"),
                List.of("Maven", " g.h : a ", "g.h:a"),
                List.of("Maven:https://maven.example/", "g:a", "g:a"),
                List.of("npm", "@scope/Name", "@scope/Name"))) {
            MemoryAdvisoryStore store = new MemoryAdvisoryStore();
            String ecosystem = pair.getFirst().split(":", 2)[0];
            imported(
                    store,
                    write(folder.resolve("a.json"), record("A-1", pair.getFirst(), pair.get(1), "2")),
                    ecosystem);
            assertThat(matches(store, ecosystem, pair.getLast(), "1.0"))
                    .as("%s", pair)
                    .hasSize(1);
        }
        for (List<String> pair : List.of(
                List.of("Maven", "g:a:jar"), List.of("Maven", "g/a"), List.of("npm", "a b"), List.of("PyPI", "a/b"))) {
            MemoryAdvisoryStore store = new MemoryAdvisoryStore();
            ImportSummary summary = imported(
                    store,
                    write(
                            folder.resolve("a.jsonl"),
                            record("A-1", pair.getFirst(), pair.getLast(), "2") + "\n"
                                    + record("GOOD-1", pair.getFirst(), name(pair.getFirst()), "2")),
                    pair.getFirst());
            assertThat(summary.lacking()).as("%s", pair).hasSize(1);
        }
    }

    @Test
    void versions_are_compared_as_the_ecosystem_compares_them() throws Exception {
        for (List<String> triple : List.of(
                List.of("npm", "v1.2", "1.2.0"),
                List.of("npm", "=1.2.0", "1.2.0+build"),
                List.of("PyPI", "v1.0", "1.0.0"),
                List.of("PyPI", "1.0-ALPHA.1", "1.0a1"),
                List.of("Maven", "1.0", "1.0.0"),
                List.of("Maven", " 1.0.Final ", "1"))) {
            MemoryAdvisoryStore store = new MemoryAdvisoryStore();
            String listed = record("A-1", triple.getFirst(), name(triple.getFirst()), "2")
                    .replaceAll("\"ranges\":.*", "\"versions\":[\"" + triple.get(1) + "\"]}]}");
            imported(store, write(folder.resolve("a.json"), listed), triple.getFirst());
            assertThat(matches(store, triple.getFirst(), name(triple.getFirst()), triple.getLast()))
                    .as("%s", triple)
                    .hasSize(1);
        }
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        imported(
                store,
                write(
                        folder.resolve("a.json"),
                        record("A-1", "npm", "a", "2").replaceAll("\"ranges\":.*", "\"versions\":[\"1.0, 1.1\"]}]}")),
                "npm");
        assertThat(matches(store, "npm", "a", "1.1.0"))
                .describedAs("no version, so it may be any")
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9.8 CVSS_V3 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "9.8 CVSS_V3 CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "9.8 cvss_v3 cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h",
                "9.8 CVSS_V3 AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
                "9.8 CVSS_V3 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C",
                "9.8 CVSS_V3 9.8",
                "9.3 CVSS_V4 CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "9.3 CVSS_V3 CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "9.3 CVSS_V4 AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "7.5 CVSS_V2 AV:N/AC:L/Au:N/C:P/I:P/A:P",
                "7.5 CVSS_V2 (av:n/ac:l/au:n/c:p/i:p/a:p)",
                "NaN CVSS_V3 CVSS:3.1/AV:X",
                "NaN CVSS_V3 high",
                "NaN CVSS_V3 99.8",
                "NaN Ubuntu low",
            })
    void scores_are_computed_of_vectors_as_people_spell_them(String line) {
        String[] parts = line.split(" ", 3);
        double score = CvssScores.severity(parts[1], parts[2]).score();
        assertThat(Double.valueOf(score)).isEqualTo(Double.valueOf(parts[0]));
    }

    private static ImportSummary imported(MemoryAdvisoryStore store, Path file, String ecosystem) {
        try {
            return new FeedImport(store, InstantSource.fixed(NOW))
                    .run(List.of(file), Set.of(ecosystem), false, Progress.NONE);
        } catch (FeedException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<AdvisoryMatch> matches(
            MemoryAdvisoryStore store, String ecosystem, String name, String version) {
        VersionOrder order = Objects.requireNonNull(ORDERS.entrySet().stream()
                .filter(each -> each.getKey().equalsIgnoreCase(ecosystem))
                .findFirst()
                .orElseThrow()
                .getValue());
        Ecosystem served = Objects.requireNonNull(
                Ecosystem.byName(Ecosystem.served()).get(ecosystem.toLowerCase(java.util.Locale.ROOT)));
        PackageName canonical = served.name(name);
        return new AdvisoryIndex(store).findings(order, canonical, version, NOW).matches();
    }

    private static String name(String ecosystem) {
        return ecosystem.equals("Maven") ? "group.one:artifact" : "widget";
    }

    private static List<List<String>> paths(JsonNode node, List<String> above) {
        List<List<String>> paths = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            object.properties().forEach(each -> {
                List<String> path = and(above, each.getKey());
                paths.add(path);
                paths.addAll(paths(each.getValue(), path));
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < Math.min(2, array.size()); i++) {
                List<String> path = and(above, Integer.toString(i));
                paths.add(path);
                paths.addAll(paths(array.get(i), path));
            }
        }
        return paths;
    }

    private static List<String> and(List<String> path, String next) {
        List<String> longer = new ArrayList<>(path);
        longer.add(next);
        return longer;
    }

    private static JsonNode with(JsonNode record, List<String> path, @Nullable JsonNode value) {
        JsonNode copy = record.deepCopy();
        JsonNode parent = copy;
        for (String step : path.subList(0, path.size() - 1)) {
            parent = parent instanceof ArrayNode array ? array.get(Integer.parseInt(step)) : parent.get(step);
        }
        String last = path.getLast();
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(last), value);
        } else if (value == null) {
            ((ObjectNode) parent).remove(last);
        } else {
            ((ObjectNode) parent).set(last, value);
        }
        return copy;
    }

    private static List<JsonNode> records(Path file) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return lines.lines().map(line -> JsonMapper.shared().readTree(line)).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
