package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.testkit.MemoryCluster;
import dev.sluice.testkit.Node;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two front doors on one database: whatever was answered by one counts at the other's next request. */
@Timeout(60)
class NodesBehindDoorTest {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final MemoryCluster cluster = new MemoryCluster();
    private final FakeFormat format = new FakeFormat();
    private TestGate one;
    private TestGate two;
    private FrontDoor left;
    private FrontDoor right;
    private String token;

    @BeforeEach
    void open() throws IOException {
        one = new TestGate(format, new NoInspector(), GateSettings.STANDARD, cluster.join());
        two = one.neighbour(cluster.join());
        one.node().repositories().save(new Repository("main", true, List.of(), List.of()));
        token = issue("admin", Role.ADMINISTRATOR).text();
        left = door(one);
        right = door(two);
    }

    private TokenSecrets.Issued issue(String name, Role role) {
        TokenSecrets.Issued issued = TokenSecrets.issue(name, "ada", role, List.of(), Instant.EPOCH, null);
        one.node().tokens().add(issued.token());
        return issued;
    }

    private FrontDoor door(TestGate gate) throws IOException {
        Node node = gate.node();
        return FrontDoor.start(
                new FrontDoor.Binding("127.0.0.1", 0, null, null, Forwarding.NONE, false),
                new TestRooms(
                                gate.gate(),
                                format,
                                node.nodes(),
                                node.leases(),
                                node.repositories(),
                                node.tokens(),
                                gate.policies(),
                                node.advisories(),
                                gate.journal())
                        .rooms(new Grants(true), gate::now),
                TestDoor.LIMITS,
                gate::now);
    }

    @AfterEach
    void close() {
        client.close();
        left.close();
        right.close();
    }

