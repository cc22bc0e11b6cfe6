package dev.sluice.storage.upkeep;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads every blob from time to time, slowly, so that damage is found before somebody wants the bytes. How far it is survives the
 * process, in a small file. One thread at a time runs it; its figures may be asked for by any.
 */
public final class Scrub {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int FOLDERS = 256;
    private static final int MOST_BYTES = 4096;

    private final BlobStore blobs;
    private final Path file;
    private final InstantSource clock;
    private final LongAdder sound = new LongAdder();
    private final LongAdder damaged = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private volatile State state;

    /**
     * How far it is.
     *
     * @param next first byte of the digests that come next, 0 to 255
     * @param begun when the pass under way began, ISO 8601, or null when none is under way
     * @param lastBegun when the last whole pass began, or null
     * @param lastEnded when it ended, or null
     */
    public record State(
            int next,
            @Nullable String begun,
            @Nullable String lastBegun,
            @Nullable String lastEnded) {
        /** Nothing was read yet. */
        public static final State NONE = new State(0, null, null, null);

        /** What the file says; nothing when it is not there or is none. */
        public static State in(Path file) {
            try (InputStream in = Files.newInputStream(file)) {
                State read = JSON.readValue(in.readNBytes(MOST_BYTES), State.class);
                return read.next < 0 || read.next >= FOLDERS ? NONE : read;
            } catch (NoSuchFileException first) {
                return NONE;
            } catch (IOException | JacksonException e) {
                LOG.atWarn().setCause(e).log("how far the scrub is cannot be read; it begins anew");
                return NONE;
            }
        }
    }

    /**
     * A scrub of these blobs.
     *
     * @param file where it keeps how far it is
     */
    public Scrub(BlobStore blobs, Path file, InstantSource clock) {
        this.blobs = blobs;
        this.file = file;
        this.clock = clock;
        this.state = State.in(file);
    }

    /** How far it is now. */
    public State state() {
        return state;
    }

    /** Blobs read since this process began, by what was found: sound, damaged, unreadable. */
    public Map<String, Long> blobs() {
        return Map.of("sound", sound.sum(), "damaged", damaged.sum(), "unreadable", unreadable.sum());
    }

    /** When the next pass is due: a pass that was begun goes on, another begins so long after the last began. */
    public boolean isDue(java.time.Duration interval) {
        State now = state;
        return now.begun != null || now.lastBegun == null || !isAfter(now.lastBegun, interval, clock.instant());
    }

    /** What is no time, or one beyond all calendars, holds up nothing. */
    private static boolean isAfter(String begun, java.time.Duration interval, Instant now) {
        try {
            return Instant.parse(begun).plus(interval).isAfter(now);
        } catch (DateTimeException | ArithmeticException e) {
            LOG.warn("when the last scrub began cannot be read; another begins: {}", e.getMessage());
            return false;
        }
    }

    /**
     * Goes on where it was, to the end of the pass or an interrupt.
     *
     * @param pace is told how many bytes were read each time; blocks to slow the reading down
     * @throws IOException when the store cannot be listed; the next run goes on there
     */
    public void run(LongConsumer pace) throws IOException {
        State now = state;
        String begun = now.begun == null ? clock.instant().toString() : now.begun;
        for (int folder = now.begun == null ? 0 : now.next; folder < FOLDERS; folder++) {
            keep(new State(folder, begun, now.lastBegun, now.lastEnded));
            List<Digest> digests = new ArrayList<>();
            blobs.list(
                    String.format(java.util.Locale.ROOT, "%02x", folder),
                    kept -> digests.add(kept.blob().digest()));
            for (Digest digest : digests) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                read(digest, pace);
            }
        }
        keep(new State(0, null, begun, clock.instant().toString()));
    }

    private void read(Digest digest, LongConsumer pace) {
        try {
            switch (blobs.verify(digest, pace)) {
                case SOUND -> sound.increment();
                case DAMAGED -> damaged.increment(); // the store tells
                case ABSENT -> {} // removed meanwhile
            }
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) {
                unreadable.increment();
                LOG.atError().addKeyValue("blob", digest).log("a blob could not be read: {}", e.getMessage());
            }
        }
    }

    private void keep(State next) {
        state = next;
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, JSON.writeValueAsString(next));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("how far the scrub is cannot be kept: {}", e.getMessage());
        }
    }
}
