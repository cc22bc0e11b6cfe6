package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.journal.Event;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Format} does, whatever its protocol: requests through the real gate, over stores in memory and a fake upstream.
 *
 * <p>Whoever implements it says how its protocol spells one package; versions are written {@code 1.0.0}.
 */
public interface FormatContract {

    /** The format under test. */
    Format format();

    /** A gate for it; the same one throughout a test. */
    TestGate gate();

    /** The package that all tests are about. */
    PackageName packageName();

    /** A pattern that reserves it, without the format: {@code acme-*}. */
    String pattern();

    /** Gives the gate an upstream that has these versions of the package, each with one file of {@link #bytes}. */
    void upstreamHas(String... versions) throws IOException;

    /** What the upstream has as the file of a version. */
    byte[] bytes(String version) throws IOException;

    /** Path of the package's index. */
    String index();

    /** The text by which the index lists a version. */
    String listing(String version);

    /** What clients choose from in an index; some formats tell of what is withheld beside it. */
    default String choice(String index) {
        return index;
    }

    /** Path of the file of a version, as the upstream has it. */
    String file(String version);

    /** Publishes a version with a file of that content. */
    Response publish(String version, String content) throws IOException;

    /** Path of the file of a version that {@link #publish} made. */
    default String published(String version) {
        return file(version);
    }

    @Test
    default void an_index_lists_what_upstreams_have_and_files_leave_with_their_bytes() throws IOException {
        upstreamHas("1.0.0", "2.0.0");

        assertThat(choice(TestGate.text(gate().get(index())))).contains(listing("1.0.0"), listing("2.0.0"));
        Response file = gate().get(file("1.0.0"));
        assertThat(file.status()).isEqualTo(200);
        assertThat(TestGate.body(file)).isEqualTo(bytes("1.0.0"));
        assertThat(gate().journal().events(Event.Kind.DOWNLOAD)).hasSize(1);
    }

