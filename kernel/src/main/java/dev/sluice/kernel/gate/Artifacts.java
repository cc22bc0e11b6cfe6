package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Obtains artifacts: fetched once for everybody from the first upstream that has them, verified, read, kept.
 *
 * <p>Thread-safe.
 */
final class Artifacts {

    private record Key(String repository, String format, String path) {}

    /** A file nobody could give, by whom was asked: other upstreams may have it. */
    private record Vain(Key key, List<String> upstreams) {}

    /** Until when upstreams are not asked again, and why they gave nothing, or null when they do not have it. */
    private record Pause(Span span, @Nullable String failure) {}

    private final FileStore files;
    private final BlobStore blobs;
    private final HistoryStore history;
    private final Rests client;
    private final Fetching fetching;
    private final Reading reading;
    private final InstantSource clock;
    private final GateSettings settings;
    private final Recorder recorder;
    private final RemoteMetadata remoteMetadata;
    private final SingleFlight<Key, Obtained> flights;
    private final Cache<Vain, Pause> pauses;
    private final Cache<Key, Instant> revalidated;

    /**
     * What obtaining gave.
     *
     * @param file the kept file, or null when no upstream has it
     * @param failure why an upstream could not give it, or null when all said that they do not have it
     */
    record Obtained(@Nullable StoredFile file, @Nullable String failure) {}

