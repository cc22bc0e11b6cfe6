package dev.sluice.testkit;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk that fails on command: a file system over the machine's own, whose files and folders are the same until it is told to
 * misbehave.
 *
 * <p>What goes around Java's file system (SQLite) is not touched. Thread-safe.
 */
public final class FaultyDisk {

    /** Where it can go wrong. */
    public enum Step {
        /** Opening a file for writing, making one or a folder. */
        CREATE,
        /** Writing to a file. */
        WRITE,
        /** Making what was written durable, of a file or a folder. */
        FORCE,
        /** Making a file shorter. */
        TRUNCATE,
        /** Giving a file another name. */
        MOVE,
        /** Removing a file or folder. */
        DELETE,
        /** Opening a file for reading. */
        OPEN,
        /** Reading from a file. */
        READ
    }

    /** What the machine says of a disk without room (ENOSPC). */
    public static final String FULL = "No space left on device";

    /** What the machine says of a disk that is damaged (EIO). */
    public static final String DAMAGED = "Input/output error";

    /** What the machine says of a disk that it mounted for reading only (EROFS). */
    public static final String READ_ONLY = "Read-only file system";

    private record Fault(String reason, int goWell) {}

    private final FaultyFiles files = new FaultyFiles(this, FileSystems.getDefault());
    private final Map<Step, Fault> faults = new EnumMap<>(Step.class);
    private int mostAtOnce = Integer.MAX_VALUE;

    /** The same place, on this disk. */
    public Path at(Path place) {
        return new FaultyPath(files, place);
    }

    /** From now on every such step fails with that reason, until {@link #recover}. */
    public synchronized void breakAt(Step step, String reason) {
        faults.put(step, new Fault(reason, 0));
    }

    /** The same after that many such steps that go well. */
    public synchronized void breakAfter(int goWell, Step step, String reason) {
        faults.put(step, new Fault(reason, goWell));
    }

    /** Nothing can be written, made, moved or removed, as on a disk that was mounted for reading only. */
    public void becomeReadOnly() {
        for (Step step : new Step[] {Step.CREATE, Step.WRITE, Step.FORCE, Step.TRUNCATE, Step.MOVE, Step.DELETE}) {
            breakAt(step, READ_ONLY);
        }
    }

    /** From now on a write or read takes at most so many bytes and says so, as it may at any time. */
    public synchronized void transferAtMost(int bytes) {
        mostAtOnce = bytes;
    }

    /** Ends all faults. */
    public synchronized void recover() {
        faults.clear();
        mostAtOnce = Integer.MAX_VALUE;
    }

    synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    /** Takes that step, or fails as was commanded. */
    synchronized void pass(Step step, @Nullable Path place) throws IOException {
        Fault fault = faults.get(step);
        if (fault == null) {
            return;
        }
        if (fault.goWell() > 0) {
            faults.put(step, new Fault(fault.reason(), fault.goWell() - 1));
            return;
        }
        if (place == null) {
            throw new IOException(fault.reason());
        }
        throw new FileSystemException(place.toString(), null, fault.reason());
    }
}
