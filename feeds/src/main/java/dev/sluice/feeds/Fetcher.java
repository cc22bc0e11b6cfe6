package dev.sluice.feeds;

import dev.sluice.kernel.advisory.SyncState.Validator;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fetches documents of feeds into files, from a server or from a folder.
 *
 * <p>What may pass by itself is tried again, a bounded number of times, after pauses that grow; a server that says how long to
 * wait is obeyed. A document is bounded in bytes and in time. Thread-safe.
 */
final class Fetcher {

    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final int REPORT = 1 << 20;

    /** Waits. */
    @FunctionalInterface
    interface Pause {
        /** Returns after that time. */
        void of(Duration duration) throws InterruptedException;
    }

    /** What became of a document. */
    sealed interface Fetched {}

    /** It is as the validator says. */
    record Unchanged() implements Fetched {}

    /** There is none at that address. */
    record Absent() implements Fetched {}

    /**
     * It lies in that file.
     *
     * @param validator what to ask with the next time, or null where the server gave nothing
     */
    record Kept(Path file, @Nullable Validator validator) implements Fetched {}

    private final UpstreamClient client;
    private final InstantSource clock;
    private final FeedLimits limits;
    private final Duration timeout;
    private final RandomGenerator random;
    private final Pause pause;

    Fetcher(
            UpstreamClient client,
            InstantSource clock,
            FeedLimits limits,
            Duration timeout,
            RandomGenerator random,
            Pause pause) {
        this.client = client;
        this.clock = clock;
        this.limits = limits;
        this.timeout = timeout;
        this.random = random;
        this.pause = pause;
    }

    /**
     * Fetches a document.
     *
     * @param uri its address, at the source
     * @param into the file to write, in place of what is there
     * @param known the validator of what is kept, or null
     * @throws FeedException when it cannot be had
     */
    Fetched fetch(FeedSource source, URI uri, Path into, @Nullable Validator known, Progress progress)
            throws FeedException {
        String document = document(uri);
        Validator asked = known != null && known.document().equals(document) ? known : null;
        try {
            return "file".equals(uri.getScheme())
                    ? copy(Path.of(uri), document, into, asked, progress)
                    : attempts(source, uri, document, into, asked, progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedException(document + ": interrupted");
        }
    }

    private Fetched attempts(
            FeedSource source, URI uri, String document, Path into, @Nullable Validator asked, Progress progress)
            throws FeedException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            String failure;
            Instant notBefore = null;
            try (UpstreamClient.Answer answer = client.ask(ask(source, uri, asked))) {
                int status = answer.status();
                switch (status) {
                    case 200 -> {
                        save(answer.body(), document, into, progress);
                        return new Kept(into, validator(document, answer));
                    }
                    case 304 -> {
                        if (asked != null) {
                            return new Unchanged();
                        }
                        throw new FeedException(document + ": it answered 304 (not modified) though nothing is kept");
                    }
                    case 404, 410 -> {
                        return new Absent();
                    }
                    default -> {
                        if (status != 408 && status != 429 && status < 500) {
                            throw new FeedException(document + ": it answered " + status);
                        }
                        failure = "it answered " + status;
                        notBefore = answer.retryAfter(clock.instant());
                    }
                }
            } catch (FeedException decided) {
                throw decided;
            } catch (IOException broken) {
                failure = broken.getMessage() == null ? broken.getClass().getSimpleName() : broken.getMessage();
            }
            Duration wait = wait(attempt, notBefore);
            if (attempt == ATTEMPTS || wait.compareTo(LONGEST_PAUSE) > 0) {
                throw new FeedException(
                        document + ": " + failure + (attempt > 1 ? " (" + attempt + " attempts)" : ""), notBefore);
            }
            pause.of(wait);
        }
    }

    private Duration wait(int attempt, @Nullable Instant notBefore) {
        Duration own = jittered(FIRST_PAUSE.multipliedBy(1L << (2 * (attempt - 1))), random);
        Duration asked = notBefore == null ? Duration.ZERO : Duration.between(clock.instant(), notBefore);
        return own.compareTo(asked) > 0 ? own : asked;
    }

    /** Between half and one and a half of that time, so that many do not ask at once. */
    static Duration jittered(Duration duration, RandomGenerator random) {
        return Duration.ofMillis((long) (duration.toMillis() * (0.5 + random.nextDouble())));
    }

    private UpstreamClient.Ask ask(FeedSource source, URI uri, @Nullable Validator asked) {
        URI origin = uri.resolve("/");
        return new UpstreamClient.Ask(
                new Upstream(source.name(), "feed", origin, 0, Upstream.Trust.TRUSTED, source.credentials()),
                uri,
                "*/*",
                asked == null ? null : asked.etag(),
                asked == null ? null : asked.lastModified(),
                Long.MAX_VALUE); // counted here, where too much is told from broken
    }

    private static @Nullable Validator validator(String document, UpstreamClient.Answer answer) {
        String etag = answer.header("etag");
        String modified = answer.header("last-modified");
        return etag == null && modified == null ? null : new Validator(document, etag, modified);
    }

    private Fetched copy(Path from, String document, Path into, @Nullable Validator asked, Progress progress)
            throws FeedException {
        try {
            Validator found = new Validator(document, Files.size(from) + "@" + Files.getLastModifiedTime(from), null);
            if (found.equals(asked)) {
                return new Unchanged();
            }
            try (InputStream in = Files.newInputStream(from)) {
                save(in, document, into, progress);
            }
            return new Kept(into, found);
        } catch (NoSuchFileException e) {
            return new Absent();
        } catch (FeedException decided) {
            throw decided;
        } catch (IOException e) {
            throw new FeedException(from, e);
        }
    }

    private void save(InputStream in, String document, Path into, Progress progress) throws IOException {
        Instant deadline = clock.instant().plus(timeout);
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        boolean first = true;
        try (OutputStream out = Files.newOutputStream(into)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (first && count > 0) {
                    first = false;
                    if (isMarkup(buffer, count)) {
                        throw new FeedException(document
                                + ": a web page came instead; see whether the address is right and needs a login");
                    }
                }
                out.write(buffer, 0, count);
                if ((bytes + count) / REPORT > bytes / REPORT) {
                    progress.fetching(document, bytes + count);
                }
                bytes += count;
                if (bytes > limits.downloadBytes()) {
                    throw new FeedException(document + ": longer than " + limits.downloadBytes() + " bytes");
                }
                if (clock.instant().isAfter(deadline)) {
                    throw new FeedException(document + ": not there after " + timeout.toSeconds() + " s");
                }
            }
        }
        if (bytes == 0) {
            throw new FeedException(document + ": it is empty");
        }
        progress.fetching(document, bytes);
    }

    /** Whether a document begins like HTML or XML: no feed does. */
    private static boolean isMarkup(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            boolean blank = b == ' '
                    || b == '\t'
                    || b == '\r'
                    || b == '\n'
                    || b == (byte) 0xEF
                    || b == (byte) 0xBB
                    || b == (byte) 0xBF; // the byte order mark
            if (!blank) {
                return b == '<';
            }
        }
        return false;
    }

    /** The last part of an address. */
    private static String document(URI uri) {
        String path = uri.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
