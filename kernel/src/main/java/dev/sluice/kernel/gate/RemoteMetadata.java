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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
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
    private static final int MOST_HOSTS = 1_000;
    private static final Duration WHILE = Duration.ofHours(1);

    private record Host(String upstream, String origin) {}

    private final UpstreamClient client;
    private final Inspector inspector;
    private final InstantSource clock;
    private final Semaphore turns = new Semaphore(AT_ONCE);
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
        Span resting = wholeOnly.getIfPresent(host);
        if (resting != null && resting.holds(clock.instant())) {
            return null;
        }
        turns.acquireUninterruptibly();
        try {
            UpstreamClient.Ask whole =
                    new UpstreamClient.Ask(upstream, question.uri(), question.accept(), null, null, Long.MAX_VALUE);
            return inspector.metadata(
                    format.id(),
                    artifact.fileName(),
                    new RemoteContent(client, whole, listed == null ? -1 : listed.size()));
        } catch (NotInPartsException e) {
            Instant now = clock.instant();
            wholeOnly.put(host, new Span(now, now.plus(WHILE)));
            return null;
        } catch (IOException | IllegalArgumentException e) {
            return null; // what keeps us from the parts may not keep us from the whole, which is asked for next and
            // tells
        } finally {
            turns.release();
        }
    }
}
