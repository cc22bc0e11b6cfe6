package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.api.ApiRoutes;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Operations;
import dev.sluice.server.page.Pages;
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
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
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

    /** Decides whether a visitor may do something in a repository; needs nothing but memory. */
    @FunctionalInterface
    public interface Access {
        /** Whether the caller may. */
        Gate.Access authorise(Visit visit, Repository repository, Permission permission);
    }

    /**
     * Where to listen.
     *
     * @param address IP address or host name to bind
     * @param port TCP port; 0 for any that is free
     * @param publicUrl scheme, host and port as clients see them, without trailing slash, where a proxy stands in front; null
     *     to take it from each request
     */
    public record Binding(
            String address, int port, @Nullable String publicUrl) {}

    /**
     * What stands behind the door.
     *
     * @param gate the one door to artifacts
     * @param access who may what
     * @param formats the formats served, by the order people see them in
     * @param repositories where repositories are kept
     * @param tokens where tokens are kept
     * @param policies what decides
     * @param advisories what is known of the world
     * @param journal the record of everything
     * @param metrics figures
     * @param workspace name of the installation, part of the addresses of policies
     * @param more operations beside the server's own
     */
    public record Rooms(
            Gate gate,
            Access access,
            List<Format> formats,
            RepositoryStore repositories,
            TokenStore tokens,
            Policies policies,
            AdvisoryStore advisories,
            Journal journal,
            Metrics metrics,
            String workspace,
            List<Operation> more) {
        /** Copies the lists. */
        public Rooms {
            formats = List.copyOf(formats);
            more = List.copyOf(more);
        }
    }

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
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Queue<HttpServer> servers = new ConcurrentLinkedQueue<>();
        HttpServerOptions options = options(limits);
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
            throw new IOException(
                    "cannot listen on " + binding.address() + ":" + binding.port() + ": " + e.getMessage(), e);
        }
        int port = servers.element().actualPort();
        return new FrontDoor(vertx, door, servers, blocking, binding.address(), port);
    }

    private static Door door(
            Binding binding, Rooms rooms, Limits limits, InstantSource clock, ExecutorService blocking) {
        Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
        Ulid ids = new Ulid(clock);
        Map<String, Format> formats = new LinkedHashMap<>();
        rooms.formats().forEach(format -> formats.put(format.id(), format));
        RecentRepositories repositories = new RecentRepositories(rooms.repositories(), ticker);
        Authentication authentication = new Authentication(rooms.tokens(), rooms.journal(), ids, ticker);
        List<Operation> operations = new ArrayList<>();
        operations.addAll(Pages.operations(
                rooms.formats(), repositories, rooms.journal(), rooms.advisories(), rooms.metrics()::text, clock));
        operations.addAll(ApiRoutes.operations(
                new ApiRoutes.Rooms(
                        rooms.gate(),
                        rooms.formats(),
                        repositories,
                        rooms.tokens(),
                        rooms.policies(),
                        rooms.advisories(),
                        rooms.journal(),
                        rooms.workspace(),
                        authentication::forget),
                ids,
                clock));
        operations.addAll(rooms.more());
        Door door = new Door(
                rooms.gate(),
                rooms.access(),
                formats,
                repositories,
                authentication,
                new Operations(operations),
                rooms.metrics(),
                limits,
                clock,
                binding.publicUrl(),
                blocking);
        rooms.metrics().gauge("sluice_http_requests_running", "Requests on virtual threads now", door.running::get);
        rooms.metrics().gauge("sluice_http_connections", "Connections open now", door.connections::get);
        return door;
    }

    private static HttpServerOptions options(Limits limits) {
        return new HttpServerOptions()
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setMaxInitialLineLength(limits.uriLength())
                .setMaxHeaderSize(limits.headerSize())
                .setIdleTimeout((int) limits.idle().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setTcpNoDelay(true)
                .setReuseAddress(true)
                .setAcceptBacklog(1024);
    }

    /** One per event loop; the loops share the port. */
    private static final class Listener extends VerticleBase {
        private final Door door;
        private final HttpServerOptions options;
        private final SocketAddress address;
        private final Queue<HttpServer> servers;

        /** Connections that sent no request yet, with the timer that ends them; touched by one event loop only. */
        private final IdentityHashMap<HttpConnection, Long> silent = new IdentityHashMap<>();

        Listener(Door door, HttpServerOptions options, SocketAddress address, Queue<HttpServer> servers) {
            this.door = door;
            this.options = options;
            this.address = address;
            this.servers = servers;
        }

        @Override
        public Future<?> start() {
            HttpServer server = vertx.createHttpServer(options)
                    .connectionHandler(this::connected)
                    .invalidRequestHandler(Listener::invalid)
                    .exceptionHandler(failure -> LOG.debug("a connection failed", failure))
                    .requestHandler(this::request);
            return server.listen(address).onSuccess(servers::add);
        }

        private void connected(HttpConnection connection) {
            int open = door.connections.incrementAndGet();
            long timer = vertx.setTimer(door.limits.firstRequest().toMillis(), late -> {
                if (silent.remove(connection) != null) {
                    connection.close();
                }
            });
            silent.put(connection, timer);
            connection.closeHandler(closed -> {
                door.connections.decrementAndGet();
                asked(connection);
            });
            if (open > door.limits.connections()) {
                connection.close();
            }
        }

        /** The connection showed what it is for. */
        private void asked(HttpConnection connection) {
            Long timer = silent.remove(connection);
            if (timer != null) {
                vertx.cancelTimer(timer);
            }
        }

        private void request(HttpServerRequest wire) {
            asked(wire.connection());
            new Passage(door, wire, vertx.getOrCreateContext()).begin();
        }

        /** What is no HTTP: answered briefly, then closed. */
        private static void invalid(HttpServerRequest wire) {
            Throwable cause = wire.decoderResult().cause();
            String kind = cause == null ? "" : cause.getClass().getSimpleName();
            int status = kind.equals("TooLongHttpLineException")
                    ? 414
                    : kind.equals("TooLongHttpHeaderException") ? 431 : 400;
            HttpServerResponse out = wire.response();
            out.setStatusCode(status)
                    .putHeader("Connection", "close")
                    .putHeader("Content-Type", "text/plain; charset=utf-8")
                    .end("The request is not valid HTTP/1.1 or exceeds a limit of this server.\n")
                    .onComplete(sent -> wire.connection().close());
        }
    }

    /** Scheme, host and port to reach it at: {@code http://127.0.0.1:8080}. */
    public String address() {
        String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host.equals("::") ? "[::1]" : host;
        return "http://" + (shown.indexOf(':') >= 0 && !shown.startsWith("[") ? "[" + shown + "]" : shown) + ":" + port;
    }

    /** The TCP port it listens on. */
    public int port() {
        return port;
    }

    /** What is answered beside the formats. */
    public List<Operation> operations() {
        return door.operations.all();
    }

    /** Stops accepting, lets running requests finish within the drain limit, then closes everything. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        door.draining = true;
        List<Future<Void>> stopping = new ArrayList<>();
        for (HttpServer server : servers) {
            stopping.add(server.shutdown(door.limits.drain()));
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
