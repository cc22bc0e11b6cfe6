package dev.sluice.storage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How the log is laid out in bytes, big-endian.
 *
 * <p>A segment is a header (eight bytes {@code SLUICEJ1}) and batches. A batch is what one sync made durable: a header (magic
 * {@code SLB1}, length of what follows the header, its own position in the log, CRC32C of these) and records. A record is
 * length, CRC32C and the JSON of one event. A position counts every byte of the log from its beginning; a segment is named
 * by the position of its first byte.
 *
 * <p>A batch begins only when the one before it is durable. So damage in a batch that something follows is corruption,
 * while damage in the very last one is what a crash leaves of a write that nobody was told of.
 */
final class Frames {
    static final long SEGMENT_MAGIC = 0x534C554943454A31L;
    static final int SEGMENT_HEADER = 8;
    static final int BATCH_MAGIC = 0x534C4231;
    static final int BATCH_HEADER = 20;
    static final int RECORD_HEADER = 8;
    static final int MOST_RECORD_BYTES = 4 * 1024 * 1024;
    static final int MOST_BATCH_BYTES = 16 * 1024 * 1024;

    private Frames() {}

    static void putBatchHeader(ByteBuffer target, int length, long position) {
        int start = target.position();
        target.putInt(BATCH_MAGIC).putInt(length).putLong(position);
        target.putInt(crc(target.slice(start, BATCH_HEADER - 4)));
    }

    /** Length of the batch whose header the buffer holds, or -1 when it is no batch header of that position. */
    static int batchLength(ByteBuffer header, long position) {
        if (header.remaining() < BATCH_HEADER) {
            return -1;
        }
        int start = header.position();
        int length = header.getInt(start + 4);
        boolean good = header.getInt(start) == BATCH_MAGIC
                && length > RECORD_HEADER
                && length <= MOST_BATCH_BYTES
                && header.getLong(start + 8) == position
                && header.getInt(start + 16) == crc(header.slice(start, BATCH_HEADER - 4));
        return good ? length : -1;
    }

    static void putRecord(ByteBuffer target, byte[] json, int crc) {
        target.putInt(json.length).putInt(crc).put(json);
    }

    static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }

    /** Takes the next record from the buffer; null when what is there is no whole, undamaged record. */
    static byte @Nullable [] takeRecord(ByteBuffer source) {
        if (source.remaining() < RECORD_HEADER) {
            return null;
        }
        int length = source.getInt();
        int crc = source.getInt();
        if (length < 2 || length > MOST_RECORD_BYTES || length > source.remaining()) {
            return null;
        }
        byte[] json = new byte[length];
        source.get(json);
        return crc(json) == crc ? json : null;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
