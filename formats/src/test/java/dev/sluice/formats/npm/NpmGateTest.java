package dev.sluice.formats.npm;

import static dev.sluice.testkit.TestGate.body;
import static dev.sluice.testkit.TestGate.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.TestGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The npm protocol over the real gate. */
class NpmGateTest {

    private static final String UP = "https://registry.example/";
    private static final String FULL = "application/json";
    private static final String SMALL = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

    private final TestGate gate = new TestGate(new NpmFormat());

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Digest digest(Algorithm algorithm, byte[] bytes) {
        try {
            return Digest.of(
                    algorithm, MessageDigest.getInstance(algorithm.jcaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String manifest(String name, String version, byte[] tarball) {
        String bare = name.substring(name.indexOf('/') + 1);
        return "{\"name\":\"" + name + "\",\"version\":\"" + version
                + "\",\"license\":\"MIT\",\"dist\":{\"integrity\":\""
                + digest(Algorithm.SHA512, tarball).integrity() + "\",\"shasum\":\""
                + digest(Algorithm.SHA1, tarball).hex() + "\",\"tarball\":\"" + UP + name + "/-/" + bare + "-"
                + version + ".tgz\"}}";
    }

    private void upstreamHas(String name, String latest, String... versions) {
        StringBuilder packument = new StringBuilder("{\"name\":\"" + name + "\",\"dist-tags\":{\"latest\":\"" + latest
                + "\"},\"time\":{\"modified\":\"2026-05-01T00:00:00.000Z\"");
        for (String version : versions) {
            packument.append(",\"" + version + "\":\"2025-01-01T00:00:00.000Z\"");
        }
        packument.append("},\"versions\":{");
        for (int i = 0; i < versions.length; i++) {
            byte[] tarball = bytes("tarball of " + name + " " + versions[i]);
            packument
                    .append(i == 0 ? "" : ",")
                    .append("\"" + versions[i] + "\":" + manifest(name, versions[i], tarball));
            String bare = name.substring(name.indexOf('/') + 1);
            gate.upstreams().has(UP + name + "/-/" + bare + "-" + versions[i] + ".tgz", tarball);
        }
        gate.upstreams().has(UP + name.replace("/", "%2f"), packument + "}}", "content-type", "application/json");
    }

    private JsonNode packument(String path) throws IOException {
        return Fixtures.tree(body(gate.get(path, "Accept", FULL)));
    }

    private static String publication(String name, String version, byte[] tarball, String tag) {
        return publication(name, version, tarball, tag, true);
    }

    private static String publication(
            String name, String version, byte[] tarball, String tag, boolean attachmentsLast) {
        String versions = "\"versions\":{\"" + version + "\":" + manifest(name, version, tarball) + "}";
        String attachments = "\"_attachments\":{\"" + name + "-" + version
                + ".tgz\":{\"content_type\":\"application/octet-stream\",\"data\":\""
                + Base64.getEncoder().encodeToString(tarball) + "\",\"length\":" + tarball.length + "}}";
        return "{\"_id\":\"" + name + "\",\"name\":\"" + name + "\",\"description\":\"d\",\"dist-tags\":{\"" + tag
                + "\":\"" + version + "\"},"
                + (attachmentsLast ? versions + "," + attachments : attachments + "," + versions)
                + ",\"access\":null}";
    }

    @BeforeEach
    void anUpstream() {
        gate.upstream("npm", UP, Trust.TRUSTED);
        upstreamHas("leftpad", "2.0.0", "1.0.0", "1.1.0", "2.0.0");
        upstreamHas("@acme/tool", "1.0.0", "1.0.0");
    }

    @Test
    void serves_an_upstream_package_and_its_tarball() throws IOException {
        Response index = gate.get("leftpad", "Accept", SMALL);

        assertThat(index.status()).isEqualTo(200);
        assertThat(index.header("Content-Type")).isEqualTo("application/vnd.npm.install-v1+json");
        assertThat(index.header("Vary")).contains("Accept");
        assertThat(Fixtures.tree(body(index)).path("dist-tags").path("latest").asString())
                .isEqualTo("2.0.0");
        Response tarball = gate.get("leftpad/-/leftpad-2.0.0.tgz");
        assertThat(tarball.status()).isEqualTo(200);
        assertThat(text(tarball)).isEqualTo("tarball of leftpad 2.0.0");
        assertThat(gate.journal().events(Event.Kind.DOWNLOAD)).hasSize(1);
        assertThat(text(gate.get("@acme/tool/-/tool-1.0.0.tgz"))).isEqualTo("tarball of @acme/tool 1.0.0");
    }

    @Test
    void answers_full_json_to_clients_that_send_no_accept() throws IOException {
        assertThat(gate.get("leftpad").header("Content-Type")).isEqualTo("application/json");
        assertThat(gate.get("leftpad", "Accept", "text/plain", "Accept", "application/vnd.npm.install-v1+json")
                        .header("Content-Type"))
                .isEqualTo("application/vnd.npm.install-v1+json");
        assertThat(gate.get("leftpad", "Accept", "application/json, application/vnd.npm.install-v1+json;q=0.5")
                        .header("Content-Type"))
                .isEqualTo("application/json");
    }

    @Test
    void refuses_a_pin_on_a_withheld_version_and_resolves_others_to_the_newest_allowed() throws IOException {
        gate.withhold("No two", "input.v0.package.version == \"2.0.0\"");

        JsonNode index = packument("leftpad");
        assertThat(index.path("dist-tags").path("latest").asString()).isEqualTo("1.1.0");
        assertThat(index.path("versions").has("2.0.0")).isFalse();
        assertThat(index.path("policyRestrictions").path("message").asString()).contains("No two");
        Response tarball = gate.get("leftpad/-/leftpad-2.0.0.tgz");
        assertThat(tarball.status()).isEqualTo(403);
        assertThat(String.valueOf(tarball.reason())).contains("No two");
        assertThat(Fixtures.tree(body(tarball)).path("error").asString())
                .contains("No two says no")
                .contains("1.1.0");
        Response manifest = gate.get("leftpad/2.0.0");
        assertThat(manifest.status()).isEqualTo(403);
        assertThat(text(manifest)).contains("No two").contains("/why/");
        assertThat(Fixtures.tree(body(gate.get("leftpad/latest")))
                        .path("version")
                        .asString())
                .isEqualTo("1.1.0");
        assertThat(gate.get("leftpad/-/leftpad-1.1.0.tgz").status()).isEqualTo(200);
        assertThat(packument("-/package/leftpad/dist-tags").path("latest").asString())
                .isEqualTo("1.1.0");
    }

    @Test
    void refuses_the_index_when_nothing_is_left() throws IOException {
        gate.withhold("No pads", "input.v0.package.name == \"leftpad\"");

        Response index = gate.get("leftpad", "Accept", SMALL);

        assertThat(index.status()).isEqualTo(403);
        assertThat(index.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(text(index)).contains("No pads");
    }

    @Test
    void never_confirms_a_stale_index_after_a_policy_flip() throws IOException {
        String etag = String.valueOf(gate.get("leftpad", "Accept", SMALL).header("ETag"));
        assertThat(gate.get("leftpad", "Accept", SMALL, "If-None-Match", etag).status())
                .isEqualTo(304);

        String slug = gate.withhold("No two", "input.v0.package.version == \"2.0.0\"");

        assertThat(gate.get("leftpad", "Accept", SMALL, "If-None-Match", etag).status())
                .isEqualTo(200);
        gate.drop(slug);
        assertThat(gate.get("leftpad", "Accept", SMALL, "If-None-Match", etag).status())
                .isEqualTo(304);
    }

    @Test
    void tells_missing_from_unavailable() throws IOException {
        assertThat(gate.get("nothing").status()).isEqualTo(404);
        assertThat(text(gate.get("nothing"))).contains("\"error\":");
        assertThat(gate.get("leftpad/9.9.9").status()).isEqualTo(404);
        assertThat(gate.get("leftpad/-/leftpad-9.9.9.tgz").status()).isEqualTo(404);
        gate.upstreams().down(true);
        assertThat(gate.get("other").status()).isEqualTo(503);
    }

    @Test
    void does_not_release_bytes_that_the_index_did_not_promise() throws IOException {
        gate.upstreams().has(UP + "leftpad/-/leftpad-1.0.0.tgz", "something else");

        assertThat(gate.get("leftpad/-/leftpad-1.0.0.tgz").status()).isEqualTo(502);
        assertThat(gate.journal().events(Event.Kind.UPSTREAM_FAULT)).isNotEmpty();
    }

    @Test
    void finds_a_tarball_whose_name_follows_no_convention() throws IOException {
        byte[] tarball = bytes("odd");
        String odd = manifest("odd", "1.0.0", tarball).replace("odd-1.0.0.tgz", "final.tgz");
        gate.upstreams().has(UP + "odd", "{\"name\":\"odd\",\"versions\":{\"1.0.0\":" + odd + "}}");
        gate.upstreams().has(UP + "odd/-/final.tgz", tarball);

        String address = packument("odd")
                .path("versions")
                .path("1.0.0")
                .path("dist")
                .path("tarball")
                .asString();

        assertThat(address).isEqualTo(TestGate.ORIGIN + "/npm/main/odd/-/final.tgz");
        assertThat(text(gate.get("odd/-/final.tgz"))).isEqualTo("odd");
    }

    @Test
    void publishes_a_package_that_passes_the_same_gate() throws IOException {
        byte[] tarball = bytes("ours");

        Response answer = gate.put("@acme/own", publication("@acme/own", "1.0.0", tarball, "latest"));

        assertThat(text(answer)).contains("\"ok\":true");
        assertThat(answer.status()).isEqualTo(201);
        JsonNode index = packument("@acme/own");
        assertThat(index.path("dist-tags").path("latest").asString()).isEqualTo("1.0.0");
        assertThat(index.path("time").path("1.0.0").asString()).isEqualTo("2026-06-01T12:00:00.000Z");
        JsonNode dist = index.path("versions").path("1.0.0").path("dist");
        assertThat(dist.path("tarball").asString()).isEqualTo(TestGate.ORIGIN + "/npm/main/@acme/own/-/own-1.0.0.tgz");
        assertThat(dist.path("integrity").asString())
                .isEqualTo(digest(Algorithm.SHA512, tarball).integrity());
        assertThat(text(gate.get("@acme/own/-/own-1.0.0.tgz"))).isEqualTo("ours");
        gate.withhold("No MIT", "input.v0.package.license.raw_license == \"MIT\"");
        assertThat(gate.get("@acme/own/-/own-1.0.0.tgz").status()).isEqualTo(403);
        assertThat(gate.journal().events(Event.Kind.PUBLISH)).hasSize(1);
    }

    @Test
    void takes_the_members_of_a_publication_in_any_order_and_size() throws IOException {
        byte[] tarball = new byte[3_000_001];
        new java.util.Random(7).nextBytes(tarball);

        assertThat(gate.put("own", publication("own", "1.0.0", tarball, "latest", false))
                        .status())
                .isEqualTo(201);
        assertThat(body(gate.get("own/-/own-1.0.0.tgz"))).isEqualTo(tarball);
        assertThat(gate.put("own", publication("own", "1.0.1", tarball, "beta", true))
                        .status())
                .isEqualTo(201);
        assertThat(packument("own").path("dist-tags").toString())
                .isEqualTo("{\"latest\":\"1.0.0\",\"beta\":\"1.0.1\"}");
    }

    @Test
    void refuses_to_publish_a_version_twice() throws IOException {
        gate.put("own", publication("own", "1.0.0", bytes("one"), "latest"));

        Response again = gate.put("own", publication("own", "1.0.0", bytes("two"), "latest"));

        assertThat(again.status()).isEqualTo(403);
        assertThat(text(again)).contains("You cannot publish over the previously published versions: 1.0.0.");
        assertThat(text(gate.get("own/-/own-1.0.0.tgz"))).isEqualTo("one");
    }

    @Test
    void refuses_a_publication_that_contradicts_itself() throws IOException {
        String good = publication("own", "1.0.0", bytes("one"), "latest");

        assertThat(gate.put("own", good.replace(Base64.getEncoder().encodeToString(bytes("one")), "dHdv"))
                        .status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.replace("\"length\":3", "\"length\":4")).status())
                .isEqualTo(400);
        assertThat(gate.put("other", good).status()).isEqualTo(400);
        assertThat(gate.put("own", good.replace("\"version\":\"1.0.0\"", "\"version\":\"1.0.1\""))
                        .status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.replace("own-1.0.0.tgz\":{", "own-1.0.1.tgz\":{"))
                        .status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.replace("own-1.0.0.tgz\":{", "../x-1.0.0.tgz\":{"))
                        .status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.replace("\"data\":\"", "\"data\":\"%%")).status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.replace("\"latest\":\"1.0.0\"", "\"^1\":\"1.0.0\""))
                        .status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.replace("\"latest\":\"1.0.0\"", "\"latest\":\"2.0.0\""))
                        .status())
                .isEqualTo(400);
        assertThat(gate.put("own", good.substring(0, good.length() / 2)).status())
                .isEqualTo(400);
        assertThat(gate.put("own", "[]").status()).isEqualTo(400);
        assertThat(gate.put("OWN", good.replace("\"own\"", "\"OWN\"")).status()).isEqualTo(400);
        assertThat(gate.put("bad name", good).status()).isEqualTo(400);
        assertThat(gate.put("own", publication("own", "1.0", bytes("x"), "latest"))
                        .status())
                .isEqualTo(400);
        assertThat(gate.get("own").status()).isEqualTo(404);
        assertThat(gate.put("own", good).status()).isEqualTo(201);
    }

    @Test
    void blends_hosted_versions_over_upstream_ones() throws IOException {
        byte[] patched = bytes("patched by us");
        gate.reserve("npm:leftpad");
        gate.put("leftpad", publication("leftpad", "1.1.0", patched, "latest"));
        gate.unreserve();

        JsonNode index = packument("leftpad");

        assertThat(index.path("dist-tags").path("latest").asString()).isEqualTo("1.1.0");
        assertThat(index.path("versions").propertyNames()).contains("1.0.0", "1.1.0", "2.0.0");
        assertThat(text(gate.get("leftpad/-/leftpad-1.1.0.tgz"))).isEqualTo("patched by us");
        assertThat(text(gate.get("leftpad/-/leftpad-1.0.0.tgz"))).isEqualTo("tarball of leftpad 1.0.0");
    }

    @Test
    void never_asks_upstream_for_a_reserved_name() throws IOException {
        gate.reserve("npm:@acme/*");

        assertThat(gate.get("@acme/tool").status()).isEqualTo(404);
        assertThat(gate.upstreams().asked()).isEmpty();
    }

    @Test
    void sets_and_removes_dist_tags() throws IOException {
        gate.put("own", publication("own", "1.0.0", bytes("one"), "latest"));
        gate.put("own", publication("own", "2.0.0", bytes("two"), "next"));

        assertThat(gate.put("-/package/own/dist-tags/stable", "\"1.0.0\"").status())
                .isEqualTo(201);
        assertThat(packument("-/package/own/dist-tags").toString())
                .isEqualTo("{\"latest\":\"1.0.0\",\"next\":\"2.0.0\",\"stable\":\"1.0.0\"}");
        assertThat(gate.send("DELETE", "-/package/own/dist-tags/next", new byte[0])
                        .status())
                .isEqualTo(200);
        assertThat(packument("own").path("dist-tags").has("next")).isFalse();
        assertThat(gate.send("DELETE", "-/package/own/dist-tags/latest", new byte[0])
                        .status())
                .isEqualTo(403);
        assertThat(gate.send("DELETE", "-/package/own/dist-tags/next", new byte[0])
                        .status())
                .isEqualTo(404);
        assertThat(gate.put("-/package/own/dist-tags/exp", "\"9.0.0\"").status())
                .isEqualTo(404);
        assertThat(gate.put("-/package/own/dist-tags/1.x", "\"1.0.0\"").status())
                .isEqualTo(400);
        assertThat(gate.put("-/package/own/dist-tags/exp", "{").status()).isEqualTo(400);
        assertThat(gate.put("-/package/leftpad/dist-tags/exp", "\"1.0.0\"").status())
                .isEqualTo(404);
    }

    @Test
    void deprecates_and_takes_it_back() throws IOException {
        byte[] tarball = bytes("one");
        gate.put("own", publication("own", "1.0.0", tarball, "latest"));
        String edit = text(gate.get("own?write=true"));

        assertThat(gate.put(
                                "own",
                                edit.replace("\"license\":\"MIT\"", "\"license\":\"MIT\",\"deprecated\":\"go away\""))
                        .status())
                .isEqualTo(200);

        assertThat(packument("own")
                        .path("versions")
                        .path("1.0.0")
                        .path("deprecated")
                        .asString())
                .isEqualTo("go away");
        assertThat(Fixtures.tree(body(gate.get("own", "Accept", SMALL)))
                        .path("versions")
                        .path("1.0.0")
                        .path("deprecated")
                        .asString())
                .isEqualTo("go away");
        assertThat(text(gate.get("own/-/own-1.0.0.tgz"))).isEqualTo("one");
        String undo = text(gate.get("own?write=true")).replace("\"go away\"", "\"\"");
        gate.put("own", undo);
        assertThat(packument("own").path("versions").path("1.0.0").has("deprecated"))
                .isFalse();
        assertThat(gate.put("leftpad", edit.replace("\"own\"", "\"leftpad\"")).status())
                .isEqualTo(404);
    }

    @Test
    void unpublishes_one_version_as_npm_does() throws IOException {
        gate.put("own", publication("own", "1.0.0", bytes("one"), "latest"));
        gate.put("own", publication("own", "2.0.0", bytes("two"), "latest"));
        JsonNode edit = Fixtures.tree(body(gate.get("own?write=true")));
        String revision = edit.path("_rev").asString();
        ((tools.jackson.databind.node.ObjectNode) edit.path("versions")).remove("2.0.0");

        assertThat(gate.put("own/-rev/0-0", edit.toString()).status()).isEqualTo(409);
        assertThat(gate.put("own/-rev/" + revision, edit.toString()).status()).isEqualTo(201);
        assertThat(gate.send("DELETE", "own/-/own-2.0.0.tgz/-rev/" + revision, new byte[0])
                        .status())
                .isEqualTo(200);

        assertThat(packument("own").path("dist-tags").path("latest").asString()).isEqualTo("1.0.0");
        assertThat(gate.get("own/-/own-2.0.0.tgz").status()).isEqualTo(404);
        assertThat(gate.get("own/-/own-1.0.0.tgz").status()).isEqualTo(200);
    }

    @Test
    void shows_withheld_versions_to_whoever_edits_so_that_they_are_not_lost() throws IOException {
        gate.put("own", publication("own", "1.0.0", bytes("one"), "latest"));
        gate.put("own", publication("own", "2.0.0", bytes("two"), "latest"));
        String slug = gate.withhold("No two", "input.v0.package.version == \"2.0.0\"");
        String edit = text(gate.get("own?write=true"));
        assertThat(Fixtures.tree(bytes(edit)).path("versions").has("2.0.0")).isTrue();

        gate.put("own/-rev/" + Fixtures.tree(bytes(edit)).path("_rev").asString(), edit);

        gate.drop(slug);
        assertThat(packument("own").path("versions").has("2.0.0")).isTrue();
    }

    @Test
    void unpublishes_a_whole_package_and_keeps_owners_out_of_it() throws IOException {
        gate.put("own", publication("own", "1.0.0", bytes("one"), "latest"));
        String revision = packument("own?write=true").path("_rev").asString();

        assertThat(gate.put("own/-rev/" + revision, "{\"_id\":\"own\",\"maintainers\":[]}")
                        .status())
                .isEqualTo(400);
        assertThat(gate.get("own").status()).isEqualTo(200);
        assertThat(gate.send("DELETE", "own/-rev/" + revision, new byte[0]).status())
                .isEqualTo(200);
        assertThat(gate.get("own").status()).isEqualTo(404);
        assertThat(gate.send("DELETE", "own/-rev/" + revision, new byte[0]).status())
                .isEqualTo(404);
    }

    @Test
    void answers_sessions_with_what_to_do() throws IOException {
        assertThat(gate.get("-/ping").status()).isEqualTo(200);
        assertThat(gate.get("-/whoami").status()).isEqualTo(401);
        Response login = gate.put("-/user/org.couchdb.user:ann", "{}");
        assertThat(login.status()).isEqualTo(403);
        assertThat(text(login)).contains("npm config set //sluice.example/npm/main/:_authToken TOKEN");
    }

    @Test
    void passes_on_keys_and_attestations_where_upstreams_have_them() throws IOException {
        assertThat(gate.get("-/npm/v1/keys").status()).isEqualTo(404);
        gate.upstream("second", "https://second.example/", Trust.TRUSTED);
        gate.upstreams()
                .has(
                        "https://second.example/-/npm/v1/keys",
                        "{\"keys\":[{\"keyid\":\"a\",\"key\":\"x\"},{\"keyid\":\"a\"},{}]}");
        gate.upstreams()
                .has("https://second.example/-/npm/v1/attestations/@acme%2ftool@1.0.0", "{\"attestations\":[]}");
        gate.pass(java.time.Duration.ofHours(2));

        assertThat(text(gate.get("-/npm/v1/keys"))).isEqualTo("{\"keys\":[{\"keyid\":\"a\",\"key\":\"x\"}]}\n");
        assertThat(text(gate.get("-/npm/v1/attestations/@acme/tool@1.0.0"))).isEqualTo("{\"attestations\":[]}");
        assertThat(gate.get("-/npm/v1/attestations/leftpad@1.0.0").status()).isEqualTo(404);
    }

    @Test
    void searches_what_is_published_here() throws IOException {
        gate.put("own-one", publication("own-one", "1.0.0", bytes("1"), "latest"));
        gate.put("own-two", publication("own-two", "1.0.0", bytes("2"), "latest"));
        gate.put("other", publication("other", "1.0.0", bytes("3"), "latest"));

        JsonNode found = packument("-/v1/search?text=own&size=1&from=1");

        assertThat(found.path("total").asInt()).isEqualTo(2);
        assertThat(found.path("objects").size()).isEqualTo(1);
        assertThat(found.path("objects").get(0).path("package").path("name").asString())
                .isEqualTo("own-two");
        assertThat(packument("-/v1/search?text=leftpad").path("total").asInt()).isZero();
        packument("leftpad");
        assertThat(packument("-/v1/search?text=leftpad").path("total").asInt()).isEqualTo(1);
        assertThat(packument("-/v1/search?size=-1&from=x").path("total").asInt())
                .isEqualTo(3);
    }

    @Test
    void audits_nothing_as_long_as_not_all_advisories_are_known() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(bytes("{\"leftpad\":[\"1.0.0\"]}"));
        }
        String path = "-/npm/v1/security/advisories/bulk";

        assertThat(gate.send("POST", path, zipped.toByteArray(), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(404);
        assertThat(gate.send("POST", path, bytes("{\"leftpad\":[")).status()).isEqualTo(400);
        assertThat(text(gate.send("POST", path, bytes("{}")))).isEqualTo("{}\n");
    }
}
