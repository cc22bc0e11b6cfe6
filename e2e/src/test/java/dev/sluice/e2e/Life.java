package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** One life of a server, from its start to its kill, and how it is asked. Thread-safe. */
final class Life {

    private final Sluice sluice;
    private final String token;
    private final HttpClient http;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicBoolean killed = new AtomicBoolean();

    Life(Sluice sluice, HttpClient http) throws IOException {
        this.sluice = sluice;
        this.http = http;
        this.token = Sluice.JSON
                .readTree(Files.readString(sluice.data().resolve("control.json")))
                .path("adminToken")
                .asString();
    }

    /** Its process. */
    Sluice sluice() {
        return sluice;
    }

    /** How many pieces of work were begun. */
    AtomicInteger requests() {
        return requests;
    }

    /** Kills it at once; whatever fails from then on fails for that. */
    void kill() throws InterruptedException {
        killed.set(true);
        sluice.kill();
    }

    /** Whether it was killed, or is about to be. */
    boolean isKilled() {
        return killed.get();
    }

    /** The answer, whatever it is; headers as name, value, name, value … */
    HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        return sendAs(token, method, path, body, headers);
    }

    /** The same with another token. */
    HttpResponse<byte[]> sendAs(String secret, String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sluice.address() + path))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + secret)
                .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    /** The answer, which must be a success. */
    byte[] done(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(method, path, body, headers);
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(method + " " + path + " answered " + response.statusCode() + ": "
                    + new String(response.body(), UTF_8));
        }
        return response.body();
    }

    /** The answer of the API, which must be a success. */
    JsonNode api(String method, String path, JsonNode body) throws IOException, InterruptedException {
        byte[] answer = done(
                method,
                path,
                body.isMissingNode() ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()),
                "Content-Type",
                "application/json");
        return Sluice.JSON.readTree(answer.length == 0 ? "{}".getBytes(UTF_8) : answer);
    }

    /** What the API says to a question. */
    JsonNode api(String path) throws IOException, InterruptedException {
        return api("GET", path, MissingNode.getInstance());
    }

    /** Has the API begin something that takes time, and waits for the end of it; its last state. */
    JsonNode await(String path, JsonNode body, String states) throws IOException, InterruptedException {
        String id = api("POST", path, body).path("id").asString();
        JsonNode state = api(states + id);
        while (state.path("state").asString().equals("running")) {
            TimeUnit.MILLISECONDS.sleep(5); // as the command does
            state = api(states + id);
        }
        return state;
    }
}
