package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Obtains artifacts: fetched once for everybody, verified against every promise before anyone sees a byte, inspected, kept.
 *
 * <p>Thread-safe.
 */
final class Artifacts {

    private static final int MAX_CHECKSUM_BYTES = 4096;

    private record Key(String repository, String format, String path) {}

    /** A file nobody could give, by whom was asked: other upstreams may have it. */
    private record Vain(Key key, List<String> upstreams) {}

    /** Until when upstreams are not asked again, and why they gave nothing, or null when they do not have it. */
    private record Pause(Span span, @Nullable String failure) {}

    private final FileStore files;
    private final BlobStore blobs;
    private final HistoryStore history;
    private final Rests client;
    private final Inspector inspector;
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
            FileStore files,
            BlobStore blobs,
            HistoryStore history,
            Leases leases,
            Rests client,
            Inspector inspector,
            InstantSource clock,
            GateSettings settings,
            Recorder recorder) {
        this.files = files;
        this.blobs = blobs;
        this.history = history;
        this.client = client;
        this.inspector = inspector;
        this.clock = clock;
        this.settings = settings;
        this.recorder = recorder;
        this.remoteMetadata = new RemoteMetadata(client, inspector, clock);
        this.flights = new SingleFlight<>("file", leases, settings.patience());
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
     * @param release what the index says of the version's files
     * @param former what is kept at the path and is to be replaced, or null
     */
    Obtained fetch(
            Ecosystem format,
            FileWant want,
            Coordinates coordinates,
            Release release,
            List<Upstream> upstreams,
            @Nullable StoredFile former)
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
            Obtained obtained = fetchFromFirst(format, want, coordinates, release, upstreams);
            if (obtained.file() == null
                    && (obtained.failure() == null
                            || client.left(
                                            upstreams,
                                            upstream -> format.proxying()
                                                    .fileQuestion(upstream, want, release.file(want.fileName())))
                                    == null)) {
                Duration time = obtained.failure() == null ? settings.absence() : settings.outage();
                Instant now = clock.instant();
                pauses.put(vain, new Pause(new Span(now, now.plus(time)), obtained.failure()));
            }
            return obtained;
        });
    }

    private Obtained fetchFromFirst(
            Ecosystem format, FileWant want, Coordinates coordinates, Release release, List<Upstream> upstreams)
            throws BlobsUnavailableException, BusyException {
        String failure = null;
        for (Upstream upstream : upstreams) {
            if (failure != null && upstream.trust() == Upstream.Trust.UNTRUSTED) {
                break; // a trusted one may have it: its failure opens no door to others
            }
            try {
                StoredFile file = fetch(format, want, coordinates, release, upstream);
                if (file != null) {
                    return new Obtained(file, null);
                }
            } catch (BrokenPromiseException e) {
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
    private @Nullable StoredFile fetch(
            Ecosystem format, FileWant want, Coordinates coordinates, Release release, Upstream upstream)
            throws IOException {
        ReleaseFile listed = release.file(want.fileName());
        boolean promised = listed != null && !listed.digests().isEmpty();
        StoredFile file = promised ? null : described(format, want, coordinates, release, upstream);
        if (file == null) {
            file = whole(format, want, coordinates, listed, upstream);
        }
        return file == null && promised ? described(format, want, coordinates, release, upstream) : file;
    }

    /** The file, read out of the artifact that it describes; null when it describes none, or cannot be read there. */
    private @Nullable StoredFile described(
            Ecosystem format, FileWant want, Coordinates coordinates, Release release, Upstream upstream)
            throws IOException {
        FileWant artifact = format.proxying().metadataOf(want);
        if (artifact == null) {
            return null;
        }
        StoredFile kept = kept(artifact);
        byte[] document;
        if (kept == null) {
            document = remoteMetadata.read(format, artifact, release.file(artifact.fileName()), upstream);
        } else if (upstream.id().equals(kept.upstream())) {
            document = inspector.metadata(format.id(), artifact.fileName(), new KeptContent(blobs, kept.contents()));
        } else {
            return null; // other bytes may lie at this upstream
        }
        if (document == null) {
            return null;
        }
        ReleaseFile listed = release.file(want.fileName());
        try (BlobWriter writer = blobs.begin()) {
            writer.write(document);
            List<Digest> promised = listed == null ? List.of() : listed.digests();
            return keep(format, want, coordinates, upstream, verified(writer, promised, listed), null);
        }
    }

    private @Nullable StoredFile whole(
            Ecosystem format, FileWant want, Coordinates coordinates, @Nullable ReleaseFile listed, Upstream upstream)
            throws IOException {
        Proxying proxying = format.proxying();
        Proxying.Question question = proxying.fileQuestion(upstream, want, listed);
        if (question == null) {
            return null;
        }
        long limit = settings.maxArtifactBytes();
        UpstreamClient.Ask ask = new UpstreamClient.Ask(upstream, question.uri(), question.accept(), null, null, limit);
        try (UpstreamClient.Answer answer = client.ask(ask)) {
            if (upstream.lacks(answer.status())) {
                return null;
            }
            if (answer.status() != 200) {
                throw new UpstreamClient.UpstreamException(want.fileName() + ": " + upstream.told(answer.status()));
            }
            List<Digest> promised = promises(proxying, upstream, want, listed, answer);
            byte[] head = answer.body().readNBytes(WebPage.HEAD);
            if (promised.isEmpty() && WebPage.stoodIn(want.fileName(), answer.header("content-type"), head)) {
                throw new BrokenPromiseException("a web page came in place of " + want.fileName()
                        + "; nothing is kept of it, and it is asked for again");
            }
            try (BlobWriter writer = blobs.begin()) {
                writer.write(head);
                answer.body().transferTo(writer);
                Contents contents = fits(writer.contents(), promised, listed) || !isCompressed(answer, promised)
                        ? verified(writer, promised, listed)
                        : decompressed(writer.commit().sha256(), promised, listed);
                return keep(format, want, coordinates, upstream, contents, httpDate(answer.header("last-modified")));
            }
        }
    }

    /** Keeps verified bytes as that file, and reads them. */
    private StoredFile keep(
            Ecosystem format,
            FileWant want,
            Coordinates coordinates,
            Upstream upstream,
            Contents contents,
            @Nullable Instant age)
            throws IOException {
        StoredFile file = new StoredFile(
                want.repository().id(), want.path(), coordinates, contents, upstream.id(), clock.instant(), age);
        history.seen(
                file.repository(),
                upstream.id(),
                coordinates.packageName(),
                List.of(coordinates.version()),
                clock.instant());
        learn(format, file);
        files.put(file);
        return file;
    }

    /** Whether the bytes were compressed for the way only, which their promises would tell. */
    private static boolean isCompressed(UpstreamClient.Answer answer, List<Digest> promised) {
        String coding = answer.header("content-encoding");
        return !promised.isEmpty()
                && coding != null
                && (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip"));
    }

    /** What was compressed for the way, plain and verified; what came over the wire waits for the garbage collection. */
    private Contents decompressed(Digest sent, List<Digest> promised, @Nullable ReleaseFile listed) throws IOException {
        try (InputStream in = blobs.open(sent, 0, Long.MAX_VALUE);
                InputStream plain = new GZIPInputStream(in, 1 << 16);
                BlobWriter writer = blobs.begin()) {
            byte[] buffer = new byte[1 << 16];
            for (int read = plain.read(buffer); read >= 0; read = plain.read(buffer)) {
                writer.write(buffer, 0, read);
                if (writer.size() > settings.maxArtifactBytes()) {
                    throw new BrokenPromiseException(
                            "unpacked it is longer than " + settings.maxArtifactBytes() + " bytes");
                }
            }
            return verified(writer, promised, listed);
        } catch (ZipException | EOFException e) {
            throw new BrokenPromiseException("it was sent as gzip, and is not: " + e.getMessage());
        }
    }

    private static boolean fits(Contents contents, List<Digest> promised, @Nullable ReleaseFile listed) {
        return (listed == null || listed.size() < 0 || listed.size() == contents.size())
                && promised.stream().allMatch(contents::matches);
    }

    private static Contents verified(BlobWriter writer, List<Digest> promised, @Nullable ReleaseFile listed)
            throws IOException {
        verify(writer.contents(), promised, listed);
        return writer.commit();
    }

    private static void verify(Contents contents, List<Digest> promised, @Nullable ReleaseFile listed)
            throws BrokenPromiseException {
        if (listed != null && listed.size() >= 0 && listed.size() != contents.size()) {
            throw new BrokenPromiseException(
                    listed.name() + " has " + contents.size() + " bytes, the index promised " + listed.size());
        }
        for (Digest digest : promised) {
            if (!contents.matches(digest)) {
                throw new BrokenPromiseException(
                        "promised " + digest + ", received " + contents.digest(digest.algorithm()));
            }
        }
    }

    private List<Digest> promises(
            Proxying proxying,
            Upstream upstream,
            FileWant want,
            @Nullable ReleaseFile listed,
            UpstreamClient.Answer answer)
            throws UpstreamClient.UpstreamException {
        IOException unasked = null;
        List<Digest> promised = new ArrayList<>();
        if (listed != null) {
            promised.addAll(listed.digests());
        }
        if (promised.isEmpty()) {
            for (Proxying.Question question : proxying.checksumQuestions(upstream, want)) {
                try {
                    Digest digest = checksum(proxying, upstream, want, question);
                    if (digest != null) {
                        promised.add(digest);
                        break;
                    }
                } catch (IOException e) {
                    unasked = e; // the next question may be answered
                }
            }
        }
        header(answer, "x-checksum-sha256", Digest.Algorithm.SHA256, promised);
        header(answer, "x-checksum-sha1", Digest.Algorithm.SHA1, promised);
        if (promised.isEmpty() && unasked != null) { // to have none is one thing, to be silent about it another
            throw new UpstreamClient.UpstreamException(
                    "the checksum of " + want.fileName() + " cannot be asked: " + unasked.getMessage(), unasked);
        }
        return promised;
    }

    private @Nullable Digest checksum(Proxying proxying, Upstream upstream, FileWant want, Proxying.Question question)
            throws IOException {
        UpstreamClient.Ask ask =
                new UpstreamClient.Ask(upstream, question.uri(), question.accept(), null, null, MAX_CHECKSUM_BYTES);
        try (UpstreamClient.Answer answer = client.ask(ask)) {
            if (upstream.lacks(answer.status())) {
                return null;
            }
            if (answer.status() != 200) {
                throw new UpstreamClient.UpstreamException(upstream.told(answer.status()));
            }
            Digest digest = proxying.readChecksum(question, answer.body().readAllBytes());
            if (digest == null) {
                recorder.upstreamFault(
                        want.repository(),
                        upstream,
                        want.packageName(),
                        "the checksum " + question.uri().getPath() + " is no digest");
            }
            return digest;
        }
    }

    private static void header(
            UpstreamClient.Answer answer, String name, Digest.Algorithm algorithm, List<Digest> promised) {
        String value = answer.header(name);
        if (value != null) {
            try {
                promised.add(new Digest(algorithm, value.strip()));
            } catch (IllegalArgumentException e) {
                // not a checksum: no promise
            }
        }
    }

    /** Sees to it that what the artifact and its headers tell is known, as this inspector reads it. */
    void learn(Ecosystem format, StoredFile file) throws IOException {
        if (isLearnt(file)) {
            return;
        }
        history.learn(file, evidence(format, file));
    }

    /** The same of a file that was read already. */
    void learn(Ecosystem format, StoredFile file, Evidence evidence) throws IOException {
        if (!Judge.isSideCar(format, file.fileName())) {
            history.learn(file, evidence);
        }
    }

    /** What the bytes of a kept file say, read now unless this inspector read them before. */
    Evidence evidence(Ecosystem format, StoredFile file) throws IOException {
        Evidence known = history.evidence(file.contents().sha256(), format.id(), file.fileName())
                .orElse(null);
        return known != null && known.reader() >= inspector.version() ? known : read(format, file);
    }

    /** Whether the bytes of a file tell anything; read where they were not. */
    boolean tells(Ecosystem format, StoredFile file) throws IOException {
        learn(format, file);
        return history.evidence(file.contents().sha256(), format.id(), file.fileName())
                .filter(Evidence::tells)
                .isPresent();
    }

    /** Whether what the file tells is known, as this inspector reads it. */
    boolean isLearnt(StoredFile file) {
        VersionHistory known = history.of(file.repository(), file.coordinates().packageName())
                .of(file.upstream(), file.coordinates().version());
        return known != null
                && known.files().stream()
                        .anyMatch(f -> f.path().equals(file.path())
                                && f.sha256().equals(file.contents().sha256())
                                && Objects.equals(f.lastModified(), file.lastModified())
                                && f.evidence() != null
                                && f.evidence().reader() >= inspector.version());
    }

    private Evidence read(Ecosystem format, StoredFile file) throws IOException {
        int reader = inspector.version();
        if (!inspector.formats().contains(format.id())) {
            return Evidence.unknown(reader, "artifacts of this format are not read");
        }
        try {
            Inspector.Inspection told =
                    inspector.inspect(format.id(), file.fileName(), new KeptContent(blobs, file.contents()));
            return new Evidence(
                    reader,
                    told.license(),
                    told.installScripts(),
                    told.requiresRuntime(),
                    told.ambiguities(),
                    told.parent(),
                    told.dependencies());
        } catch (FileNotFoundException e) {
            throw new BlobDamagedException(
                    file.contents().sha256(), "it went while it was read", e); // no word of the artifact
        } catch (BlobsUnavailableException | BusyException e) {
            throw e; // it says nothing of the artifact
        } catch (IOException | IllegalArgumentException e) {
            return Evidence.unknown(reader, "artifact could not be read: " + e.getMessage());
        }
    }

    /** The document in which a kept file describes itself, or null. */
    byte @Nullable [] description(Ecosystem format, StoredFile file) throws IOException {
        if (!inspector.formats().contains(format.id())) {
            return null;
        }
        try {
            return inspector.description(format.id(), file.fileName(), new KeptContent(blobs, file.contents()));
        } catch (FileNotFoundException e) {
            throw new BlobDamagedException(file.contents().sha256(), "it went while it was read", e);
        }
    }

    /** The bytes of a kept file. */
    private record KeptContent(BlobStore blobs, Contents contents) implements Inspector.Content {

        @Override
        public long size() {
            return contents.size();
        }

        @Override
        public InputStream open(long offset, long length) throws IOException {
            return blobs.open(contents.sha256(), offset, length);
        }
    }

    private static @Nullable Instant httpDate(@Nullable String value) {
        if (value == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** An upstream's bytes are not what its index, side-car or headers promised. */
    private static final class BrokenPromiseException extends IOException {
        BrokenPromiseException(String message) {
            super(message);
        }
    }
}
