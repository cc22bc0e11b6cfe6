package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.formats.protocol.FileEndpoint;
import dev.sluice.formats.protocol.Fixed;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.server.operation.Operation;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every address of the product, asked as a browser asks for a page of somebody else that found credentials remembered. */
@Timeout(180)
final class ForeignPagesTest {

    /** Addresses below {@code /{format}/main/} that reach, with one method or another, every endpoint of every format. */
    private static final Map<String, List<String>> SAMPLES = Map.of(
            "npm",
            List.of(
                    "",
                    "widget",
                    ".bad",
                    "widget/1.0.0",
                    "widget/-/widget-1.0.0.tgz",
                    "widget/-rev/1",
                    "widget/-/widget-1.0.0.tgz/-rev/1",
                    "-/ping",
                    "-/whoami",
                    "-/v1/login",
                    "-/v1/search",
                    "-/npm/v1/security/advisories/bulk",
                    "-/npm/v1/security/audits",
                    "-/npm/v1/keys",
                    "-/npm/v1/attestations/widget@1.0.0",
                    "-/user/token/x",
                    "-/user/org.couchdb.user:ada",
                    "-/package/widget/dist-tags",
                    "-/package/widget/dist-tags/latest"),
            "pypi",
            List.of(
                    "",
                    "legacy/",
                    "simple/",
                    "simple/widget/",
                    "files/widget/widget-1.0.0.tar.gz",
                    "files/widget/widget-1.0.0.tar.gz.metadata",
                    "files/widget/widget-1.0.0.tar.gz.provenance",
                    "pypi/widget/json"),
            "maven",
            List.of(
                    "nowhere",
                    "org/acme/widget/maven-metadata.xml",
                    "org/acme/widget/maven-metadata.xml.sha1",
                    "org/acme/widget/1.0.0/widget-1.0.0.jar",
                    "org/acme/widget/1.0.SNAPSHOT/widget-1.0.SNAPSHOT.jar",
                    "org/acme/widget/1.0.0/widget-1.0.0.jar.sha1"));

    private static final List<String> CHANGING = List.of("POST", "PUT", "PATCH", "DELETE");

    /** What browsers send for pages of others, of other ports, of other hosts of the same site, and of sandboxes. */
    private static final List<String> FOREIGN = List.of(
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: http://127.0.0.1:1",
            "Origin: http://localhost",
            "Origin: file://",
            "Origin:",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
            "Sec-Fetch-Site: what-comes-next");

