package dev.sluice.kernel.gate;

import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.repository.StoredFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads kept files: what their bytes say is learnt once, kept by digest, and read again only by a later inspector. Thread-safe. */
final class Reading {

    private final BlobStore blobs;
    private final HistoryStore history;
    private final Inspector inspector;

    Reading(BlobStore blobs, HistoryStore history, Inspector inspector) {
        this.blobs = blobs;
        this.history = history;
        this.inspector = inspector;
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

    /** The document that lies in an artifact and is offered beside it, or null. */
    byte @Nullable [] metadata(Ecosystem format, StoredFile artifact) throws IOException {
        return inspector.metadata(format.id(), artifact.fileName(), new KeptContent(blobs, artifact.contents()));
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
}
