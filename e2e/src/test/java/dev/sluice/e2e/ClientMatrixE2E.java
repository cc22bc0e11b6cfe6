package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.ClientsPage.Behaviour;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every client of npm and PyPI packages does what its page in {@code docs/clients} says, and what {@code docs/clients.md} says comes
 * of it.
 *
 * <p>One server and its fake upstreams serve all; every client has packages of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientMatrixE2E {

    private static final Instant LONG_AGO = Instant.parse(FakeNpm.LONG_AGO);
    private static final String YES = "yes";

    private final ClientsPage page = new ClientsPage();
    private FakeUpstreamServer upstream;
    private FakeUpstreamServer other;
    private Sluice sluice;
    private Desks desks;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        upstream = FakeUpstreamServer.start();
        other = FakeUpstreamServer.start();
        sluice = Sluice.start(
                temporary.resolve("sluice"),
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=" + upstream.url("/simple/"),
                "--upstream",
                "maven=none");
        desks = new Desks(temporary, sluice);
    }

    @AfterAll
    void stop() throws IOException {
        sluice.close();
        other.close();
        upstream.close();
        page.check();
    }

    @ParameterizedTest
    @EnumSource
    void installs_the_newest_version_that_is_allowed(MatrixClient client) throws Exception {
        if (lacks(client, "install", Behaviour.NEWEST)) {
            return;
        }
        String name = "range" + client.word();
        offer(upstream, client, name, LONG_AGO, "1.0.0", "1.1.0", "2.0.0");
        withhold(name, "2.0.0");

        assertThat(install(desk(client), client, name)).isEqualTo("1.1.0");

        page.saw(client.title(), Behaviour.NEWEST, YES);
    }

    @ParameterizedTest
    @EnumSource
    void a_pin_on_a_withheld_version_is_refused(MatrixClient client) throws Exception {
        if (lacks(client, "install", Behaviour.PIN)) {
            return;
        }
        String name = "pin" + client.word();
        offer(upstream, client, name, LONG_AGO, "1.0.0", "2.0.0");
        withhold(name, "2.0.0");
        Desk desk = desk(client);

        String pin = client.exactly(name, "2.0.0");
        Run run = pageOf(client, "main").follow(desk, "install", "PACKAGE", pin).failed();

        assertThat(client.installed(desk, name)).isEqualTo("none");
        page.refused(
                client.title(),
                Behaviour.PIN,
                client.page().script("install", "PACKAGE", pin),
                desk.home(),
                desk.project(),
                sluice,
                run);
    }

    @ParameterizedTest
    @EnumSource
    void a_lock_file_on_a_withheld_version_is_refused(MatrixClient client) throws Exception {
        if (lacks(client, "locked", Behaviour.LOCK)) {
            return;
        }
        String name = "lock" + client.word();
        offer(upstream, client, name, LONG_AGO, "1.0.0", "1.1.0");
        Desk author = author(client, "main", name, "1.1.0");
        assertThat(installLocked(client, "main", author, name)).isEqualTo("1.1.0");

        withhold(name, "1.1.0");

        Desk late = desk(client);
        late.checkOut(author, MatrixClient.CHECKED_IN);
        Run run = pageOf(client, "main").follow(late, "locked").failed();
        assertThat(client.installed(late, name)).isEqualTo("none");
        page.refused(
                client.title(),
                Behaviour.LOCK,
                client.page().script("locked"),
                late.home(),
                late.project(),
                sluice,
                run);
    }

    @ParameterizedTest
    @EnumSource
    void what_it_publishes_with_a_token_is_there_and_without_one_it_is_not(MatrixClient client) throws Exception {
        if (lacks(client, "publish", Behaviour.PUBLISH)) {
            return;
        }
        String name = (client.isNode() ? "@acme/" : "") + "published" + client.word();
        Desk nobody = desk(client, "main", "slc_unknown");
        client.packageToPublish(nobody, name, "1.0.0");
        client.page()
                .filled(sluice, "main", "slc_unknown")
                .follow(nobody, "publish")
                .failed();
        assertThat(sluice.get(index(client, name)).statusCode()).isEqualTo(404);

        Desk desk = desk(client);
        client.packageToPublish(desk, name, "1.0.0");
        pageOf(client, "main").follow(desk, "publish").succeeded();

        assertThat(sluice.get(index(client, name)).body()).contains("1.0.0");
        if (client.page().knows("install")) {
            Desk reader = desk(client);
            pageOf(client, "main").follow(reader, "own").succeeded();
            assertThat(install(reader, client, name)).isEqualTo("1.0.0");
        }
        page.saw(client.title(), Behaviour.PUBLISH, YES);
    }

    @ParameterizedTest
    @EnumSource
    void a_private_repository_is_read_with_a_token_only(MatrixClient client) throws Exception {
        if (lacks(client, "install", Behaviour.PRIVATE)) {
            return;
        }
        String repository = "closed-" + client.word();
        repository(repository, false, upstream);
        String name = (client.isNode() ? "@acme/" : "") + "private" + client.word();
        offer(upstream, client, name, LONG_AGO, "1.0.0");

        Desk nobody = desk(client, repository, "slc_unknown");
        client.page()
                .filled(sluice, repository, "slc_unknown")
                .follow(nobody, "install", "PACKAGE", name)
                .failed();
        assertThat(client.installed(nobody, name)).isEqualTo("none");
        assertThat(install(desk(client, repository, sluice.token()), client, repository, name))
                .isEqualTo("1.0.0");

        page.saw(client.title(), Behaviour.PRIVATE, YES);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_kept_installs_with_an_empty_cache_while_the_upstream_is_down(MatrixClient client) throws Exception {
        if (lacks(client, "install", Behaviour.WARM)) {
            return;
        }
        String name = "kept" + client.word();
        offer(upstream, client, name, LONG_AGO, "1.0.0");
        assertThat(install(desk(client), client, name)).isEqualTo("1.0.0");

        upstream.breakDown(Answer.status(503));
        try {
            assertThat(install(desk(client), client, name)).isEqualTo("1.0.0");
        } finally {
            upstream.recover();
        }

        page.saw(client.title(), Behaviour.WARM, YES);
    }

    @ParameterizedTest
    @EnumSource
    void its_own_cool_down_works_by_the_times_that_are_served(MatrixClient client) throws Exception {
        if (lacks(client, client.coolDown(), Behaviour.COOL_DOWN)) {
            return;
        }
        String name = "cooling" + client.word();
        Instant now = InstantSource.system().instant();
        offer(upstream, client, name, LONG_AGO, "1.0.0");
        offer(upstream, client, name, now.minus(Duration.ofDays(10)), "1.1.0");
        Desk desk = desk(client);

        String date =
                now.minus(Duration.ofDays(30)).truncatedTo(ChronoUnit.DAYS).toString();
        pageOf(client, "main")
                .follow(desk, client.coolDown(), "PACKAGE", name, "DATE", date)
                .succeeded();

        assertThat(client.installed(desk, name)).isEqualTo("1.0.0");
        page.saw(client.title(), Behaviour.COOL_DOWN, YES);
    }

    @ParameterizedTest
    @EnumSource
    void a_lock_file_goes_on_working_when_the_repository_is_renamed_and_its_upstreams_change(MatrixClient client)
            throws Exception {
        if (lacks(client, "locked", Behaviour.RENAMED)) {
            page.saw(client.title(), Behaviour.BLENDED, ClientsPage.NOTHING);
            return;
        }
        String old = "old-" + client.word();
        repository(old, true, upstream);
        String name = "moved" + client.word();
        offer(upstream, client, name, LONG_AGO, "1.0.0");
        Desk author = author(client, old, name, "1.0.0");

        String renamed = "new-" + client.word();
        sluice.cli("repository", "rename", old, renamed).succeeded();

        assertThat(installLocked(client, renamed, author, name)).isEqualTo("1.0.0");
        page.saw(client.title(), Behaviour.RENAMED, YES);

        offer(other, client, name, LONG_AGO, "1.0.0", "9.0.0");
        repository(renamed, true, other, upstream);

        assertThat(installLocked(client, old, author, name)).isEqualTo("1.0.0");
        page.saw(client.title(), Behaviour.BLENDED, YES);
    }

    /** Whether the client's page does not say how to do it; then that is what the table says. */
    private boolean lacks(MatrixClient client, String purpose, Behaviour behaviour) throws IOException {
        boolean lacks = !client.page().knows(purpose);
        if (lacks) {
            page.saw(client.title(), behaviour, ClientsPage.NOTHING);
        }
        return lacks;
    }

    private SetupPage pageOf(MatrixClient client, String repository) throws IOException {
        return desks.page(client, repository);
    }

    private Desk desk(MatrixClient client) throws IOException {
        return desks.desk(client);
    }

    private Desk desk(MatrixClient client, String repository, String token) throws IOException {
        return desks.desk(client, repository, token);
    }

    private String install(Desk desk, MatrixClient client, String name) throws IOException {
        return install(desk, client, "main", name);
    }

    private String install(Desk desk, MatrixClient client, String repository, String name) throws IOException {
        pageOf(client, repository).follow(desk, "install", "PACKAGE", name).succeeded();
        return client.installed(desk, name);
    }

    /** A desk whose project has a lock file with the package. */
    private Desk author(MatrixClient client, String repository, String name, String version) throws IOException {
        Desk author = desk(client, repository, sluice.token());
        assertThat(install(author, client, repository, name)).isEqualTo(version);
        client.lock(author, name, version);
        return author;
    }

    /** Installs from an author's lock file at a fresh desk; gives the version. */
    private String installLocked(MatrixClient client, String repository, Desk author, String name) throws IOException {
        Desk desk = desk(client, repository, sluice.token());
        desk.checkOut(author, MatrixClient.CHECKED_IN);
        pageOf(client, repository).follow(desk, "locked").succeeded();
        return client.installed(desk, name);
    }

    private static String index(MatrixClient client, String name) {
        return client.isNode() ? "/npm/main/" + name : "/pypi/main/simple/" + name + "/";
    }

    private final Map<String, FakeNpm> npm = new HashMap<>();
    private final Map<FakeUpstreamServer, Python> pypi = new HashMap<>();

    private void offer(
            FakeUpstreamServer server, MatrixClient client, String name, Instant published, String... versions)
            throws IOException {
        for (String version : versions) {
            if (client.isNode()) {
                npm.computeIfAbsent(server.url() + name, key -> new FakeNpm(server, name))
                        .version(version, published.toString());
            } else {
                pypi.computeIfAbsent(server, Python::new).offer(name, version, published);
            }
        }
    }

    private void withhold(String name, String version) throws IOException, InterruptedException {
        sluice.withhold(
                name, "input.v0.package.name == \"" + name + "\"\n\tinput.v0.package.version == \"" + version + "\"");
    }

    /** Puts a repository's upstreams, the first having precedence. */
    private void repository(String name, boolean open, FakeUpstreamServer... upstreams)
            throws IOException, InterruptedException {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < upstreams.length; i++) {
            list.append(list.isEmpty() ? "" : ",").append("""
                    {"id":"npm%1$d","format":"npm","url":"%2$s","priority":%1$d,"trust":"trusted"},
                    {"id":"pypi%1$d","format":"pypi","url":"%2$ssimple/","priority":%1$d,"trust":"trusted"}""".formatted(i, upstreams[i].url()));
        }
        sluice.api("PUT", "/api/repositories/" + name, "{\"open_reads\":" + open + ",\"upstreams\":[" + list + "]}");
    }
}
