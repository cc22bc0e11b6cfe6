package dev.sluice.server;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoreUnavailableException;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Operations;
import dev.sluice.server.operation.Problem;
import dev.sluice.server.trace.Tracing;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
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
import org.slf4j.spi.LoggingEventBuilder;

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
            checkHead();
            client = door.binding.forwarding().client(wire);
            followed = follow();
            long announced = announcedLength();
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
        Response response = switch (cause) {
            case TooLongHttpLineException e ->
                Problem.response(
                        414, "URI too long", "the request line is longer than " + door.limits.requestLine() + " bytes");
            case TooLongHttpHeaderException e -> headersTooLarge();
            case null, default -> Problem.response(400, "Bad request", "this is not HTTP/1.1 as RFC 9112 defines it");
        };
        last = true;
        send(response);
    }

    private Response headersTooLarge() {
        return Problem.response(
                431,
                "Request header fields too large",
                "a request has at most " + door.limits.headers() + " header lines of " + door.limits.headerBytes()
                        + " bytes in all");
    }

    private void checkHead() {
        HttpMethod method = wire.method();
        if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
            throw new Problem(501, "Not implemented", "this server answers neither CONNECT nor TRACE");
        }
        int count = 0;
        for (var _ : wire.headers()) {
            count++;
        }
        if (count > door.limits.headers()) {
            throw new Problem(
                    431,
                    "Request header fields too large",
                    "a request has at most " + door.limits.headers() + " header lines");
        }
    }

    /** Length of the body: 0 for none, -1 for a chunked one. */
    private long announcedLength() {
        List<String> lengths = wire.headers().getAll("Content-Length");
        List<String> encodings = wire.headers().getAll("Transfer-Encoding");
        boolean chunked = !encodings.isEmpty();
        if (chunked && wire.version() == HttpVersion.HTTP_1_0) {
            throw Problem.badRequest("HTTP/1.0 has no Transfer-Encoding");
        }
        if (chunked && (encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked"))) {
            throw new Problem(501, "Not implemented", "the only Transfer-Encoding understood here is chunked");
        }
        if (lengths.isEmpty()) {
            return chunked ? -1 : 0;
        }
        if (chunked || lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
            throw Problem.badRequest("the length of the body is ambiguous");
        }
        return Long.parseLong(lengths.getFirst());
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
            busy();
        }
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
            Remembered.Found<Repository> found =
                    onLoop ? door.repositories.fromMemory(repositoryName) : door.repositories.look(repositoryName);
            if (found == null) {
                return null;
            }
            if (found.value().isEmpty()) {
                return Problem.notFound("there is no repository " + shown(repositoryName))
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
        if (result instanceof Authentication.Rejected rejected) {
            return unauthenticated(rejected.why());
        }
        Principal principal = principal();
        Gate.Access access = door.access.authorise(visit(principal), within, entered.permission());
        if (access == Gate.Access.GRANTED
                && entered.permission() == Permission.READ
                && principal.isAnonymous()
                && door.binding.anonymousOnlyDirect()
                && !Forwarding.isDirect(wire)) {
            return unauthenticated("reading without a token is only for clients of this machine that use its loopback"
                    + " address and no proxy, unless the setting anonymous-reads says otherwise");
        }
        if (access == Gate.Access.UNAUTHENTICATED) {
            return unauthenticated("repository " + within.name() + " needs a token for this");
        }
        return access == Gate.Access.FORBIDDEN ? forbidden(entered.permission()) : null;
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
            case Quotas.ExceededException e -> Problem.response(507, "Quota exceeded", String.valueOf(e.getMessage()));
            case BlobsUnavailableException e -> unkept(e);
            case StoreUnavailableException e -> unkept(e);
            case CompletionException e -> unwritten(e); // only records of the journal are waited for in futures
            default -> incident(500, "Internal error", "this is a fault of the registry, not of the request", failure);
        };
    }

    /** What is answered when bytes that were released cannot be had. */
    Response unkept(Exception failure) {
        if (isFull(failure)) {
            return incident(
                    507,
                    "Disk full",
                    "the registry's disk is full, nothing was changed; try again when its operator has made room",
                    failure);
        }
        return incident(503, "Storage unavailable", "the place where artifacts are kept fails; try again", failure)
                .with("Retry-After", "5");
    }

    /** What file systems and SQLite say of it. */
    private static boolean isFull(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left on device")
                    || message.contains("Disk quota exceeded")
                    || message.contains("SQLITE_FULL")) {
                return true;
            }
        }
        return false;
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
        CompletableFuture<Void> all = pending.size() == 1
                ? pending.getFirst()
                : CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
        var _ = all.whenComplete((done, failure) -> {
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
            line.addKeyValue("method", shown(wire.method().name()))
                    .addKeyValue("path", path())
                    .addKeyValue("status", status)
                    .addKeyValue("endpoint", name)
                    .addKeyValue("format", formatId)
                    .addKeyValue("repository", inside)
                    .addKeyValue("decision", decision)
                    .addKeyValue("bytes", wire.response().bytesWritten())
                    .addKeyValue("millis", Math.round(seconds * 1000))
                    .addKeyValue("user", shown(principal.user()))
                    .addKeyValue("token", token == null ? "" : token.id())
                    .addKeyValue("address", address())
                    .addKeyValue("request", id)
                    .addKeyValue("agent", shown(userAgent()))
                    .log("request");
        }
    }

    private String path() {
        return target == null ? "" : shown(target.path());
    }

    private String address() {
        return client.address();
    }

    private String userAgent() {
        String agent = wire.getHeader("User-Agent");
        return agent == null ? "" : agent;
    }

    /** Text of a client as it may appear in a log, a trace or a message: bounded, printable, without secrets of tokens. */
    private static String shown(String text) {
        String open = TokenSecrets.masked(text);
        String cut = open.length() <= 200 ? open : open.substring(0, 200) + "...";
        for (int i = 0; i < cut.length(); i++) {
            if (!plain(cut.charAt(i))) {
                return questioned(cut);
            }
        }
        return cut;
    }

    private static String questioned(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.append(plain(c) ? (char) c : '?'));
        return plain.toString();
    }

    private static boolean plain(int character) {
        return character >= 0x20 && character <= 0x7e && character != '"';
    }
}
