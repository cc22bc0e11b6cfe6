package dev.sluice.server;

import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.Zipped;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Etags;
import dev.sluice.kernel.gate.Released;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one response: head, then bytes, a file without copying it, or a stream at the pace of its reader. */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
    private static final int CHUNK = 64 * 1024;

    /** Of bytes outside the heap, which are not copied. */
    private static final int SLICE = 256 * 1024;

    private static final int INFLATED_AT_ONCE = 16 * 1024;

    private static final long LINGER_MILLIS = 2_000;
    private static final int MAX_REASON = 400;

    /** Lines that only the server may write. */
    private static final Set<String> OWN =
            own("Connection", "Content-Length", "Date", "Keep-Alive", "Transfer-Encoding");

    private final Passage passage;
    private final Door door;
    private final HttpServerRequest wire;
    private final Context loop;
    private final @Nullable WireRequest request;
    private final @Nullable RequestBody body;
    private final Response response;
    private final HttpServerResponse out;
    private final boolean head;
    private final boolean last;
    private boolean closing;
    private int written;

    /** What ends a passage; after the last answer of a connection that is closed. */
    Delivery(Passage passage, Response response, boolean last) {
        this.passage = passage;
        this.door = passage.door;
        this.wire = passage.wire;
        this.loop = passage.loop;
        this.request = passage.request;
        this.body = passage.body;
        this.response = response;
        this.last = last;
        this.out = wire.response();
        this.head = wire.method().equals(HttpMethod.HEAD);
    }

    /** Sends it; call on the event loop, once. */
    void send() {
        if (out.closed() || out.headWritten()) {
            passage.finished(499);
            return;
        }
        try {
            switch (response.body()) {
                case Response.Artifact(Released released) -> artifact(released);
                case Response.Bytes(byte[] bytes) -> bytes(isProblem() ? RequestId.within(bytes, passage.id) : bytes);
                case Response.Packed(Zipped zipped) -> packed(zipped);
                case Response.Empty() -> nothing();
            }
        } catch (IOException | RuntimeException e) {
            LOG.atError().setCause(e).log("a response could not be sent");
            abort(500);
        }
    }

    private boolean isProblem() {
        return response.status() >= 400 && "application/problem+json".equals(response.header("Content-Type"));
    }

    private void nothing() {
        writeHead(response.status());
        int status = response.status();
        if (status != 204 && status != 304 && !(head && status == 200)) {
            out.putHeader("Content-Length", "0");
        }
        end(out.end(), status);
    }

    private void bytes(byte[] bytes) {
        String etag = response.header("ETag");
        if (response.status() == 200 && etag != null && isUnchanged(etag)) {
            notModified(etag);
            return;
        }
        String type = response.header("Content-Type");
        boolean compressible = response.header("Content-Encoding") == null && Compression.fits(type, bytes.length);
        if (!compressible || head || request == null || !Compression.accepted(request.headers("Accept-Encoding"))) {
            plain(bytes, compressible);
            return;
        }
        String key = etag == null ? null : etag + type + bytes.length;
        Buffer known = door.compression.remembered(key);
        if (known == null && bytes.length <= Compression.MAX_LENGTH_ON_LOOP) {
            known = door.compression.gzip(key, bytes);
        }
        if (known != null) {
            compressed(known, known, etag);
        } else {
            door.blocking.execute(() -> {
                Buffer made = door.compression.gzip(key, bytes);
                loop.runOnContext(go -> compressed(made, made, etag));
            });
        }
    }

    private void plain(byte[] bytes, boolean compressible) {
        if (!takesPlace(bytes, bytes.length)) {
            return;
        }
        plainHead(bytes.length, compressible);
        if (head) {
            end(out.end(), response.status());
        } else {
            write(
                    bytes,
                    bytes.length,
                    CHUNK,
                    (from, length) -> Buffer.buffer(length).appendBytes(bytes, from, length));
        }
    }

    private void plainHead(int length, boolean compressible) {
        writeHead(response.status());
        if (compressible) {
            out.headers().add("Vary", "Accept-Encoding");
        }
        out.putHeader("Content-Length", Integer.toString(length));
    }

    /** What is kept compressed goes out so; who does not take it costs the work of unpacking. */
    private void packed(Zipped zipped) {
        String etag = response.header("ETag");
        if (response.status() == 200 && etag != null && isUnchanged(etag)) {
            notModified(etag);
        } else if (head) {
            plainHead(zipped.length(), true);
            end(out.end(), response.status());
        } else if (request != null && Compression.accepted(request.headers("Accept-Encoding"))) {
            byte[] bytes = zipped.bytes();
            compressed(bytes, BufferInternal.buffer(Unpooled.wrappedBuffer(bytes)), etag);
        } else {
            unpacked(zipped);
        }
    }

    /** Unpacked on its way out, a piece at a time: only what is kept is held, by a place that counts it. */
    private void unpacked(Zipped zipped) {
        byte[] kept = zipped.bytes();
        if (!zipped.isPacked()) {
            plain(kept, true);
            return;
        }
        if (!takesPlace(kept, kept.length)) {
            return;
        }
        try {
            door.blocking.execute(() -> {
                try {
                    stream(
                            () -> new GZIPInputStream(new ByteArrayInputStream(kept), INFLATED_AT_ONCE),
                            zipped.length(),
                            response.status(),
                            () -> plainHead(zipped.length(), true));
                } finally {
                    leavesPlace(kept, kept.length);
                }
            });
        } catch (RuntimeException refused) {
            leavesPlace(kept, kept.length);
            throw refused;
        }
    }

    /** Whether there is room in memory for one more reader; else the client is told to come back. */
    private boolean takesPlace(Object body, int length) {
        if (head || length <= Outgoing.LARGE || door.outgoing.enter(body, length)) {
            return true;
        }
        passage.busy();
        return false;
    }

    private void leavesPlace(Object body, int length) {
        if (length > Outgoing.LARGE) {
            door.outgoing.leave(body, length);
        }
    }

    /**
     * Sends a compressed body.
     *
     * @param held what it is counted as while readers take it
     */
    private void compressed(Object held, Buffer body, @Nullable String etag) {
        if (out.closed()) {
            passage.finished(499);
            return;
        }
        if (!takesPlace(held, body.length())) {
            return;
        }
        writeHead(response.status());
        if (etag != null && !etag.startsWith("W/")) {
            out.putHeader("ETag", "W/" + etag); // other bytes than the tag promises (RFC 9110, section 8.8.3.3)
        }
        out.putHeader("Content-Encoding", "gzip");
        out.headers().add("Vary", "Accept-Encoding");
        out.putHeader("Content-Length", Integer.toString(body.length()));
        write(held, body.length(), SLICE, (from, length) -> body.slice(from, from + length));
    }

    /** A part of a body, to be sent. */
    private interface Parts {
        Buffer part(int from, int length);
    }

    /** A large body goes out at the pace of its reader, so that only what is under way is copied, if anything. */
    private void write(Object body, int length, int step, Parts parts) {
        if (length <= Outgoing.LARGE) {
            end(out.end(parts.part(0, length)), response.status());
            return;
        }
        Promise<Void> sent = Promise.promise();
        out.closeHandler(closed -> sent.tryFail("the client closed the connection"));
        out.exceptionHandler(sent::tryFail);
        out.drainHandler(drained -> writeOn(length, step, parts, sent));
        end(sent.future().andThen(done -> door.outgoing.leave(body, length)), response.status());
        writeOn(length, step, parts, sent);
    }

    private void writeOn(int length, int step, Parts parts, Promise<Void> sent) {
        while (written < length && !out.writeQueueFull()) {
            int size = Math.min(step, length - written);
            Buffer chunk = parts.part(written, size);
            written += size;
            if (written == length) {
                out.end(chunk).onComplete(result -> {
                    if (result.succeeded()) {
                        sent.tryComplete();
                    } else {
                        sent.tryFail(result.cause());
                    }
                });
            } else {
                var _ = out.write(chunk);
            }
        }
    }

    private void artifact(Released released) throws IOException {
        long size = released.size();
        String own = response.header("ETag");
        String etag =
                own != null ? own : '"' + released.file().contents().sha256().hex() + '"';
        if (response.status() == 200 && isUnchanged(etag)) {
            notModified(etag);
            return;
        }
        ByteRange range = response.status() == 200 && !head ? range(size, etag) : null;
        if (range != null && range.isUnsatisfiable()) {
            writeHead(416);
            out.putHeader("Content-Range", range.contentRange(size)).putHeader("Content-Length", "0");
            out.headers().remove("Content-Type");
            end(out.end(), 416);
            return;
        }
        long offset = range == null ? 0 : range.first();
        long length = range == null ? size : range.length();
        int status = range == null ? response.status() : 206;
        Buffer kept = length == 0 || head ? null : door.blobs.find(released);
        if (kept != null) {
            artifactHead(status, etag, range, length, size);
            end(out.end(range == null ? kept : kept.slice((int) offset, (int) (offset + length))), status);
            return;
        }
        Optional<Path> path = head || length == 0 ? Optional.empty() : released.path();
        Buffer read = path.isPresent() && range == null && door.blobs.takes(size) ? readNow(released) : null;
        if (read != null) {
            artifactHead(status, etag, null, length, size);
            end(out.end(read), status);
            return;
        }
        FileChannel file = path.isEmpty() ? null : opened(path.get(), size);
        if (head || length == 0) {
            artifactHead(status, etag, range, length, size);
            end(out.end(), status);
        } else if (file != null) {
            artifactHead(status, etag, range, length, size);
            end(out.sendFile(file, offset, length).andThen(done -> closeQuietly(file)), status);
        } else {
            door.blocking.execute(() -> stream(
                    () -> released.open(offset, length),
                    length,
                    status,
                    () -> artifactHead(status, etag, range, length, size)));
        }
    }

    private @Nullable Buffer readNow(Released released) {
        try {
            return door.blobs.read(released);
        } catch (IOException e) {
            LOG.debug("a small blob cannot be read; it is streamed", e);
            return null;
        }
    }

    /** The file, or null when it was removed meanwhile, or is not as long as it should be: then opening it tells why. */
    private static @Nullable FileChannel opened(Path path, long size) throws IOException {
        FileChannel file;
        try {
            file = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException gone) {
            return null;
        }
        if (file.size() != size) {
            file.close();
            return null;
        }
        return file;
    }

    private void artifactHead(int status, String etag, @Nullable ByteRange range, long length, long size) {
        writeHead(status);
        out.putHeader("ETag", etag)
                .putHeader("Accept-Ranges", "bytes")
                .putHeader("Content-Length", Long.toString(length));
        if (range != null) {
            out.putHeader("Content-Range", range.contentRange(size));
        }
    }

    private static void closeQuietly(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("closing a file", e);
        }
    }

    /** Where the bytes of a body come from. */
    private interface Source {
        InputStream open() throws IOException;
    }

    /** Opens first, so that a store that fails is told with a status; then copies at the pace of the reader. On a virtual thread. */
    private void stream(Source source, long length, int status, Runnable writeHead) {
        InputStream opened;
        try {
            opened = source.open();
        } catch (BlobDamagedException e) {
            passage.again(e);
            return;
        } catch (IOException | RuntimeException e) {
            loop.runOnContext(go -> new Delivery(passage, passage.failures().unkept(e), last).send());
            return;
        }
        try (InputStream in = opened) {
            CompletableFuture<Void> headWritten = new CompletableFuture<>();
            loop.runOnContext(go -> {
                try {
                    writeHead.run();
                    headWritten.complete(null);
                } catch (RuntimeException e) {
                    headWritten.completeExceptionally(e);
                }
            });
            headWritten.get(door.limits.times().idle().toMillis(), TimeUnit.MILLISECONDS);
            long left = length;
            byte[] chunk = new byte[CHUNK];
            while (left > 0) {
                int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (count < 0) {
                    throw new IOException("a body ended " + left + " bytes early");
                }
                left -= count;
                Buffer buffer = Buffer.buffer(java.util.Arrays.copyOf(chunk, count));
                out.write(buffer)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(door.limits.times().idle().toMillis(), TimeUnit.MILLISECONDS);
            }
            loop.runOnContext(go -> end(out.end(), status));
        } catch (BlobDamagedException e) {
            LOG.atError()
                    .addKeyValue("path", Shown.of(String.valueOf(wire.path())))
                    .addKeyValue("blob", e.blob())
                    .log("a download was broken off before its last bytes: what is kept is damaged");
            loop.runOnContext(go -> abort(503));
        } catch (IOException | RuntimeException | TimeoutException | ExecutionException e) {
            LOG.atInfo().setCause(e).log("a download broke off");
            loop.runOnContext(go -> abort(499));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            loop.runOnContext(go -> abort(499));
        }
    }

    private @Nullable ByteRange range(long size, String etag) {
        if (request == null
                || !wire.method().equals(HttpMethod.GET)
                || request.headers("Range").size() != 1) {
            return null;
        }
        String ifRange = request.header("If-Range");
        if (ifRange != null && !ifRange.equals(etag) && !ifRange.equals(response.header("Last-Modified"))) {
            return null;
        }
        return ByteRange.parse(request.headers("Range").getFirst(), size);
    }

    /** Whether the client holds the same already (RFC 9110, section 13.2.2). */
    private boolean isUnchanged(String etag) {
        if (request == null || !(head || wire.method().equals(HttpMethod.GET))) {
            return false;
        }
        if (!request.headers("If-None-Match").isEmpty()) {
            return request.headers("If-None-Match").stream().anyMatch(tags -> Etags.matches(tags, etag));
        }
        String modified = response.header("Last-Modified");
        return modified != null && modified.equals(request.header("If-Modified-Since"));
    }

    private void notModified(String etag) {
        writeHead(304);
        out.headers().remove("Content-Type");
        out.putHeader("ETag", etag);
        end(out.end(), 304);
    }

    private void writeHead(int status) {
        out.setStatusCode(status);
        if (response.reason() != null && status == response.status()) {
            out.setStatusMessage(phrase(response.reason()));
        }
        for (Response.Header header : response.headers()) {
            if (!OWN.contains(header.name())) {
                out.headers().add(header.name(), header.value());
            }
        }
        out.putHeader("Date", door.httpDate(passage.at));
        Isolation.of(response).forEach(out::putHeader);
        if (response.body() instanceof Response.Artifact && response.header("Cache-Control") == null) {
            out.putHeader("Cache-Control", "private, no-cache"); // a shared cache would answer without asking the gate
        }
        out.putHeader(RequestId.HEADER, passage.id);
        closing =
                last || door.readiness.isLeaving() || (body != null && !body.isComplete() && !body.isCheapToDiscard());
        if (closing) {
            out.putHeader("Connection", "close");
        }
    }

    /** Printable ASCII only (RFC 9112, section 4). */
    private static String phrase(String reason) {
        StringBuilder text = new StringBuilder(Math.min(reason.length(), MAX_REASON));
        for (int i = 0; i < reason.length() && i < MAX_REASON; i++) {
            char c = reason.charAt(i);
            text.append(c >= 32 && c < 127 ? c : '?');
        }
        return text.toString();
    }

    private void end(Future<Void> sent, int status) {
        sent.onComplete(result -> {
            if (result.failed()) {
                abort(499);
                return;
            }
            if (body != null && !body.isComplete()) {
                body.discard();
                linger(body);
            } else if (closing) {
                wire.connection().close();
            }
            passage.finished(status);
        });
    }

    /** Reads on for a moment, because closing with bytes unread would take the response away from the client. */
    private void linger(RequestBody unread) {
        loop.owner().setTimer(LINGER_MILLIS, timer -> {
            if (closing || !unread.isComplete()) {
                wire.connection().close();
            }
        });
    }

    private void abort(int status) {
        wire.connection().close();
        passage.finished(status);
    }

    private static Set<String> own(String... names) {
        TreeSet<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(java.util.List.of(names));
        return set;
    }
}