    @Test
    default void what_policy_withholds_is_neither_listed_nor_let_out_and_the_client_is_told_why() throws IOException {
        upstreamHas("1.0.0", "2.0.0");
        gate().withhold("No two", "input.v0.package.version == \"2.0.0\"");

        assertThat(choice(TestGate.text(gate().get(index()))))
                .contains(listing("1.0.0"))
                .doesNotContain(listing("2.0.0"));
        Response refused = gate().get(file("2.0.0"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason()).contains("No two").contains("/why/");
        assertThat(refused.header("X-Error-Code")).isEqualTo(RefusalResponse.CODE);
        assertThat(refused.header("Cache-Control")).isEqualTo("no-store");
        assertThat(TestGate.text(refused)).contains("No two says no");
        assertThat(gate().get(file("1.0.0")).status()).isEqualTo(200);
    }

    @Test
    default void the_validator_of_an_index_changes_with_decisions_alone() throws IOException {
        upstreamHas("1.0.0", "2.0.0");
        String open = etag(gate().get(index()));

        Response unchanged = gate().get(index(), "If-None-Match", "\"other\"", "If-None-Match", "W/" + open);
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(TestGate.body(unchanged)).isEmpty();
        assertThat(unchanged.header("ETag")).isEqualTo(open);
        String slug = gate().withhold("No two", "input.v0.package.version == \"2.0.0\"");
        Response flipped = gate().get(index(), "If-None-Match", open);
        assertThat(flipped.status()).isEqualTo(200);
        assertThat(etag(flipped)).isNotEqualTo(open);
        gate().drop(slug);
        assertThat(gate().get(index(), "If-None-Match", open).status()).isEqualTo(304);
    }

    private static String etag(Response response) {
        assertThat(response.status()).isEqualTo(200);
        return Objects.requireNonNull(response.header("ETag"));
    }

    @Test
    default void what_depends_on_decisions_is_kept_by_its_client_only_and_asked_for_each_time() throws IOException {
        upstreamHas("1.0.0");
        Response index = gate().get(index());
        Response unchanged = gate().get(index(), "If-None-Match", etag(index));

        for (Response answer : List.of(index, unchanged, gate().get(file("1.0.0")))) {
            assertThat(answer.header("Cache-Control")).isEqualTo("private, no-cache");
        }
        for (Response answer : List.of(index, unchanged)) {
            assertThat(answer.header("Vary")).isEqualTo("Accept, Accept-Encoding");
        }
    }

    @Test
    default void what_is_served_without_its_upstream_says_so() throws IOException {
        upstreamHas("1.0.0");
        gate().get(index());
        gate().get(file("1.0.0"));
        gate().upstreams().down(true);
        gate().pass(Duration.ofDays(1));

        Response index = gate().get(index());
        assertThat(index.status()).isEqualTo(200);
        assertThat(index.header("X-Sluice-Stale")).isNotNull();
    }

    @Test
    default void what_nobody_has_is_a_404_and_what_nobody_can_be_asked_for_is_not() throws IOException {
        upstreamHas("1.0.0");

        Response absent = gate().get(file("9.0.0"));
        assertThat(absent.status()).isEqualTo(404);
        assertThat(absent.header("Cache-Control")).isIn("no-store", "no-cache");
        gate().upstreams().down(true);
        assertThat(gate().get(file("1.0.0")).status()).isIn(502, 503);
        assertThat(gate().get(index()).status()).isIn(200, 502, 503);
    }

    @Test
    default void what_is_published_is_listed_and_leaves() throws IOException {
        assertThat(publish("1.0.0", "ours").status()).isBetween(200, 201);
        assertThat(publish("2.0.0", "ours too").status()).isBetween(200, 201);

        assertThat(choice(TestGate.text(gate().get(index())))).contains(listing("1.0.0"), listing("2.0.0"));
        assertThat(TestGate.text(gate().get(published("1.0.0")))).isEqualTo("ours");
        assertThat(gate().get(published("1.0.0")).header("Cache-Control")).isEqualTo("private, no-cache");
        assertThat(gate().journal().events(Event.Kind.PUBLISH)).hasSize(2);
    }

    @Test
    default void what_is_published_is_never_replaced() throws IOException {
        publish("1.0.0", "ours");

        Response again = publish("1.0.0", "changed");
        assertThat(again.status()).isIn(403, 409);
        assertThat(again.reason()).isNotNull();
        assertThat(TestGate.text(gate().get(published("1.0.0")))).isEqualTo("ours");
    }

    @Test
    default void what_policy_withholds_of_packages_published_here_does_not_leave_either() throws IOException {
        publish("1.0.0", "ours");
        gate().withhold("No one", "input.v0.package.version == \"1.0.0\"");

        assertThat(gate().get(published("1.0.0")).status()).isEqualTo(403);
        assertThat(choice(TestGate.text(gate().get(index())))).doesNotContain(listing("1.0.0"));
    }

    @Test
    default void a_reserved_name_is_not_asked_of_upstreams() throws IOException {
        upstreamHas("1.0.0");
        gate().reserve(format().id() + ":" + pattern());

        assertThat(gate().get(index()).status()).isEqualTo(404);
        assertThat(gate().get(file("1.0.0")).status()).isEqualTo(404);
        assertThat(gate().upstreams().asked()).isEmpty();
    }

    @Test
    default void a_name_that_an_upstream_has_is_published_over_only_once_it_is_reserved() throws IOException {
        upstreamHas("1.0.0");

        assertThat(publish("3.0.0", "ours").status()).isIn(403, 409);
        gate().reserve(format().id() + ":" + pattern());
        assertThat(publish("3.0.0", "ours").status()).isBetween(200, 201);
    }

    @Test
    default void odd_addresses_are_answered_and_never_an_error_of_ours() throws IOException {
        upstreamHas("1.0.0");
        for (String path : List.of(
                "",
                "/",
                "//",
                "..",
                "../..",
                "%2e%2e",
                "a/../b",
                "\u0000",
                "\uD800",
                "é/è",
                "x".repeat(5_000),
                "@",
                "@/",
                "-",
                "-/-",
                "simple",
                "files/a",
                "a/b/c/d/e/f/g/h",
                index() + "/..",
                file("1.0.0") + "/..",
                file("1.0.0") + "\r\nX: y",
                file("") + "?x")) {
            for (String method : List.of("GET", "HEAD")) {
                assertThat(gate().send(method, path, new byte[0]).status())
                        .as("%s %s", method, path)
                        .isBetween(200, 499);
            }
        }
    }

    @Test
    default void bodies_that_are_none_are_refused() throws IOException {
        for (String method : List.of("PUT", "POST", "DELETE", "PATCH")) {
            assertThat(gate().send(method, index(), new byte[100]).status())
                    .as(method)
                    .isBetween(400, 499);
        }
    }

    @Test
    default void names_and_purls_go_there_and_back() {
        Coordinates coordinates = new Coordinates(packageName(), "1.0.0");

        assertThat(format().packageName(format().purl(coordinates))).isEqualTo(packageName());
        assertThat(format().packageName(packageName().name())).isEqualTo(packageName());
        assertThat(format().purl(coordinates).type()).isEqualTo(format().purlType());
        assertThatThrownBy(() -> format().packageName("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> format().packageName("a b\nc")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void endpoints_are_named_after_their_format_and_routes_read_nothing_but_the_address() {
        for (String path : List.of(index(), file("1.0.0"))) {
            Endpoint endpoint = format().route(new Route("GET", List.of(path.split("/", -1))));
            assertThat(endpoint).isNotNull();
            assertThat(Objects.requireNonNull(endpoint).name()).startsWith(format().id() + ".");
        }
    }

    @Test
    default void its_clients_are_told_how_to_be_set_up() {
        String base = "http://registry.test/" + format().id() + "/main/";

        assertThat(format().setups(base))
                .isNotEmpty()
                .allSatisfy(setup -> assertThat(setup.text()).contains("registry.test"));
    }
}