    Artifacts(
            Gate.Stores stores,
            Rests client,
            Inspector inspector,
            Reading reading,
            InstantSource clock,
            GateSettings settings,
            Recorder recorder) {
        this.files = stores.files();
        this.blobs = stores.blobs();
        this.history = stores.history();
        this.client = client;
        this.fetching = new Fetching(blobs, client, recorder, settings);
        this.reading = reading;
        this.clock = clock;
        this.settings = settings;
        this.recorder = recorder;
        this.remoteMetadata = new RemoteMetadata(client, inspector, clock);
        this.flights = new SingleFlight<>("file", stores.leases(), settings.patience());
        // Whoever asks for what nobody has chooses the paths, and how long they are.
        this.pauses = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes())
                .weigher((Vain vain, Pause pause) -> 400 + vain.key().path().length())
                .executor(Runnable::run)
                .build();
        this.revalidated = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes())
                .weigher((Key key, Instant at) -> 200 + key.path().length())
                .executor(Runnable::run)
                .build();
    }

    /**
     * The kept file, or null: one whose bytes are lost or too short is not kept, and is fetched again.
     *
     * @throws BlobDamagedException when it was published here, so that there is nowhere to fetch it from
     */
    @Nullable
    StoredFile kept(FileWant want) throws IOException {
        StoredFile file = files.find(want.repository().id(), want.packageName().format(), want.path())
                .orElse(null);
        if (file == null
                || blobs.find(file.contents().sha256())
                        .filter(file.contents().blob()::equals)
                        .isPresent()) {
            return file;
        }
        if (file.isHosted()) {
            recorder.lost(want.repository(), file);
            throw new BlobDamagedException(
                    file.contents().sha256(),
                    "the bytes of " + file.path() + ", published in "
                            + want.repository().name()
                            + ", are lost or damaged (blob " + file.contents().sha256()
                            + "): restore the blob from a backup, or unpublish the version and publish it again");
        }
        return null;
    }

    /** Whether a kept file whose upstream may replace it need not be asked for again yet. */
    boolean isCurrent(FileWant want, StoredFile kept) {
        Instant now = clock.instant();
        Instant asked = revalidated.getIfPresent(key(want));
        Instant last = asked != null && asked.isAfter(kept.storedAt()) ? asked : kept.storedAt();
        return !last.isAfter(now) && now.isBefore(last.plus(settings.freshness()));
    }

    /** Notes that a kept file was asked for again, in vain or not, so that it is not at every request. */
    void revalidated(FileWant want) {
        revalidated.put(key(want), clock.instant());
    }

    /** Drops what is kept of a file, so that it is asked for anew: whoever did not have it is asked again, too. */
    void forget(StoredFile file) {
        Key key = new Key(file.repository(), file.coordinates().format(), file.path());
        files.remove(key.repository(), key.format(), key.path());
        revalidated.invalidate(key);
        pauses.asMap().keySet().removeIf(vain -> vain.key().equals(key));
    }

    private static Key key(FileWant want) {
        return new Key(want.repository().id(), want.packageName().format(), want.path());
    }

    /**
     * Fetches a file from the first of the upstreams that has it. What all of them lack, or failed to give, is not asked for
     * again for a while.
     *
     * @param candidate the version it belongs to
     * @param former what is kept at the path and is to be replaced, or null
     */
    Obtained fetch(FileWant want, Candidate candidate, List<Upstream> upstreams, @Nullable StoredFile former)
            throws IOException {
        if (upstreams.isEmpty()) {
            return new Obtained(null, null);
        }
        Key key = key(want);
        Vain vain = new Vain(key, upstreams.stream().map(Upstream::id).toList());
        return flights.run(key, () -> {
            StoredFile already = kept(want); // somebody else may have been faster
            if (already != null && !already.equals(former)) {
                return new Obtained(already, null);
            }
            Pause pause = pauses.getIfPresent(vain);
            if (pause != null && pause.span().holds(clock.instant())) {
                return new Obtained(null, pause.failure());
            }
            Obtained obtained = fetchFromFirst(want, candidate, upstreams);
            if (obtained.file() == null
                    && (obtained.failure() == null
                            || client.left(
                                            upstreams,
                                            upstream -> candidate
                                                    .format()
                                                    .proxying()
                                                    .fileQuestion(upstream, want, listed(candidate, want)))
                                    == null)) {
                Duration time = obtained.failure() == null ? settings.absence() : settings.outage();
                Instant now = clock.instant();
                pauses.put(vain, new Pause(new Span(now, now.plus(time)), obtained.failure()));
            }
            return obtained;
        });
    }

    /** What the index says of a file of the version, or null. */
    private static @Nullable ReleaseFile listed(Candidate candidate, FileWant want) {
        return candidate.release().file(want.fileName());
    }

    private Obtained fetchFromFirst(FileWant want, Candidate candidate, List<Upstream> upstreams)
            throws BlobsUnavailableException, BusyException {
        String failure = null;
        for (Upstream upstream : upstreams) {
            if (failure != null && upstream.trust() == Upstream.Trust.UNTRUSTED) {
                break; // a trusted one may have it: its failure opens no door to others
            }
            try {
                StoredFile file = fetch(want, candidate, upstream);
                if (file != null) {
                    return new Obtained(file, null);
                }
            } catch (Fetching.BrokenPromiseException e) {
                recorder.upstreamFault(want.repository(), upstream, want.packageName(), e.getMessage() + "");
                failure =
                        "upstream '" + upstream.id() + "' sent bytes that are not what it promised: " + e.getMessage();
            } catch (BlobsUnavailableException | BusyException e) {
                throw e; // no upstream's fault
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        return new Obtained(null, failure);
    }

    /**
     * Fetches a file from one upstream. What describes an artifact and is not promised is read out of the artifact first: most indexes that
     * do not promise it do not have it by itself.
     */
    private @Nullable StoredFile fetch(FileWant want, Candidate candidate, Upstream upstream) throws IOException {
        ReleaseFile listed = listed(candidate, want);
        boolean promised = listed != null && !listed.digests().isEmpty();
        StoredFile file = promised ? null : described(want, candidate, upstream);
        if (file == null) {
            file = keep(want, candidate, upstream, fetching.fetch(want, candidate, upstream));
        }
        return file == null && promised ? described(want, candidate, upstream) : file;
    }

    /** The file, read out of the artifact that it describes; null when it describes none, or cannot be read there. */
    private @Nullable StoredFile described(FileWant want, Candidate candidate, Upstream upstream) throws IOException {
        Ecosystem format = candidate.format();
        FileWant artifact = format.proxying().metadataOf(want);
        if (artifact == null) {
            return null;
        }
        StoredFile kept = kept(artifact);
        byte[] document;
        if (kept == null) {
            document = remoteMetadata.read(format, artifact, listed(candidate, artifact), upstream);
        } else if (upstream.id().equals(kept.upstream())) {
            document = reading.metadata(format, kept);
        } else {
            return null; // other bytes may lie at this upstream
        }
        if (document == null) {
            return null;
        }
        return keep(want, candidate, upstream, fetching.document(document, listed(candidate, want)));
    }

    /**
     * What describes an artifact and nobody promised, as the artifact itself has it where that came later: its bytes win over what an
     * upstream showed before.
     */
    StoredFile asDescribed(FileWant want, Candidate candidate, List<Upstream> upstreams, StoredFile kept)
            throws IOException {
        FileWant artifact = candidate.format().proxying().metadataOf(want);
        ReleaseFile listed = listed(candidate, want);
        if (artifact == null
                || kept.isHosted()
                || (listed != null && !listed.digests().isEmpty())) {
            return kept;
        }
        StoredFile whole = kept(artifact);
        if (whole == null
                || !Objects.equals(whole.upstream(), kept.upstream())
                || whole.storedAt().isBefore(kept.storedAt())) {
            return kept;
        }
        byte[] document = reading.metadata(candidate.format(), whole);
        if (document == null) {
            return kept;
        }
        Fetching.Fetched told = fetching.document(document, listed);
        if (told.contents().sha256().equals(kept.contents().sha256())) {
            return kept;
        }
        for (Upstream upstream : upstreams) {
            if (upstream.id().equals(whole.upstream())) {
                StoredFile now = keep(want, candidate, upstream, told);
                return now == null ? kept : now;
            }
        }
        return kept;
    }

    /** Keeps verified bytes as that file, and reads them. */
    private @Nullable StoredFile keep(
            FileWant want, Candidate candidate, Upstream upstream, Fetching.@Nullable Fetched fetched)
            throws IOException {
        if (fetched == null) {
            return null;
        }
        Coordinates coordinates = candidate.coordinates();
        StoredFile file = new StoredFile(
                want.repository().id(),
                want.path(),
                coordinates,
                fetched.contents(),
                upstream.id(),
                clock.instant(),
                fetched.age());
        history.seen(
                file.repository(),
                upstream.id(),
                coordinates.packageName(),
                List.of(coordinates.version()),
                clock.instant());
        reading.learn(candidate.format(), file);
        files.put(file);
        return file;
    }
}
