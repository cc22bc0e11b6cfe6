package dev.sluice.testkit.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.PolicyInput;
import dev.sluice.kernel.facts.PolicyInputSchema;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.schema.JsonSchema;
import dev.sluice.rego.schema.SchemaException;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The input document of policies, whole, and policies in the published style that read it unchanged. */
class PolicyInputTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final PackageName NAME = new PackageName("npm", "@acme/lib");

    @Test
    void what_is_rendered_fits_the_schema_that_is_published() throws SchemaException {
        JsonSchema schema = JsonSchema.of(PolicyInputSchema.document());
        assertThat(schema.validate(input())).isEmpty();
    }

    @Test
    void a_misspelt_field_is_found_when_the_policy_is_saved() {
        String policy = "package cloudsmith\nmatch if input.v0.package.licence.raw_license == \"MIT\"\n";
        assertThatThrownBy(() -> Rego.compile(
                        List.of(new SourceFile("p.rego", policy)), Capabilities.ALL, PolicyInputSchema.schemas()))
                .isInstanceOf(RegoException.class)
                .hasMessageContaining("p.rego:2:")
                .hasMessageContaining("undefined ref: input.v0.package.licence.raw_license")
                .hasMessageContaining("did you mean `input.v0.package.license`?");
    }

    /** What is accepted, and told. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input.v0.package.format == \"pypi\" | input.v0.package.format is never \"pypi\": it is one of \"npm\", \"python\", \"maven\"",
                "input.v0.package.format != \"PYPI\" | input.v0.package.format is never \"PYPI\"",
                "input.v0.package.format in {\"npm\", \"pypi\"} | input.v0.package.format is never \"pypi\"",
                "some v in input.v0.vulnerabilities; v.severity == \"CRITCAL\" | v.severity is never \"CRITCAL\"",
                "input.v0.vulnerabilities[_].severity == \"critical\" | is never \"critical\"",
                "some v in input.v0.vulnerabilities; \"7\" < v.base_score | compares \"7\", a string, with v.base_score",
                "input.v0.vulnerabilities[_].base_score > \"7\" | write the number without quotes: 7",
                "input.v0.scorecard.score < 5 | unknown to this server: input.v0.scorecard.score",
                "some v in input.v0.vulnerabilities; v.reachability == \"yes\" | unknown to this server: v.reachability",
                "some r in input.v0.osv; object.get(r, [\"database_specific\", \"malware\"], false) | there is no \"malware\" in r.database_specific, which is known to hold cwe_ids, malicious, severity",
                "some r in input.v0.osv; object.get(r, \"withdrawal\", null) == null | there is no \"withdrawal\" in r",
                "object.get(input, [\"v0\", \"package\", \"licence\"], \"\") == \"\" | did you mean `license`?",
                "k := \"instal_scripts\"; input.v0.package[k] == true | there is no \"instal_scripts\" in input.v0.package"
            })
    void what_can_hardly_be_meant_is_told_when_the_policy_is_saved(String condition, String told) {
        String rego = "package cloudsmith\n\ndefault match := false\n\nmatch if {\n  " + condition.replace("; ", "\n  ")
                + "\n}\n";
        List<RegoError> warnings = Policies.warnings(rego, "p.rego");
        assertThat(Policies.findings(rego, "p.rego")).isEmpty();
        assertThat(warnings).anySatisfy(w -> {
            assertThat(w.toString()).startsWith("p.rego:").contains(told);
            assertThat(w.excerpt()).contains("^");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input.v0.package.format == \"python\"",
                "input.v0.package.format in {\"npm\", \"maven\"}",
                "input.v0.vulnerabilities[_].severity == \"CRITICAL\"",
                "input.v0.vulnerabilities[_].base_score > 7",
                "object.get(input.v0.osv[_], [\"database_specific\", \"malicious\"], false) == true",
                "object.get(input.v0.osv[_], \"withdrawn\", null) == null",
                "input.v0.sbom.components[_].licenses[_].license.id == \"MIT\"",
                "input.v0.model_security.scan_summary == \"UNSAFE\"",
                "input.v0.package.card.license == \"mit\"",
                "some f in input.v0.package.files; f.file_extension in {\"bin\", \"pkl\"}",
                "some f in input.v0.package.files; endswith(f.path, \".pkl\")",
                "input.v0.package.upstream_metadata.published_at < \"2026\""
            })
    void what_is_meant_is_taken_without_a_word(String condition) {
        String rego = "package cloudsmith\n\ndefault match := false\n\nmatch if {\n  " + condition.replace("; ", "\n  ")
                + "\n}\n";
        assertThat(Policies.findings(rego, "p.rego")).isEmpty();
        assertThat(Policies.warnings(rego, "p.rego")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"match := \"yes\"", "match := 1", "match contains 1 if true", "match(x) := true"})
    void a_match_that_is_no_boolean_is_refused(String rule) {
        assertThat(Policies.findings("package cloudsmith\n\n" + rule + "\n", "p.rego"))
                .singleElement()
                .satisfies(
                        e -> assertThat(e.toString()).startsWith("p.rego:3:1: ").contains("not a boolean"));
    }

    @Test
    void a_whole_score_is_printed_with_its_decimal() {
        assertThat(Json.write(input())).contains("\"base_score\":9.8");
    }

    @Test
    void a_comparison_that_can_never_hold_is_found_when_the_policy_is_saved() {
        String policy = "package cloudsmith\nmatch if input.v0.package.is_local == \"yes\"\n";
        assertThatThrownBy(() -> Rego.compile(
                        List.of(new SourceFile("p.rego", policy)), Capabilities.ALL, PolicyInputSchema.schemas()))
                .hasMessageContaining("match error");
    }

    private static ObjectValue input() {
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        try (AdvisoryStore.Import run = store.begin()) {
            Advisory hole = Door.advisory("GHSA-aaaa-bbbb-cccc", NAME, "1.2.4", NOW);
            run.put(new Advisory(
                    hole.id(),
                    List.of("CVE-2026-0001"),
                    hole.summary(),
                    "long text",
                    hole.severities(),
                    hole.severityLabel(),
                    hole.published(),
                    hole.modified(),
                    null,
                    hole.affected(),
                    List.of("https://advisories.example/1"),
                    "test",
                    false));
            run.put(Door.advisory("MAL-2026-1", NAME, "1.2.4", NOW));
            run.put("CVE-2026-0001", new Exploitation.Epss(0.42, 0.97));
            run.put("CVE-2026-0001", new Exploitation.Kev(LocalDate.of(2026, 5, 1), LocalDate.of(2026, 5, 22), true));
            run.feed(new AdvisoryStore.FeedState(AdvisoryStore.FeedState.osv("npm"), 2, NOW, NOW));
            run.commit();
        }
        AdvisoryIndex index = new AdvisoryIndex(store);
        ReleaseFile file = new ReleaseFile(
                "lib-1.2.3.tgz",
                "@acme/lib/-/lib-1.2.3.tgz",
                "https://files.example/lib-1.2.3.tgz",
                List.of(Samples.contents("x").sha1(), Samples.contents("x").sha512()),
                1234,
                Signal.unknown("as the release"),
                null);
        Release release = new Release(
                "1.2.3",
                Signal.known(Instant.parse("2026-05-31T12:00:00Z"), "time of the packument"),
                Signal.known("GPL-3.0", "package.json"),
                "use 2",
                null,
                Signal.known(true, "hasInstallScript"),
                List.of("ann <ann@mail.example>"),
                "a library",
                List.of(file),
                new byte[0]);
        Facts facts = new Facts(
                new Repository("main", true, List.of(), List.of()),
                new Coordinates(NAME, "1.2.3"),
                Purl.of("npm", "@acme", "lib", "1.2.3"),
                release,
                file,
                false,
                new Upstream("npm", "npm", URI.create("https://registry.example/"), 1, Upstream.Trust.TRUSTED, null),
                Instant.parse("2026-05-31T13:00:00Z"),
                Evidence.NONE,
                Signal.unknown("not told"),
                Signal.unknown("not told"),
                null,
                index.findings(new DottedOrder(), NAME, "1.2.3", NOW));
        return new PolicyInput("main", "npm", index.feeds(), feed -> false)
                .render(facts, new Event.Actor("ann", "t1", "10.0.0.1", "npm/10"));
    }

    @Test
    void the_document_of_an_npm_version_is_the_golden_one() throws IOException {
        try (InputStream golden = Objects.requireNonNull(PolicyInputTest.class.getResourceAsStream("npm-input.json"))) {
            assertThat(input()).isEqualTo(Json.read(new String(golden.readAllBytes(), UTF_8)));
        }
    }

    /** Every field of the published contract that exists for npm, PyPI and Maven. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v0: package repository workspace identity metadata upstream osv security_scan vulnerabilities",
                "v0.package: architectures checksum_md5 checksum_sha1 checksum_sha256 checksum_sha512 description"
                        + " distro distro_version epoch extension filename files format indexed is_local"
                        + " last_downloaded_at license name num_files package_type release security_scan_completed_at"
                        + " security_scan_started_at security_scan_status security_scan_status_updated_at size slug"
                        + " slug_perm subtype summary tags uploaded_at uploader upstream_metadata version",
                "v0.package.files.0: checksum_sha1 checksum_sha512 filename is_primary size slug_perm tag",
                "v0.package.license: raw_license raw_license_file_path raw_license_file_contents license_url"
                        + " oss_license source match similarity override",
                "v0.package.license.raw_license_file_contents: sha256 raw_text",
                "v0.package.license.oss_license: full_name license_text license_url osi_approved spdx_identifier"
                        + " spdx_license spdx_template spdx_details_url is_deprecated",
                "v0.package.tags.0: created_at is_immutable name source tag_type",
                "v0.package.upstream_metadata: published_at",
                "v0.repository: created_at description ecdsa_keys gpg_keys name open_source_license repository_type"
                        + " slug slug_perm storage_region",
                "v0.workspace: created_at country location name slug slug_perm tagline",
                "v0.identity: purl namespace name version qualifiers subpath format checksum_md5 checksum_sha1"
                        + " checksum_sha256 checksum_sha512",
                "v0.vulnerabilities.0: cvss epss format identifier VulnerabilityID package_name patched_versions"
                        + " published_date severity source title vulnerable_versions",
                "v0.vulnerabilities.0.cvss.ghsa: V2Score V2Vector V3Score V3Vector",
                "v0.vulnerabilities.0.epss: score percentile",
                "v0.vulnerabilities.0.source: name url",
                "v0.osv.0: affected aliases credits database_specific details id modified published references related"
                        + " schema_version severity summary upstream withdrawn",
                "v0.osv.0.affected.0: database_specific ecosystem_specific package ranges severity versions",
                "v0.osv.0.affected.0.package: ecosystem name purl",
                "v0.osv.0.severity.0: type score numerical_score",
                "v0.security_scan.0.Vulnerabilities.0: VulnerabilityID FixedVersion Status PublishedDate Description"
                        + " CVSS"
            })
    void fields_of_the_contract_are_there(String line) {
        String[] halves = line.split(": ", 2);
        Value at = input();
        for (String step : halves[0].split("\\.", -1)) {
            at = at instanceof ArrayValue array ? array.get(Integer.parseInt(step)) : member(at, step);
        }
        for (String field : halves[1].split(" ", -1)) {
            member(at, field);
        }
    }

    private static Value member(Value of, String name) {
        assertThat(of).isInstanceOf(ObjectValue.class);
        @Nullable Value member = ((ObjectValue) of).get(name);
        if (member == null) {
            throw new AssertionError("no field " + name + " in " + of);
        }
        return member;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CVSS with a fix | some scan in input.v0.security_scan; some v in scan.Vulnerabilities; v.FixedVersion"
                        + " != \"\"; some _, s in v.CVSS; s.V3Score >= 7 | true",
                "severe and likely | some v in input.v0.vulnerabilities; v.epss.score >= 0.2; some _, s in v.cvss;"
                        + " s.V3Score >= 9 | true",
                "too unlikely | some v in input.v0.vulnerabilities; v.epss.score >= 0.5 | false",
                "one CVE | some v in input.v0.vulnerabilities; v.VulnerabilityID in {\"CVE-2026-0001\","
                        + " \"GHSA-aaaa-bbbb-cccc\"} | true",
                "copyleft | input.v0.package.license.oss_license.spdx_identifier in {\"GPL-3.0\", \"GPL-3.0-only\","
                        + " \"AGPL-3.0-only\"} | true",
                "too young | input.v0.package.upstream_metadata.published_at;"
                        + " t := time.parse_rfc3339_ns(input.v0.package.upstream_metadata.published_at);"
                        + " time.now_ns() - t < 3 * 24 * 60 * 60 * 1000000000 | true",
                "younger than an hour | t := time.parse_rfc3339_ns(input.v0.package.upstream_metadata.published_at);"
                        + " time.add_date(t, 0, 0, 1) > time.now_ns() | false",
                "malware | some record in input.v0.osv; startswith(record.id, \"MAL-\") | true",
                "blocklist | sprintf(\"%s:%s:%s\", [input.v0.package.format, input.v0.package.name,"
                        + " input.v0.package.version]) in {\"npm:@acme/lib:1.2.3\"} | true",
                "old versions | semver.compare(input.v0.package.version, \"2.0.0\") == -1 | true",
                "only from upstream | not input.v0.package.is_local; input.v0.package.tags[_].name == \"npm\" | true",
                "exploited | count(input.v0.exploitation.kev) > 0 | true",
                "file name | not regex.match(`^[a-z]+-[0-9.]+\\.tgz$`, input.v0.package.filename) | false"
            })
    void published_policies_run_unchanged(String name, String condition, boolean matches) throws RegoException {
        String rego = "package cloudsmith\n\ndefault match := false\n\nmatch if {\n  " + condition.replace("; ", "\n  ")
                + "\n}\n";
        Value value = Rego.compile(List.of(new SourceFile(name + ".rego", rego)))
                .prepare("data.cloudsmith.match")
                .evaluate(new Evaluation.Request(
                        input(),
                        ObjectValue.EMPTY,
                        NOW,
                        false,
                        false,
                        new Limits(1_000_000, 100, Duration.ofSeconds(10))))
                .value();
        assertThat(value).isEqualTo(BooleanValue.of(matches));
    }
}
