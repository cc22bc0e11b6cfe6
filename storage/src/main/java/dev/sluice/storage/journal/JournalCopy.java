package dev.sluice.storage.journal;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.storage.StorageException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/**
 * Copies a journal to another place: the same events, byte by byte, in the same order.
 *
 * <p>What an earlier copying that was cut short has written is not written again.
 */
public final class JournalCopy {
    private static final int AT_ONCE = 1_000;

    private JournalCopy() {}

    /**
     * A journal's length and the SHA-256 over all its events.
     *
     * @param events how many
     * @param sha256 over the events as they are written in the log
     */
    public record Fingerprint(long events, Digest sha256) {}

    /** Reads a journal to its end. */
    public static Fingerprint fingerprint(EventLog log) throws IOException {
        MessageDigest digest = sha256();
        long[] count = {0};
        log.each(event -> {
            digest.update(event.json());
            count[0]++;
        });
        return new Fingerprint(count[0], Digest.of(Algorithm.SHA256, digest.digest()));
    }

    /**
     * Appends to the target what it lacks of the source, then compares both.
     *
     * @param progress is told the number of events in the target from time to time
     * @throws StorageException when the target holds other events, or is not the same afterwards
     */
    public static Fingerprint copy(EventLog source, EventLog target, LongConsumer progress) throws IOException {
        Fingerprint there = fingerprint(target);
        MessageDigest digest = sha256();
        List<CompletableFuture<Void>> pending = new ArrayList<>();
        long[] count = {0};
        requireBeginning(there, 0, digest);
        source.each(event -> {
            digest.update(event.json());
            count[0]++;
            if (count[0] <= there.events()) {
                requireBeginning(there, count[0], digest);
                return;
            }
            pending.add(target.append(event).toCompletableFuture());
            if (pending.size() == AT_ONCE) {
                settle(pending);
                progress.accept(count[0]);
            }
        });
        settle(pending);
        progress.accept(count[0]);
        if (count[0] < there.events()) {
            throw foreign();
        }
        target.settle();
        Fingerprint wanted = new Fingerprint(count[0], Digest.of(Algorithm.SHA256, digest.digest()));
        if (!fingerprint(target).equals(wanted)) {
            throw new StorageException("the copied journal is not the same as its source", null);
        }
        return wanted;
    }

    private static void requireBeginning(Fingerprint there, long count, MessageDigest digest) {
        if (count == there.events() && !there.sha256().equals(Digest.of(Algorithm.SHA256, snapshot(digest)))) {
            throw foreign();
        }
    }

    private static byte[] snapshot(MessageDigest digest) {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 can be cloned in every Java runtime", e);
        }
    }

    private static void settle(List<CompletableFuture<Void>> pending) {
        try {
            CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)).join();
            pending.clear();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StorageException("the target's journal cannot be written: " + cause.getMessage(), cause);
        }
    }

    private static StorageException foreign() {
        return new StorageException("the target's journal holds events that are not the source's", null);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance(Algorithm.SHA256.jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
