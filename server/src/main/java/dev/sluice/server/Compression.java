package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Gzip for metadata in memory; remembers what it made for bodies with a validator, up to a number of bytes. Thread-safe. */
final class Compression {

    /** Shorter bodies are not worth it. */
    static final int MIN_LENGTH = 1024;

    /** Longer bodies take more than an event loop should give. */
    static final int MAX_LENGTH_ON_LOOP = 16 * 1024;

    private static final long MEMORY = 64L * 1024 * 1024;

    private final Cache<String, Buffer> made = Caffeine.newBuilder()
            .maximumWeight(MEMORY)
            .weigher((String etag, Buffer bytes) -> bytes.length() + 100)
            .build();

    /** Whether a body of that type and length is worth compressing. */
    static boolean fits(@Nullable String contentType, int length) {
        if (contentType == null || length < MIN_LENGTH) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        return type.startsWith("text/") || type.contains("json") || type.contains("xml") || type.contains("yaml");
    }

    /** Whether the client takes gzip (RFC 9110, section 12.5.3). */
    static boolean accepted(List<String> acceptEncoding) {
        boolean any = false;
        for (String line : acceptEncoding) {
            for (String part : line.split(",", -1)) {
                String[] pieces = part.split(";", 2);
                String coding = pieces[0].strip();
                boolean refused =
                        pieces.length > 1 && pieces[1].replace(" ", "").matches("q=0(\\.0{0,3})?");
                if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
                    return !refused;
                }
                any |= coding.equals("*") && !refused;
            }
        }
        return any;
    }

    /** What was made before for that validator, or null. */
    @Nullable
    Buffer remembered(@Nullable String etag) {
        return etag == null ? null : made.getIfPresent(etag);
    }

    /** The compressed form. */
    Buffer gzip(@Nullable String etag, byte[] body) {
        if (etag == null) {
            return compress(body);
        }
        return made.get(etag, tag -> compress(body));
    }

    private static Buffer compress(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return OffHeap.copy(out.toByteArray());
    }
}
