package dev.sluice.storage.blob;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * A part of a file that is sent, more than once when an attempt fails; holds no bytes in memory. Not thread-safe.
 *
 * <p>A plain file stream, because a channel would be closed by the interrupt that ends an attempt.
 */
final class FileSection implements ContentStreamProvider, AutoCloseable {
    private final Path file;
    private final long offset;
    private final long length;
    private @Nullable InputStream open;

    FileSection(Path file, long offset, long length) {
        this.file = file;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public InputStream newStream() {
        try {
            close();
            InputStream in = new FileInputStream(file.toFile());
            open = in;
            in.skipNBytes(offset);
            return new RangeInputStream(in, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** MD5 of the part in Base64, as the header Content-MD5 wants it: S3 refuses what arrives otherwise. */
    String md5() throws IOException {
        try (InputStream in = new DigestInputStream(newStream(), MessageDigest.getInstance("MD5"))) {
            BlobCache.pass(in);
            return Base64.getEncoder()
                    .encodeToString(((DigestInputStream) in).getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has MD5", e);
        }
    }

    @Override
    public void close() throws IOException {
        InputStream former = open;
        open = null;
        if (former != null) {
            former.close();
        }
    }
}
