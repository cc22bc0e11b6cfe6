package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.Together;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The machine's npm against a server whose upstream is a fake, or a second server. Every test has packages of its own, so that one
 * server serves them all.
 */
class NpmE2E {

    @TempDir
    static Path folder;

    private static FakeUpstreamServer upstream;
    private static Sluice sluice;

    private Path here;

    @BeforeAll
    static void start() throws Exception {
        upstream = FakeUpstreamServer.start();
        sluice = start("sluice", upstream.url().toString());
    }

    private static Sluice start(String name, String npm, String... more) throws Exception {
        List<String> arguments = new java.util.ArrayList<>(
                List.of("--upstream", "npm=" + npm, "--upstream", "pypi=none", "--upstream", "maven=none"));
        arguments.addAll(List.of(more));
        return Sluice.start(folder.resolve(name), arguments.toArray(new String[0]));
    }

    @AfterAll
    static void stop() {
        sluice.close();
        upstream.close();
    }

    @BeforeEach
    void place(TestInfo test) throws IOException {
        here = Files.createDirectories(
                folder.resolve(test.getTestMethod().orElseThrow().getName()));
    }

    private NpmProject project(String name) throws IOException {
        return NpmProject.in(here.resolve(name), sluice);
    }

    private NpmProject publisher(String name) throws IOException {
        return project(name).token(sluice.token());
    }

    private static FakeNpm upstreamHas(String name) {
        return new FakeNpm(upstream, name);
    }

    private static String is(String name, String version) {
        return "input.v0.package.name == \"" + name + "\"\n\tinput.v0.package.version == \"" + version + "\"";
    }

    @Test
    void installs_the_newest_version_that_policy_allows() throws Exception {
        upstreamHas("newest").version("1.0.0").version("1.1.0").version("2.0.0");
        sluice.withhold("newest", is("newest", "2.0.0"));

        NpmProject project = project("project");
        project.npm("install", "newest").succeeded();

        assertThat(project.installed("newest")).isEqualTo("1.1.0");
    }

    @Test
    void passes_over_a_version_in_its_cool_down_for_an_older_one() throws Exception {
        String anHourAgo =
                InstantSource.system().instant().minus(Duration.ofHours(1)).toString();
        upstreamHas("cooling").version("1.0.0").version("1.0.1", anHourAgo);

        NpmProject project = project("project");
        project.npm("install", "cooling").succeeded();
        assertThat(project.installed("cooling")).isEqualTo("1.0.0");

        Run pinned = project("other").npm("install", "cooling@1.0.1").failed();
        assertThat(pinned.output()).contains("Cool-down").contains("held back for 3 days");
    }

    @Test
    void a_pin_on_a_withheld_version_fails_with_the_policy_and_its_reason() throws Exception {
        upstreamHas("pinned").version("1.0.0").version("2.0.0");
        sluice.withhold("pinned", is("pinned", "2.0.0"));

        NpmProject project = project("project");
        Run run = project.npm("install", "pinned@2.0.0").failed();

        assertThat(run.output()).contains("No pinned").contains("pinned is not wanted");
        assertThat(project.has("pinned")).isFalse();
    }

    @Test
    void a_lock_file_on_a_withheld_version_is_refused_with_the_policy_and_its_reason() throws Exception {
        upstreamHas("locked").version("1.0.0").version("1.1.0");
        NpmProject author = project("author");
        author.npm("install", "locked").succeeded();
        assertThat(author.locked("locked").path("resolved").asString()).startsWith(sluice.repository("npm"));
        NpmProject colleague = project("colleague").checkOut(author);
        colleague.npm("ci").succeeded();

        sluice.withhold("locked", is("locked", "1.1.0"));
        NpmProject late = project("late").checkOut(author);
        Run run = late.npm("ci").failed();

        assertThat(run.output()).contains("E403").contains("No locked").contains("locked is not wanted");
        assertThat(run.output()).contains("1.0.0").contains("/why/");
        assertThat(late.has("locked")).isFalse();
    }

    @Test
    void publishing_needs_a_token() throws Exception {
        Run run = project("project")
                .packageJson("@acme/no-token", "1.0.0")
                .npm("publish")
                .failed();

        assertThat(run.output()).contains("ENEEDAUTH");
        assertThat(project("other")
                        .token("slc_not_a_token")
                        .packageJson("@acme/no-token", "1.0.0")
                        .npm("publish")
                        .failed()
                        .output())
                .contains("401");
        assertThat(sluice.get("/npm/main/@acme%2fno-token").statusCode()).isEqualTo(404);
    }

