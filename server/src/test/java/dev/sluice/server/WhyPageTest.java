package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Ulid;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WhyPageTest {

    private static final String DETAIL = """
            {"subject":"x@1","policy":"no <b>evil</b>","reasons":["it is evil","<script>alert(1)</script>"],
             "description":"ask security@example","nearest_allowed":"2.0.1","until":"2026-11-25T00:00:00Z",
             "decision":{"state":"QUARANTINED","verdicts":[{"policy":"no evil","matched":true}]},
             "facts":{"license":{"known":false,"value":null}},"input":{"v0":{"request":{"user":"bob-secret"}}},
             "traces":[{"policy":"p","reads":[{"path":"input.v0.request.user","value":"bob-secret","known":true},
             {"path":"input.v0.package.name","value":"x","known":true}],"steps":[{"at":"deny.rego:7","text":"bob-secret"}]}]}""";

    private TestDoor door;
    private String id;

    @BeforeEach
    void open() throws IOException {
        door = new TestDoor();
        id = new Ulid(door.now::get).next();
        door.journal.append(event(id, Event.Kind.REFUSAL));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private Event event(String eventId, Event.Kind kind) {
        return event(eventId, kind, DETAIL);
    }

    private Event event(String eventId, Event.Kind kind, String detail) {
        return Event.of(
                        eventId,
                        door.now.get(),
                        kind,
                        new Event.Actor("bob-secret", "tok-secret", "10.9.8.7", "npm/11"),
                        "x@1 refused")
                .about(Event.Subject.of("main", Coordinates.of("fake", "x", "1"))
                        .as("pkg:fake/x@1"))
                .with(new Event.Bytes("x/x.tgz", null, null))
                .decidedBy(List.of("no <b>evil</b>"))
                .detailed(detail);
    }

    @Test
    void a_browser_gets_a_page_that_says_all_and_runs_nothing() {
        HttpResponse<String> page = door.get("/why/" + id, "Accept", "text/html,*/*;q=0.8");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("x@1 was blocked by policy no &lt;b&gt;evil&lt;/b&gt;")
                .contains("it is evil")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .contains("2.0.1")
                .contains("2026-11-25T00:00:00Z")
                .contains("ask security@example")
                .contains("QUARANTINED")
                .contains("Not all advisories of this ecosystem are known here")
                .doesNotContain("<script")
                .doesNotContain("<b>");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'");
    }

    @Test
    void nobody_learns_who_asked() {
        for (String accept : List.of("text/html", "application/json")) {
            assertThat(door.get("/why/" + id, "Accept", accept).body())
                    .doesNotContain("bob-secret")
                    .doesNotContain("tok-secret")
                    .doesNotContain("10.9.8.7");
        }
    }

    @Test
    void the_rule_is_shown_with_what_it_read_unless_it_read_who_asked() {
        String other = new Ulid(door.now::get).next();
        door.journal.append(event(
                other,
                Event.Kind.REFUSAL,
                DETAIL.replace("input.v0.request.user", "input.v0.package.version")
                        .replace("bob-secret", "1.0")));

        assertThat(door.get("/why/" + other, "Accept", "text/html").body())
                .contains("The rule of p")
                .contains("deny.rego:7")
                .contains("input.v0.package.version");
        assertThat(door.get("/why/" + id, "Accept", "text/html").body()).doesNotContain("deny.rego:7");
    }

    @Test
    void what_was_withheld_from_an_index_is_shown_with_reasons_and_what_to_take_instead() {
        String hidden = new Ulid(door.now::get).next();
        door.journal.append(event(hidden, Event.Kind.HIDDEN, """
                {"package":"x","format":"fake","count":2,"newest_allowed":"1.4.2","versions":[
                 {"version":"2.0.0","state":"QUARANTINED","policy":"Known malware","reason":"listed as malicious: MAL-1","partly":false},
                 {"version":"2.0.1","state":"HIDDEN","policy":"Cool-down","reason":"published yesterday","partly":false}]}"""));

        assertThat(door.get("/why/" + hidden, "Accept", "text/html").body())
                .contains(
                        "Take the newest allowed version",
                        "1.4.2",
                        "listed as malicious: MAL-1",
                        "published yesterday");
    }

    @Test
    void the_advisory_that_the_decision_names_is_marked() {
        String other = new Ulid(door.now::get).next();
        door.journal.append(event(other, Event.Kind.REFUSAL, """
                {"decision":{"state":"QUARANTINED","verdicts":[{"policy":"p","matched":true,"reasons":["CVE-2 is exploited"]}]},
                 "facts":{"advisories":[{"identifier":"GHSA-1","aliases":["CVE-1"]},{"identifier":"GHSA-2","aliases":["CVE-2"]}]}}"""));

        assertThat(door.get("/why/" + other, "Accept", "text/html").body())
                .contains("GHSA-2 (named by the decision)")
                .doesNotContain("GHSA-1 (named");
    }

    @Test
    void a_program_gets_json() {
        HttpResponse<String> answer = door.get("/why/" + id.toLowerCase(java.util.Locale.ROOT), "Accept", "*/*");

        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.body()).contains("\"nearest_allowed\":\"2.0.1\"").contains("\"advisory_data\":false");
    }

    @Test
    void with_advisory_data_the_page_does_not_warn() {
        door.advisories.feeds =
                List.of(new AdvisoryStore.FeedState(AdvisoryStore.FeedState.osv("fake"), 10, door.now.get(), null));

        assertThat(door.get("/why/" + id, "Accept", "text/html").body()).doesNotContain("Not all advisories");
    }

    @Test
    void with_advisory_data_of_other_ecosystems_alone_the_page_warns() {
        door.advisories.feeds = List.of(
                new AdvisoryStore.FeedState("osv", 10, door.now.get(), null),
                new AdvisoryStore.FeedState(AdvisoryStore.FeedState.osv("other"), 10, door.now.get(), null));

        assertThat(door.get("/why/" + id, "Accept", "text/html").body()).contains("Not all advisories");
        assertThat(door.get("/why/" + id, "Accept", "*/*").body()).contains("\"advisory_data\":false");
    }

    @Test
    void what_is_no_decision_is_not_shown() {
        String login = new Ulid(door.now::get).next();
        door.journal.append(event(login, Event.Kind.LOGIN));

        assertThat(door.get("/why/" + login).statusCode()).isEqualTo(404);
        assertThat(door.get("/why/" + new Ulid(door.now::get).next()).statusCode())
                .isEqualTo(404);
        assertThat(door.get("/why/%3Cscript%3E").statusCode()).isEqualTo(404);
    }
}
