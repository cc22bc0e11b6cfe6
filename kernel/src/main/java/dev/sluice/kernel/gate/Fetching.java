package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Fetches a file from one upstream, and verifies it against every promise before anyone sees a byte. Thread-safe. */
final class Fetching {

    private static final int MAX_CHECKSUM_BYTES = 4096;

    private final BlobStore blobs;
    private final Rests client;
    private final Recorder recorder;
    private final long maxBytes;

    /**
     * Verified bytes.
     *
     * @param age what the upstream's headers say of their age, or null
     */
    record Fetched(Contents contents, @Nullable Instant age) {}

    Fetching(BlobStore blobs, Rests client, Recorder recorder, GateSettings settings) {
        this.blobs = blobs;
        this.client = client;
        this.recorder = recorder;
        this.maxBytes = settings.maxArtifactBytes();
    }

    /** Fetches a file that the upstream holds by itself; null when it has none. */
    @Nullable
    Fetched fetch(FileWant want, Candidate candidate, Upstream upstream) throws IOException {
        Proxying proxying = candidate.format().proxying();
        ReleaseFile listed = candidate.release().file(want.fileName());
        Proxying.Question question = proxying.fileQuestion(upstream, want, listed);
        if (question == null) {
            return null;
        }
        long limit = maxBytes;
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
                return new Fetched(contents, httpDate(answer.header("last-modified")));
            }
        }
    }

    /** The same for a document that was read out of an artifact: verified as the file that it is. */
    Fetched document(byte[] bytes, @Nullable ReleaseFile listed) throws IOException {
        try (BlobWriter writer = blobs.begin()) {
            writer.write(bytes);
            return new Fetched(verified(writer, listed == null ? List.of() : listed.digests(), listed), null);
        }
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
                if (writer.size() > maxBytes) {
                    throw new BrokenPromiseException("unpacked it is longer than " + maxBytes + " bytes");
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
    static final class BrokenPromiseException extends IOException {
        BrokenPromiseException(String message) {
            super(message);
        }
    }
}
