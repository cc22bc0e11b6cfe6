package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.command.Api;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.feeds.FeedImport;
import dev.sluice.feeds.Progress;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.rego.value.Json;
import dev.sluice.testkit.SharedFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What {@code sluice explain} says of real versions, beside what their OSV records say word for word. */
class ExplainRealRecordsTest {

    private static final Map<String, String> FORMATS = Map.of("npm", "npm", "PyPI", "pypi", "Maven", "maven");
    private static final int PER_FILE = 120;

    /**
     * A version and a record.
     *
     * @param affected whether the record itself says so, without any version order: it lists the version, or it names the version
     *     as the one that introduced or as the only one that fixed the fault
     */
    private record Claim(Coordinates coordinates, String record, boolean affected) {}

    @Test
    void explain_agrees_with_what_the_records_say(@TempDir Path folder) throws IOException {
        Optional<Path> osv = SharedFolder.find("data/osv");
        if (osv.isEmpty()) {
            System.out.println("no shared/data beside the project: real records are not explained in this run");
            return;
        }
        Configuration configuration = Configuration.of(
                Map.of(
                        "data", folder.resolve("data").toString(),
                        "upstreams.npm.url", "none",
                        "upstreams.pypi.url", "none",
                        "upstreams.maven.url", "none"),
                Map.of(),
                null);
        try (Installation installation =
                Installation.open(configuration, InstantSource.system(), new Machine(Map.of(), folder))) {
            List<Path> files = List.of(
                    osv.get().resolve("npm-ghsa.jsonl.gz"),
                    osv.get().resolve("pypi-pysec.jsonl.gz"),
                    osv.get().resolve("maven-ghsa.jsonl.gz"));
            new FeedImport(installation.database().advisories(), installation.clock()).run(files, Progress.NONE);
            Repository main = installation
                    .database()
                    .repositories()
                    .find(Installation.MAIN)
                    .orElseThrow();
            Visit visit = new Visit(
                    Principal.ANONYMOUS,
                    "127.0.0.1",
                    "test",
                    installation.clock().instant());

            int checked = 0;
            for (Path file : files) {
                for (Claim claim : claims(installation.formats(), file)) {
                    JsonNode explained = Api.JSON.readTree(Json.write(
                            installation.gate().explaining().explain(visit, main, claim.coordinates(), false)));
                    assertThat(names(explained).contains(claim.record()))
                            .as("%s affected by %s", claim.coordinates(), claim.record())
                            .isEqualTo(claim.affected());
                    checked++;
                }
            }
            assertThat(checked).isGreaterThanOrEqualTo(300);
        }
    }

    private static Set<String> names(JsonNode explained) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode advisory : explained.path("facts").path("advisories")) {
            names.add(advisory.path("identifier").asString(""));
            advisory.path("aliases").forEach(alias -> names.add(alias.asString("")));
        }
        return names;
    }

    private static List<Claim> claims(List<Format> formats, Path file) throws IOException {
        List<Claim> claims = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            int count = 0;
            for (String line = lines.readLine(); line != null && claims.size() < PER_FILE; line = lines.readLine()) {
                if (count++ % 7 == 0) { // spread over the years
                    claims(formats, Api.JSON.readTree(line), claims);
                }
            }
        }
        return claims;
    }

    private static void claims(List<Format> formats, JsonNode record, List<Claim> into) {
        String id = record.path("id").asString("");
        if (record.has("withdrawn") || record.path("affected").size() != 1) {
            return;
        }
        JsonNode affected = record.path("affected").get(0);
        String ecosystem = affected.path("package").path("ecosystem").asString("");
        String name = affected.path("package").path("name").asString("");
        Format format = formats.stream()
                .filter(f -> f.id().equals(FORMATS.get(ecosystem)))
                .findFirst()
                .orElse(null);
        if (format == null) {
            return;
        }
        JsonNode versions = affected.path("versions");
        if (!versions.isEmpty()) {
            into.add(claim(format, name, versions.get(versions.size() / 2).asString(""), id, true));
            return;
        }
        if (affected.path("ranges").size() != 1) {
            return;
        }
        String introduced = "";
        String fixed = "";
        for (JsonNode event : affected.path("ranges").get(0).path("events")) {
            introduced = event.path("introduced").asString(introduced);
            fixed = event.path("fixed").asString(fixed);
        }
        if (affected.path("ranges").get(0).path("events").size() == 2 && !fixed.isEmpty()) {
            into.add(claim(format, name, fixed, id, false));
            if (!introduced.equals("0")) {
                into.add(claim(format, name, introduced, id, true));
            }
        }
    }

    private static Claim claim(Format format, String name, String version, String id, boolean affected) {
        return new Claim(new Coordinates(format.packageName(name), version), id, affected);
    }
}
