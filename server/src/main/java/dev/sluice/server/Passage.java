package dev.sluice.server;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Operations;
import dev.sluice.server.operation.Problem;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the door: where to, who, may they, what is the answer, is it written down, send it.
 *
 * <p>Begins on the event loop. A step that would have to block says so by returning null; then the passage starts over on a
 * virtual thread, keeping what it found. A virtual thread is never interrupted when its client goes away, because others may wait
 * for what it fetches; it fails at the next byte it reads from or sends to that client.
 */
final class Passage {

    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.sluice.access");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final Door door;
    private final HttpServerRequest wire;
    private final Context loop;
    private final Instant at;
    private final long startedNanos = System.nanoTime();
    private @Nullable RequestBody body;
    private @Nullable WireRequest request;
    private @Nullable Target target;
    private Authentication.@Nullable Result who;
    private @Nullable Repository repository;
    private @Nullable Endpoint endpoint;
    private @Nullable Visit visit;
    private String name = "none";

    Passage(Door door, HttpServerRequest wire, Context loop) {
        this.door = door;
        this.wire = wire;
        this.loop = loop;
        this.at = door.clock.instant();
    }

    /** Reads the head and goes as far as possible without blocking; call on the event loop. */
    void begin() {
        try {
            long announced = announcedLength();
            String expect = wire.getHeader("Expect");
            if (announced != 0) {
                body = new RequestBody(wire, loop, announced, door.limits.stall(), expect != null);
            }
            if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
                throw new Problem(417, "Expectation failed", "only 100-continue can be expected here");
            }
            target = Target.parse(wire.uri());
            request = new WireRequest(wire, target, door.publicUrl, body);
        } catch (Problem problem) {
            send(problem.response());
            return;
        }
        attend(true);
    }

    /** Length of the body: 0 for none, -1 for a chunked one. */
    private long announcedLength() {
        List<String> lengths = wire.headers().getAll("Content-Length");
        boolean chunked = wire.headers().contains("Transfer-Encoding");
        if (lengths.isEmpty()) {
            return chunked ? -1 : 0;
        }
        if (chunked || lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
            throw Problem.badRequest("the length of the body is ambiguous");
        }
        return Long.parseLong(lengths.getFirst());
    }

    private void attend(boolean onLoop) {
        Response response;
        try {
            response = answer(onLoop);
        } catch (RequestBody.ClientGoneException e) {
            loop.runOnContext(go -> {
                wire.connection().close();
                finished(499);
            });
            return;
        } catch (Throwable failure) {
            response = describe(failure);
        }
        if (response != null) {
            release(response);
        } else if (door.enter()) {
            door.blocking.execute(() -> {
                try {
                    attend(false);
                } finally {
                    door.leave();
                }
            });
        } else {
            send(Problem.response(503, "Busy", "too many requests are being answered; try again in a moment")
                    .with("Retry-After", "5"));
        }
    }

    /** The response, or null when finding it would block the event loop. */
    private @Nullable Response answer(boolean onLoop) throws IOException {
        Target where = java.util.Objects.requireNonNull(target);
        Request asked = java.util.Objects.requireNonNull(request);
        Operations.Match match = door.operations.find(asked.method(), where.segments());
        if (match != null) {
            return operate(match, asked, onLoop);
        }
        List<String> allowed = door.operations.methods(where.segments());
        if (!allowed.isEmpty()) {
            return notAllowed(String.join(", ", allowed));
        }
        Format format = door.formats.get(where.segments().getFirst());
        if (format == null || where.segments().size() < 2) {
            return Problem.notFound("there is nothing at " + shown(where.path()))
                    .response();
        }
        return visitFormat(format, where, asked, onLoop);
    }

    private @Nullable Response operate(Operations.Match match, Request asked, boolean onLoop) throws IOException {
        Operation operation = match.operation();
        name = operation.id();
        if (operation.permission() != Permission.OPEN) {
            Authentication.Result result = authenticate(asked, onLoop);
            if (result == null) {
                return null;
            }
            if (result instanceof Authentication.Rejected rejected) {
                return unauthenticated(rejected.why());
            }
        }
        Principal principal = principal();
        if (!mayOperate(principal, operation.permission())) {
            return principal.isAnonymous()
                    ? unauthenticated("a token is needed here")
                    : forbidden(operation.permission());
        }
        if (onLoop && !operation.fromMemory()) {
            return null;
        }
        limitBody(door.limits.document());
        return operation.handler().handle(new Call(asked, visit(principal), match.parameters()));
    }

    /** A token limited to repositories has no say over the whole installation. */
    private static boolean mayOperate(Principal principal, Permission permission) {
        Token token = principal.token();
        return permission == Permission.OPEN
                || (token != null
                        && token.role().permits(permission)
                        && (token.repositories().isEmpty() || permission == Permission.READ));
    }

    private @Nullable Response visitFormat(Format format, Target where, Request asked, boolean onLoop)
            throws IOException {
        String repositoryName = where.segments().get(1);
        if (repository == null) {
            RecentRepositories.Found found =
                    onLoop ? door.repositories.fromMemory(repositoryName) : door.repositories.look(repositoryName);
            if (found == null) {
                return null;
            }
            if (found.repository() == null) {
                return Problem.notFound("there is no repository " + shown(repositoryName))
                        .response();
            }
            repository = found.repository();
        }
        if (endpoint == null) {
            List<String> rest = where.segments().subList(2, where.segments().size());
            endpoint = route(format, asked.method(), rest);
            if (endpoint == null) {
                return elsewhere(format, rest, where);
            }
            name = endpoint.name();
        }
        Authentication.Result result = endpoint.permission() == Permission.OPEN ? who : authenticate(asked, onLoop);
        if (result == null && endpoint.permission() != Permission.OPEN) {
            return null;
        }
        if (result instanceof Authentication.Rejected rejected) {
            return unauthenticated(rejected.why());
        }
        Principal principal = principal();
        Visit visiting = visit(principal);
        Gate.Access access = door.access.authorise(visiting, repository, endpoint.permission());
        if (access == Gate.Access.UNAUTHENTICATED) {
            return unauthenticated("repository " + repository.name() + " needs a token for this");
        }
        if (access == Gate.Access.FORBIDDEN) {
            return forbidden(endpoint.permission());
        }
        limitBody(door.limits.upload());
        Exchange exchange = new Exchange(asked, repository, visiting, door.gate);
        return onLoop ? endpoint.handleFromMemory(exchange) : endpoint.handle(exchange);
    }

    private static @Nullable Endpoint route(Format format, String method, List<String> rest) {
        try {
            return format.route(new Route(method, rest));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static Response elsewhere(Format format, List<String> rest, Target where) {
        List<String> allowed = new ArrayList<>();
        for (String method : List.of("DELETE", "GET", "HEAD", "POST", "PUT")) {
            if (route(format, method, rest) != null) {
                allowed.add(method);
            }
        }
        return allowed.isEmpty()
                ? Problem.notFound("the " + format.ecosystem() + " protocol has nothing at " + shown(where.path()))
                        .response()
                : notAllowed(String.join(", ", allowed));
    }

    private Authentication.@Nullable Result authenticate(Request asked, boolean onLoop) {
        if (who == null) {
            Authentication.Credentials credentials = Authentication.credentials(asked);
            who = onLoop
                    ? door.authentication.fromMemory(credentials, at)
                    : door.authentication.check(credentials, at, address(), userAgent());
        }
        return who;
    }

    private Principal principal() {
        return who instanceof Authentication.Known known ? known.principal() : Principal.ANONYMOUS;
    }

    private Visit visit(Principal principal) {
        Visit known = visit;
        if (known == null) {
            known = new Visit(principal, address(), userAgent(), at);
            visit = known;
        }
        return known;
    }

    private void limitBody(long bytes) throws Request.TooLargeException {
        if (body != null) {
            if (body.announced() > bytes) {
                throw new Request.TooLargeException(bytes);
            }
            body.limit(bytes);
        }
    }

    private static Response unauthenticated(String why) {
        return Problem.response(
                        401,
                        "Token needed",
                        why + ". Send a token of this registry as 'Authorization: Bearer', or as the password of HTTP"
                                + " Basic with any user name; an administrator makes one with 'sluice token create'.")
                .with("WWW-Authenticate", "Basic realm=\"sluice\"");
    }

    private static Response forbidden(Permission permission) {
        return Problem.response(
                403,
                "Token not sufficient",
                "this token does not permit " + permission.name().toLowerCase(java.util.Locale.ROOT)
                        + " here; an administrator can make one that does.");
    }

    private static Response notAllowed(String methods) {
        return Problem.response(405, "Method not allowed", "this address answers " + methods)
                .with("Allow", methods);
    }

    private Response describe(Throwable failure) {
        return switch (failure) {
            case Problem problem -> problem.response();
            case Request.TooLargeException e -> Problem.response(413, "Too large", String.valueOf(e.getMessage()));
            case RequestBody.StalledException e ->
                Problem.response(408, "Request timeout", String.valueOf(e.getMessage()));
            case Upload.DigestMismatchException e ->
                Problem.response(400, "Digest mismatch", String.valueOf(e.getMessage()));
            case UpstreamClient.UpstreamException e ->
                incident(502, "Upstream unavailable", "an upstream registry did not give what is needed", e);
            case CompletionException e -> unwritten(e); // only records of the journal are waited for in futures
            default -> incident(500, "Internal error", "this is a fault of the registry, not of the request", failure);
        };
    }

    /** The client gets a number, the log gets the story. */
    private Response incident(int status, String title, String detail, Throwable failure) {
        String incident = UUID.randomUUID().toString();
        (status == 502 ? LOG.atWarn() : LOG.atError())
                .setCause(failure)
                .addKeyValue("incident", incident)
                .addKeyValue("endpoint", name)
                .addKeyValue("path", shown(wire.path() == null ? "" : wire.path()))
                .log(title);
        return Problem.response(status, title, detail + "; incident " + incident)
                .with("X-Incident", incident);
    }

    /** Sends the response once everything it is about is durable. */
    private void release(Response response) {
        List<CompletableFuture<Void>> pending = new ArrayList<>(1);
        if (visit != null) {
            for (CompletionStage<Void> stage : visit.records()) {
                CompletableFuture<Void> future = stage.toCompletableFuture();
                if (!future.isDone() || future.isCompletedExceptionally()) {
                    pending.add(future);
                }
            }
        }
        if (pending.isEmpty()) {
            send(response);
            return;
        }
        var _ = CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        send(response);
                    } else {
                        send(unwritten(failure));
                    }
                });
    }

    private Response unwritten(Throwable failure) {
        return incident(503, "Journal not writable", "nothing is released that cannot be written down", failure);
    }

    private void send(Response response) {
        Delivery delivery = new Delivery(door, wire, loop, at, request, body, response, this::finished);
        if (io.vertx.core.Vertx.currentContext() == loop) {
            delivery.send();
        } else {
            loop.runOnContext(go -> delivery.send());
        }
    }

    private void finished(int status) {
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        door.metrics.request(
                name, wire.method().name(), status, seconds, wire.response().bytesWritten(), wire.bytesRead());
        if (ACCESS.isInfoEnabled()) {
            Principal principal = principal();
            Token token = principal.token();
            ACCESS.atInfo()
                    .addKeyValue("method", wire.method().name())
                    .addKeyValue("path", target == null ? "" : shown(target.path()))
                    .addKeyValue("status", status)
                    .addKeyValue("endpoint", name)
                    .addKeyValue("bytes", wire.response().bytesWritten())
                    .addKeyValue("millis", Math.round(seconds * 1000))
                    .addKeyValue("user", principal.user())
                    .addKeyValue("token", token == null ? "" : token.id())
                    .addKeyValue("address", address())
                    .addKeyValue("agent", shown(userAgent()))
                    .log("request");
        }
    }

    private String address() {
        return wire.remoteAddress() == null
                ? ""
                : String.valueOf(wire.remoteAddress().hostAddress());
    }

    private String userAgent() {
        String agent = wire.getHeader("User-Agent");
        return agent == null ? "" : agent;
    }

    /** Text of a client as it may appear in a log or a message: bounded, printable. */
    private static String shown(String text) {
        String cut = text.length() <= 200 ? text : text.substring(0, 200) + "...";
        return cut.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
