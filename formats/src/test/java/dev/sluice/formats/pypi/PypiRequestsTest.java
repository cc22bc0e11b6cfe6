package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Requests through the real gate, over stores in memory and a fake upstream. */
class PypiRequestsTest {

    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String INDEX = "https://registry.example/simple/";
    private static final String FILES = "https://files.example/";
    private static final String BASE = TestGate.ORIGIN + "/pypi/main/";

    private final TestGate gate = new TestGate(new PypiFormat(new Pep440Order(), Withheld.DROP));

    private static String wheelName(String version) {
        return "foo-" + version + "-py3-none-any.whl";
    }

    private static String entry(String fileName, byte[] content, String time, String more) {
        return "{\"filename\":\"" + fileName + "\",\"url\":\"" + FILES + fileName + "\",\"hashes\":{\"sha256\":\""
                + Uploads.hex("SHA-256", content) + "\"},\"size\":" + content.length + ",\"upload-time\":\"" + time
                + "\",\"yanked\":false" + more + "}";
    }

    private static String page(String... entries) {
        return "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"foo\",\"versions\":[],\"files\":["
                + String.join(",", entries) + "]}";
    }

    private void upstreamHasFoo() throws IOException {
        gate.upstream("pypi", INDEX, Upstream.Trust.UNTRUSTED);
        byte[] one = Uploads.wheel("foo", "1.0");
        byte[] two = Uploads.wheel("foo", "2.0");
        gate.upstreams()
                .has(
                        INDEX + "foo/",
                        page(
                                entry(wheelName("1.0"), one, "2024-01-01T00:00:00Z", ""),
                                entry(wheelName("2.0"), two, "2024-02-01T00:00:00Z", "")),
                        "content-type",
                        JSON)
                .has(FILES + wheelName("1.0"), one)
                .has(FILES + wheelName("2.0"), two);
    }

    private String json() throws IOException {
        Response response = gate.get("simple/foo/", "Accept", JSON);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo(JSON);
        return TestGate.text(response);
    }

