package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.ecosystem.Proxying.Question;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.Upstream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Metadata documents of upstreams: asked once for everybody, kept, revalidated by our own clock, and served from what is kept
 * when the upstream is down.
 *
 * <p>Thread-safe.
 */
final class Documents {

    /** Which document of which upstream. */
    record Key(String repository, String upstream, String document) {}

    /**
     * An answer.
     *
     * @param record what is known of it
     * @param stale whether the upstream could not be asked and this is what was kept
     */
    record Held(Document record, boolean stale) {}

    /** Looks at a body before it is kept; throws when it is not what the protocol says, and then nothing is kept. */
    @FunctionalInterface
    interface Check {
        void accept(Digest blob, InputStream body, UpstreamClient.Answer answer) throws IOException;
    }

    /** What is no index and no longer than that waits for the garbage collection. */
    private static final long SMALL = 1L << 20;

    private static final Check NO_CHECK = (blob, body, answer) -> {};

    private final DocumentStore store;
    private final BlobStore blobs;
    private final UpstreamClient client;
    private final InstantSource clock;
    private final GateSettings settings;
    private final SingleFlight<Key, Held> flights;
    private final Cache<Key, Document> memory;
    private final Cache<Key, Outage> outages;

    /** Bodies that could not be opened although something refers to them. */
    private final Cache<Digest, Boolean> lost =
            Caffeine.newBuilder().maximumSize(10_000).executor(Runnable::run).build();

    private record Outage(Span span, String message) {}

