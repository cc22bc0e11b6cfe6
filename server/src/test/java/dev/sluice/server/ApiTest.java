package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal.Consumption;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

@Timeout(60)
class ApiTest {

    private static final String POLICIES = "/api/v2/workspaces/main/policies/";
    private static final String REGO = """
            package cloudsmith

            default match := false

            match if input.v0.package.name == "evil"
            """;

    private TestDoor door;
    private String administrator;

    @BeforeEach
    void open() throws IOException {
        door = new TestDoor();
        administrator = door.token(Role.ADMINISTRATOR);
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void a_policy_lives_through_the_contract() {
        HttpResponse<String> created = call("POST", POLICIES, """
                {"name":"no evil","description":"ask ada","rego":%s,"enabled":false,"is_terminal":false,"precedence":1}""".formatted(quoted(REGO)));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        JsonNode policy = json(created);
        assertThat(policy.get("version").intValue()).isEqualTo(1);
        assertThat(policy.get("read_only").booleanValue()).isFalse();
        assertThat(policy.get("mode").stringValue()).isEqualTo("enforce");
        String address = POLICIES + policy.get("slug_perm").stringValue() + "/";

        JsonNode patched = json(call("PATCH", address, """
                {"enabled":true,"mode":"audit","scope":{"formats":["npm"]},"effect":"hide","on_unknown":"hold"}"""));
        assertThat(patched.get("enabled").booleanValue()).isTrue();
        assertThat(patched.get("description").stringValue()).isEqualTo("ask ada");
        assertThat(patched.get("scope").get("formats").get(0).stringValue()).isEqualTo("npm");
        assertThat(patched.get("version").intValue()).isEqualTo(1);

        JsonNode replaced = json(
                call("PUT", address, "{\"name\":\"renamed\",\"rego\":" + quoted(REGO.replace("evil", "worse")) + "}"));
        assertThat(replaced.get("version").intValue()).isEqualTo(2);
        assertThat(replaced.get("mode").stringValue()).isEqualTo("enforce");

        assertThat(json(call("GET", POLICIES + "?query=name:REN&sort=name", ""))
                        .get("count")
                        .intValue())
                .isEqualTo(1);
        assertThat(json(call("GET", POLICIES + "?query=name:other", ""))
                        .get("count")
                        .intValue())
                .isZero();
        assertThat(call("DELETE", address, "").statusCode()).isEqualTo(204);
        assertThat(call("GET", address, "").statusCode()).isEqualTo(404);
        assertThat(door.journal.events.stream().filter(e -> e.kind().equals(Event.Kind.POLICY)))
                .hasSize(4)
                .allMatch(e -> e.actor().user().equals("ada"));
    }

    @Test
    void source_text_that_does_not_compile_is_refused_with_its_place() {
        String broken = "package cloudsmith\n\nmatch if {\n  x == 1\n}\n";

        HttpResponse<String> created = call("POST", POLICIES, "{\"name\":\"x\",\"rego\":" + quoted(broken) + "}");
        JsonNode validated = json(call("POST", POLICIES + "validate/", "{\"rego\":" + quoted(broken) + "}"));

        assertThat(created.statusCode()).isEqualTo(400);
        assertThat(json(created).get("detail").stringValue()).isEqualTo("Invalid input.");
        assertThat(json(created).get("fields").get("rego").get(0).stringValue()).contains("4");
        assertThat(validated.get("is_valid").booleanValue()).isFalse();
        assertThat(validated.get("findings").get(0).get("line").intValue()).isEqualTo(4);
        assertThat(validated.get("findings").get(0).get("excerpt").stringValue())
                .isEqualTo("  x == 1\n  ^");
        assertThat(json(created).get("findings").get(0).get("excerpt").stringValue())
                .isEqualTo("  x == 1\n  ^");
        assertThat(validated.get("findings").get(0).get("code").stringValue()).isEqualTo("rego_unsafe_var_error");
        assertThat(door.policies.list()).isEmpty();
    }

    @Test
    void every_wrong_field_is_named() {
        HttpResponse<String> answer = call(
                "POST",
                POLICIES,
                "{\"description\":\"%s\",\"precedence\":40000,\"enabled\":\"yes\",\"mode\":\"loud\"}"
                        .formatted("d".repeat(300)));

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode fields = json(answer).get("fields");
        assertThat(fields.get("name").get(0).stringValue()).isEqualTo("This field is required.");
        assertThat(fields.has("rego")).isTrue();
        assertThat(fields.get("description").get(0).stringValue()).contains("250");
        assertThat(fields.get("precedence").get(0).stringValue()).contains("32767");
        assertThat(fields.has("enabled")).isTrue();
        assertThat(fields.get("mode").get(0).stringValue()).contains("enforce");
    }

    @Test
    void what_nobody_knows_is_refused_and_not_passed_over() {
        JsonNode policy = json(call("POST", POLICIES, "{\"name\":\"p\",\"rego\":" + quoted(REGO) + "}"));
        String address = POLICIES + policy.get("slug_perm").stringValue() + "/";
        HttpResponse<String> misspelt = call("PATCH", address, "{\"enabeld\":false,\"scope\":{\"format\":[\"npm\"]}}");
        assertThat(misspelt.statusCode()).isEqualTo(400);
        assertThat(json(misspelt).get("fields").get("enabeld").get(0).stringValue())
                .startsWith("Unknown field; known are actions, description, ");
        assertThat(json(misspelt).get("fields").get("scope").get(0).stringValue())
                .startsWith("format: Unknown field");
        assertThat(call("PATCH", address, policy.toString()).statusCode())
                .as("what was shown may come back")
                .isEqualTo(200);
    }

    @Test
    void a_name_is_taken_once_and_a_precedence_has_one_default() {
        JsonNode first = json(call("POST", POLICIES, "{\"name\":\"Same\",\"rego\":" + quoted(REGO) + "}"));
        assertThat(first.get("precedence").intValue()).isEqualTo(1000);
        HttpResponse<String> second = call("POST", POLICIES, "{\"name\":\"same\",\"rego\":" + quoted(REGO) + "}");
        assertThat(second.statusCode()).isEqualTo(400);
        assertThat(json(second).get("fields").get("name").get(0).stringValue())
                .isEqualTo("There is a policy 'Same' already; change that one, or choose another name.");
    }

    @Test
    void what_can_hardly_be_meant_is_told_where_it_is_saved_and_on_error_is_shown() {
        String rego = "package cloudsmith\n\ndefault match := false\n\nmatch if input.v0.package.format == \"pypi\"\n";
        JsonNode saved =
                json(call("POST", POLICIES, "{\"name\":\"p\",\"on_error\":\"allow\",\"rego\":" + quoted(rego) + "}"));
        assertThat(saved.get("on_error").stringValue()).isEqualTo("allow");
        assertThat(saved.get("warnings").valueStream().map(w -> w.get("message").stringValue()))
                .anySatisfy(w -> assertThat(w).contains("is never \"pypi\""))
                .anySatisfy(w -> assertThat(w).contains("without actions"));
        JsonNode checked = json(call("POST", POLICIES + "validate/", "{\"rego\":" + quoted(rego) + "}"));
        assertThat(checked.get("is_valid").booleanValue()).isTrue();
        assertThat(checked.get("findings").get(0).get("severity").stringValue()).isEqualTo("warning");
    }

    @Test
    void actions_come_and_go() {
        String policy = json(call("POST", POLICIES, "{\"name\":\"p\",\"rego\":" + quoted(REGO) + "}"))
                .get("slug_perm")
                .stringValue();
        String actions = POLICIES + policy + "/actions/";

        JsonNode set = json(call(
                "POST",
                actions,
                "{\"action_type\":\"SetPackageState\",\"package_state\":\"QUARANTINED\",\"precedence\":2}"));
        JsonNode tags = json(call("POST", actions, "{\"action_type\":\"AddPackageTags\",\"tags\":[\"risky\"]}"));
        assertThat(tags.get("effect").stringValue()).isEqualTo("Added package tags '['risky']'.");
        String one = actions + set.get("slug_perm").stringValue() + "/";
        assertThat(json(call("PATCH", one, "{\"package_state\":\"HIDDEN\"}"))
                        .get("package_state")
                        .stringValue())
                .isEqualTo("HIDDEN");
        assertThat(json(call("PUT", one, "{\"action_type\":\"RemovePackageTags\",\"tags\":[\"x\"]}"))
                        .get("slug_perm"))
                .isEqualTo(set.get("slug_perm"));
        assertThat(json(call("GET", actions, "")).get("count").intValue()).isEqualTo(2);
        assertThat(call("DELETE", one, "").statusCode()).isEqualTo(204);
        assertThat(call("GET", one, "").statusCode()).isEqualTo(404);
        assertThat(call("POST", actions, "{\"action_type\":\"MovePackage\"}").statusCode())
                .isEqualTo(400);
        assertThat(call("POST", actions, "{\"action_type\":\"SetPackageState\"}")
                        .body())
                .contains("package_state");
    }

    @Test
    void too_many_actions_have_their_code() {
        String policy = json(call("POST", POLICIES, "{\"name\":\"p\",\"rego\":" + quoted(REGO) + "}"))
                .get("slug_perm")
                .stringValue();
        for (int i = 0; i < 20; i++) {
            call("POST", POLICIES + policy + "/actions/", "{\"action_type\":\"AddPackageTags\",\"tags\":[\"t\"]}");
        }

        HttpResponse<String> answer =
                call("POST", POLICIES + policy + "/actions/", "{\"action_type\":\"AddPackageTags\",\"tags\":[\"t\"]}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer)
                        .get("fields")
                        .get("non_field_errors")
                        .get(0)
                        .get("code")
                        .stringValue())
                .isEqualTo("max_actions_reached");
    }

    @Test
    void who_may_what() {
        String auditor = door.token(Role.AUDITOR);
        String publisher = door.token(Role.PUBLISHER);

        assertThat(door.get(POLICIES).statusCode()).isEqualTo(401);
        assertThat(door.get(POLICIES, "X-Api-Key", publisher).statusCode()).isEqualTo(403);
        assertThat(door.get(POLICIES, "X-Api-Key", auditor).statusCode()).isEqualTo(200);
        assertThat(door.get("/api/tokens", "X-Api-Key", auditor).statusCode()).isEqualTo(403);
        assertThat(door.send("POST", POLICIES, BodyPublishers.ofString("{}"), "Authorization", "Bearer " + auditor)
                        .statusCode())
                .isEqualTo(403);
        assertThat(call("GET", "/api/v2/workspaces/other/policies/", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void bodies_that_are_no_json_are_refused() {
        assertThat(call("POST", POLICIES, "{").statusCode()).isEqualTo(400);
        assertThat(call("POST", POLICIES, "[]").statusCode()).isEqualTo(400);
        assertThat(call("POST", POLICIES, "{} {}").statusCode()).isEqualTo(400);
        assertThat(call("POST", POLICIES, "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(call("POST", POLICIES, "{\"name\":\"" + "x".repeat(70_000) + "\"}")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void a_repository_never_shows_the_secrets_of_its_upstreams() {
        HttpResponse<String> put = call("PUT", "/api/repositories/team", """
                {"open_reads":false,"reserved":["fake:@acme/*"],"upstreams":[{"format":"fake",
                 "url":"https://registry.example/npm","credentials":{"user":"u","password":"hunter2"}}]}""");

        assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
        assertThat(put.body()).doesNotContain("hunter2").contains("\"user\":\"u\"");
        assertThat(call("GET", "/api/repositories/team", "").body()).doesNotContain("hunter2");
        assertThat(door.journal.events.toString()).doesNotContain("hunter2");
        // Left out, the secret stays; at another host it does not.
        call("PUT", "/api/repositories/team", """
                {"upstreams":[{"format":"fake","url":"https://registry.example/other"}]}""");
        assertThat(team().upstreams().getFirst().credentials()).isNotNull();
        assertThat(team().reserved()).hasSize(1);
        call("PUT", "/api/repositories/team", """
                {"upstreams":[{"format":"fake","url":"https://evil.example/other"}]}""");
        assertThat(team().upstreams().getFirst().credentials()).isNull();
        assertThat(call("PUT", "/api/repositories/Team", "{}").statusCode()).isEqualTo(400);
        assertThat(call("PUT", "/api/repositories/team", """
                {"upstreams":[{"format":"cobol","url":"ftp://x"}]}""").body())
                .contains("format: one of fake")
                .contains("url: needs an http");
        assertThat(call("DELETE", "/api/repositories/team", "").statusCode()).isEqualTo(204);
        assertThat(call("GET", "/api/repositories/team", "").statusCode()).isEqualTo(404);
    }

    @Test
    void a_reserved_name_that_can_cover_nothing_is_refused_and_others_say_how_much_they_cover() {
        assertThat(call("PUT", "/api/repositories/main", "{\"reserved\":[\"cobol:x\"]}")
                        .body())
                .contains("names a format that is not served here");
        HttpResponse<String> put =
                call("PUT", "/api/repositories/main", "{\"reserved\":[\"FAKE:Acme-*\",\"fake:acme-*\"]}");

        assertThat(json(put).path("reserved").toString()).isEqualTo("[\"fake:acme-*\"]");
        assertThat(json(put).path("reservations").toString())
                .isEqualTo("[{\"name\":\"fake:acme-*\",\"covers\":0,\"examples\":[]}]");
    }

    @Test
    void upstreams_are_listed_with_what_rests_and_woken_by_their_id() {
        call(
                "PUT",
                "/api/repositories/main",
                "{\"upstreams\":[{\"format\":\"fake\",\"url\":\"https://up.example/\"}]}");

        assertThat(json(call("GET", "/api/upstreams", "")).path("results").toString())
                .isEqualTo(
                        "[{\"repository\":\"main\",\"id\":\"fake\",\"format\":\"fake\",\"url\":\"https://up.example/\","
                                + "\"priority\":10,\"trust\":\"untrusted\",\"trusts_times\":false,\"forbidden\":\"refused\",\"resting\":[]}]");
        assertThat(call("POST", "/api/upstreams/wake", "{\"upstream\":\"nobody\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(call("POST", "/api/upstreams/wake", "{\"upstream\":\"fake\"}")
                        .body())
                .isEqualTo("{\"woken\":0}");
        assertThat(call("POST", "/api/upstreams/wake", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void a_repository_cannot_be_called_like_a_part_of_the_server() {
        for (String name :
                List.of("api", "why", "health", "metrics", "v2", "npm", "pypi", "maven", "fake", "console")) {
            assertThat(call("PUT", "/api/repositories/" + name, "{}").body())
                    .as(name)
                    .contains("is part of this server's own addresses");
            assertThat(call("POST", "/api/repositories/main/rename", "{\"name\":\"" + name + "\"}")
                            .statusCode())
                    .as(name)
                    .isEqualTo(400);
        }
        assertThat(call("PUT", "/api/repositories/main", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void names_hold_nothing_that_steers_a_terminal_or_turns_writing_around() {
        for (String odd :
                List.of("a\\u001b[2Jb", "a\\nb", "a\\u0000b", "a\\u202eb", "a\\u2028b", "a\\u200bb", "a\\u007fb")) {
            for (String body : List.of("{\"name\":\"" + odd + "\"}", "{\"name\":\"x\",\"user\":\"" + odd + "\"}")) {
                assertThat(call("POST", "/api/tokens", body).statusCode())
                        .as(body)
                        .isEqualTo(400);
            }
            assertThat(call("POST", POLICIES, "{\"name\":\"" + odd + "\",\"rego\":" + quoted(REGO) + "}")
                            .statusCode())
                    .as(odd)
                    .isEqualTo(400);
        }
        assertThat(call("POST", "/api/tokens", "{\"name\":\"Zoë's build – 東京\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void a_renamed_repository_answers_to_both_names_and_nobody_else_gets_the_old_one() {
        HttpResponse<String> renamed = call("POST", "/api/repositories/main/rename", "{\"name\":\"packages\"}");

        assertThat(renamed.statusCode()).as(renamed.body()).isEqualTo(200);
        assertThat(renamed.body()).contains("\"name\":\"packages\"").contains("\"former_names\":[\"main\"]");
        assertThat(door.get("/fake/packages/echo").statusCode()).isEqualTo(200);
        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
        assertThat(door.journal.events.getLast().message()).contains("main renamed to packages");
        assertThat(call("PUT", "/api/repositories/main", "{\"open_reads\":false}")
                        .statusCode())
                .as("the old name is the renamed repository, not a new one")
                .isEqualTo(200);
        assertThat(door.get("/fake/packages/echo").statusCode()).isEqualTo(401);
        call("PUT", "/api/repositories/team", "{}");
        assertThat(call("POST", "/api/repositories/team/rename", "{\"name\":\"main\"}")
                        .body())
                .contains("answers to 'main'");
        assertThat(call("POST", "/api/repositories/team/rename", "{\"name\":\"A b\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(call("POST", "/api/repositories/none/rename", "{\"name\":\"x\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call("POST", "/api/repositories/packages/rename", "{\"name\":\"main\"}")
                        .body())
                .contains("\"name\":\"main\"")
                .contains("\"former_names\":[\"packages\"]");
        assertThat(call("DELETE", "/api/repositories/packages", "").statusCode())
                .isEqualTo(204);
        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(404);
    }

    private Repository team() {
        return door.repositories.find("team").orElseThrow();
    }

    @Test
    void a_changed_repository_counts_on_the_next_request() {
        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);

        call("PUT", "/api/repositories/main", "{\"open_reads\":false}");

        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(401);
    }

    @Test
    void a_token_shows_its_secret_once_and_dies_at_once() {
        JsonNode token = json(call("POST", "/api/tokens", "{\"name\":\"ci\",\"role\":\"auditor\"}"));
        String text = token.get("token").stringValue();

        assertThat(door.get("/api/status", "Authorization", "Bearer " + text).statusCode())
                .isEqualTo(200);
        assertThat(call("GET", "/api/tokens", "").body()).contains("\"ci\"").doesNotContain(text.substring(20));
        assertThat(door.journal.events.toString()).doesNotContain(text.substring(20));
        assertThat(call("DELETE", "/api/tokens/" + token.get("id").stringValue(), "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(door.get("/api/status", "Authorization", "Bearer " + text).statusCode())
                .isEqualTo(401);
        String last = door.tokens.list().getFirst().id();
        assertThat(call("DELETE", "/api/tokens/" + last, "").statusCode()).isEqualTo(409);
        assertThat(call("POST", "/api/tokens", "{\"name\":\"x\",\"expires_at\":\"2020-01-01T00:00:00Z\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void decisions_are_refusals_and_beside_them_what_indexes_withheld_by_hour_policy_and_package() {
        String versions = """
                {"versions":[{"version":"2.0","state":"HIDDEN","policy":"Cool-down","reason":"too new"},
                 {"version":"1.9","state":"HIDDEN","policy":"Cool-down","reason":"too new"}]}""";
        for (int i = 0; i < 3; i++) {
            door.journal.append(hidden("0000000000000000000000000" + i, "pkg:fake/x", versions));
        }
        door.journal.append(hidden("00000000000000000000000003", "pkg:fake/y", """
                {"versions":[{"version":"6.6","state":"QUARANTINED","policy":"Known malware","reason":"listed as malicious"}]}"""));

        JsonNode answer = json(call("GET", "/api/decisions", ""));

        assertThat(answer.path("events")).isEmpty();
        assertThat(answer.path("withheld")).hasSize(2);
        assertThat(answer.path("withheld").get(0).path("policy").stringValue()).isEqualTo("Known malware");
        JsonNode cooling = answer.path("withheld").get(1);
        assertThat(cooling.path("requests").intValue()).isEqualTo(3);
        assertThat(cooling.path("count").intValue()).isEqualTo(2);
        assertThat(cooling.path("reason").stringValue()).isEqualTo("too new");
        assertThat(json(call("GET", "/api/decisions?policy=Cool-down", "")).path("withheld"))
                .hasSize(1);
    }

    private Event hidden(String id, String purl, String detail) {
        return Event.of(id, door.now.get(), Event.Kind.HIDDEN, Event.Actor.SYSTEM, "withheld")
                .about(Event.Subject.repository("main").as(purl))
                .decidedBy(List.of("Cool-down"))
                .detailed(detail);
    }

    @Test
    void the_journal_answers() {
        door.get("/api/status", "Authorization", "Bearer nonsense");
        Instant at = door.now.get();
        door.journal.consumption = List.of(new Consumption(
                new Event.Actor("bob", "t1", "10.0.0.1", "npm/11"),
                "main",
                "pkg:fake/x@1",
                "1",
                "ab".repeat(32),
                at,
                at,
                3));

        JsonNode events = json(call("GET", "/api/events?kind=login_failed&limit=1", ""));
        assertThat(events.get("events").get(0).get("kind").stringValue()).isEqualTo("login_failed");
        assertThat(events.get("next").stringValue())
                .isEqualTo(events.get("events").get(0).get("id").stringValue());
        assertThat(json(call("GET", "/api/who?purl=pkg:fake/x@1", ""))
                        .get("consumers")
                        .get(0)
                        .get("user")
                        .stringValue())
                .isEqualTo("bob");
        assertThat(call("GET", "/api/who", "").statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/who?purl=pkg:gem/x@1", "").statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/who?advisory=GHSA-0", "").statusCode()).isEqualTo(404);
        assertThat(call("GET", "/api/events?kind=nonsense", "").statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/events?limit=5000", "").statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/events?since=yesterday", "").statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/explain", "").statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/feeds", "").body()).contains("\"advisory_data\":{\"fake\":false}");
    }

    @Test
    void events_of_a_kind_that_is_not_known_here_are_listed_and_asked_for_by_its_name() {
        Event.Kind waived = new Event.Kind("WAIVER_GRANTED");
        door.journal.append(Event.of("01K", door.now.get(), waived, Event.Actor.SYSTEM, "waived until April"));

        for (String query : List.of("", "?kind=waiver_granted", "?kind=waiver-granted")) {
            assertThat(json(call("GET", "/api/events" + query, "")).get("events"))
                    .as(query)
                    .anyMatch(event -> event.get("kind").stringValue().equals("waiver_granted"));
        }
        assertThat(call("GET", "/api/events?kind=waiver_denied", "").body()).contains("one of download, refusal, ");
    }

    private HttpResponse<String> call(String method, String path, String body) {
        return door.send(
                method,
                path,
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body),
                "Authorization",
                "Bearer " + administrator);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private static String quoted(String text) {
        return JsonNodeFactory.instance.stringNode(text).toString();
    }
}