    @Test
    void lists_an_upstreams_files_at_addresses_of_its_own() throws IOException {
        upstreamHasFoo();

        assertThat(json())
                .contains("\"versions\":[\"1.0\",\"2.0\"]")
                .contains("\"url\":\"" + BASE + "files/foo/" + wheelName("2.0") + "\"")
                .doesNotContain("files.example")
                .contains("\"core-metadata\":true");
        Response html = gate.get("simple/foo/");
        assertThat(html.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(html.header("Vary")).isEqualTo("Accept, Accept-Encoding");
        assertThat(TestGate.text(html)).contains(BASE + "files/foo/" + wheelName("1.0") + "#sha256=");
    }

    @Test
    void sends_clients_to_the_normal_address_of_a_page() throws IOException {
        assertThat(gate.get("simple/Foo_Bar/").header("Location")).isEqualTo(BASE + "simple/foo-bar/");
        assertThat(gate.get("simple/foo").header("Location")).isEqualTo(BASE + "simple/foo/");
        assertThat(gate.get("simple").header("Location")).isEqualTo(BASE + "simple/");
        assertThat(gate.get("simple/-nope-/").status()).isEqualTo(404);
    }

    @Test
    void gives_files_and_refuses_bytes_that_are_not_what_the_index_promised() throws IOException {
        upstreamHasFoo();
        gate.upstreams().has(FILES + wheelName("2.0"), "something else");

        Response good = gate.get("files/foo/" + wheelName("1.0"));
        assertThat(good.status()).isEqualTo(200);
        assertThat(TestGate.body(good)).isEqualTo(Uploads.wheel("foo", "1.0"));
        assertThat(gate.get("files/foo/" + wheelName("2.0")).status()).isEqualTo(502);
        assertThat(gate.get("files/foo/" + wheelName("3.0")).status()).isEqualTo(404);
        assertThat(gate.get("files/foo/evil.txt").status()).isEqualTo(404);
        assertThat(gate.get("files/bar/" + wheelName("1.0")).status()).isEqualTo(404);
    }

    @Test
    void a_withheld_version_vanishes_and_a_pin_on_it_reads_the_reason() throws IOException {
        upstreamHasFoo();
        String before = String.valueOf(gate.get("simple/foo/").header("ETag"));
        assertThat(gate.get("simple/foo/", "If-None-Match", before).status()).isEqualTo(304);
        assertThat(gate.get("files/foo/" + wheelName("2.0")).status()).isEqualTo(200);

        String policy = gate.withhold("no twos", "input.v0.package.version == \"2.0\"");

        Response after = gate.get("simple/foo/", "If-None-Match", before);
        assertThat(after.status()).as("no stale 304").isEqualTo(200);
        assertThat(TestGate.text(after)).contains(wheelName("1.0")).doesNotContain("2.0");
        assertThat(json()).contains("\"versions\":[\"1.0\"]");
        Response refused = gate.get("files/foo/" + wheelName("2.0"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason()).contains("no twos");
        assertThat(TestGate.text(refused)).contains("no twos says no").contains("\"nearest_allowed\":\"1.0\"");
        assertThat(gate.get("files/foo/" + wheelName("2.0") + ".metadata").status())
                .isEqualTo(403);

        gate.drop(policy);
        assertThat(gate.get("simple/foo/", "If-None-Match", before).status()).isEqualTo(304);
    }

    @Test
    void a_page_is_never_refused_not_even_when_nothing_is_left() throws IOException {
        upstreamHasFoo();
        gate.withhold("nothing", "input.v0.package.name == \"foo\"");

        assertThat(json()).contains("\"files\":[]").contains("\"versions\":[]");
        Response html = gate.get("simple/foo/");
        assertThat(html.status()).isEqualTo(200);
        assertThat(html.header("X-Error-Message")).contains("nothing says no");
        assertThat(gate.get("pypi/foo/json").status()).isEqualTo(403);
    }

    @Test
    void withheld_files_are_shown_as_yanked_where_that_is_wanted() throws IOException {
        TestGate yanking = new TestGate(new PypiFormat(new Pep440Order(), Withheld.YANK));
        yanking.upstream("pypi", INDEX, Upstream.Trust.UNTRUSTED);
        byte[] file = {1};
        yanking.upstreams()
                .has(
                        INDEX + "foo/",
                        page(
                                entry("foo-1.0.tar.gz", file, "2024-01-01T00:00:00Z", ""),
                                entry("foo-2.0.tar.gz", file, "2024-01-01T00:00:00Z", "")));
        yanking.withhold("no twos", "input.v0.package.version == \"2.0\"");

        assertThat(TestGate.text(yanking.get("simple/foo/", "Accept", JSON)))
                .contains("\"versions\":[\"1.0\",\"2.0\"]")
                .contains("\"yanked\":\"Blocked by policy no twos: no twos says no\"");
    }

    @Test
    void a_new_file_of_an_old_release_is_judged_by_its_own_time() throws IOException {
        gate.upstream("pypi", INDEX, Upstream.Trust.UNTRUSTED);
        byte[] old = Uploads.wheel("foo", "1.0");
        byte[] fresh = {1, 2, 3};
        String freshName = "foo-1.0-1-py3-none-any.whl";
        gate.upstreams()
                .has(
                        INDEX + "foo/",
                        page(
                                entry(wheelName("1.0"), old, "2024-01-01T00:00:00Z", ""),
                                entry(freshName, fresh, "2026-05-31T00:00:00Z", ",\"core-metadata\":true")))
                .has(FILES + wheelName("1.0"), old)
                .has(FILES + freshName, fresh)
                .has(FILES + freshName + ".metadata", "Name: evil");
        gate.withhold("young", "input.v0.package.upstream_metadata.published_at > \"2026-05-01T00:00:00Z\"");

        assertThat(json()).contains(wheelName("1.0")).doesNotContain(freshName);
        assertThat(gate.get("files/foo/" + wheelName("1.0")).status()).isEqualTo(200);
        assertThat(gate.get("files/foo/" + freshName).status()).isEqualTo(403);
        assertThat(gate.get("files/foo/" + freshName + ".metadata").status()).isEqualTo(403);
    }

    @Test
    void policies_see_distribution_files_not_their_side_cars() throws IOException {
        upstreamHasFoo();
        gate.withhold("only single wheels", "not input.v0.package.num_files == 1");
        gate.withhold("only wheels", "not input.v0.package.extension == \".whl\"");

        assertThat(json()).contains("\"versions\":[\"1.0\",\"2.0\"]");
        assertThat(gate.get("files/foo/" + wheelName("1.0") + ".metadata").status())
                .isEqualTo(200);
    }

    @Test
    void metadata_comes_from_the_upstream_and_is_verified() throws IOException {
        gate.upstream("pypi", INDEX, Upstream.Trust.UNTRUSTED);
        byte[] metadata = "Name: foo\n".getBytes(StandardCharsets.UTF_8);
        String announced = ",\"core-metadata\":{\"sha256\":\"" + Uploads.hex("SHA-256", metadata) + "\"}";
        gate.upstreams()
                .has(
                        INDEX + "foo/",
                        page(
                                entry(wheelName("1.0"), new byte[] {1}, "2024-01-01T00:00:00Z", announced),
                                entry(wheelName("2.0"), new byte[] {2}, "2024-01-01T00:00:00Z", announced)))
                .has(FILES + wheelName("1.0") + ".metadata", metadata)
                .has(FILES + wheelName("2.0") + ".metadata", "tampered");

        assertThat(json()).contains("\"core-metadata\":{\"sha256\":\"" + Uploads.hex("SHA-256", metadata));
        assertThat(TestGate.body(gate.get("files/foo/" + wheelName("1.0") + ".metadata")))
                .isEqualTo(metadata);
        assertThat(gate.get("files/foo/" + wheelName("2.0") + ".metadata").status())
                .isEqualTo(502);
        assertThat(gate.upstreams().asked())
                .as("no wheel was fetched for its metadata")
                .doesNotContain(URI.create(FILES + wheelName("1.0")), URI.create(FILES + wheelName("2.0")));
    }

    @Test
    void metadata_is_made_from_the_wheel_where_the_upstream_has_none_and_asked_for_once() throws IOException {
        upstreamHasFoo();
        String path = "files/foo/" + wheelName("1.0") + ".metadata";

        assertThat(TestGate.text(gate.get(path))).isEqualTo(Uploads.metadata("foo", "1.0"));
        assertThat(TestGate.text(gate.get(path))).isEqualTo(Uploads.metadata("foo", "1.0"));

        URI sideCar = URI.create(FILES + wheelName("1.0") + ".metadata");
        assertThat(gate.upstreams().asked().stream().filter(sideCar::equals)).hasSize(1);
    }

    @Test
    void metadata_is_read_from_the_wheel_once_however_many_ask_for_it() throws Exception {
        upstreamHasFoo();
        String path = "files/foo/" + wheelName("1.0") + ".metadata";
        String metadata = Uploads.metadata("foo", "1.0");
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> answer :
                    people.invokeAll(Collections.nCopies(20, (Callable<String>) () -> TestGate.text(gate.get(path))))) {
                assertThat(answer.get()).isEqualTo(metadata);
            }
        }
        gate.blobs()
                .damage(
                        MemoryBlobStore.digest(Algorithm.SHA256, Uploads.wheel("foo", "1.0")),
                        "read again".getBytes(StandardCharsets.UTF_8));

        assertThat(TestGate.text(gate.get(path))).isEqualTo(metadata);
    }

