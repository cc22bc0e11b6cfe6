package dev.sluice.testkit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An S3 that fails on command: what stands before a service without keys, passes requests on, and breaks those it is told to.
 * Thread-safe; the caller closes it.
 */
public final class FaultyS3 implements AutoCloseable {
    private static final int MOST_BYTES = 64 * 1024 * 1024;
    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "content-length", "host", "expect", "upgrade", "transfer-encoding", "date");

    /** What can go wrong. */
    public enum Fault {
        /** 500 InternalError. */
        INTERNAL_ERROR,
        /** 503 SlowDown. */
        SLOW_DOWN,
        /** The answer does not come before {@link FaultyS3#release}. */
        SILENT,
        /** Half of the body comes, the rest not before {@link FaultyS3#release}. */
        STALLED,
        /** Half of the body comes, then the connection ends. */
        TRUNCATED,
        /** All of the body comes, one byte of it another one. */
        WRONG_BYTES
    }

    private record Rule(Fault fault, Predicate<String> requests, AtomicInteger left) {}

    private final URI behind;
    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch released = new CountDownLatch(1);

    private FaultyS3(URI behind, HttpServer server) {
        this.behind = behind;
        this.server = server;
    }

    /** Stands before that service. */
    public static FaultyS3 before(S3Server service) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FaultyS3 faulty = new FaultyS3(service.endpoint(), server);
        server.createContext("/", faulty::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return faulty;
    }

    /** Its address, without a slash at the end. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The bucket with that prefix as an installation is told of it. */
    public String url(String prefix) {
        return S3Server.url(prefix, endpoint());
    }

    /**
     * Breaks the next requests of a kind.
     *
     * @param method the request's method
     * @param part what its path and query contain
     * @param times how many
     */
    public void breakNext(Fault fault, String method, String part, int times) {
        rules.add(new Rule(
                fault, line -> line.startsWith(method + " ") && line.contains(part), new AtomicInteger(times)));
    }

    /** Ends all faults, and lets go on what hangs. */
    public void recover() {
        rules.clear();
        release();
    }

    /** Lets go on what hangs. */
    public void release() {
        CountDownLatch latch = released;
        released = new CountDownLatch(1);
        latch.countDown();
    }

    /** Requests so far as {@code METHOD path?query}, in the order they came. */
    public List<String> seen() {
        return new ArrayList<>(seen);
    }

    /** How many requests so far began with the method and contained the part. */
    public int seen(String method, String part) {
        return (int) seen.stream()
                .filter(line -> line.startsWith(method + " ") && line.contains(part))
                .count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            seen.add(line);
            Fault fault = fault(line);
            if (fault == Fault.INTERNAL_ERROR) {
                refuse(exchange, 500, "InternalError");
            } else if (fault == Fault.SLOW_DOWN) {
                refuse(exchange, 503, "SlowDown");
            } else if (fault == Fault.SILENT) {
                released.await();
            } else {
                pass(exchange, fault);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Fault fault(String line) {
        for (Rule rule : rules) {
            if (rule.requests.test(line) && rule.left.getAndDecrement() > 0) {
                return rule.fault;
            }
        }
        return null;
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getRequestBody().readNBytes(MOST_BYTES);
        byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>on command</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private void pass(HttpExchange exchange, @Nullable Fault fault) throws IOException, InterruptedException {
        byte[] sent = exchange.getRequestBody().readNBytes(MOST_BYTES);
        HttpRequest.Builder request = HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(sent));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        Headers headers = exchange.getResponseHeaders();
        answer.headers().map().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> headers.add(name, value));
            }
        });
        byte[] body = answer.body();
        if (exchange.getRequestMethod().equals("HEAD")) {
            answer.headers().firstValue("content-length").ifPresent(length -> headers.set("Content-Length", length));
            exchange.sendResponseHeaders(answer.statusCode(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            respond(exchange.getResponseBody(), body, fault);
        }
    }

    /** Leaving before all was written ends the connection. */
    private void respond(OutputStream out, byte[] body, @Nullable Fault fault)
            throws IOException, InterruptedException {
        if (fault == Fault.WRONG_BYTES) {
            body[body.length / 2] ^= 1;
        }
        boolean half = fault == Fault.TRUNCATED || fault == Fault.STALLED;
        out.write(body, 0, half ? body.length / 2 : body.length);
        out.flush();
        if (fault == Fault.STALLED) {
            released.await();
        }
    }

    @Override
    public void close() {
        recover();
        server.stop(0);
        client.close();
    }
}
