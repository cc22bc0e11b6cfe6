package dev.sluice.storage.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.artifact.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How values are written into columns.
 *
 * <p>Instants are nanoseconds since 1970 in a BIGINT; what lies before 1677 or after 2262 is kept as that bound. Text is kept
 * as it is; NUL and lone surrogates, which no database keeps faithfully, are no part of a key.
 */
final class Values {
    private static final long NANOS = 1_000_000_000L;
    private static final int LONGEST_KEY_BYTES = 2_000;
    private static final Instant EARLIEST = Instant.ofEpochSecond(Long.MIN_VALUE / NANOS);
    private static final Instant LATEST = Instant.ofEpochSecond(Long.MAX_VALUE / NANOS);

    private Values() {}

    static long nanos(Instant instant) {
        Instant kept = instant.isBefore(EARLIEST) ? EARLIEST : instant.isAfter(LATEST) ? LATEST : instant;
        return Math.addExact(Math.multiplyExact(kept.getEpochSecond(), NANOS), kept.getNano());
    }

    static @Nullable Long nanosOrNull(@Nullable Instant instant) {
        return instant == null ? null : Long.valueOf(nanos(instant));
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        long nanos = row.getLong(column);
        return row.wasNull() ? null : instant(nanos);
    }

    static @Nullable String textOrNull(ResultSet row, String column) throws SQLException {
        return row.getString(column);
    }

    static @Nullable Digest sha256OrNull(ResultSet row, String column) throws SQLException {
        String hex = row.getString(column);
        return hex == null ? null : Digest.sha256(hex);
    }

    static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant) throws SQLException {
        if (instant == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, nanos(instant));
        }
    }

    /** Whether every database gives the text back as it was: no NUL, no half of a surrogate pair. */
    static boolean isKeepable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Whether the text can be a key: every database keeps it, and PostgreSQL's index has room for it. */
    static boolean isKey(String text) {
        return isKeepable(text)
                && (text.length() * 3L <= LONGEST_KEY_BYTES || text.getBytes(UTF_8).length <= LONGEST_KEY_BYTES);
    }

    /** The text when it can be a key. Throws IllegalArgumentException. */
    static String key(String text) {
        if (!isKey(text)) {
            throw new IllegalArgumentException(
                    "NUL, half surrogate pairs and more than " + LONGEST_KEY_BYTES + " bytes are not allowed in names");
        }
        return text;
    }

    /** The text with what cannot be kept replaced by U+FFFD; for what is shown, not looked up. */
    static String cleaned(String text) {
        if (isKeepable(text)) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xFFFD : c)
                .forEach(result::appendCodePoint);
        return result.toString();
    }

    /** The cleaned text, what is too long cut and ended with a digest of the whole so that different texts stay different. */
    static String shortened(String text, int mostBytes) {
        String cleaned = cleaned(text);
        if (cleaned.length() * 3L <= mostBytes) {
            return cleaned;
        }
        byte[] bytes = cleaned.getBytes(UTF_8);
        if (bytes.length <= mostBytes) {
            return cleaned;
        }
        int end = mostBytes - 1 - 32;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--; // not in the middle of a character
        }
        return new String(bytes, 0, end, UTF_8) + '~' + sha256(bytes).substring(0, 32);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static @Nullable String cleanedOrNull(@Nullable String text) {
        return text == null ? null : cleaned(text);
    }
}
