package dev.sluice.feeds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.version.MavenOrder;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.formats.version.SemverOrder;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.advisory.Exploitation;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs on the real advisories of the shared folder, where it is present. */
class RealAdvisoriesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    private static final Map<String, VersionOrder> ORDERS =
            Map.of("npm", new SemverOrder(), "pypi", new Pep440Order(), "maven", new MavenOrder());

    private final MemoryAdvisoryStore store = new MemoryAdvisoryStore();
    private final AdvisoryIndex index = new AdvisoryIndex(store);

    @Test
    void imports_all_of_it() {
        SharedFolder.find("data").ifPresent(data -> {
            ImportSummary summary = load(data);
            ImportSummary.Feed osv = summary.feed("osv");
            ImportSummary.Feed kev = summary.feed("kev");
            ImportSummary.Feed epss = summary.feed("epss");
            assertThat(osv.read()).isGreaterThan(19_000);
            assertThat(osv.rejections()).isEmpty();
            assertThat(osv.read())
                    .isEqualTo(osv.added()
                            + osv.changed()
                            + osv.unchanged()
                            + osv.skipped().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum());
            assertThat(osv.skipped()).containsKeys("Go", "NuGet");
            assertThat(kev.added()).isEqualTo(1_404);
            assertThat(epss.added()).isEqualTo(7);
            System.out.println("imported: " + osv);
        });
    }

    @Test
    void agrees_with_a_naive_reading_of_the_records() {
        SharedFolder.find("data/osv").ifPresent(data -> {
            load(data);
            int pairs = 0;
            int affected = 0;
            for (Map.Entry<PackageName, List<JsonNode>> entry : records(data).entrySet()) {
                PackageName name = entry.getKey();
                if (Math.floorMod(name.toString().hashCode(), 5) != 0) {
                    continue;
                }
                VersionOrder order = Objects.requireNonNull(ORDERS.get(name.format()));
                AdvisoryIndex.OfPackage matcher = index.of(order, name);
                for (String version : probes(entry.getValue(), name)) {
                    Set<String> expected = new TreeSet<>();
                    for (JsonNode record : entry.getValue()) {
                        if (isAffected(order, name, version, record)) {
                            expected.add(record.get("id").asString());
                        }
                    }
                    Set<String> found = new TreeSet<>();
                    for (AdvisoryMatch match : matcher.findings(version, NOW).matches()) {
                        match.members().stream().map(Advisory::id).forEach(found::add);
                    }
                    assertThat(found).as("%s %s", name, version).isEqualTo(expected);
                    pairs++;
                    affected += expected.isEmpty() ? 0 : 1;
                }
            }
            assertThat(pairs).isGreaterThan(5_000);
            assertThat(affected).isBetween(pairs / 10, pairs * 9 / 10);
            System.out.printf(Locale.ROOT, "real pairs: %d, affected %d%n", pairs, affected);
        });
    }

    @Test
    void every_version_that_a_malware_record_names_is_found_and_is_malicious() {
        SharedFolder.find("data/osv").ifPresent(data -> {
            load(data);
            int versions = 0;
            for (Map.Entry<PackageName, List<JsonNode>> entry : records(data).entrySet()) {
                PackageName name = entry.getKey();
                for (JsonNode record : entry.getValue()) {
                    if (!saysMalware(record) || record.hasNonNull("withdrawn")) {
                        continue;
                    }
                    for (JsonNode affected : record.get("affected")) {
                        for (JsonNode version : affected.path("versions")) {
                            if (name(affected).equals(name)) {
                                assertThat(matches(name.format(), name.name(), version.asString()).stream()
                                                .filter(AdvisoryMatch::isMalicious)
                                                .flatMap(match -> match.members().stream())
                                                .map(Advisory::id))
                                        .as("%s %s", name, version)
                                        .contains(record.get("id").asString());
                                versions++;
                            }
                        }
                    }
                }
            }
            assertThat(versions).isGreaterThan(5_000);
            System.out.println("malicious versions found: " + versions);
        });
    }

    /** Any mark there is, read off the JSON alone. */
    private static boolean saysMalware(JsonNode record) {
        JsonNode database = record.path("database_specific");
        return record.get("id").asString().startsWith("MAL-")
                || record.path("aliases")
                        .valueStream()
                        .anyMatch(alias -> alias.asString("").startsWith("MAL-"))
                || database.path("malicious").asBoolean(false)
                || database.path("cwe_ids")
                        .valueStream()
                        .anyMatch(cwe -> cwe.asString("").equals("CWE-506"));
    }

    @Test
    void knows_the_famous_ones() {
        SharedFolder.find("data").ifPresent(data -> {
            load(data);
            String log4j = "org.apache.logging.log4j:log4j-core";
            expect("maven", log4j, "2.14.1", "CVE-2021-44228", true);
            expect("maven", log4j, "2.15.0-rc1", "CVE-2021-44228", true);
            expect("maven", log4j, "2.15.0", "CVE-2021-44228", false);
            expect("maven", log4j, "2.12.2", "CVE-2021-44228", false);
            expect("maven", log4j, "2.3.1", "CVE-2021-44228", false);
            String beans = "org.springframework:spring-beans";
            expect("maven", beans, "5.2.19.RELEASE", "CVE-2022-22965", true);
            expect("maven", beans, "5.2.20.RELEASE", "CVE-2022-22965", false);
            expect("maven", beans, "5.2.20", "CVE-2022-22965", false);
            expect("maven", beans, "5.3.17", "CVE-2022-22965", true);
            expect("maven", beans, "5.3.18", "CVE-2022-22965", false);
            expect("npm", "chalk", "5.6.1", "MAL-2025-46969", true);
            expect("npm", "chalk", "5.6.0", "MAL-2025-46969", false);
            expect("npm", "axios", "1.14.1", "MAL-2026-2307", true);
            expect("pypi", "litellm", "1.82.7", "MAL-2026-2144", true);
            expect("pypi", "litellm", "1.82.7.0", "MAL-2026-2144", true);
            expect("pypi", "litellm", "1.82.7+cu1", "MAL-2026-2144", true);
            expect("pypi", "litellm", "1.82.9", "MAL-2026-2144", false);
            expect("npm", "@ctrl/tinycolor", "4.1.1", "MAL-2025-47141", true);
            expect("npm", "@ctrl/tinycolor", "4.1.0", "MAL-2025-47141", false);
            expect("npm", "@ctrl/tinycolor", "4.2.0", "MAL-2025-47141", false);
            expect("npm", "flatmap-stream", "0.1.0", "MAL-2025-20690", true);
            AdvisoryMatch shell = matches("maven", log4j, "2.14.1").stream()
                    .filter(match -> match.identifier().equals("CVE-2021-44228"))
                    .findFirst()
                    .orElseThrow();
            assertThat(shell.severityLabel()).isEqualTo("CRITICAL");
            assertThat(Objects.requireNonNull(shell.cvss()).score()).isEqualTo(10.0);
            Exploitation exploitation = Objects.requireNonNull(shell.exploitation());
            assertThat(exploitation.kev()).isNotNull();
            assertThat(exploitation.epss()).isNotNull();
            assertThat(shell.members().size()).as("GHSA and CVE record are one").isEqualTo(2);
            assertThat(shell.fixedVersions()).contains("2.15.0");
            assertThat(matches("npm", "chalk", "5.6.1").getFirst().isMalicious())
                    .isTrue();
        });
    }

    @Test
    void matches_thousands_of_versions_of_one_package_fast_enough() {
        SharedFolder.find("data/osv").ifPresent(data -> {
            load(data);
            PackageName name = new PackageName("pypi", "tensorflow");
            AdvisoryIndex.OfPackage matcher = index.of(new Pep440Order(), name);
            long found = 0;
            long start = System.nanoTime();
            for (int i = 0; i < 5_000; i++) {
                found +=
                        matcher.findings("2." + i % 20 + "." + i, NOW).matches().size();
            }
            System.out.printf(
                    Locale.ROOT,
                    "5,000 versions of %s against %d records: %d ms%n",
                    name,
                    store.about(name).size(),
                    (System.nanoTime() - start) / 1_000_000);
            assertThat(found).isPositive();
        });
    }

    private void expect(String format, String name, String version, String identifier, boolean affected) {
        assertThat(matches(format, name, version).stream()
                        .anyMatch(match -> match.identifier().equals(identifier)
                                || match.aliases().contains(identifier)))
                .as("%s %s %s", name, version, identifier)
                .isEqualTo(affected);
    }

    private List<AdvisoryMatch> matches(String format, String name, String version) {
        VersionOrder order = Objects.requireNonNull(ORDERS.get(format));
        return index.findings(order, new PackageName(format, name), version, NOW)
                .matches();
    }

    private ImportSummary load(Path data) {
        try {
            return new FeedImport(store, InstantSource.fixed(NOW)).run(List.of(data), Progress.NONE);
        } catch (FeedException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Every version the records name, and neighbours of it. */
    private static Set<String> probes(List<JsonNode> records, PackageName name) {
        Set<String> probes = new TreeSet<>(Set.of("0", "999.0.0", "odd"));
        for (JsonNode record : records) {
            for (JsonNode affected : record.get("affected")) {
                for (JsonNode range : affected.path("ranges")) {
                    for (JsonNode event : range.get("events")) {
                        event.properties()
                                .forEach(pair -> probes.add(pair.getValue().asString()));
                    }
                }
                affected.path("versions").forEach(version -> probes.add(version.asString()));
            }
        }
        Set<String> all = new TreeSet<>();
        probes.stream().limit(60).forEach(probe -> {
            all.add(probe);
            all.add(probe + (name.format().equals("pypi") ? "rc1" : "-rc.1"));
            all.add(probe + ".1");
        });
        return all;
    }

    private static Map<PackageName, List<JsonNode>> records(Path data) {
        Map<PackageName, List<JsonNode>> records = new TreeMap<>();
        try (var files = Files.newDirectoryStream(data, "*.jsonl.gz")) {
            for (Path file : files) {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        JsonNode record = JsonMapper.shared().readTree(line);
                        names(record)
                                .forEach(name -> records.computeIfAbsent(name, key -> new ArrayList<>())
                                        .add(record));
                    }
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return records;
    }

    private static Set<PackageName> names(JsonNode record) {
        Set<PackageName> names = new TreeSet<>();
        for (JsonNode affected : record.get("affected")) {
            PackageName name = name(affected);
            if (ORDERS.containsKey(name.format())) {
                names.add(name);
            }
        }
        return names;
    }

    private static PackageName name(JsonNode affected) {
        String ecosystem = affected.get("package").get("ecosystem").asString();
        String name = affected.get("package").get("name").asString();
        return switch (ecosystem) {
            case "PyPI" -> new PackageName("pypi", name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-"));
            case "Maven" -> new PackageName("maven", name);
            case "npm" -> new PackageName("npm", name);
            default -> new PackageName("other", name);
        };
    }

    /** The pseudo-code of the OSV schema, to the letter, on the raw record. */
    private static boolean isAffected(VersionOrder order, PackageName name, String version, JsonNode record) {
        if (record.hasNonNull("withdrawn")
                && !Instant.parse(record.get("withdrawn").asString()).isAfter(NOW)) {
            return false;
        }
        // The departures from the letter: the stray range of this record is not believed, and what cannot be ordered is
        // not clean.
        boolean stray = record.get("id").asString().equals("MAL-2025-47141");
        for (JsonNode affected : record.get("affected")) {
            if (!name(affected).equals(name)) {
                continue;
            }
            for (JsonNode listed : affected.path("versions")) {
                if (order.compare(listed.asString(), version) == 0) {
                    return true;
                }
            }
            for (JsonNode range : affected.path("ranges")) {
                if (range.get("type").asString().equals("GIT")
                        || (stray && range.get("events").size() == 1)) {
                    continue;
                }
                if (!order.isVersion(version)) {
                    return true; // what cannot be ordered may lie anywhere
                }
                List<Map.Entry<String, String>> events = new ArrayList<>();
                for (JsonNode event : range.get("events")) {
                    event.properties()
                            .forEach(pair -> events.add(
                                    Map.entry(pair.getKey(), pair.getValue().asString())));
                }
                events.sort((left, right) -> isFirst(left) || isFirst(right)
                        ? Boolean.compare(isFirst(right), isFirst(left))
                        : order.compare(left.getValue(), right.getValue()));
                boolean vulnerable = false;
                for (Map.Entry<String, String> event : events) {
                    int at = isFirst(event) ? 1 : order.compare(version, event.getValue());
                    vulnerable = switch (event.getKey()) {
                        case "introduced" -> at >= 0 || vulnerable;
                        case "fixed" -> at < 0 && vulnerable;
                        case "last_affected" -> at <= 0 && vulnerable;
                        default -> throw new IllegalStateException(event.getKey());
                    };
                }
                if (vulnerable) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isFirst(Map.Entry<String, String> event) {
        return event.getKey().equals("introduced") && event.getValue().equals("0");
    }
}