    private static final List<String> FORM_TYPES = List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain; application/json",
            "");

    private record Asked(String method, String path) {}

    private final Installation installation;
    private final RunningServer server;
    private final URI address;
    private final String basic;

    ForeignPagesTest(@TempDir Path data) throws IOException {
        this.installation = Installation.open(
                Configuration.of(
                        Map.of(
                                Setting.DATA.key(),
                                data.toString(),
                                "upstreams.npm.url",
                                "none",
                                "upstreams.pypi.url",
                                "none",
                                "upstreams.maven.url",
                                "none"),
                        Map.of(),
                        null),
                ManualClock.at("2026-11-22T09:00:00Z"),
                new Machine(Map.of(), data));
        this.server = RunningServer.start(installation, "127.0.0.1", 0);
        this.address = URI.create(server.address());
        this.basic = "Authorization: Basic "
                + Base64.getEncoder().encodeToString(("me:" + server.controlToken()).getBytes(UTF_8));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void the_samples_reach_every_endpoint_of_every_format() {
        Set<String> reached = new TreeSet<>();
        Set<String> files = new TreeSet<>();
        for (Format format : installation.formats()) {
            for (String sample : SAMPLES.getOrDefault(format.id(), List.of())) {
                for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
                    Endpoint endpoint = format.route(new Route(method, List.of(sample.split("/", -1))));
                    if (endpoint instanceof FileEndpoint file) {
                        files.add(file.name());
                    } else if (endpoint != null && !(endpoint instanceof Fixed)) {
                        reached.add(endpoint.getClass().getName());
                    }
                }
            }
        }
        Set<String> all = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.sluice.formats").stream()
                        .filter(type -> !type.isInterface() && type.isAssignableTo(Endpoint.class))
                        .filter(type -> !type.getPackageName().equals(FileEndpoint.class.getPackageName()))
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(reached).as("add a sample address for each new endpoint").isEqualTo(all);
        assertThat(files).containsExactly("maven.file", "npm.tarball", "pypi.file", "pypi.provenance");
    }

    @Test
    void a_foreign_page_changes_nothing_at_any_address() throws IOException {
        List<Event> before = events();
        for (Asked asked : everythingThatChanges()) {
            for (String line : FOREIGN) {
                for (String type : List.of("application/json", "text/plain")) {
                    String answer = send(asked, basic, line, "Content-Type: " + type);
                    assertThat(answer)
                            .as(asked + " with " + line + " and " + type)
                            .startsWith("HTTP/1.1 403 Another page's request");
                }
            }
        }
        assertThat(events()).isEqualTo(before);
    }

    @Test
    void a_page_of_its_own_and_clients_that_are_no_browser_are_let_in() throws IOException {
        String own = "http://" + address.getAuthority();
        for (Asked asked : everythingThatChanges()) {
            for (String line : List.of("Origin: " + own, "Sec-Fetch-Site: same-origin", "User-Agent: curl")) {
                String answer = send(asked, basic, line, "Content-Type: application/json");
                assertThat(answer).as(asked + " with " + line).doesNotContain("Another page");
            }
        }
    }

    @Test
    void what_a_form_can_send_changes_nothing_even_where_a_browser_does_not_say_whose_page_it_was() throws IOException {
        List<Event> before = events();
        for (Operation operation : server.operations()) {
            if (operation.method().equals("GET") || operation.method().equals("DELETE")) {
                continue; // a form sends no DELETE, and a script of another page needs leave for it
            }
            Asked asked = new Asked(operation.method(), filled(operation.path()));
            for (String type : FORM_TYPES) {
                String line = type.isEmpty() ? "User-Agent: old" : "Content-Type: " + type;
                assertThat(send(asked, basic, line)).as(asked + " as " + type).startsWith("HTTP/1.1 415");
            }
        }
        assertThat(events()).isEqualTo(before);
    }

    @Test
    void a_token_that_no_browser_sends_by_itself_may_come_with_any_media_type() throws IOException {
        Asked asked = new Asked("POST", "/api/v2/workspaces/main/policies/");
        String token = server.controlToken();
        for (String line :
                List.of("Authorization: Bearer " + token, "Authorization: " + token, "X-Api-Key: " + token)) {
            assertThat(send(asked, line, "Content-Type: text/plain")).as(line).contains("This field is required.");
        }
    }

    @Test
    void nothing_that_changes_something_is_open_to_everybody_and_no_GET_of_the_server_changes_anything()
            throws IOException {
        List<Event> before = events();
        for (Operation operation : server.operations()) {
            if (!operation.method().equals("GET")) {
                assertThat(operation.permission()).as(operation.id()).isNotEqualTo(Permission.OPEN);
            } else {
                send(new Asked("GET", filled(operation.path())), basic);
            }
        }
        assertThat(events()).isEqualTo(before);
    }

    @Test
    void other_pages_load_nothing_from_the_api_and_may_lead_people_to_it() throws IOException {
        for (Operation operation : server.operations()) {
            if (!operation.method().equals("GET") || operation.permission() == Permission.OPEN) {
                continue;
            }
            Asked asked = new Asked("GET", filled(operation.path()));
            assertThat(send(asked, basic, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"))
                    .as(asked.toString())
                    .startsWith("HTTP/1.1 403 Another page's request");
            assertThat(send(asked, basic, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
                    .as(asked.toString())
                    .doesNotContain("Another page");
        }
    }

    @Test
    void no_address_gives_other_origins_leave_or_asks_a_browser_for_a_password_but_where_package_clients_ask()
            throws IOException {
        List<Asked> all = new ArrayList<>(everythingThatChanges());
        server.operations().forEach(operation -> all.add(new Asked("GET", filled(operation.path()))));
        all.addAll(all.stream().map(asked -> new Asked("OPTIONS", asked.path())).toList());
        for (Asked asked : all) {
            String answer = send(
                    asked,
                    "Origin: http://evil.example",
                    "Access-Control-Request-Method: POST",
                    "Content-Type: application/json");
            assertThat(answer).as(asked.toString()).doesNotContainIgnoringCase("access-control-");
            String own = send(asked, "Content-Type: application/json");
            boolean packages =
                    installation.formats().stream().anyMatch(f -> asked.path().startsWith("/" + f.id() + "/"));
            if (own.startsWith("HTTP/1.1 401")) {
                assertThat(own)
                        .as(asked.toString())
                        .contains("WWW-Authenticate: " + (packages ? "Basic" : "Bearer") + " realm=\"sluice\"");
            }
        }
    }

    @Test
    void every_answer_says_that_nothing_in_it_is_to_be_run_or_guessed() throws IOException {
        List<Asked> all = new ArrayList<>();
        server.operations().forEach(operation -> all.add(new Asked("GET", filled(operation.path()))));
        for (Format format : installation.formats()) {
            SAMPLES.getOrDefault(format.id(), List.of())
                    .forEach(sample -> all.add(new Asked("GET", "/" + format.id() + "/main/" + sample)));
        }
        all.add(new Asked("GET", "/nowhere"));
        all.add(new Asked("GET", "/a/../b"));
        for (Asked asked : all) {
            String answer = send(asked, basic);
            assertThat(answer)
                    .as(asked.toString())
                    .contains("X-Content-Type-Options: nosniff")
                    .contains("Cross-Origin-Resource-Policy: same-origin")
                    .containsPattern("Content-Security-Policy: [^\r]*default-src 'none'");
        }
    }

    private List<Asked> everythingThatChanges() {
        List<Asked> all = new ArrayList<>();
        for (Operation operation : server.operations()) {
            if (!operation.method().equals("GET")) {
                all.add(new Asked(operation.method(), filled(operation.path())));
            }
        }
        for (Format format : installation.formats()) {
            for (String sample : SAMPLES.getOrDefault(format.id(), List.of())) {
                for (String method : CHANGING) {
                    all.add(new Asked(method, "/" + format.id() + "/main/" + sample));
                }
            }
        }
        all.add(new Asked("POST", "/nowhere"));
        return all;
    }

    private static String filled(String template) {
        return template.replaceAll("\\{[a-z]+}", "x");
    }

    private List<Event> events() {
        installation.journal().settle();
        return installation.journal().query(Journal.Query.latest(1000)).stream()
                .filter(event -> !event.kind().equals(Event.Kind.LOGIN))
                .toList();
    }

    /** The whole answer as it came; the client of the JDK would not let us write an Origin. */
    private String send(Asked asked, String... lines) throws IOException {
        String body = asked.method().equals("GET") || asked.method().equals("OPTIONS") ? "" : "{}";
        StringBuilder head = new StringBuilder(asked.method() + " " + asked.path() + " HTTP/1.1\r\nHost: "
                + address.getAuthority() + "\r\nConnection: close\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + "\r\n" + body).getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