    Documents(
            DocumentStore store,
            BlobStore blobs,
            Leases leases,
            UpstreamClient client,
            InstantSource clock,
            GateSettings settings) {
        this.store = store;
        this.blobs = blobs;
        this.client = client;
        this.clock = clock;
        this.settings = settings;
        this.flights = new SingleFlight<>("document", leases, settings.patience());
        this.memory = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForDocuments())
                .weigher(
                        (Key key, Document document) -> 800 + 2 * key.document().length())
                .executor(Runnable::run)
                .build();
        this.outages = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes())
                .weigher((Key key, Outage outage) ->
                        300 + key.document().length() + outage.message().length())
                .executor(Runnable::run)
                .build();
    }

    /** Whether what is kept of the document is current, so that {@link #obtain} would not ask; from memory alone. */
    boolean isFresh(Key key) {
        Document known = memory.getIfPresent(key);
        return known != null && isCurrent(known, clock.instant());
    }

    private boolean isCurrent(Document document, Instant now) {
        Duration limit = document.isAbsent() ? settings.absence() : settings.freshness();
        // a clock that stepped back makes nothing current for longer than the limit
        Duration age = Duration.between(document.validatedAt(), now);
        return !age.isNegative() && age.compareTo(limit) < 0;
    }

    Held obtain(String repository, String format, Upstream upstream, String document, Question question, long maxBytes)
            throws IOException {
        return obtain(repository, format, upstream, document, question, maxBytes, NO_CHECK);
    }

    /**
     * The document, from what is kept when that is current, else from the upstream, else from what is kept.
     *
     * @throws UpstreamClient.UpstreamException when the upstream cannot be asked and nothing is kept
     */
    Held obtain(
            String repository,
            String format,
            Upstream upstream,
            String document,
            Question question,
            long maxBytes,
            Check check)
            throws IOException {
        Key key = new Key(repository, upstream.id(), format + ":" + document);
        Document known = memory.getIfPresent(key);
        if (known == null || !isCurrent(known, clock.instant())) {
            known = kept(key, repository, format, upstream, document);
        }
        if (known != null && isCurrent(known, clock.instant()) && !isLost(known)) {
            return new Held(known, false);
        }
        return flights.run(key, () -> {
            Document now = kept(key, repository, format, upstream, document);
            if (now != null && isCurrent(now, clock.instant()) && !isLost(now)) {
                return new Held(now, false); // another thread or node was faster
            }
            return ask(key, repository, format, upstream, document, question, maxBytes, check, now);
        });
    }

    /** Drops what is kept of a document, so that it is asked for anew, as if it never was; false when nothing was kept. */
    boolean forget(String repository, String format, String upstream, String document) {
        Key key = new Key(repository, upstream, format + ":" + document);
        boolean kept = store.remove(repository, format, upstream, document);
        memory.invalidate(key);
        outages.invalidate(key);
        return kept;
    }

    /** Length of a body that is kept, in bytes; 0 when it is gone. */
    long size(Digest blob) throws IOException {
        return blobs.find(blob).map(Blob::size).orElse(0L);
    }

    /**
     * Opens the body of a document.
     *
     * @throws BlobDamagedException when it is gone or damaged; who obtains the document again has it asked for
     */
    InputStream open(Held held, Digest blob, long length) throws IOException {
        try {
            return blobs.open(blob, 0, length);
        } catch (FileNotFoundException e) {
            lost.put(blob, true);
            throw new BlobDamagedException(
                    blob,
                    "the body of " + held.record().key() + " of upstream '"
                            + held.record().upstream() + "' is gone (blob " + blob + ")",
                    e);
        } catch (BlobDamagedException e) {
            lost.put(blob, true);
            throw e;
        }
    }

    private boolean isLost(Document document) {
        return document.blob() != null && lost.getIfPresent(document.blob()) != null;
    }

    /** What is kept of the document, by whatever node. */
    private @Nullable Document kept(Key key, String repository, String format, Upstream upstream, String document) {
        Document kept = store.find(repository, format, upstream.id(), document).orElse(null);
        if (kept != null) {
            memory.put(key, kept);
        }
        return kept;
    }

    private Held ask(
            Key key,
            String repository,
            String format,
            Upstream upstream,
            String document,
            Question question,
            long maxBytes,
            Check check,
            @Nullable Document kept)
            throws IOException {
        Outage outage = outages.getIfPresent(key);
        if (outage != null && outage.span().holds(clock.instant())) {
            return keptOr(kept, new UpstreamClient.UpstreamException(outage.message()));
        }
        boolean revalidate =
                kept != null && kept.blob() != null && blobs.find(kept.blob()).isPresent();
        UpstreamClient.Ask ask = new UpstreamClient.Ask(
                upstream,
                question.uri(),
                question.accept(),
                revalidate && kept != null ? kept.etag() : null,
                revalidate && kept != null ? kept.lastModified() : null,
                maxBytes);
        try (UpstreamClient.Answer answer = client.ask(ask)) {
            int status = answer.status();
            Document fresh;
            if (status == 200) {
                fresh = receive(repository, format, upstream, document, answer, check, kept);
            } else if (status == 304 && revalidate && kept != null) {
                fresh = validated(kept);
            } else if (upstream.lacks(status)) {
                fresh = absent(repository, format, upstream, document);
            } else { // also a 304 that nobody asked for
                throw new UpstreamClient.UpstreamException(upstream.told(status));
            }
            if (!fresh.isAbsent() || (kept != null && !kept.isAbsent())) {
                store.save(fresh); // whoever asks for names that nobody has must not fill the store
            }
            memory.put(key, fresh);
            outages.invalidate(key);
            return new Held(fresh, false);
        } catch (BlobsUnavailableException | BusyException e) {
            throw e; // no upstream's fault
        } catch (Rests.RestingException e) {
            return keptOr(kept, e); // it was not asked, so nothing was learnt of this document
        } catch (IOException e) {
            Instant now = clock.instant();
            outages.put(key, new Outage(new Span(now, now.plus(settings.outage())), String.valueOf(e.getMessage())));
            return keptOr(kept, e);
        }
    }

    private Held keptOr(@Nullable Document kept, IOException failure) throws IOException {
        if (kept == null
                || kept.isAbsent()
                || (kept.blob() != null && blobs.find(kept.blob()).isEmpty())) {
            throw failure;
        }
        return new Held(kept, true);
    }

    private Document receive(
            String repository,
            String format,
            Upstream upstream,
            String document,
            UpstreamClient.Answer answer,
            Check check,
            @Nullable Document kept)
            throws IOException {
        Contents contents;
        boolean drops;
        try (BlobWriter writer = blobs.begin()) {
            answer.body().transferTo(writer);
            drops = writer.size() > SMALL
                    && blobs.find(writer.contents().sha256()).isEmpty();
            contents = writer.commit();
        }
        lost.invalidate(contents.sha256());
        try (InputStream body = blobs.open(contents.sha256(), 0, Long.MAX_VALUE)) {
            check.accept(contents.sha256(), body, answer);
        } catch (IOException | RuntimeException e) {
            if (drops && !(e instanceof BlobsUnavailableException)) {
                blobs.delete(contents.sha256(), Instant.MAX); // nobody refers to it: it came with this very answer
            }
            throw e;
        }
        Instant now = clock.instant();
        boolean same = kept != null && contents.sha256().equals(kept.blob());
        String type = answer.header("content-type");
        return new Document(
                repository,
                format,
                upstream.id(),
                document,
                contents.sha256(),
                type == null ? "" : type,
                answer.header("etag"),
                answer.header("last-modified"),
                same && kept != null ? kept.fetchedAt() : now,
                now);
    }

    private Document validated(Document kept) {
        return new Document(
                kept.repository(),
                kept.format(),
                kept.upstream(),
                kept.key(),
                kept.blob(),
                kept.contentType(),
                kept.etag(),
                kept.lastModified(),
                kept.fetchedAt(),
                clock.instant());
    }

    private Document absent(String repository, String format, Upstream upstream, String document) {
        Instant now = clock.instant();
        return new Document(repository, format, upstream.id(), document, null, "", null, null, now, now);
    }
}
