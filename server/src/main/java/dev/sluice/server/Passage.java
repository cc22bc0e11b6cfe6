package dev.sluice.server;

import dev.sluice.kernel.access.Access;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.TooLargeException;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Operations;
import dev.sluice.server.operation.Problem;
import dev.sluice.server.trace.Tracing;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One request on its way through the door: where to, who, may they, what is the answer, is it written down, send it.
 *
 * <p>Begins on the event loop. A step that would have to block says so by returning null; then the passage starts over on a
 * virtual thread, keeping what it found. A virtual thread is never interrupted when its client goes away, because others may wait
 * for what it fetches; it fails at the next byte it reads from or sends to that client.
 */
final class Passage {

    private static final Logger ACCESS = LoggerFactory.getLogger("dev.sluice.access");

    /** What a second of work costs that somebody only wanted to try out: half a processor, with the usual limit. */
    private static final int POINTS_OF_WORK = 1000;

    final Door door;
    final HttpServerRequest wire;
    final Context loop;
    final Instant at;
    final String id;

    @Nullable
    RequestBody body;

    @Nullable
    WireRequest request;

    private final Runnable answered;
    private final long startedNanos = System.nanoTime();
    private boolean over;
    private volatile boolean last;
    private volatile boolean anew;
    private Forwarding.Client client;
    private Tracing.@Nullable Followed followed;
    private @Nullable Target target;
    private Authentication.@Nullable Result who;
    private @Nullable Repository repository;
    private @Nullable Endpoint endpoint;
    private @Nullable Visit visit;
    private String name = "none";
    private String formatId = "";
    private @Nullable String from;
    private volatile String decision = "";
    private boolean counted;

    /** A request whose head has arrived; tells on the event loop when it is answered. */
    Passage(Door door, HttpServerRequest wire, Context loop, Runnable answered) {
        this.door = door;
        this.wire = wire;
        this.loop = loop;
        this.answered = answered;
        this.at = door.clock.instant();
        this.id = RequestId.of(wire.getHeader(RequestId.HEADER));
        this.client = new Forwarding.Client(Forwarding.peer(wire), null, null);
    }

