package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.repository.StoredFile;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** Does for tests of the server what only the gate can do. */
public final class GateKey {

    private GateKey() {}

    /** A released file whose bytes lie in that store. */
    public static Released release(BlobStore blobs, Digest sha256, long size) {
        Contents contents = new Contents(size, sha256, sha256, sha256, sha256);
        StoredFile file = new StoredFile(
                "main", "x/x.bin", Coordinates.of("fake", "x", "1"), contents, null, Instant.EPOCH, null);
        return new Released(file, blobs, Notices.NONE, () -> {});
    }

    /** Notes a record that must be durable before the answer. */
    public static void awaits(Visit visit, CompletionStage<Void> record) {
        visit.awaits(record);
    }
}