    @Test
    void attestations_pass_through() throws IOException {
        gate.upstream("pypi", INDEX, Upstream.Trust.UNTRUSTED);
        String address = "https://registry.example/integrity/foo/1.0/x/provenance";
        gate.upstreams()
                .has(
                        INDEX + "foo/",
                        page(entry(
                                wheelName("1.0"),
                                new byte[] {1},
                                "2024-01-01T00:00:00Z",
                                ",\"provenance\":\"" + address + "\"")))
                .has(address, "{\"version\":1}");

        assertThat(json()).contains("\"provenance\":\"" + BASE + "files/foo/" + wheelName("1.0") + ".provenance\"");
        Response provenance = gate.get("files/foo/" + wheelName("1.0") + ".provenance");
        assertThat(TestGate.text(provenance)).isEqualTo("{\"version\":1}");
        assertThat(provenance.header("Content-Type")).isEqualTo("application/vnd.pypi.integrity.v1+json");
        assertThat(gate.get("files/foo/foo-9.0.tar.gz.provenance").status()).isEqualTo(404);
    }

    @Test
    void an_upstream_that_is_down_is_no_missing_project() throws IOException {
        assertThat(gate.get("simple/foo/").status()).isEqualTo(404);
        upstreamHasFoo();
        gate.upstreams().down(true);
        assertThat(gate.get("simple/bar/").status()).isEqualTo(503);
    }