    private HttpResponse<String> send(FrontDoor door, String method, String path, String body, String secret) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(door.address() + path))
                            .header("Authorization", "Bearer " + secret)
                            .method(method, BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(FrontDoor door, String path) {
        return send(door, "GET", path, "", token);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private String state(FrontDoor door) {
        return json(get(door, "/api/explain?purl=pkg:fake/evil@1.0"))
                .get("decision")
                .get("state")
                .stringValue();
    }

    @Test
    void a_policy_made_through_one_decides_at_the_others_next_request() {
        assertThat(state(right)).isEqualTo("AVAILABLE");

        HttpResponse<String> created = send(left, "POST", "/api/v2/workspaces/main/policies/", """
                {"name":"no evil","rego":"package cloudsmith\\n\\nmatch if input.v0.package.name == \\"evil\\"\\n",
                 "actions":[{"action_type":"SetPackageState","package_state":"QUARANTINED"}]}""", token);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);

        assertThat(state(right)).isEqualTo("QUARANTINED");
        String address = "/api/v2/workspaces/main/policies/"
                + json(created).get("slug_perm").stringValue() + "/";
        send(right, "PATCH", address, "{\"enabled\":false}", token);
        assertThat(state(left)).isEqualTo("AVAILABLE");
    }

    @Test
    void a_token_revoked_through_one_is_refused_by_the_other_at_once() {
        TokenSecrets.Issued reader = issue("reader", Role.READER);
        format.put("put", exchange -> Response.empty(201));
        assertThat(send(right, "GET", "/fake/main/echo", "", reader.text()).statusCode())
                .isEqualTo(200);

        assertThat(send(left, "DELETE", "/api/tokens/" + reader.token().id(), "", token)
                        .statusCode())
                .isEqualTo(204);

        assertThat(send(right, "GET", "/fake/main/echo", "", reader.text()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_repository_that_one_closes_is_closed_at_the_others_next_request() throws Exception {
        HttpRequest anonymous = HttpRequest.newBuilder(URI.create(right.address() + "/fake/main/echo"))
                .build();
        assertThat(client.send(anonymous, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

        HttpResponse<String> changed = send(left, "PUT", "/api/repositories/main", "{\"open_reads\":false}", token);
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);

        assertThat(client.send(anonymous, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }

    @Test
    void advisories_that_one_imports_are_known_to_the_other() {
        assertThat(json(get(right, "/api/feeds")).at("/advisory_data/fake").booleanValue())
                .isFalse();

        try (AdvisoryStore.Import begun = one.node().advisories().begin()) {
            begun.feed(new AdvisoryStore.FeedState(AdvisoryStore.FeedState.osv("fake"), 1, one.now(), null));
            begun.commit();
        }

        assertThat(json(get(right, "/api/feeds")).at("/advisory_data/fake").booleanValue())
                .isTrue();
    }

    @Test
    void while_the_database_does_not_answer_nothing_is_decided_from_memory() {
        assertThat(get(right, "/fake/main/echo").statusCode()).isEqualTo(200);

        cluster.reachable(false);

        HttpResponse<String> refused = get(right, "/fake/main/echo");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(json(refused).get("detail").stringValue()).contains("database does not answer");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(get(right, "/health/ready").statusCode()).isEqualTo(503);
        assertThat(get(right, "/health/live").statusCode()).isEqualTo(200);

        cluster.reachable(true);
        assertThat(get(right, "/fake/main/echo").statusCode()).isEqualTo(200);
        assertThat(get(right, "/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void changes_on_both_at_once_take_turns_and_none_is_lost() {
        HttpResponse<String> created = send(left, "POST", "/api/v2/workspaces/main/policies/", """
                {"name":"many hands","rego":"package cloudsmith\\n\\nmatch := false\\n",
                 "actions":[{"action_type":"SetPackageState","package_state":"QUARANTINED"}]}""", token);
        String address = "/api/v2/workspaces/main/policies/"
                + json(created).get("slug_perm").stringValue() + "/";
        List<CompletableFuture<HttpResponse<String>>> answers = java.util.stream.IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> send(
                                i % 2 == 0 ? left : right,
                                "POST",
                                address + "actions/",
                                "{\"action_type\":\"AddPackageTags\",\"tags\":[\"t" + i + "\"]}",
                                token),
                        task -> Thread.ofVirtual().start(task)))
                .toList();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode())
                        .as(answer.join().body())
                        .isEqualTo(201));
        assertThat(json(get(left, address)).get("actions")).hasSize(7);
    }

    @Test
    void a_node_that_leaves_says_so_and_goes_on_answering_for_a_while() throws Exception {
        assertThat(get(left, "/health/ready").statusCode()).isEqualTo(200);
        CountDownLatch left8 = new CountDownLatch(1);
        Thread leaving = Thread.ofVirtual().start(() -> {
            left.leave(Duration.ofMinutes(5));
            left8.countDown();
        });
        HttpResponse<String> ready = get(left, "/health/ready");
        while (ready.statusCode() == 200) {
            ready = get(left, "/health/ready");
        }

        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(json(ready).get("status").stringValue()).isEqualTo("draining");
        assertThat(ready.headers().firstValue("Connection")).contains("close");
        assertThat(get(left, "/fake/main/echo").statusCode()).isEqualTo(200);
        assertThat(get(left, "/health/live").statusCode()).isEqualTo(200);
        assertThat(get(right, "/health/ready").statusCode()).isEqualTo(200);
        assertThat(left8.getCount()).isOne();

        leaving.interrupt();
        left8.await();
    }

    @Test
    void a_lease_that_is_held_for_too_long_is_told_to_the_administrator() {
        Leases never = (key, patience) -> java.util.Optional.empty();
        Node node = two.node();
        TestGate stuck = one.neighbour(new Node(
                node.nodes(),
                never,
                node.repositories(),
                node.tokens(),
                node.policies(),
                node.hosted(),
                node.files(),
                node.documents(),
                node.history(),
                node.advisories()));
        try (FrontDoor door = door(stuck)) {
            HttpResponse<String> answer = send(door, "PUT", "/api/repositories/main", "{\"open_reads\":false}", token);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(json(answer).get("detail").stringValue()).contains("another change is being made");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record NoInspector() implements Inspector {
        @Override
        public Set<String> formats() {
            return Set.of();
        }

        @Override
        public Inspection inspect(String format, String fileName, Content content) {
            return new Inspection(Signal.unknown("no"), Signal.unknown("no"), Signal.unknown("no"), List.of());
        }

        @Override
        public byte @org.jspecify.annotations.Nullable [] description(String format, String fileName, Content content) {
            return null;
        }
    }
}
