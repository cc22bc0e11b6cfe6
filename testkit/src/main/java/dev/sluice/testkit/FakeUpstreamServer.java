package dev.sluice.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A small real HTTP server on loopback that fails on command: what it serves, how it breaks and what it was asked are in the
 * hands of the test.
 *
 * <p>Paths are compared as sent, percent-encoding included, without the query. What nothing was said about is 404. A request with a
 * matching If-None-Match is answered 304. Thread-safe; the caller closes it.
 */
public final class FakeUpstreamServer implements AutoCloseable {
    private static final int MOST_REQUEST_BYTES = 64 * 1024 * 1024;

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, Body> bodies = new ConcurrentHashMap<>();
    private final Map<String, Queue<Answer>> next = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final List<Received> received = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile CountDownLatch released = new CountDownLatch(1);
    private volatile @Nullable Answer outage;

    /**
     * A request that came in.
     *
     * @param method in upper case
     * @param path as sent, without the query
     * @param query as sent, or empty
     * @param headers by lower-case name, the first value of each
     * @param body its bytes
     */
    public record Received(String method, String path, String query, Map<String, String> headers, byte[] body) {}

    /** A body that is made while it is sent, so that a test holds none of it. */
    @FunctionalInterface
    public interface Body {
        /** Writes it whole. */
        void writeTo(OutputStream out) throws IOException;
    }

    private FakeUpstreamServer(HttpServer server) {
        this.server = server;
    }

    /** Starts one on a free port. Throws IOException. */
    public static FakeUpstreamServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FakeUpstreamServer upstream = new FakeUpstreamServer(server);
        server.createContext("/", upstream::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return upstream;
    }

    /** Its address, ending in a slash. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** The address of a path on it; the path begins with a slash and is percent-encoded. */
    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** From now on answers requests for that path so. */
    public void serve(String path, Answer answer) {
        answers.put(path, answer);
    }

    /** From now on answers requests for that path with JSON of a length that is not told. */
    public void serve(String path, Body json) {
        bodies.put(path, json);
    }

    /** Answers the next requests for that path so, one after the other, and then as {@link #serve} said. */
    public void serveNext(String path, Answer... inTurn) {
        next.computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>()).addAll(List.of(inTurn));
    }

    /** From now on answers requests for that path with 404. */
    public void forget(String path) {
        answers.remove(path);
    }

    /** From now on answers every request so, whatever was said about its path. */
    public void breakDown(Answer everything) {
        outage = everything;
    }

    /** Ends what {@link #breakDown} began. */
    public void recover() {
        outage = null;
    }

    /** Lets every stalled answer go on, and those that would stall from now on. */
    public void release() {
        released.countDown();
    }

    /** Makes stalled answers stall again after a {@link #release}. */
    public void holdAgain() {
        released = new CountDownLatch(1);
    }

    /** How often that path was asked for. */
    public int requests(String path) {
        return (int) received().stream().filter(r -> r.path().equals(path)).count();
    }

    /** Every request so far, in the order they came. */
    public List<Received> received() {
        lock.lock();
        try {
            return List.copyOf(received);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until that path was asked for that often. */
    public void awaitRequests(String path, int count) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (received.stream().filter(r -> r.path().equals(path)).count() < count) {
                asked.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops at once; stalled answers break. */
    @Override
    public void close() {
        closing.countDown();
        released.countDown();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Received request = note(exchange);
            Body made = bodies.get(request.path());
            if (made != null) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                made.writeTo(exchange.getResponseBody());
                return;
            }
            Answer everything = outage;
            Queue<Answer> inTurn = next.get(request.path());
            Answer now = inTurn == null ? null : inTurn.poll();
            Answer answer = everything != null ? everything : now != null ? now : answers.get(request.path());
            send(exchange, request, answer == null ? Answer.status(404) : answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Received note(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        URI uri = exchange.getRequestURI();
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(MOST_REQUEST_BYTES);
        }
        String query = uri.getRawQuery();
        Received request =
                new Received(exchange.getRequestMethod(), uri.getRawPath(), query == null ? "" : query, headers, body);
        lock.lock();
        try {
            received.add(request);
            asked.signalAll();
        } finally {
            lock.unlock();
        }
        return request;
    }

    private void send(HttpExchange exchange, Received request, Answer answer) throws IOException, InterruptedException {
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        String etag = answer.headers().get("ETag");
        if (etag != null
                && answer.status() == 200
                && etag.equals(request.headers().get("if-none-match"))) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        if (request.method().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(answer.body().length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        // The JDK's server reads 0 as "chunked" and -1 as "no body".
        long length = answer.declared() < 0 ? 0 : answer.declared() == 0 ? -1 : answer.declared();
        exchange.sendResponseHeaders(answer.status(), length);
        if (length == -1) {
            return;
        }
        OutputStream out = exchange.getResponseBody();
        if (answer.trickles()) {
            for (int i = 0; i < answer.sent() && !closing.await(50, TimeUnit.MILLISECONDS); i++) {
                out.write(answer.body(), i, 1);
                out.flush();
            }
            return;
        }
        int half = answer.stalls() ? answer.sent() / 2 : answer.sent();
        out.write(answer.body(), 0, half);
        out.flush();
        if (answer.stalls()) {
            released.await();
            if (closing.getCount() == 0) {
                return;
            }
            out.write(answer.body(), half, answer.sent() - half);
        }
        if (answer.sent() == answer.body().length) {
            out.close();
        }
    }
}
