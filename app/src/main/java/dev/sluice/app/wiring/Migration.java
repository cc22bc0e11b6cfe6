package dev.sluice.app.wiring;

import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.storage.Mark;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.blob.BlobCopy;
import dev.sluice.storage.journal.JournalCopy;
import dev.sluice.storage.sql.DatabaseCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves what one home holds to another: blobs first, then tables, then the journal, so that nothing ever names what is not there.
 *
 * <p>Each part is compared with its source when it is copied. Cut short at any instant and run again, it copies what is missing,
 * or finds that nothing is; until it is done, the target's database refuses to be used.
 */
public final class Migration {

    /**
     * One side of it.
     *
     * @param name of the database, without secrets; what an unfinished target remembers
     * @param home database and journal, or null when they are not moved
     * @param blobs blobs, or null when they are not moved
     */
    public record Side(
            String name, @Nullable Home home, @Nullable BlobStore blobs) {}

    /**
     * What there is to move, or what was moved.
     *
     * @param tables rows of each table; empty when the database is not moved
     * @param events events of the journal
     * @param blobs how many blobs
     * @param bytes their lengths together
     */
    public record Report(Map<String, Long> tables, long events, long blobs, long bytes) {
        public long rows() {
            return tables.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Is told how far it is; what it throws ends the migration. Called by several threads. */
    @FunctionalInterface
    public interface Progress {
        /** So many of that kind are at the target. */
        void step(String what, long done);
    }

    private Migration() {}

    /** What the side holds. */
    public static Report look(Side side) throws IOException {
        Home home = side.home();
        BlobCopy.Amount amount = side.blobs() == null ? new BlobCopy.Amount(0, 0) : BlobCopy.amount(side.blobs());
        return new Report(
                home == null ? Map.of() : DatabaseCopy.count(home.database()),
                home == null ? 0 : JournalCopy.fingerprint(home.events()).events(),
                amount.blobs(),
                amount.bytes());
    }

    /**
     * Moves it.
     *
     * @throws StorageException when the target is neither empty nor an unfinished copy of this source, or cannot be written
     * @throws IOException when a blob or the journal's files cannot be read or written
     */
    public static Report run(Side from, Side to, Progress progress) throws IOException {
        Home source = from.home();
        Home target = to.home();
        Optional<String> mark = mark(from);
        requireOurs(to, mark);
        DatabaseCopy copy =
                source == null || target == null ? null : new DatabaseCopy(source.database(), target.database());
        if (copy != null && source != null && target != null && !moved(copy, source, target)) {
            requireUsable(source, target);
            copy.begin(from.name());
        }
        BlobCopy.Amount amount = from.blobs() == null || to.blobs() == null
                ? new BlobCopy.Amount(0, 0)
                : BlobCopy.copy(from.blobs(), to.blobs(), done -> progress.step("blobs", done));
        mark(to, mark);
        if (copy == null || source == null || target == null) {
            return new Report(Map.of(), 0, amount.blobs(), amount.bytes());
        }
        Map<String, Long> tables = copy.run(progress::step);
        long events = JournalCopy.copy(source.events(), target.events(), done -> progress.step("events", done))
                .events();
        copy.finish();
        return new Report(tables, events, amount.blobs(), amount.bytes());
    }

    /** Which installation is moved: the target becomes the same. */
    private static Optional<String> mark(Side side) throws IOException {
        Home home = side.home();
        if (home != null) {
            return home.database().mark().read();
        }
        Optional<Mark> blobs = blobs(side);
        return blobs.isEmpty() ? Optional.empty() : blobs.get().read();
    }

    private static Optional<Mark> blobs(Side side) {
        BlobStore blobs = side.blobs();
        return blobs == null ? Optional.empty() : Home.mark(blobs);
    }

    private static void requireOurs(Side to, Optional<String> mark) throws IOException {
        Optional<Mark> blobs = blobs(to);
        Optional<String> there =
                blobs.isEmpty() ? Optional.empty() : blobs.get().read();
        if (there.isPresent() && !there.equals(mark)) {
            throw new StorageException(
                    "the place for blobs belongs to another installation, which would remove what it does not know; give another",
                    null);
        }
    }

    private static void mark(Side to, Optional<String> mark) throws IOException {
        if (mark.isEmpty()) {
            return; // of a version that made none: the first start of the target does
        }
        List<Mark> marks = new ArrayList<>();
        Home home = to.home();
        if (home != null) {
            marks.add(home.database().mark());
            marks.addAll(home.marks().values());
        }
        blobs(to).ifPresent(marks::add);
        for (Mark each : marks) {
            each.write(mark.get());
        }
    }

    /** Whether an earlier run moved everything and was only not seen to end. */
    private static boolean moved(DatabaseCopy copy, Home source, Home target) throws IOException {
        return DatabaseCopy.unfinished(target.database()).isEmpty()
                && JournalCopy.fingerprint(target.events()).events() > 0
                && copy.isDone()
                && JournalCopy.fingerprint(target.events()).equals(JournalCopy.fingerprint(source.events()));
    }

    private static void requireUsable(Home source, Home target) throws IOException {
        DatabaseCopy.unfinished(source.database()).ifPresent(other -> {
            throw new StorageException("the source is itself an unfinished copy of " + other, null);
        });
        if (DatabaseCopy.unfinished(target.database()).isEmpty()
                && JournalCopy.fingerprint(target.events()).events() > 0) {
            throw new StorageException("the target is not empty: its journal has events; give an empty database", null);
        }
    }
}
