package dev.sluice.kernel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.ecosystem.Proxying.Question;
import dev.sluice.kernel.gate.UpstreamClient.Answer;
import dev.sluice.kernel.gate.UpstreamClient.Ask;
import dev.sluice.kernel.gate.UpstreamClient.UnreachableException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.kernel.repository.Upstream.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who failed is left alone, and nobody else. */
final class RestsTest {

    private static final String UP = "http://up.example/";
    private static final Upstream UPSTREAM = new Upstream("up", "npm", URI.create(UP), 0, Trust.TRUSTED, null);
    private static final Upstream OTHER =
            new Upstream("other", "npm", URI.create("http://other.example/"), 1, Trust.TRUSTED, null);

    /** What an address does when it is asked. */
    private interface Behaviour {
        Answer answer(URI uri) throws IOException;
    }

    private final Map<String, Behaviour> behaviours = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-22T09:00:00Z");
    private final Rests rests = new Rests(this::answer, () -> now, GateSettings.STANDARD);

    private Answer answer(Ask ask) throws IOException {
        asked.add(ask.uri().toString());
        return behaviours
                .getOrDefault(ask.uri().toString(), uri -> says(uri, 200, Map.of()))
                .answer(ask.uri());
    }

    private static Answer says(URI uri, int status, Map<String, String> headers) {
        return new Answer(status, uri, headers, InputStream.nullInputStream());
    }

    private void retryAfter(String path, String value) {
        behaviours.put(UP + path, uri -> says(uri, 503, Map.of("retry-after", value)));
    }

    private void silent(String path) {
        behaviours.put(UP + path, uri -> {
            throw new UnreachableException("no answer in time", uri, true, null);
        });
    }

    /** Whether the address was really asked. */
    private boolean ask(Upstream upstream, String uri) {
        int before = asked.size();
        try {
            rests.ask(new Ask(upstream, URI.create(uri), "*/*", null, null, 10)).close();
        } catch (IOException e) {
            // what became of it is not the question
        }
        return asked.size() > before;
    }

    private boolean ask(String path) {
        return ask(UPSTREAM, UP + path);
    }

    @Test
    void a_redirect_to_a_dead_host_rests_that_host_and_not_the_upstream() {
        behaviours.put(UP + "moved.tgz", uri -> {
            throw new UnreachableException("refused", URI.create("http://dead.example/moved.tgz"), false, null);
        });
        assertThat(ask("moved.tgz")).isTrue();

        assertThat(ask("index")).isTrue();
        assertThat(ask("fine.tgz")).isTrue();
        assertThat(ask(UPSTREAM, "http://dead.example/other.tgz")).isFalse();
        assertThat(rests.left(List.of(UPSTREAM), upstream -> null)).isNull();
        assertThat(rests.current()).singleElement().satisfies(rest -> {
            assertThat(rest.address()).isEqualTo("http://dead.example");
            assertThat(rest.whole()).isTrue();
        });
    }

    @Test
    void an_upstream_that_takes_no_connection_rests_and_others_do_not() {
        behaviours.put(UP + "index", uri -> {
            throw new UnreachableException("refused", uri, false, null);
        });
        ask("index");

        assertThat(ask("fine.tgz")).isFalse();
        assertThat(ask(OTHER, "http://other.example/index")).isTrue();
        assertThat(rests.resting()).containsExactly("up");
        now = now.plus(GateSettings.STANDARD.outage());
        assertThat(ask("fine.tgz")).isTrue();
    }

    @Test
    void a_document_that_asks_to_be_left_alone_rests_alone_and_not_for_as_long_as_it_likes() {
        retryAfter("heavy", "86400");
        ask("heavy");

        assertThat(ask("heavy")).isFalse();
        assertThat(ask("light")).isTrue();
        assertThat(rests.resting()).isEmpty();
        assertThat(rests.left(List.of(UPSTREAM), upstream -> new Question(URI.create(UP + "heavy"), "*/*")))
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(rests.left(List.of(UPSTREAM), upstream -> new Question(URI.create(UP + "light"), "*/*")))
                .isNull();
        now = now.plus(Duration.ofMinutes(5));
        assertThat(ask("heavy")).isTrue();
    }

    @Test
    void a_document_that_never_answers_rests_alone() {
        silent("never");
        ask("never");

        assertThat(ask("never")).isFalse();
        assertThat(ask("light")).isTrue();
    }

    @Test
    void one_document_may_fail_however_often() {
        silent("never");
        for (int i = 0; i < 20; i++) {
            ask("never");
            now = now.plus(Duration.ofSeconds(11));
        }
        assertThat(ask("light")).isTrue();
        assertThat(rests.resting()).isEmpty();
    }

    @Test
    void several_documents_that_fail_in_a_row_rest_their_host() {
        retryAfter("a", "600");
        silent("b");
        retryAfter("c", "7200");
        ask("a");
        ask("b");
        assertThat(rests.resting()).isEmpty();
        ask("c");

        assertThat(rests.resting()).containsExactly("up");
        assertThat(ask("light")).isFalse();
        assertThat(rests.left(List.of(OTHER, UPSTREAM), upstream -> null)).isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> rests.ask(new Ask(UPSTREAM, URI.create(UP + "light"), "*/*", null, null, 10)))
                .hasMessageContaining("answered 503 for 3 documents in a row")
                .hasMessageContaining("is to be asked again from 2026-11-22T10:00:00Z on");
        now = now.plus(Duration.ofHours(1));
        assertThat(ask("light")).isTrue();
    }

    @Test
    void one_that_succeeds_between_them_or_a_long_time_says_that_the_host_is_well() {
        for (String path : List.of("a", "b", "c", "d")) {
            retryAfter(path, "600");
            ask(path);
            ask("light");
        }
        assertThat(rests.resting()).isEmpty();
        for (String path : List.of("e", "f", "g", "h")) {
            retryAfter(path, "600");
            ask(path);
            now = now.plus(Duration.ofMinutes(3));
        }
        assertThat(rests.resting()).isEmpty();
    }

    @Test
    void whoever_is_woken_is_asked_at_once() {
        for (String path : List.of("a", "b", "c")) {
            retryAfter(path, "600");
            ask(path);
        }
        behaviours.put("http://other.example/index", uri -> {
            throw new UnreachableException("refused", uri, false, null);
        });
        ask(OTHER, "http://other.example/index");

        assertThat(rests.wake("up")).isEqualTo(4);
        assertThat(ask("light")).isTrue();
        assertThat(ask("a")).isTrue();
        assertThat(rests.resting()).containsExactly("other");
        assertThat(rests.wake(null)).isEqualTo(2);
        assertThat(rests.current()).isEmpty();
    }

    @Test
    void a_clock_that_steps_back_makes_no_rest_longer() {
        behaviours.put(UP + "index", uri -> {
            throw new UnreachableException("refused", uri, false, null);
        });
        ask("index");
        now = now.minus(Duration.ofDays(1));
        assertThat(ask("light")).isTrue();
    }
}
