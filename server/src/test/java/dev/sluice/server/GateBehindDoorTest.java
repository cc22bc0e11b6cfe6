package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The door with the real gate behind it. */
@Timeout(60)
class GateBehindDoorTest {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FrontDoor door;
    private String token;

    @BeforeEach
    void open() throws IOException {
        FakeFormat format = new FakeFormat();
        format.put("put", exchange -> Response.empty(201));
        TestGate gate = new TestGate(format);
        MemoryStores.Tokens tokens = new MemoryStores.Tokens();
        MemoryStores.Repositories repositories = new MemoryStores.Repositories();
        repositories.save(new Repository("main", true, List.of(), List.of()));
        TokenSecrets.Issued issued =
                TokenSecrets.issue("admin", "ada", Role.ADMINISTRATOR, List.of(), Instant.EPOCH, null);
        tokens.add(issued.token());
        token = issued.text();
        door = FrontDoor.start(
                new FrontDoor.Binding("127.0.0.1", 0, null, null, Forwarding.NONE, false),
                new TestRooms(
                                gate.gate(),
                                format,
                                Nodes.ALONE,
                                Leases.ALONE,
                                repositories,
                                tokens,
                                gate.policies(),
                                new MemoryStores.Advisories(),
                                gate.journal())
                        .rooms(new Grants(true), gate::now),
                TestDoor.LIMITS,
                gate::now);
    }

    @AfterEach
    void close() {
        client.close();
        door.close();
    }

    @Test
    void a_policy_made_through_the_api_decides_at_once() throws Exception {
        assertThat(state()).isEqualTo("AVAILABLE");

        HttpResponse<String> created = send("POST", "/api/v2/workspaces/main/policies/", """
                {"name":"no evil","rego":"package cloudsmith\\n\\nmatch if input.v0.package.name == \\"evil\\"\\n",
                 "actions":[{"action_type":"SetPackageState","package_state":"QUARANTINED"}]}""");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(state()).isEqualTo("QUARANTINED");

        String address = "/api/v2/workspaces/main/policies/"
                + json(created).get("slug_perm").stringValue() + "/";
        send("PATCH", address, "{\"enabled\":false}");

        assertThat(state()).isEqualTo("AVAILABLE");
    }

    @Test
    void writes_need_a_token_and_open_reads_do_not() throws Exception {
        assertThat(client.send(
                                HttpRequest.newBuilder(URI.create(door.address() + "/fake/main/echo"))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.send(
                                HttpRequest.newBuilder(URI.create(door.address() + "/fake/main/put"))
                                        .PUT(BodyPublishers.ofString("x"))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
        assertThat(send("PUT", "/fake/main/put", "x").statusCode()).isEqualTo(201);
    }

    private String state() throws Exception {
        HttpResponse<String> answer = send("GET", "/api/explain?purl=pkg:fake/evil@1.0", "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).get("decision").get("state").stringValue();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(door.address() + path))
                        .method(method, BodyPublishers.ofString(body))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }
}
