package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryJournal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private final Metrics metrics = new Metrics();

    private String text() throws IOException {
        return new String(metrics.text(), StandardCharsets.UTF_8);
    }

    @Test
    void decisions_are_counted_by_outcome_and_by_the_strictest_mode_behind_them() throws IOException {
        metrics.modes(policy -> switch (policy) {
            case "Strict" -> Optional.of(Policy.Mode.ENFORCE);
            case "Watching" -> Optional.of(Policy.Mode.AUDIT);
            default -> Optional.empty();
        });
        Journal journal = metrics.counting(new MemoryJournal());

        journal.append(event("1", Event.Kind.DOWNLOAD));
        journal.append(event("2", Event.Kind.DOWNLOAD, "Watching"));
        journal.append(event("3", Event.Kind.REFUSAL, "Watching", "Strict"));
        journal.append(event("4", Event.Kind.HIDDEN, "Gone"));
        journal.append(event("5", Event.Kind.LOGIN));

        assertThat(text())
                .contains("sluice_decisions_total{mode=\"none\",outcome=\"released\"} 1.0")
                .contains("sluice_decisions_total{mode=\"audit\",outcome=\"released\"} 1.0")
                .contains("sluice_decisions_total{mode=\"enforce\",outcome=\"refused\"} 1.0")
                .contains("sluice_decisions_total{mode=\"none\",outcome=\"hidden\"} 1.0")
                .contains("sluice_policy_matches_total{outcome=\"refused\",policy=\"Strict\"} 1.0")
                .contains("sluice_journal_events_total{kind=\"LOGIN\"} 1.0")
                .contains("sluice_journal_append_seconds_count 5")
                .contains("sluice_journal_pending_events 0.0");
    }

    @Test
    void a_kind_that_a_room_adds_is_counted_and_the_others_are_shown_before_they_happen() throws IOException {
        metrics.counting(new MemoryJournal()).append(event("1", new Event.Kind("WAIVER_GRANTED")));

        assertThat(text())
                .contains("sluice_journal_events_total{kind=\"WAIVER_GRANTED\"} 1.0")
                .contains("sluice_journal_events_total{kind=\"GC\"} 0.0");
    }

    @Test
    void names_of_policies_are_so_many_and_then_other() throws IOException {
        Journal journal = metrics.counting(new MemoryJournal());
        for (int i = 0; i < 250; i++) {
            journal.append(event(Integer.toString(i), Event.Kind.REFUSAL, "Policy " + i));
        }

        assertThat(text().lines().filter(line -> line.startsWith("sluice_policy_matches_total{")))
                .hasSize(201)
                .anyMatch(line -> line.contains("policy=\"other\"} 50.0"));
    }

    @Test
    void what_cannot_be_written_down_is_counted() throws IOException {
        Journal broken = metrics.counting(new Failing());
        broken.append(event("1", Event.Kind.DOWNLOAD));

        assertThat(text())
                .contains("sluice_journal_failures_total 1.0")
                .contains("sluice_journal_pending_events 0.0")
                .doesNotContain("sluice_journal_append_seconds_count 1");
    }

    @Test
    void upstreams_are_counted_by_outcome() throws IOException {
        UpstreamClient client = metrics.timing(ask -> {
            int status = Integer.parseInt(ask.uri().getPath().substring(1));
            if (status == 0) {
                throw new UpstreamClient.UpstreamException("down");
            }
            return new UpstreamClient.Answer(
                    status, ask.uri(), Map.of(), new ByteArrayInputStream(new byte[status == 200 ? 1000 : 0]));
        });
        for (int status : new int[] {200, 200, 304, 404, 503}) {
            try (UpstreamClient.Answer answer = client.ask(ask(status))) {
                assertThat(answer.body().readAllBytes()).hasSize(status == 200 ? 1000 : 0);
            }
        }
        assertThatThrownBy(() -> client.ask(ask(0))).hasMessage("down");

        assertThat(text())
                .contains("sluice_upstream_requests_total{outcome=\"2xx\",upstream=\"npm\"} 2.0")
                .contains("sluice_upstream_requests_total{outcome=\"304\",upstream=\"npm\"} 1.0")
                .contains("sluice_upstream_requests_total{outcome=\"4xx\",upstream=\"npm\"} 1.0")
                .contains("sluice_upstream_requests_total{outcome=\"5xx\",upstream=\"npm\"} 1.0")
                .contains("sluice_upstream_requests_total{outcome=\"failed\",upstream=\"npm\"} 1.0")
                .contains("sluice_upstream_bytes_total{upstream=\"npm\"} 2000.0")
                .contains("sluice_upstream_request_seconds_count{upstream=\"npm\"} 5");
    }

    @Test
    void methods_that_clients_make_up_are_one() throws IOException {
        metrics.request("none", "", "BREW", 405, 0.1, 1, 1);
        metrics.request("none", "", "BOIL", 405, 0.1, 1, 1);

        assertThat(text())
                .contains(
                        "sluice_http_requests_total{endpoint=\"none\",format=\"\",method=\"other\",status=\"405\"} 2.0")
                .doesNotContain("BREW");
    }

    private static UpstreamClient.Ask ask(int status) {
        Upstream upstream =
                new Upstream("npm", "npm", URI.create("http://upstream.example/"), 100, Upstream.Trust.TRUSTED, null);
        return new UpstreamClient.Ask(
                upstream, URI.create("http://upstream.example/" + status), "*/*", null, null, 9999);
    }

    private static Event event(String id, Event.Kind kind, String... policies) {
        return Event.of(id, Instant.EPOCH, kind, Event.Actor.SYSTEM, "")
                .about(Event.Subject.repository("main"))
                .decidedBy(List.of(policies));
    }

    /** A journal whose disk is full. */
    private static final class Failing implements Journal {
        @Override
        public CompletionStage<Void> append(Event event) {
            return CompletableFuture.failedFuture(new IOException("disk full"));
        }

        @Override
        public Optional<Event> find(String id) {
            return Optional.empty();
        }

        @Override
        public List<Event> query(Query query) {
            return List.of();
        }

        @Override
        public List<Consumption> consumption(Taken what, int limit) {
            return List.of();
        }

        @Override
        public Set<String> versions(PackageName name) {
            return Set.of();
        }

        @Override
        public void settle() {}
    }
}
