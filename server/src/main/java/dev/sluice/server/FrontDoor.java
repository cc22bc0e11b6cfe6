package dev.sluice.server;

import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Readiness;
import dev.sluice.server.trace.Tracing;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening HTTP/1.1 server: the addresses of every format, the REST API, the pages for people.
 *
 * <p>What needs only memory is answered on an event loop, everything else on a virtual thread. HTTP/2 is off on purpose: it has no
 * reason phrase, the only text some clients show (RFC 9113, section 8.3.1). Thread-safe; close it to drain and stop.
 */
public final class FrontDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

    /**
     * Where to listen.
     *
     * @param address IP address or host name to bind
     * @param port TCP port; 0 for any that is free
     * @param publicUrl scheme, host and port as clients see them, without trailing slash, where a proxy stands in front; null
     *     to take it from each request
     * @param tls the certificate to show; null for plain HTTP
     * @param forwarding which proxies are believed
     * @param anonymousOnlyDirect whether nobody reads without a token unless the request comes from this machine and through no
     *     proxy, even where reading is open
     */
    public record Binding(
            String address,
            int port,
            @Nullable String publicUrl,
            @Nullable ServerCertificate tls,
            Forwarding forwarding,
            boolean anonymousOnlyDirect) {}

    /**
     * The packages behind the door.
     *
     * @param gate the one door to artifacts
     * @param formats the formats served
     * @param repositories where repositories are kept
     */
    public record Packages(Gate gate, List<Format> formats, RepositoryStore repositories) {
        /** Copies the list. */
        public Packages {
            formats = List.copyOf(formats);
        }
    }

    /**
     * Who comes, and may what.
     *
     * @param tokens where tokens are kept
     * @param grants who may what
     * @param journal where tokens that are not accepted are recorded
     */
    public record Visitors(TokenStore tokens, Grants grants, Journal journal) {}

    /**
     * Who looks on.
     *
     * @param metrics figures
     * @param tracing who follows requests
     * @param readiness whether requests should come here; told when the door is about to close
     */
    public record Observers(Metrics metrics, Tracing tracing, Readiness readiness) {}

    /**
     * What stands behind the door.
     *
     * @param nodes what every request catches up with before anything is decided
     * @param operations what is answered beside the formats
     */
    public record Rooms(
            Packages packages, Visitors visitors, Nodes nodes, Observers observers, List<Operation> operations) {
        /** Copies the list. */
        public Rooms {
            operations = List.copyOf(operations);
        }
    }

    /** Forward secrecy and authenticated encryption only (RFC 9325, section 4.2). */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final Vertx vertx;
    private final Door door;
    private final Queue<HttpServer> servers;
    private final ExecutorService blocking;
    private final String host;
    private final int port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FrontDoor(
            Vertx vertx, Door door, Queue<HttpServer> servers, ExecutorService blocking, String host, int port) {
        this.vertx = vertx;
        this.door = door;
        this.servers = servers;
        this.blocking = blocking;
        this.host = host;
        this.port = port;
    }

    /** Starts listening; requests are answered when this returns. Throws IOException when the address cannot be bound. */
    public static FrontDoor start(Binding binding, Rooms rooms, Limits limits, InstantSource clock) throws IOException {
        ExecutorService blocking = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory());
        Door door = door(binding, rooms, limits, clock, blocking);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Queue<HttpServer> servers = new ConcurrentLinkedQueue<>();
        HttpServerOptions options = options(binding, limits);
        // One free port for all event loops, where port 0 would give each its own.
        SocketAddress address = binding.port() == 0
                ? SocketAddress.sharedRandomPort(1, binding.address())
                : SocketAddress.inetSocketAddress(binding.port(), binding.address());
        try {
            await(vertx.deployVerticle(
                    () -> new Listener(door, options, address, servers),
                    new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors())));
        } catch (IOException e) {
            closeQuietly(vertx);
            blocking.close();
            String place = binding.address() + ":" + binding.port();
            throw new IOException(
                    isTaken(e)
                            ? "cannot listen on " + place + ": port " + binding.port()
                                    + " is in use; choose another with --port"
                            : "cannot listen on " + place + ": " + e.getMessage(),
                    e);
        }
        int port = servers.element().actualPort();
        return new FrontDoor(vertx, door, servers, blocking, binding.address(), port);
    }

    private static Door door(
            Binding binding, Rooms rooms, Limits limits, InstantSource clock, ExecutorService blocking) {
        Door door = new Door(rooms, binding, limits, clock, blocking);
        Metrics metrics = rooms.observers().metrics();
        metrics.gauge("sluice_http_requests_running", "Requests on virtual threads now", door.running::get);
        metrics.gauge("sluice_http_connections", "Connections open now", door.connections::get);
        metrics.gauge(
                "sluice_http_responses_held_bytes",
                "Bytes of large answers in memory that wait for their readers",
                () -> door.outgoing.held());
        if (binding.tls() != null) {
            metrics.certificate(binding.tls());
        }
        return door;
    }

    private static HttpServerOptions options(Binding binding, Limits limits) {
        HttpServerOptions options = new HttpServerOptions()
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setMaxInitialLineLength(limits.requestLine())
                .setMaxHeaderSize(limits.headerBytes())
                .setIdleTimeout((int) limits.times().idle().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setTcpNoDelay(true)
                .setReuseAddress(true)
                .setAcceptBacklog(1024);
        if (binding.tls() != null) {
            options.setSsl(true)
                    .setKeyCertOptions(KeyCertOptions.wrap(binding.tls().keys()))
                    .setUseAlpn(false)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setSslHandshakeTimeout(limits.times().firstRequest().toMillis());
            CIPHERS.forEach(options::addEnabledCipherSuite);
        }
        return options;
    }

    /** One per event loop; the loops share the port. */
    private static final class Listener extends VerticleBase {
        private final Door door;
        private final HttpServerOptions options;
        private final SocketAddress address;
        private final Queue<HttpServer> servers;

        private final Connections connections;
        private long planned;

        Listener(Door door, HttpServerOptions options, SocketAddress address, Queue<HttpServer> servers) {
            this.door = door;
            this.options = options;
            this.address = address;
            this.servers = servers;
            this.connections = new Connections(door.limits.times());
        }

        @Override
        public Future<?> start() {
            Limits.Times times = door.limits.times();
            long shortest =
                    Math.min(times.firstRequest().toMillis(), times.keepAlive().toMillis());
            long every = Math.clamp(shortest / 4, 10, 1000);
            planned = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(every);
            vertx.setPeriodic(every, tick -> {
                long now = System.nanoTime();
                door.metrics.loopDelay((now - planned) / 1e9);
                planned = now + TimeUnit.MILLISECONDS.toNanos(every);
                connections.sweep(now);
            });
            HttpServer server = vertx.createHttpServer(options)
                    .connectionHandler(this::connected)
                    .invalidRequestHandler(this::invalid)
                    .exceptionHandler(failure -> LOG.debug("a connection failed", failure))
                    .requestHandler(this::request);
            return server.listen(address).onSuccess(servers::add);
        }

        private void connected(HttpConnection connection) {
            int open = door.connections.incrementAndGet();
            connections.opened(connection, System.nanoTime());
            connection.closeHandler(closed -> {
                door.connections.decrementAndGet();
                connections.closed(connection);
            });
            if (open > door.limits.connections() && !connections.makeRoom(connection)) {
                connection.close();
            }
        }

        private void request(HttpServerRequest wire) {
            passage(wire).begin();
        }

        /** What is no HTTP: answered briefly, then closed. */
        private void invalid(HttpServerRequest wire) {
            passage(wire).refuse(wire.decoderResult().cause());
        }

        private Passage passage(HttpServerRequest wire) {
            HttpConnection connection = wire.connection();
            connections.asked(connection);
            return new Passage(
                    door, wire, vertx.getOrCreateContext(), () -> connections.answered(connection, System.nanoTime()));
        }
    }

    /** Scheme, host and port to reach it at: {@code http://127.0.0.1:8080}. */
    public String address() {
        String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host.equals("::") ? "[::1]" : host;
        return (door.binding.tls() == null ? "http://" : "https://")
                + (shown.indexOf(':') >= 0 && !shown.startsWith("[") ? "[" + shown + "]" : shown) + ":" + port;
    }

    /** The TCP port it listens on. */
    public int port() {
        return port;
    }

    /** What is answered beside the formats. */
    public List<Operation> operations() {
        return door.operations.all();
    }

    /**
     * Sends clients elsewhere before it closes: for that time requests are still answered, but {@code /health/ready} says 503, so
     * that load balancers stop sending new ones, and every answer closes its connection. Returns when the time has passed.
     */
    public void leave(Duration delay) {
        if (closed.get()) {
            return;
        }
        door.readiness.leave();
        try {
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops accepting, lets running requests finish within the drain limit, then closes everything. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        door.readiness.leave();
        List<Future<Void>> stopping = new ArrayList<>();
        for (HttpServer server : servers) {
            stopping.add(server.shutdown(door.limits.times().drain()));
        }
        try {
            await(Future.join(stopping));
        } catch (IOException e) {
            LOG.warn("stopping", e);
        }
        closeQuietly(vertx);
        blocking.shutdown();
        try {
            if (!blocking.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("requests still run after the time to drain; they are left behind");
                blocking.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(Vertx vertx) {
        try {
            await(vertx.close());
        } catch (IOException e) {
            LOG.warn("closing", e);
        }
    }

    /** Whether somebody else listens there: Linux's EADDRINUSE as the native transport tells it, or the JDK's word. */
    private static boolean isTaken(IOException e) {
        String why = String.valueOf(e.getMessage());
        return why.contains("error(-98)") || why.contains("already in use");
    }

    private static void await(Future<?> future) throws IOException {
        try {
            future.toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw new IOException("took longer than two minutes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
