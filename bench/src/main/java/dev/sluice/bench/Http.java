package dev.sluice.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** Single requests by the JDK's client. */
final class Http {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * When a download's bytes came.
     *
     * @param firstMillis from the request to the first byte of the body
     * @param allMillis from the request to the last
     * @param bytes how many
     */
    record Timed(double firstMillis, double allMillis, long bytes) {}

    private Http() {}

    private static HttpRequest request(String address, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofMinutes(2));
        headers.forEach(request::header);
        return request.build();
    }

    /** The body. Throws IOException unless the status is 200. */
    static byte[] get(String address, Map<String, String> headers) throws IOException, InterruptedException {
        return expect(CLIENT.send(request(address, headers), HttpResponse.BodyHandlers.ofByteArray()));
    }

    /** The validator of what lies there. */
    static String etag(String address, Map<String, String> headers) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = CLIENT.send(request(address, headers), HttpResponse.BodyHandlers.ofByteArray());
        expect(answer);
        return answer.headers().firstValue("etag").orElseThrow(() -> new IOException(address + " sends no ETag"));
    }

    /** How long the whole answer took. */
    static double millis(String address, Map<String, String> headers) throws IOException, InterruptedException {
        long began = System.nanoTime();
        get(address, headers);
        return (System.nanoTime() - began) / 1e6;
    }

    /** Downloads it without keeping it. */
    static Timed timed(String address) throws IOException, InterruptedException {
        long began = System.nanoTime();
        HttpResponse<InputStream> answer =
                CLIENT.send(request(address, Map.of()), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new IOException(address + " answered " + answer.statusCode());
        }
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = answer.body()) {
            long bytes = Math.max(0, in.read(buffer));
            double first = (System.nanoTime() - began) / 1e6;
            int count = in.read(buffer);
            while (count >= 0) {
                bytes += count;
                count = in.read(buffer);
            }
            return new Timed(first, (System.nanoTime() - began) / 1e6, bytes);
        }
    }

    /** Sends JSON with PUT and returns how long the answer took. Throws IOException unless the status is 200 or 201. */
    static double put(String address, String json, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json));
        headers.forEach(request::header);
        long began = System.nanoTime();
        expect(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        return (System.nanoTime() - began) / 1e6;
    }

    private static byte[] expect(HttpResponse<byte[]> answer) throws IOException {
        if (answer.statusCode() != 200 && answer.statusCode() != 201) {
            byte[] body = answer.body();
            throw new IOException(answer.uri() + " answered " + answer.statusCode() + ": "
                    + new String(body, 0, Math.min(300, body.length), java.nio.charset.StandardCharsets.UTF_8));
        }
        return answer.body();
    }
}