    @Test
    void a_published_scoped_package_installs_and_passes_the_same_gate() throws Exception {
        publisher("one").packageJson("@acme/gated", "1.0.0").npm("publish").succeeded();
        publisher("two").packageJson("@acme/gated", "1.1.0").npm("publish").succeeded();
        NpmProject project = project("project");
        project.npm("install", "@acme/gated").succeeded();
        assertThat(project.installed("@acme/gated")).isEqualTo("1.1.0");

        sluice.withhold("gated", is("@acme/gated", "1.1.0"));

        Run locked = project("colleague").checkOut(project).npm("ci").failed();
        assertThat(locked.output()).contains("No gated").contains("gated is not wanted");
        NpmProject fresh = project("fresh");
        fresh.npm("install", "@acme/gated").succeeded();
        assertThat(fresh.installed("@acme/gated")).isEqualTo("1.0.0");
    }

    @Test
    void a_version_is_published_once() throws Exception {
        publisher("one").packageJson("once", "1.0.0").npm("publish").succeeded();

        NpmProject again = publisher("two").packageJson("once", "1.0.0");
        Files.writeString(again.folder().resolve("index.js"), "module.exports = 'other';\n");

        assertThat(again.npm("publish").failed().output()).contains("1.0.0");
    }

    @Test
    void dist_tags_move_as_npm_moves_them() throws Exception {
        publisher("one").packageJson("tagged", "1.0.0").npm("publish").succeeded();
        publisher("two")
                .packageJson("tagged", "2.0.0-beta.1")
                .npm("publish", "--tag", "beta")
                .succeeded();
        NpmProject owner = publisher("owner");

        owner.npm("dist-tag", "add", "tagged@1.0.0", "stable").succeeded();
        assertThat(owner.npm("dist-tag", "ls", "tagged").succeeded().output())
                .contains("latest: 1.0.0")
                .contains("beta: 2.0.0-beta.1")
                .contains("stable: 1.0.0");
        owner.npm("dist-tag", "rm", "tagged", "stable").succeeded();
        assertThat(owner.npm("dist-tag", "ls", "tagged").succeeded().output()).doesNotContain("stable");
        NpmProject project = project("project");
        project.npm("install", "tagged@beta").succeeded();
        assertThat(project.installed("tagged")).isEqualTo("2.0.0-beta.1");
        assertThat(project("stranger")
                        .npm("dist-tag", "add", "tagged@1.0.0", "mine")
                        .exitCode())
                .isNotZero();
    }

    @Test
    void a_deprecated_version_warns_who_installs_it() throws Exception {
        publisher("one").packageJson("old-thing", "1.0.0").npm("publish").succeeded();

        publisher("owner")
                .npm("deprecate", "old-thing@1.0.0", "use new-thing instead")
                .succeeded();

        assertThat(project("project").npm("install", "old-thing").succeeded().output())
                .contains("use new-thing instead");
    }

    @Test
    void an_unpublished_version_is_gone_and_the_package_with_its_last_one() throws Exception {
        publisher("one").packageJson("leaving", "1.0.0").npm("publish").succeeded();
        publisher("two").packageJson("leaving", "1.1.0").npm("publish").succeeded();
        NpmProject owner = publisher("owner");

        owner.npm("unpublish", "leaving@1.1.0").succeeded();
        NpmProject project = project("project");
        project.npm("install", "leaving").succeeded();
        assertThat(project.installed("leaving")).isEqualTo("1.0.0");
        project("pin").npm("install", "leaving@1.1.0").failed();

        owner.npm("unpublish", "leaving", "--force").succeeded();
        assertThat(project("late").npm("install", "leaving").failed().output()).contains("E404");
    }

    @Test
    void ping_and_whoami_answer() throws Exception {
        assertThat(project("anybody").npm("ping").succeeded().output()).contains("PONG");
        assertThat(publisher("owner").npm("whoami").succeeded().output().strip())
                .endsWith("admin");
        assertThat(project("nobody").npm("whoami").failed().output()).contains("ENEEDAUTH");
    }

