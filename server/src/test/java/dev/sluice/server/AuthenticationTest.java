package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthenticationTest {

    private TestDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new TestDoor();
        door.format.quick(
                "whoami",
                exchange -> Response.text(200, exchange.visit().principal().user()));
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void a_token_is_accepted_however_clients_send_it() {
        String token = door.token(Role.READER);

        assertThat(who("Authorization", "Bearer " + token)).isEqualTo("ada\n");
        assertThat(who("Authorization", "bearer " + token)).isEqualTo("ada\n");
        assertThat(who("Authorization", "token " + token)).isEqualTo("ada\n");
        assertThat(who("Authorization", token)).isEqualTo("ada\n");
        assertThat(who("X-Api-Key", token)).isEqualTo("ada\n");
        assertThat(who("Authorization", basic("__token__:" + token))).isEqualTo("ada\n");
        assertThat(who("Authorization", basic("anything:" + token))).isEqualTo("ada\n");
        assertThat(who("Authorization", basic(token + ":"))).isEqualTo("ada\n");
    }

    @Test
    void without_a_token_reads_are_anonymous_where_they_are_open() {
        assertThat(door.get("/fake/main/whoami").body()).isEqualTo("anonymous\n");

        HttpResponse<String> closed = door.get("/fake/closed/whoami");

        assertThat(closed.statusCode()).isEqualTo(401);
        assertThat(closed.headers().firstValue("www-authenticate")).contains("Basic realm=\"sluice\"");
        assertThat(closed.body()).contains("sluice token create");
    }

    @Test
    void wrong_credentials_are_refused_even_where_none_are_needed() {
        String token = door.token(Role.READER);
        String wrongSecret = token.substring(0, token.length() - 1) + (token.endsWith("0") ? "1" : "0");

        for (String header : new String[] {
            "Bearer " + wrongSecret, "Bearer hunter2", "Basic !!!", basic("a:b"), basic("nocolon"), "Bearer", "Digest x"
        }) {
            assertThat(door.get("/fake/main/whoami", "Authorization", header).statusCode())
                    .as(header)
                    .isEqualTo(401);
        }
        assertThat(door.get("/health/live", "Authorization", "Bearer hunter2").statusCode())
                .isEqualTo(200);
    }

    @Test
    void an_expired_token_is_refused_from_the_instant_on() {
        String token = door.token(Role.READER, door.now.get().plusSeconds(60));
        assertThat(who("Authorization", "Bearer " + token)).isEqualTo("ada\n");

        door.now.updateAndGet(now -> now.plusSeconds(60));

        HttpResponse<String> answer = door.get("/fake/closed/whoami", "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("expired");
    }

    @Test
    void the_first_use_in_a_day_is_written_down_once() {
        String token = door.token(Role.READER);
        who("Authorization", "Bearer " + token);
        who("Authorization", "Bearer " + token);
        assertThat(count(Event.Kind.LOGIN)).isEqualTo(1);

        door.now.updateAndGet(now -> now.plus(Duration.ofHours(25)));
        who("Authorization", "Bearer " + token);

        assertThat(count(Event.Kind.LOGIN)).isEqualTo(2);
    }

    @Test
    void failures_are_written_down_but_cannot_fill_the_journal() {
        for (int i = 0; i < 20; i++) {
            door.get("/fake/main/whoami", "Authorization", "Bearer guess-" + i);
        }

        assertThat(count(Event.Kind.LOGIN_FAILED)).isEqualTo(5);
        assertThat(door.journal.events.toString()).doesNotContain("guess-");
    }

    @Test
    void a_token_that_lacks_the_permission_is_forbidden() {
        door.format.put("put", exchange -> Response.empty(201));
        String token = door.token(Role.READER);

        assertThat(door.send(
                                "PUT",
                                "/fake/main/put",
                                java.net.http.HttpRequest.BodyPublishers.noBody(),
                                "Authorization",
                                "Bearer " + token)
                        .statusCode())
                .isEqualTo(403);
    }

    private long count(Event.Kind kind) {
        return door.journal.events.stream().filter(e -> e.kind().equals(kind)).count();
    }

    private String who(String header, String value) {
        return door.get("/fake/closed/whoami", header, value).body();
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
