package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.gate.Released;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Wheels that came without a side-car, so that upstreams are not asked for it again, and the METADATA that was read from them: what
 * the wheel itself says never changes.
 *
 * <p>Thread-safe; forgets all names when they take about 4 MiB, and all METADATA at about 8 MiB.
 */
final class BareWheels {

    private static final long MEMORY = 4L << 20;

    /** What a key takes beside its characters. */
    private static final int ENTRY = 120;

    private static final long METADATA_MEMORY = 8L << 20;

    /** Longer METADATA is read from its wheel each time. */
    private static final int REMEMBERED = 256 << 10;

    /** Wheels that are copied from the blob store at once, each of which takes its size in the temporary folder. */
    private static final int COPIES = 2;

    private final Map<Digest, byte[]> metadata = new ConcurrentHashMap<>();
    private final AtomicLong metadataBytes = new AtomicLong();
    private final Semaphore copies = new Semaphore(COPIES, true);
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();

    /** Whether that side-car was found missing before. */
    boolean contains(FileWant sideCar) {
        return known.contains(key(sideCar));
    }

    /** Notes that the side-car is missing and its wheel can stand in for it. */
    void add(FileWant sideCar) {
        String key = key(sideCar);
        if (known.contains(key)) {
            return;
        }
        long size = ENTRY + 2L * key.length();
        if (bytes.addAndGet(size) > MEMORY) {
            known.clear();
            bytes.set(size);
        }
        known.add(key);
    }

    /**
     * The METADATA of a released wheel as pip reads it, or null when it has none that can be read. Waits for others where the wheel
     * has no local path and so must be copied.
     */
    byte @Nullable [] metadata(Released wheel) throws IOException {
        Digest digest = wheel.file().contents().sha256();
        byte[] before = metadata.get(digest);
        if (before != null) {
            return before;
        }
        if (wheel.path().isPresent()) {
            return remembered(digest, WheelMetadata.of(wheel));
        }
        copies.acquireUninterruptibly();
        try {
            byte[] meanwhile = metadata.get(digest);
            return meanwhile != null ? meanwhile : remembered(digest, WheelMetadata.of(wheel));
        } finally {
            copies.release();
        }
    }

    private byte @Nullable [] remembered(Digest wheel, byte @Nullable [] read) {
        if (read != null && read.length <= REMEMBERED && metadata.putIfAbsent(wheel, read) == null) {
            long size = (long) ENTRY + read.length;
            if (metadataBytes.addAndGet(size) > METADATA_MEMORY) {
                metadata.clear();
                metadataBytes.set(0);
            }
        }
        return read;
    }

    private static String key(FileWant want) {
        return want.repository().id() + "/" + want.path();
    }
}
