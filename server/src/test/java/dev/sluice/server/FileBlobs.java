package dev.sluice.server;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** One blob in one file, shown as a local file or only as a stream. */
record FileBlobs(Path file, boolean local) implements BlobStore {

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        InputStream in = Files.newInputStream(file);
        in.skipNBytes(offset);
        return in;
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        return local ? Optional.of(file) : Optional.empty();
    }

    @Override
    public BlobWriter begin() {
        throw new UnsupportedOperationException("read only");
    }

    @Override
    public Optional<Blob> find(Digest sha256) {
        throw new UnsupportedOperationException("not asked");
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) {
        throw new UnsupportedOperationException("read only");
    }

    @Override
    public void list(Consumer<Kept> consumer) {
        throw new UnsupportedOperationException("not asked");
    }

    @Override
    public Check verify(Digest sha256, LongConsumer pace) {
        throw new UnsupportedOperationException("not asked");
    }
}
