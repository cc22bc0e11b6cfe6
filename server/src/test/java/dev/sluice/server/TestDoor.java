package dev.sluice.server;

import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.testkit.TestGate;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A listening front door with stores in memory and a fake format; a clock that stands still until told. */
final class TestDoor implements AutoCloseable {

    static final Limits.Times TIMES = new Limits.Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5));
    static final Limits LIMITS = new Limits(
            200, 100, 4096, 8192, 50, 1024 * 1024, 64 * 1024, 1024, 32 * 1024 * 1024, 64 * 1024 * 1024, TIMES);

    final FakeFormat format = new FakeFormat();
    final MemoryStores.Tokens tokens = new MemoryStores.Tokens();
    final MemoryStores.Repositories repositories = new MemoryStores.Repositories();
    final MemoryStores.Events journal = new MemoryStores.Events();
    final MemoryStores.StoredPolicies policies = new MemoryStores.StoredPolicies();
    final MemoryStores.Advisories advisories = new MemoryStores.Advisories();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final FrontDoor door;

    TestDoor() throws IOException {
        this(LIMITS);
    }

    TestDoor(Limits limits) throws IOException {
        this(limits, new FrontDoor.Binding("127.0.0.1", 0, null, null, Forwarding.NONE, false));
    }

    TestDoor(Limits limits, FrontDoor.Binding binding) throws IOException {
        repositories.save(new Repository("main", true, List.of(), List.of()));
        repositories.save(new Repository("closed", false, List.of(), List.of()));
        door = FrontDoor.start(
                binding,
                new TestRooms(
                                new TestGate(format).gate(),
                                format,
                                Nodes.ALONE,
                                Leases.ALONE,
                                repositories,
                                tokens,
                                new Policies(policies, journal, now::get, new Ulid(now::get)),
                                advisories,
                                journal)
                        .rooms(new Grants(true), now::get),
                limits,
                now::get);
    }

    /** The text of a new token. */
    String token(Role role) {
        return token(role, null);
    }

    String token(Role role, @Nullable Instant expiresAt) {
        TokenSecrets.Issued issued = TokenSecrets.issue("test", "ada", role, List.of(), now.get(), expiresAt);
        tokens.add(issued.token());
        return issued.text();
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        return send(method, path, body, BodyHandlers.ofString(), headers);
    }

    <T> HttpResponse<T> send(
            String method,
            String path,
            HttpRequest.BodyPublisher body,
            HttpResponse.BodyHandler<T> as,
            String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(door.address() + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        try {
            return client.send(builder.build(), as);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A connection on which a test writes what it likes. */
    Wire open() throws IOException {
        return new Wire(door.port());
    }

    @Override
    public void close() {
        client.close();
        door.close();
    }

    /** An answer as it came over the wire. */
    record Answer(String statusLine, Map<String, String> headers, byte[] body) {
        int status() {
            return Integer.parseInt(statusLine.split(" ", 3)[1]);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A raw connection. */
    static final class Wire implements AutoCloseable {
        final Socket socket;
        private final InputStream in;

        Wire(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(15_000);
            in = new BufferedInputStream(socket.getInputStream());
        }

        Wire send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        }

        /** The head of the next answer, its body unread. */
        Answer head() throws IOException {
            String statusLine = line();
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.merge(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip(),
                        (a, b) -> a + ", " + b);
            }
            return new Answer(statusLine, headers, new byte[0]);
        }

        /** The next answer with its body by Content-Length. */
        Answer answer() throws IOException {
            Answer head = head();
            int length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("body broke off after " + body.length + " of " + length);
            }
            return new Answer(head.statusLine(), head.headers(), body);
        }

        /** Whether the server closed the connection (waits for it). */
        boolean isClosed() throws IOException {
            try {
                return in.read() < 0;
            } catch (java.net.SocketException e) {
                return true;
            }
        }

        InputStream in() {
            return in;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("connection closed after '" + line + "'");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
