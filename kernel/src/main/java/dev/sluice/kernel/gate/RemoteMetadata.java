package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.gate.RemoteContent.NotInPartsException;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads from artifacts at upstreams what they say of themselves (a wheel's METADATA), without fetching the whole.
 *
 * <p>What is read so is believed no more than a side-car that nobody promised: it is compared with the artifact once that is here.
 * Hosts that do not send parts, or others than were asked for, are not asked for parts again for a while. Thread-safe; bounds how many
 * artifacts are looked into at once, since each may take some megabytes.
 */
final class RemoteMetadata {

    private static final int AT_ONCE = 32;

    /** Of one host, so that one that stalls leaves room for others. */
    private static final int OF_ONE_HOST = 24;

    /** Seconds for which a place is waited for; then it goes the old way, which clients do not give up on. */
    private static final int PATIENCE = 5;

    private static final Logger LOG = System.getLogger(RemoteMetadata.class.getName());
    private static final int MOST_HOSTS = 1_000;
    private static final Duration WHILE = Duration.ofHours(1);

    private record Host(String upstream, String origin) {}

    private final UpstreamClient client;
    private final Inspector inspector;
    private final InstantSource clock;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final Cache<Host, Semaphore> turnsOf = Caffeine.newBuilder()
            .maximumSize(MOST_HOSTS)
            .executor(Runnable::run)
            .build();
    private final Cache<Host, Span> wholeOnly = Caffeine.newBuilder()
            .maximumSize(MOST_HOSTS)
            .executor(Runnable::run)
            .build();

    RemoteMetadata(UpstreamClient client, Inspector inspector, InstantSource clock) {
        this.client = client;
        this.inspector = inspector;
        this.clock = clock;
    }

    /**
     * What an artifact at an upstream says of itself, or null where that cannot be read from parts of it: no such artifact, nobody who
     * sends parts, an archive that clients may read in different ways.
     *
     * @param listed what the index says of the artifact
     */
    byte @Nullable [] read(Ecosystem format, FileWant artifact, @Nullable ReleaseFile listed, Upstream upstream) {
        Proxying.Question question = format.proxying().fileQuestion(upstream, artifact, listed);
        if (question == null) {
            return null;
        }
        Host host = new Host(
                upstream.id(),
                question.uri().getScheme() + "://" + question.uri().getRawAuthority());
        if (isWholeOnly(host)) {
            return null;
        }
        Semaphore own = turnsOf.get(host, h -> new Semaphore(OF_ONE_HOST));
        if (!isMyTurn(own)) {
            return null;
        }
        try {
            if (isMyTurn(turns)) {
                try {
                    return isWholeOnly(host) ? null : read(format, artifact, listed, upstream, question, host);
                } finally {
                    turns.release();
                }
            }
            return null;
        } finally {
            own.release();
        }
    }

    private static boolean isMyTurn(Semaphore turns) {
        try {
            return turns.tryAcquire(PATIENCE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isWholeOnly(Host host) {
        Span resting = wholeOnly.getIfPresent(host);
        return resting != null && resting.holds(clock.instant());
    }

    private byte @Nullable [] read(
            Ecosystem format,
            FileWant artifact,
            @Nullable ReleaseFile listed,
            Upstream upstream,
            Proxying.Question question,
            Host host) {
        try {
            UpstreamClient.Ask whole =
                    new UpstreamClient.Ask(upstream, question.uri(), question.accept(), null, null, Long.MAX_VALUE);
            return inspector.metadata(
                    format.id(),
                    artifact.fileName(),
                    new RemoteContent(client, whole, listed == null ? -1 : listed.size()));
        } catch (NotInPartsException e) {
            Instant now = clock.instant();
            if (wholeOnly.asMap().put(host, new Span(now, now.plus(WHILE))) == null) {
                LOG.log(
                        Level.INFO,
                        "{0} of upstream {1} is not asked for parts of files until {2}, but for the whole: {3}",
                        host.origin(),
                        host.upstream(),
                        now.plus(WHILE),
                        e.getMessage());
            }
            return null;
        } catch (IOException | IllegalArgumentException e) {
            return null; // what keeps us from the parts may not keep us from the whole, which is asked for next and
            // tells
        }
    }
}
