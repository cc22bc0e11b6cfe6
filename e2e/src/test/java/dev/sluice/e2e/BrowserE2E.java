package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A real browser that sends an administrator's HTTP Basic credentials with every request to the server, shown pages of somebody
 * else on another port, and files that a package brought.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrowserE2E {

    private static final String TOKEN = "{\"name\":\"stolen\",\"role\":\"administrator\",\"pad\":\"=\"}";
    private static final String POLICY = "{\"name\":\"stolen\",\"rego\":\"package cloudsmith\\n\\nmatch := false\\n\"}";

    /** What a script in a file does when it is run: the browser asks for that address. */
    private static final String RAN = "/ran";

    private Optional<Chromium> chromium = Optional.empty();
    private FakeUpstreamServer foreign;
    private Sluice sluice;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        chromium = Chromium.start();
        foreign = FakeUpstreamServer.start();
        sluice = Sluice.start(folder, "--upstream", "npm=none", "--upstream", "pypi=none", "--upstream", "maven=none");
    }

    @AfterAll
    void stop() {
        chromium.ifPresent(Chromium::close);
        sluice.close();
        foreign.close();
    }

    @Test
    void a_page_on_another_port_or_host_changes_nothing_whatever_it_tries() throws Exception {
        if (chromium.isEmpty()) {
            return;
        }
        JsonNode before = state();
        for (URI page : List.of(
                foreign.url("/evil"),
                foreign.url("/evil").resolve("http://localhost:" + foreign.url().getPort() + "/evil"))) {
            foreign.serve(
                    "/evil",
                    Answer.ok("<!doctype html><title>evil</title><body>").header("Content-Type", "text/html"));
            try (BrowserContext context = withCredentials(false)) {
                for (String[] target : targets()) {
                    for (String type :
                            List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
                        at(context, page, shown -> submitted(shown, target[1], type, target[2]));
                    }
                    at(context, page, shown -> shown.evaluate(FETCHES, List.of(target[0], target[1], target[2])));
                }
                at(context, page, shown -> shown.evaluate(LOADS, loads()));
            }
        }
        assertThat(state()).isEqualTo(before);
        assertThat(sluice.get("/metrics", "Authorization", "Bearer " + sluice.token())
                        .body())
                .as("they arrived")
                .containsPattern("endpoint=\"tokens.create\"[^\n]*403");
    }

    @Test
    void a_page_of_its_own_with_the_same_credentials_may() throws Exception {
        if (chromium.isEmpty()) {
            return;
        }
        try (BrowserContext context = withCredentials(true)) {
            Page shown = context.newPage();
            shown.navigate(sluice.address() + "/");
            Object status = shown.evaluate(
                    "async ([url, body]) => (await fetch(url, {method: 'POST', body, headers: {'Content-Type':"
                            + " 'application/json'}})).status",
                    List.of(sluice.address() + "/api/tokens", TOKEN.replace("stolen", "wanted")));
            assertThat(status).isEqualTo(201);
        }
    }

    @Test
    void no_file_of_a_package_runs_a_script_in_the_origin_of_the_server() throws Exception {
        String script = "new Image().src='" + foreign.url(RAN) + "';";
        String xhtml = "xmlns:h=\"http://www.w3.org/1999/xhtml\"><modelVersion>4.0.0</modelVersion>"
                + "<groupId>org.acme</groupId><artifactId>evil</artifactId><version>1.0</version><h:script>" + script
                + "</h:script></project>";
        Map<String, String> files = Map.of(
                "evil-1.0.pom",
                "<project " + xhtml,
                "evil-1.0-x.xml",
                "<project " + xhtml,
                "evil-1.0-x.svg",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>" + script + "</script></svg>",
                "evil-1.0-x.html",
                "<!doctype html><script>" + script + "</script>",
                "evil-1.0-x.xhtml",
                "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><script>" + script + "</script></body></html>");
        foreign.serve(RAN, Answer.ok("ran"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            HttpResponse<String> answer = put("/maven/main/org/acme/evil/1.0/" + file.getKey(), file.getValue());
            assertThat(answer.statusCode()).as(file.getKey() + answer.body()).isBetween(200, 299);
        }
        for (String file : files.keySet()) {
            HttpResponse<String> answer = sluice.get("/maven/main/org/acme/evil/1.0/" + file);
            assertThat(answer.statusCode()).as(file).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .as(file)
                    .hasValueSatisfying(
                            policy -> assertThat(policy).contains("sandbox").contains("default-src 'none'"));
        }
        if (chromium.isEmpty()) {
            return;
        }
        try (BrowserContext context = withCredentials(false)) {
            Page shown = context.newPage();
            for (String file : files.keySet()) {
                visit(shown, sluice.address() + "/maven/main/org/acme/evil/1.0/" + file);
                assertThat(foreign.requests(RAN)).as(file).isZero();
            }
            // the same bytes elsewhere do run, or this test would show nothing
            foreign.serve(
                    "/control.xml",
                    Answer.ok(requireNonNull(files.get("evil-1.0.pom"))).header("Content-Type", "application/xml"));
            shown.navigate(foreign.url("/control.xml").toString());
            foreign.awaitRequests(RAN, 1);
        }
    }

    /** Has something done on a new page at that address. */
    private static void at(BrowserContext context, URI address, Consumer<Page> what) {
        try (Page page = context.newPage()) {
            page.navigate(address.toString());
            what.accept(page);
        }
    }

    private List<String> loads() {
        return List.of(
                sluice.address() + "/api/tokens", sluice.address() + "/api/explain?upstreams=true&purl=pkg:npm/x@1");
    }

    /** The page, its loading finished; what is saved instead of shown is fine too. */
    private static void visit(Page shown, String address) {
        try {
            shown.navigate(address);
        } catch (PlaywrightException e) {
            assertThat(e.getMessage()).contains("Download is starting");
        }
    }

    private BrowserContext withCredentials(boolean withoutPagePolicy) {
        String basic = Base64.getEncoder().encodeToString(("ada:" + sluice.token()).getBytes(UTF_8));
        return chromium.orElseThrow()
                .browser()
                .newContext(new Browser.NewContextOptions()
                        .setBypassCSP(withoutPagePolicy)
                        .setExtraHTTPHeaders(Map.of("Authorization", "Basic " + basic)));
    }

    /** Method, address and body of what changes something. */
    private List<String[]> targets() {
        return List.of(
                new String[] {"POST", sluice.address() + "/api/tokens", TOKEN},
                new String[] {"POST", sluice.address() + "/api/v2/workspaces/main/policies/", POLICY},
                new String[] {"POST", sluice.address() + "/pypi/main/legacy/", ":action=file_upload"},
                new String[] {"PUT", sluice.address() + "/api/repositories/stolen", "{}"},
                new String[] {"PUT", sluice.address() + "/npm/main/stolen", "{}"},
                new String[] {"PUT", sluice.address() + "/maven/main/org/acme/stolen/1.0/stolen-1.0.pom", "<project/>"
                });
    }

    /** Submits a form whose body, as text/plain, is exactly the JSON, and waits for the answer. */
    private static void submitted(Page page, String address, String type, String body) {
        int cut = body.indexOf('=') < 0 ? body.length() : body.indexOf('=');
        page.waitForResponse(
                response -> response.url().equals(address),
                () -> page.evaluate(
                        """
                        ([url, type, name, value]) => {
                          const form = document.createElement('form');
                          form.method = 'POST'; form.action = url; form.enctype = type;
                          const field = document.createElement('input');
                          field.type = 'hidden'; field.name = name; field.value = value;
                          form.append(field); document.body.append(form); form.submit();
                        }""",
                        List.of(
                                address,
                                type,
                                body.substring(0, cut),
                                cut == body.length() ? "" : body.substring(cut + 1))));
    }

    private static final String FETCHES = """
            async ([method, url, body]) => {
              const tries = [
                {method: 'POST', mode: 'no-cors', credentials: 'include', body},
                {method: 'POST', mode: 'no-cors', credentials: 'include', body: new Blob([body], {type: 'text/plain'})},
                {method, mode: 'cors', credentials: 'include', body, headers: {'Content-Type': 'application/json'}},
                {method: 'DELETE', mode: 'cors', credentials: 'include'},
              ];
              for (const each of tries) { try { await fetch(url, each); } catch (e) { } }
              navigator.sendBeacon(url, body);
            }""";

    private static final String LOADS = """
            (urls) => Promise.all(urls.flatMap(url => ['img', 'script', 'iframe'].map(tag => new Promise(done => {
              const element = document.createElement(tag);
              element.onload = element.onerror = () => done();
              element.src = url;
              document.body.append(element);
            }))))""";

    /** All that those pages were after. */
    private JsonNode state() throws IOException, InterruptedException {
        return Sluice.JSON
                .createObjectNode()
                .put("tokens", sluice.api("GET", "/api/tokens", "").toString())
                .put(
                        "policies",
                        sluice.api("GET", "/api/v2/workspaces/main/policies/", "")
                                .toString())
                .put("repositories", sluice.api("GET", "/api/repositories", "").toString())
                .put(
                        "published",
                        sluice.api("GET", "/api/events?kind=publish", "").toString())
                .put(
                        "administered",
                        sluice.api("GET", "/api/events?kind=admin", "").toString());
    }

    private HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(sluice.address() + path))
                            .header("Authorization", "Bearer " + sluice.token())
                            .PUT(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