    @Test
    void what_is_kept_is_served_while_the_upstream_is_down_and_says_so() throws IOException {
        upstreamHasFoo();
        gate.get("simple/foo/");
        gate.get("files/foo/" + wheelName("1.0"));
        gate.upstreams().down(true);
        gate.pass(Duration.ofDays(2));

        Response stale = gate.get("simple/foo/");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.header("X-Sluice-Stale")).isNotNull();
        assertThat(gate.get("files/foo/" + wheelName("1.0")).status()).isEqualTo(200);
        assertThat(gate.get("files/foo/" + wheelName("2.0")).status()).isEqualTo(503);
    }

    @Test
    void what_was_uploaded_is_listed_and_served() throws IOException {
        byte[] wheel = Uploads.wheel("Foo", "1.0");
        byte[] form = Uploads.form("Foo-1.0-py3-none-any.whl", wheel, Uploads.wheelFields("Foo", "1.0", wheel));

        Response uploaded = gate.send("POST", "", form, "Content-Type", Uploads.TYPE);

        assertThat(uploaded.status()).as(TestGate.text(uploaded)).isEqualTo(200);
        byte[] metadata = Uploads.metadata("Foo", "1.0").getBytes(StandardCharsets.UTF_8);
        assertThat(json())
                .contains("\"filename\":\"Foo-1.0-py3-none-any.whl\"")
                .contains("\"requires-python\":\">=3.8\"")
                .contains("\"size\":" + wheel.length)
                .contains("\"core-metadata\":{\"sha256\":\"" + Uploads.hex("SHA-256", metadata))
                .contains("\"api-version\":\"1.4\"");
        assertThat(TestGate.body(gate.get("files/foo/Foo-1.0-py3-none-any.whl")))
                .isEqualTo(wheel);
        assertThat(TestGate.body(gate.get("files/foo/Foo-1.0-py3-none-any.whl.metadata")))
                .isEqualTo(metadata);
        assertThat(TestGate.text(gate.get("simple/", "Accept", JSON))).contains("{\"name\":\"foo\"}");
        assertThat(TestGate.text(gate.get("simple/"))).contains(BASE + "simple/foo/");
    }

    @Test
    void an_upload_may_come_in_any_order_and_join_a_version() throws IOException {
        byte[] wheel = Uploads.wheel("foo", "1.0");
        byte[] form = Uploads.formWithFileFirst(wheelName("1.0"), wheel, Uploads.wheelFields("foo", "1.0.0", wheel));
        assertThat(gate.send("POST", "", form, "Content-Type", Uploads.TYPE).status())
                .as("1.0 and 1.0.0 are two spellings")
                .isEqualTo(400);
        form = Uploads.formWithFileFirst(wheelName("1.0"), wheel, Uploads.wheelFields("foo", "v1.0", wheel));
        assertThat(gate.send("POST", "legacy/", form, "Content-Type", Uploads.TYPE)
                        .status())
                .isEqualTo(200);
        byte[] sdist = {1, 2, 3};
        String[] fields = Uploads.wheelFields("foo", "1.0", sdist);
        fields[Arrays.asList(fields).indexOf("bdist_wheel")] = "sdist";
        assertThat(gate.send("POST", "", Uploads.form("foo-1.0.tar.gz", sdist, fields), "Content-Type", Uploads.TYPE)
                        .status())
                .isEqualTo(200);

        assertThat(json())
                .contains("\"versions\":[\"1.0\"]")
                .contains(wheelName("1.0"))
                .contains("foo-1.0.tar.gz");
    }

    @Test
    void a_file_that_exists_is_never_replaced() throws IOException {
        byte[] wheel = Uploads.wheel("foo", "1.0");
        byte[] form = Uploads.form(wheelName("1.0"), wheel, Uploads.wheelFields("foo", "1.0", wheel));
        gate.send("POST", "", form, "Content-Type", Uploads.TYPE);
        byte[] others = Arrays.copyOf(wheel, wheel.length);
        others[10] ^= 1; // the time of an entry
        byte[] other = Uploads.form(wheelName("1.0"), others, Uploads.wheelFields("foo", "1.0", others));

        Response again = gate.send("POST", "", other, "Content-Type", Uploads.TYPE);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.reason()).startsWith("File already exists with other bytes");
        assertThat(TestGate.text(again)).contains("File already exists").contains("publish a new version");
    }

    @Test
    void an_upload_that_is_repeated_succeeds_and_changes_nothing() throws IOException {
        byte[] wheel = Uploads.wheel("foo", "1.0");
        byte[] form = Uploads.form(wheelName("1.0"), wheel, Uploads.wheelFields("foo", "1.0", wheel));
        gate.send("POST", "", form, "Content-Type", Uploads.TYPE);
        List<Event> before = gate.journal().events(Event.Kind.PUBLISH);

        Response again = gate.send("POST", "", form, "Content-Type", Uploads.TYPE);

        assertThat(again.status()).isEqualTo(200);
        assertThat(TestGate.text(again)).contains("already published, with the same bytes");
        assertThat(gate.journal().events(Event.Kind.PUBLISH)).isEqualTo(before);
    }

    @Test
    void uploads_that_contradict_themselves_are_refused_and_leave_nothing() throws IOException {
        byte[] wheel = Uploads.wheel("foo", "1.0");
        String[] good = Uploads.wheelFields("foo", "1.0", wheel);
        assertRejected(wheelName("1.0"), wheel, with(good, "sha256_digest", "0".repeat(64)));
        assertRejected(wheelName("1.0"), wheel, with(good, "md5_digest", "zz"));
        assertRejected(wheelName("1.0"), wheel, with(good, "name", "bar"));
        assertRejected(wheelName("1.0"), wheel, with(good, "name", "-"));
        assertRejected(wheelName("1.0"), wheel, with(good, "version", "1.1"));
        assertRejected(wheelName("1.0"), wheel, with(good, "version", "one"));
        assertRejected(wheelName("1.0"), wheel, with(good, "filetype", "sdist"));
        assertRejected(wheelName("1.0"), wheel, with(good, ":action", "submit"));
        assertRejected(wheelName("1.0"), wheel, with(good, "protocol_version", "2"));
        assertRejected("foo-1.0-py2.7.egg", wheel, with(good, "filetype", "bdist_egg"));
        assertRejected("../foo-1.0.tar.gz", wheel, with(good, "filetype", "sdist"));
        assertRejected("foo-1.0.tar.gz", new byte[0], Uploads.wheelFields("foo", "1.0", new byte[0]));
        assertThat(gate.send("POST", "", new byte[10], "Content-Type", Uploads.TYPE)
                        .status())
                .isEqualTo(400);
        assertThat(gate.send("POST", "", new byte[10], "Content-Type", "text/plain")
                        .status())
                .isEqualTo(400);
        assertThat(gate.get("simple/foo/").status()).isEqualTo(404);
    }

    private void assertRejected(String fileName, byte[] content, String... fields) throws IOException {
        Response response =
                gate.send("POST", "", Uploads.form(fileName, content, fields), "Content-Type", Uploads.TYPE);
        assertThat(response.status()).as(TestGate.text(response)).isEqualTo(400);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.reason()).isNotBlank();
    }

    private static String[] with(String[] fields, String name, String value) {
        String[] changed = fields.clone();
        changed[Arrays.asList(fields).indexOf(name) + 1] = value;
        return changed;
    }

    @Test
    void published_files_pass_the_same_gate() throws IOException {
        byte[] wheel = Uploads.wheel("foo", "1.0");
        gate.send(
                "POST",
                "",
                Uploads.form(wheelName("1.0"), wheel, Uploads.wheelFields("foo", "1.0", wheel)),
                "Content-Type",
                Uploads.TYPE);
        gate.withhold("no foo", "input.v0.package.is_local");

        assertThat(gate.get("files/foo/" + wheelName("1.0")).status()).isEqualTo(403);
        assertThat(gate.get("files/foo/" + wheelName("1.0") + ".metadata").status())
                .isEqualTo(403);
    }

    @Test
    void legacy_json_tells_what_is_known_and_nothing_else() throws IOException {
        byte[] wheel = Uploads.wheel("foo", "1.0");
        gate.send(
                "POST",
                "",
                Uploads.form(wheelName("1.0"), wheel, Uploads.wheelFields("foo", "1.0", wheel)),
                "Content-Type",
                Uploads.TYPE);
        byte[] beta = Uploads.wheel("foo", "2.0b1");
        gate.send(
                "POST",
                "",
                Uploads.form(wheelName("2.0b1"), beta, Uploads.wheelFields("foo", "2.0b1", beta)),
                "Content-Type",
                Uploads.TYPE);

        assertThat(TestGate.text(gate.get("pypi/Foo/json")))
                .contains("\"version\":\"1.0\"")
                .contains("\"summary\":\"A thing.\"")
                .contains("\"requires_dist\":[\"bar>=1; python_version < '4'\"]")
                .contains("\"project_urls\":{\"Home\":\"https://project.example/\"}")
                .contains("\"packagetype\":\"bdist_wheel\"")
                .contains("\"2.0b1\":[{")
                .doesNotContain("vulnerabilities")
                .doesNotContain(".metadata\"");
        assertThat(TestGate.text(gate.get("pypi/foo/2.0beta1/json"))).contains("\"version\":\"2.0b1\"");
        assertThat(gate.get("pypi/foo/3.0/json").status()).isEqualTo(404);
    }
}
