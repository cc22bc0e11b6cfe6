package dev.sluice.app.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.server.operation.Readiness;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether what must be written can be: the last write went well, or one that is made to see does. So a full disk makes a node not
 * ready when it first hurts, and room makes it ready again without a request that fails.
 */
public final class Writes {

    private static final long PATIENCE_SECONDS = 5;
    private static final byte[] PROBE = "sluice sees whether blobs can be kept\n".getBytes(UTF_8);

    private Writes() {}

    /**
     * The journal: after a failure it is asked to keep an event that says so.
     *
     * @param failure why the last write failed, or null
     */
    static Readiness.Check journal(Supplier<@Nullable String> failure, Journal journal, InstantSource clock, Ulid ids) {
        return () -> {
            String why = failure.get();
            if (why != null) {
                journal.append(Event.of(
                                ids.next(),
                                clock.instant(),
                                Event.Kind.ADMIN,
                                Event.Actor.SYSTEM,
                                "the journal can be written again; before: " + why))
                        .toCompletableFuture()
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        };
    }

    /**
     * The blob store: it answers; after a failure a small blob is kept, which nothing refers to.
     *
     * @param failure why the last write failed, or null
     */
    static Readiness.Check blobs(Supplier<@Nullable String> failure, BlobStore blobs) {
        return () -> {
            if (failure.get() != null) {
                keep(blobs);
            } else {
                blobs.find(dev.sluice.kernel.artifact.Digest.sha256("0".repeat(64)));
            }
        };
    }

    private static void keep(BlobStore blobs) throws IOException {
        try (BlobWriter writer = blobs.begin()) {
            writer.write(PROBE);
            writer.commit();
        }
    }
}