    @Test
    void audit_reports_what_was_imported() throws Exception {
        upstreamHas("audited").version("1.0.0");
        NpmProject project = project("project");
        project.npm("install", "audited").succeeded();

        importRecord("GHSA-e2e1-aaaa-bbbb", "audited", "prototype pollution in audited", "HIGH");

        Run audit = project.npm("audit").failed();
        assertThat(audit.output()).contains("audited").contains("prototype pollution in audited");
        assertThat(audit.output()).contains("1 high severity");
    }

    @Test
    void a_policy_flip_is_seen_by_a_client_that_holds_an_etag() throws Exception {
        upstreamHas("flipped").version("1.0.0").version("1.1.0");
        String accept = "application/vnd.npm.install-v1+json";
        NpmProject project = project("project");
        project.npm("install", "flipped").succeeded();
        assertThat(project.installed("flipped")).isEqualTo("1.1.0");
        HttpResponse<String> first = sluice.get("/npm/main/flipped", "Accept", accept);
        String etag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(sluice.get("/npm/main/flipped", "Accept", accept, "If-None-Match", etag)
                        .statusCode())
                .isEqualTo(304);

        String policy = sluice.withhold("flipped", is("flipped", "1.1.0"));

        HttpResponse<String> after = sluice.get("/npm/main/flipped", "Accept", accept, "If-None-Match", etag);
        assertThat(after.statusCode()).isEqualTo(200);
        assertThat(after.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(etag);
        assertThat(Sluice.JSON
                        .readTree(after.body())
                        .path("dist-tags")
                        .path("latest")
                        .asString())
                .isEqualTo("1.0.0");
        project.npm("uninstall", "flipped").succeeded();
        project.npm("install", "flipped").succeeded();
        assertThat(project.installed("flipped")).isEqualTo("1.0.0");

        sluice.drop(policy);

        assertThat(sluice.get("/npm/main/flipped", "Accept", accept, "If-None-Match", etag)
                        .statusCode())
                .as("what the client held first is true again")
                .isEqualTo(304);
        project.npm("uninstall", "flipped").succeeded();
        project.npm("install", "flipped").succeeded();
        assertThat(project.installed("flipped")).isEqualTo("1.1.0");
    }

    @Test
    void reserved_names_never_reach_the_upstream() throws Exception {
        FakeNpm squatted = upstreamHas("@inside/tool").version("99.0.0");
        FakeNpm exact = upstreamHas("inside-exact").version("99.0.0");
        sluice.cli("repository", "reserve", "npm:@inside/*", "npm:inside-exact").succeeded();

        assertThat(project("early").npm("install", "@inside/tool").failed().output())
                .contains("E404");
        project("exact").npm("install", "inside-exact").failed();
        publisher("owner").packageJson("@inside/tool", "1.0.0").npm("publish").succeeded();
        NpmProject project = project("project");
        project.npm("install", "@inside/tool").succeeded();

        assertThat(project.installed("@inside/tool")).isEqualTo("1.0.0");
        assertThat(sluice.get("/npm/main/@inside/tool/-/tool-99.0.0.tgz").statusCode())
                .isEqualTo(404);
        assertThat(upstream.received())
                .noneMatch(request -> request.path().contains("inside"))
                .isNotEmpty();
        assertThat(upstream.requests(squatted.path()) + upstream.requests(exact.path()))
                .isZero();
    }

    @Test
    void known_malware_is_blocked_from_the_next_request_on_cached_or_not() throws Exception {
        upstreamHas("turned-bad").version("1.0.0");
        NpmProject before = project("before");
        before.npm("install", "turned-bad").succeeded();
        String tarball = "/npm/main/turned-bad/-/turned-bad-1.0.0.tgz";
        assertThat(sluice.get(tarball).statusCode()).isEqualTo(200);

        importRecord("MAL-2026-90001", "turned-bad", "steals tokens", null);

        HttpResponse<String> refused = sluice.get(tarball);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Known malware").contains("MAL-2026-90001");
        assertThat(project("lock").checkOut(before).npm("ci").failed().output())
                .contains("Known malware")
                .contains("MAL-2026-90001");
        assertThat(project("fresh").npm("install", "turned-bad").failed().output())
                .contains("Known malware");
    }

    @Test
    void malware_that_the_upstream_took_down_is_refused_with_the_reason_rather_than_not_found() throws Exception {
        upstreamHas("taken-down").version("0.9.0").version("1.1.0");
        importRecord("MAL-2026-90002", "taken-down", "was there for two hours", null);
        importRecord("MAL-2026-90003", "taken-down-whole", "a name squatted", null);

        assertThat(project("pinned").npm("install", "taken-down@1.0.0").failed().output())
                .contains("Known malware")
                .contains("MAL-2026-90002");
        assertThat(sluice.get("/npm/main/taken-down/1.0.0").statusCode()).isEqualTo(403);
        assertThat(sluice.get("/npm/main/taken-down/-/taken-down-1.0.0.tgz").body())
                .contains("MAL-2026-90002")
                .contains("\"nearest_allowed\"");
        assertThat(project("whole").npm("install", "taken-down-whole").failed().output())
                .contains("Known malware")
                .contains("MAL-2026-90003");
        assertThat(project("healthy").npm("install", "taken-down").succeeded().output())
                .isNotEmpty();
        assertThat(sluice.cli("decisions", "--policy", "Known malware", "--purl", "pkg:npm/taken-down")
                        .succeeded()
                        .output())
                .contains("taken-down@1.0.0 refused");
    }

    @Test
    void fifty_clients_that_want_one_cold_tarball_make_one_upstream_request() throws Exception {
        FakeNpm wanted = upstreamHas("popular").version("1.0.0", FakeNpm.LONG_AGO, 200_000, true);
        assertThat(sluice.get("/npm/main/popular").statusCode()).isEqualTo(200);
        Thread release = Thread.ofVirtual().start(() -> {
            try {
                upstream.awaitRequests(wanted.tarball("1.0.0"), 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            upstream.release();
        });

        List<Integer> statuses = Together.all(
                50,
                number -> sluice.get("/npm/main/popular/-/popular-1.0.0.tgz").statusCode());
        release.join();

        assertThat(statuses).hasSize(50).containsOnly(200);
        assertThat(upstream.requests(wanted.tarball("1.0.0"))).isEqualTo(1);
    }

    @Test
    void what_is_kept_still_installs_when_the_upstream_is_down() throws Exception {
        try (FakeUpstreamServer failing = FakeUpstreamServer.start();
                Sluice outlasting = start("outlasting", failing.url().toString(), "--set", "upstream.freshness=PT0S")) {
            new FakeNpm(failing, "kept").version("1.0.0");
            new FakeNpm(failing, "never-asked").version("1.0.0");
            NpmProject.in(here.resolve("before"), outlasting)
                    .npm("install", "kept")
                    .succeeded();
            assertThat(outlasting.get("/npm/main/kept").headers().firstValue("X-Sluice-Stale"))
                    .isEmpty();

            failing.breakDown(Answer.status(503));

            NpmProject after = NpmProject.in(here.resolve("after"), outlasting);
            after.npm("install", "kept").succeeded();
            assertThat(after.installed("kept")).isEqualTo("1.0.0");
            HttpResponse<String> index = outlasting.get("/npm/main/kept");
            assertThat(index.statusCode()).isEqualTo(200);
            assertThat(index.headers().firstValue("X-Sluice-Stale")).isPresent();
            assertThat(outlasting.get("/npm/main/never-asked").statusCode()).isEqualTo(502);
        }
    }

    @Test
    void a_second_server_as_upstream_serves_what_was_published_there() throws Exception {
        NpmProject.in(here.resolve("owner"), sluice)
                .token(sluice.token())
                .packageJson("@far/away", "1.0.0")
                .npm("publish")
                .succeeded();
        try (Sluice near = start("near", sluice.repository("npm"))) {
            assertThat(NpmProject.in(here.resolve("cooling"), near)
                            .npm("install", "@far/away")
                            .failed()
                            .output())
                    .contains("Cool-down");
            near.mode("Cool-down", "off");

            NpmProject project = NpmProject.in(here.resolve("project"), near);
            project.npm("install", "@far/away").succeeded();

            assertThat(project.installed("@far/away")).isEqualTo("1.0.0");
            assertThat(project.locked("@far/away").path("resolved").asString()).startsWith(near.repository("npm"));
            near.withhold("away", is("@far/away", "1.0.0"));
            assertThat(NpmProject.in(here.resolve("late"), near)
                            .checkOut(project)
                            .npm("ci")
                            .failed()
                            .output())
                    .contains("No away");
        }
    }

    @Test
    void the_why_address_of_a_refusal_explains_it_to_programs_and_to_people() throws Exception {
        upstreamHas("explained").version("1.0.0");
        sluice.withhold("explained", is("explained", "1.0.0"));
        HttpResponse<String> refused = sluice.get("/npm/main/explained/-/explained-1.0.0.tgz");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(refused.headers().firstValue("npm-notice").orElseThrow()).contains("No explained");

        JsonNode problem = Sluice.JSON.readTree(refused.body());
        String why = problem.path("instance").asString();
        String path = why.substring(why.indexOf("/why/"));

        assertThat(sluice.get(path, "Accept", "text/html").body())
                .contains("<html")
                .contains("No explained");
        assertThat(sluice.get(path, "Accept", "application/json").body()).contains("No explained");
    }

    @Test
    void an_artifact_that_is_not_what_the_index_promised_never_leaves() throws Exception {
        FakeNpm swapped = upstreamHas("swapped").version("1.0.0");
        upstream.serve(swapped.tarball("1.0.0"), Answer.ok("something else"));

        NpmProject project = project("project");
        project.npm("install", "swapped").failed();

        assertThat(project.has("swapped")).isFalse();
        HttpResponse<String> refused = sluice.get("/npm/main/swapped/-/swapped-1.0.0.tgz");
        assertThat(refused.statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(refused.body()).doesNotContain("something else");
        assertThat(sluice.cli("decisions", "--kind", "upstream_fault")
                        .succeeded()
                        .output())
                .contains("swapped", "promised");
    }

    @Test
    void a_reader_cannot_publish_and_a_publisher_can() throws Exception {
        NpmProject reader = project("reader").token(token("reader")).packageJson("by-role", "1.0.0");
        assertThat(reader.npm("publish").failed().output()).contains("403");
        assertThat(sluice.get("/npm/main/by-role").statusCode()).isEqualTo(404);

        project("publisher")
                .token(token("publisher"))
                .packageJson("by-role", "1.0.0")
                .npm("publish")
                .succeeded();

        assertThat(sluice.get("/npm/main/by-role").statusCode()).isEqualTo(200);
    }

    private static String token(String role) throws Exception {
        return sluice.api("POST", "/api/tokens", "{\"name\":\"some " + role + "\",\"role\":\"" + role + "\"}")
                .path("token")
                .asString();
    }

    @Test
    void hosted_and_upstream_versions_of_one_package_are_one_list() throws Exception {
        upstreamHas("blended").version("1.0.0").version("1.1.0");
        NpmProject owner = publisher("owner").packageJson("blended", "1.1.1-acme.1");
        Run refused = owner.npm("publish", "--tag", "acme");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains("sluice repository reserve npm:blended");
        sluice.cli("repository", "reserve", "npm:blended").succeeded();
        owner.npm("publish", "--tag", "acme").succeeded();
        sluice.cli("repository", "unreserve", "npm:blended").succeeded();

        NpmProject newest = project("newest");
        newest.npm("install", "blended@1.1.0").succeeded();
        assertThat(newest.installed("blended")).isEqualTo("1.1.0");
        NpmProject ours = project("ours");
        ours.npm("install", "blended@acme").succeeded();
        assertThat(ours.installed("blended")).isEqualTo("1.1.1-acme.1");
    }

    /** Imports one advisory about version 1.0.0 of an npm package, as an operator would. */
    private void importRecord(
            String id, String name, String summary, @org.jspecify.annotations.Nullable String severity)
            throws IOException {
        var record = Sluice.JSON
                .createObjectNode()
                .put("schema_version", "1.6.0")
                .put("id", id)
                .put("modified", "2026-01-02T03:04:05Z")
                .put("published", "2026-01-02T03:04:05Z")
                .put("summary", summary);
        if (severity != null) {
            record.putObject("database_specific").put("severity", severity);
        }
        var affected = record.putArray("affected").addObject();
        affected.putObject("package").put("ecosystem", "npm").put("name", name);
        affected.putArray("versions").add("1.0.0");
        Path file = here.resolve(id + ".json");
        Files.writeString(file, record.toString());
        assertThat(sluice.cli("feeds", "import", file.toString()).succeeded().output())
                .contains("1 new");
    }
}