    /** Reads the head and goes as far as possible without blocking; call on the event loop. */
    void begin() {
        try {
            RequestHead.check(wire, door.limits);
            client = door.binding.forwarding().client(wire);
            followed = follow();
            long announced = RequestHead.bodyLength(wire);
            String expect = wire.getHeader("Expect");
            if (announced != 0) {
                body = new RequestBody(wire, loop, announced, door.limits, expect != null);
            }
            if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
                throw new Problem(417, "Expectation failed", "only 100-continue can be expected here");
            }
            target = Target.parse(wire.uri());
            request = new WireRequest(wire, target, client, door.binding.publicUrl(), body);
        } catch (Problem problem) {
            // Where this request ends may be unclear; what follows on the connection could be another's.
            last = true;
            send(problem.response());
            return;
        }
        CompletableFuture<Void> caughtUp = door.nodes.catchUp().toCompletableFuture();
        if ((caughtUp.isDone() && !caughtUp.isCompletedExceptionally()) || needsNothingShared(target)) {
            attend(true);
        } else {
            var _ = caughtUp.whenComplete((done, failure) -> loop.runOnContext(go -> caughtUp(failure)));
        }
    }

    private Tracing.@Nullable Followed follow() {
        return door.tracing == Tracing.OFF
                ? null
                : door.tracing.begin(new Tracing.Head(
                        wire.method().name(),
                        door.binding.tls() == null ? "http" : "https",
                        address(),
                        wire.getHeader("User-Agent"),
                        wire.getHeader("traceparent"),
                        door.binding.forwarding().isTrusted(Forwarding.peer(wire))));
    }

    /** Nothing is decided before this node knows what the others changed: their clients were told that it counts. */
    private void caughtUp(@Nullable Throwable failure) {
        door.touch(failure);
        if (failure == null) {
            attend(true);
        } else {
            send(Problem.outOfTouch().response().with("Retry-After", "5"));
        }
    }

    /** Whether this is about this process alone: it is answered whatever state the database is in. */
    private boolean needsNothingShared(Target where) {
        Operations.Match match = door.operations.find(wire.method().name(), where.segments());
        return match != null
                && match.operation().permission() == Permission.OPEN
                && match.operation().fromMemory();
    }

    /** Answers what the decoder of HTTP could not make sense of, and closes the connection. */
    void refuse(Throwable cause) {
        name = "invalid";
        Response response = RequestHead.undecodable(cause, door.limits);
        last = true;
        send(response);
    }

    private void attend(boolean onLoop) {
        if (followed == null) {
            tryAnswer(onLoop);
        } else {
            followed.execute(() -> tryAnswer(onLoop));
        }
    }

    private void tryAnswer(boolean onLoop) {
        Response response;
        try {
            response = answer(onLoop);
        } catch (RequestBody.ClientGoneException e) {
            loop.runOnContext(go -> {
                wire.connection().close();
                finished(499);
            });
            return;
        } catch (BlobDamagedException damage) {
            if (!onLoop && body == null) {
                again(damage);
                return;
            }
            response = failures().unkept(damage);
        } catch (Throwable failure) {
            response = failures().answer(failure);
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
            busy();
        }
    }

    /** Has the gate decide anew, once, when what it released turned out to be damaged: it may come from an upstream again. */
    void again(BlobDamagedException damage) {
        if (anew) {
            send(failures().unkept(damage));
            return;
        }
        anew = true;
        attend(false);
    }

    /** Tells the client to come back. */
    void busy() {
        send(Problem.response(503, "Busy", "too many requests are being answered; try again in a moment")
                .with("Retry-After", "5"));
    }

    /** The response, or null when finding it would block the event loop. */
    private @Nullable Response answer(boolean onLoop) throws IOException {
        Target where = java.util.Objects.requireNonNull(target);
        Request asked = java.util.Objects.requireNonNull(request);
        if (where.hasDoubledSlashes()) {
            return Problem.notFound("there is nothing at " + Shown.of(where.path()) + ": write one slash where several"
                            + " follow each other, " + Shown.of(where.path().replaceAll("/{2,}", "/")))
                    .response();
        }
        Operations.Match match = door.operations.find(asked.method(), where.segments());
        if (match != null) {
            name = match.operation().id();
        }
        Response foreign = ForeignPages.refusal(asked);
        if (foreign != null) {
            return foreign;
        }
        if (match != null) {
            return operate(match, asked, onLoop);
        }
        List<String> allowed = door.operations.methods(where.segments());
        if (!allowed.isEmpty()) {
            return notAllowed(String.join(", ", allowed));
        }
        Format format = door.formats.get(where.segments().getFirst());
        if (format == null || where.segments().size() < 2) {
            return Problem.notFound("there is nothing at " + Shown.of(where.path()))
                    .response();
        }
        return visitFormat(format, where, asked, onLoop);
    }

    private @Nullable Response operate(Operations.Match match, Request asked, boolean onLoop) throws IOException {
        Operation operation = match.operation();
        Response foreign = ForeignPages.refusal(operation, asked);
        if (foreign != null) {
            return foreign;
        }
        if (operation.permission() != Permission.OPEN) {
            Authentication.Result result = authenticate(asked, onLoop);
            if (result == null) {
                return null;
            }
        }
        Principal principal = principal();
        if (who instanceof Authentication.Rejected rejected) {
            Response tooMany = tooMany(principal);
            return tooMany != null ? tooMany : unauthenticated(rejected.why());
        }
        Access access = door.grants.everywhere(principal, operation.permission());
        if (access == Access.UNAUTHENTICATED) {
            return unauthenticated("a token is needed here");
        }
        Response tooMany = operation.id().startsWith("health") ? null : tooMany(principal);
        if (tooMany != null) {
            return tooMany;
        }
        if (access == Access.FORBIDDEN) {
            return forbidden(operation.permission());
        }
        if (onLoop && !operation.fromMemory()) {
            return null;
        }
        limitBody(door.limits.document());
        return operation
                .handler()
                .handle(new Call(
                        asked,
                        visit(principal),
                        match.parameters(),
                        repository -> door.grants.in(repository, principal, Permission.READ) == Access.GRANTED
                                && !isAnonymousFromElsewhere(principal)));
    }

    private @Nullable Response visitFormat(Format format, Target where, Request asked, boolean onLoop)
            throws IOException {
        String repositoryName = where.segments().get(1);
        if (repository == null) {
            Remembered.Found<Repository> found =
                    onLoop ? door.repositories.fromMemory(repositoryName) : door.repositories.look(repositoryName);
            if (found == null) {
                return null;
            }
            if (found.value().isEmpty()) {
                return Problem.notFound("there is no repository " + Shown.of(repositoryName))
                        .response();
            }
            repository = found.value().get();
        }
        if (endpoint == null) {
            List<String> rest = where.segments().subList(2, where.segments().size());
            endpoint = route(format, asked.method(), rest);
            if (endpoint == null) {
                return elsewhere(format, rest, where);
            }
            formatId = format.id();
            name = endpoint.name();
        }
        Endpoint entered = endpoint;
        Repository within = repository;
        Response barred = onLoop
                ? barred(entered, within, asked, true)
                : door.tracing.run("authorise", () -> barred(entered, within, asked, false));
        if (barred != null) {
            return barred;
        }
        if (who == null && entered.permission() != Permission.OPEN) {
            return null;
        }
        if (body == null && lacksLength(asked)) {
            last = true; // what follows may be the body
            return Problem.response(
                    411, "Length required", "send Content-Length, or Transfer-Encoding: chunked, with what you upload");
        }
        limitBody(door.limits.upload());
        Exchange exchange = new Exchange(asked, within, visit(principal()), door.gate);
        if (onLoop) {
            Response response = entered.handleFromMemory(exchange);
            from = "memory";
            return response;
        }
        TimedUpstreams.forget();
        Response response = entered.handle(exchange);
        from = TimedUpstreams.hasAsked() ? "upstream" : "store";
        return response;
    }

    /** What keeps the request out, or null when nothing does or when that would block: then nobody knows yet who asks. */
    private @Nullable Response barred(Endpoint entered, Repository within, Request asked, boolean onLoop) {
        Authentication.Result result = entered.permission() == Permission.OPEN ? who : authenticate(asked, onLoop);
        if (result == null && entered.permission() != Permission.OPEN) {
            return null;
        }
        Principal principal = principal();
        if (result instanceof Authentication.Rejected rejected) {
            Response tooMany = tooMany(principal);
            return tooMany != null ? tooMany : unauthenticated(rejected.why());
        }
        Access access = door.grants.in(within, principal, entered.permission());
        if (access == Access.GRANTED
                && entered.permission() == Permission.READ
                && isAnonymousFromElsewhere(principal)) {
            return unauthenticated("reading without a token is only for clients of this machine that use its loopback"
                    + " address and no proxy, unless the setting anonymous-reads says otherwise");
        }
        if (access == Access.UNAUTHENTICATED) {
            return unauthenticated("repository " + within.name() + " needs a token for this");
        }
        Response tooMany = tooMany(principal);
        if (tooMany != null) {
            return tooMany;
        }
        return access == Access.FORBIDDEN ? forbidden(entered.permission()) : null;
    }

    /** What is answered to whoever asked too often or for too much that is not to be had, or null. */
    private @Nullable Response tooMany(Principal principal) {
        String asks = asks(principal);
        int seconds = door.failures.wait(asks);
        String what = "failed";
        if (seconds == 0) {
            seconds = door.requests.wait(asks);
            what = "sent";
            if (seconds == 0) {
                if (!counted) {
                    counted = true;
                    door.requests.take(asks, 1);
                }
                return null;
            }
        }
        door.metrics.limited(principal.isAnonymous() ? "address" : "token");
        return Problem.response(
                        429,
                        "Too many requests",
                        "too many requests " + what + " for "
                                + whose(principal)
                                + "; try again in " + seconds + " seconds. An administrator sets how many may: "
                                + (what.equals("failed") ? "limits.failures" : "limits.request-rate"))
                .with("Retry-After", Integer.toString(seconds));
    }

    private String whose(Principal principal) {
        if (who instanceof Authentication.Rejected) {
            return "wrong credentials from this address";
        }
        return principal.isAnonymous() ? "this address" : "this token";
    }

    /** Many may share an address: who guesses credentials there keeps nobody out who shows none, or the right ones. */
    private String asks(Principal principal) {
        Token token = principal.token();
        String asks = RateLimit.who(token == null ? null : token.id(), address());
        return who instanceof Authentication.Rejected ? "rejected " + asks : asks;
    }

    /** What an answer costs whoever asked: most what makes us write something down; to be challenged for a token, nothing. */
    private int cost(int status) {
        if (who instanceof Authentication.Rejected) {
            return status == 401 ? 100 : 0;
        }
        return switch (status) {
            case 404, 410 -> 1;
            case 403 ->
                decision.equals("refused") && visit != null && !visit.records().isEmpty() ? 20 : 1;
            default -> 0;
        };
    }

    /** Whether nobody in particular asks, and not from this machine where only that is open. */
    private boolean isAnonymousFromElsewhere(Principal principal) {
        return principal.isAnonymous() && door.binding.anonymousOnlyDirect() && !Forwarding.isDirect(wire);
    }

    private static boolean lacksLength(Request asked) {
        return (asked.method().equals("PUT") || asked.method().equals("POST"))
                && asked.headers("Content-Length").isEmpty();
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
                ? Problem.notFound("the " + format.ecosystem() + " protocol has nothing at " + Shown.of(where.path()))
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

    private void limitBody(long bytes) throws TooLargeException {
        if (body != null) {
            if (body.announced() > bytes) {
                throw new TooLargeException(bytes);
            }
            body.limit(bytes);
        }
    }

    /**
     * Package clients send their credentials only when they are challenged for them; a browser would ask its user, remember them, and
     * send them along for any page. So only where package clients ask is HTTP Basic named.
     */
    private Response unauthenticated(String why) {
        return Problem.response(
                        401,
                        "Token needed",
                        why + ". Send a token of this registry as 'Authorization: Bearer', or as the password of HTTP"
                                + " Basic with any user name; an administrator makes one with 'sluice token create'.")
                .with("WWW-Authenticate", (formatId.isEmpty() ? "Bearer" : "Basic") + " realm=\"sluice\"");
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

    /** Tells of failures of this request. */
    Failures failures() {
        return new Failures(name, wire.path());
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
        CompletableFuture<Void> all = pending.size() == 1
                ? pending.getFirst()
                : CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
        var _ = all.whenComplete((done, failure) -> {
            if (failure == null) {
                send(response);
            } else {
                send(failures().unwritten(failure));
            }
        });
    }

    private void send(Response response) {
        decision = response.body() instanceof Response.Artifact
                ? "released"
                : RefusalResponse.CODE.equals(response.header("X-Error-Code")) ? "refused" : "";
        Delivery delivery = new Delivery(this, response, last);
        if (io.vertx.core.Vertx.currentContext() == loop) {
            delivery.send();
        } else {
            loop.runOnContext(go -> delivery.send());
        }
    }

    /** The answer has left, or cannot any more (status 499); call on the event loop. */
    void finished(int status) {
        if (over) {
            return;
        }
        over = true;
        answered.run();
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        int cost = cost(status) + (name.equals("policies.validate") ? (int) (seconds * POINTS_OF_WORK) : 0);
        if (cost > 0) {
            door.failures.take(asks(principal()), cost);
        }
        door.metrics.request(
                name,
                formatId,
                wire.method().name(),
                status,
                seconds,
                wire.response().bytesWritten(),
                wire.bytesRead());
        if (from != null) {
            door.metrics.answered(name, from);
        }
        String inside = repository == null ? "" : repository.name();
        if (followed != null) {
            String origin = from == null ? "" : from;
            followed.end(new Tracing.End(status, name, path(), formatId, inside, decision, origin, id));
        }
        if (ACCESS.isInfoEnabled()) {
            Principal principal = principal();
            Token token = principal.token();
            LoggingEventBuilder line = ACCESS.atInfo();
            if (followed != null) {
                line = line.addKeyValue("trace", followed.trace());
            }
            line.addKeyValue("method", Shown.of(wire.method().name()))
                    .addKeyValue("path", path())
                    .addKeyValue("status", status)
                    .addKeyValue("endpoint", name)
                    .addKeyValue("format", formatId)
                    .addKeyValue("repository", inside)
                    .addKeyValue("decision", decision)
                    .addKeyValue("bytes", wire.response().bytesWritten())
                    .addKeyValue("millis", Math.round(seconds * 1000))
                    .addKeyValue("user", Shown.of(principal.user()))
                    .addKeyValue("token", token == null ? "" : token.id())
                    .addKeyValue("address", address())
                    .addKeyValue("request", id)
                    .addKeyValue("agent", Shown.of(userAgent()))
                    .log("request");
        }
    }

    private String path() {
        return target == null ? "" : Shown.of(target.path());
    }

    private String address() {
        return client.address();
    }

    private String userAgent() {
        String agent = wire.getHeader("User-Agent");
        return agent == null ? "" : agent;
    }
}
