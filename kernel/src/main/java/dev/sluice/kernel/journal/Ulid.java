package dev.sluice.kernel.journal;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * A source of event identifiers: ULIDs (26 characters of Crockford's base 32) that sort by the order they were made in and
 * cannot be guessed from their neighbours.
 *
 * <p>48 bits are the time in milliseconds, 16 bits count within the millisecond, 64 bits are random. A clock that steps back
 * does not: the last millisecond is used until time catches up. Thread-safe.
 */
public final class Ulid {

    private static final char[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final Pattern SHAPE = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock lock = new ReentrantLock();
    private long lastMillis;
    private int count;

    /** Identifiers dated by that clock. */
    public Ulid(InstantSource clock) {
        this.clock = clock;
    }

    /** The next identifier, greater than every one before it. */
    public String next() {
        long low = random.nextLong();
        long high;
        lock.lock();
        try {
            long now = clock.millis();
            if (now > lastMillis) {
                lastMillis = now;
                count = 0;
            } else if (++count > 0xFFFF) {
                lastMillis++;
                count = 0;
            }
            high = lastMillis << 16 | count;
        } finally {
            lock.unlock();
        }
        char[] text = new char[26];
        for (int i = 25; i >= 0; i--) {
            text[i] = ALPHABET[(int) low & 31];
            low = low >>> 5 | high << 59;
            high >>>= 5;
        }
        return new String(text);
    }

    /** Whether the text could be an identifier. */
    public static boolean isValid(String text) {
        return text.length() == 26 && SHAPE.matcher(text).matches();
    }
}
