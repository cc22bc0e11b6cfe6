package dev.sluice.storage.sql;

import dev.sluice.storage.DamagedException;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.upkeep.Finding;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one SQLite file: one that writes, and several that read.
 *
 * <p>Writes queue up for one thread, which runs all that wait in a single transaction, each behind a savepoint: they share
 * one sync of the disk, and one that fails does not harm the others. A write returns once it is durable. Thread-safe.
 */
final class SqliteConnections implements Connections {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteConnections.class);
    private static final int LARGEST_GROUP = 256;

    /** So long are readers waited for before the log is shrunk. */
    private static final int SHRINK_MILLIS = 1_000;

    /** Opens one more connection. */
    @FunctionalInterface
    interface Opener {
        Session open() throws SQLException;
    }

    private record Queued<T>(Work<T> work, CompletableFuture<T> done) {}

    private final String name;
    private final Path file;
    private final Session writer;
    private final Opener readerOpener;
    private final ConcurrentLinkedDeque<Session> idleReaders = new ConcurrentLinkedDeque<>();
    private final Semaphore readers;
    private final int readerCount;
    private final LinkedBlockingQueue<Queued<?>> queue = new LinkedBlockingQueue<>();
    private final Semaphore exclusive = new Semaphore(1, true);
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean closed;

    /**
     * Takes over the connections.
     *
     * @param name of the database, for messages and thread names
     * @param file that holds it, for messages
     * @param writer the connection that writes, auto-commit off
     * @param readerOpener opens a connection that reads, auto-commit on
     * @param readerCount most readers open at a time
     */
    SqliteConnections(String name, Path file, Session writer, Opener readerOpener, int readerCount) {
        this.name = name;
        this.file = file;
        this.writer = writer;
        this.readerOpener = readerOpener;
        this.readerCount = readerCount;
        this.readers = new Semaphore(readerCount, true);
        this.thread = Thread.ofPlatform().daemon().name("sluice-sql-" + name).unstarted(this::writeGroups);
        this.thread.start();
    }

    @Override
    public <T> T read(Work<T> work) {
        readers.acquireUninterruptibly();
        try {
            if (closed) {
                throw new StorageException("the database " + name + " is closed", null);
            }
            Session session = idleReaders.pollFirst();
            if (session == null) {
                session = readerOpener.open();
            }
            try {
                return work.on(session);
            } finally {
                idleReaders.addFirst(session);
            }
        } catch (SQLException e) {
            throw failed("read from", e);
        } finally {
            readers.release();
        }
    }

    @Override
    public <T> T snapshot(Work<T> work) {
        return read(session -> {
            session.connection().setAutoCommit(false);
            try {
                return work.on(session);
            } finally {
                session.rollback();
                session.connection().setAutoCommit(true);
            }
        });
    }

    @Override
    public void copyTo(Path file) {
        read(session -> {
            try (Statement statement = session.connection().createStatement();
                    PreparedStatement vacuum = session.connection().prepareStatement("VACUUM INTO ?")) {
                statement.execute("PRAGMA query_only=OFF"); // it would keep even another file from being written
                vacuum.setString(1, file.toAbsolutePath().toString());
                vacuum.execute();
                statement.execute("PRAGMA query_only=ON");
            }
            return Boolean.TRUE;
        });
    }

    @Override
    public List<String> damage() {
        try {
            return check();
        } catch (DamagedException e) {
            return List.of(String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        }
    }

    @Override
    public List<Finding> findings() {
        return damage().stream()
                .map(line -> SqliteDamage.of(file, line))
                .map(e -> new Finding(Finding.Kind.FAULT, e.part(), e.problem(), e.remedy()))
                .toList();
    }

    private List<String> check() {
        return read(session -> {
            List<String> damage = new ArrayList<>();
            try (Statement statement = session.connection().createStatement();
                    ResultSet rows = statement.executeQuery("PRAGMA integrity_check(100)")) {
                while (rows.next()) {
                    String line = rows.getString(1);
                    if (!line.equals("ok")) {
                        damage.add(line);
                    }
                }
            }
            return damage;
        });
    }

    @Override
    public <T> T write(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        queue.add(new Queued<>(work, done));
        if (closed) {
            failWaiting();
        }
        try {
            return done.join();
        } catch (CompletionException e) {
            throw rethrown(e);
        }
    }

    @Override
    public Session begin(String what) {
        exclusive.acquireUninterruptibly();
        if (closing) {
            exclusive.release();
            throw new StorageException("the database " + name + " is closed", null);
        }
        return writer;
    }

    @Override
    public Database.Load load() {
        int used = readerCount - readers.availablePermits() + 1 - exclusive.availablePermits();
        return new Database.Load(used, idleReaders.size(), readers.getQueueLength() + queue.size());
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void end(Session session) {
        try {
            if (!closing) {
                shrinkLog();
            }
        } finally {
            exclusive.release();
        }
    }

    /** What a long transaction wrote goes from the log into the file now: the log would keep its size until the database is closed. */
    private void shrinkLog() {
        try (Statement statement = writer.connection().createStatement()) {
            writer.connection().setAutoCommit(true); // no checkpoint within a transaction
            try {
                statement.execute("PRAGMA busy_timeout=" + SHRINK_MILLIS);
                statement.execute(
                        "PRAGMA wal_checkpoint(TRUNCATE)"); // left for another time where a reader is in the way
            } finally {
                try {
                    statement.execute("PRAGMA busy_timeout=" + Sqlite.BUSY_MILLIS);
                } finally {
                    writer.connection().setAutoCommit(false);
                }
            }
        } catch (SQLException e) {
            LOG.warn("the log of the database {} could not be shrunk: {}", name, e.getMessage());
        }
    }

    /** Finishes the writes that wait, then closes every connection. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        CompletableFuture<Boolean> last = new CompletableFuture<>();
        queue.add(new Queued<>(
                session -> {
                    closed = true;
                    return Boolean.TRUE;
                },
                last));
        last.join();
        failWaiting();
        exclusive.acquireUninterruptibly();
        readers.acquireUninterruptibly(readerCount);
        try {
            for (Session reader : idleReaders) {
                reader.close();
            }
            idleReaders.clear();
            writer.close();
        } catch (SQLException e) {
            throw failed("close", e);
        } finally {
            readers.release(readerCount);
            exclusive.release();
        }
    }

    private void writeGroups() {
        List<Queued<?>> group = new ArrayList<>();
        while (!closed) {
            group.clear();
            try {
                group.add(queue.take());
            } catch (InterruptedException nobodyDoesThis) {
                continue;
            }
            queue.drainTo(group, LARGEST_GROUP - 1);
            exclusive.acquireUninterruptibly();
            try {
                writeGroup(group);
            } finally {
                exclusive.release();
            }
        }
    }

    private void writeGroup(List<Queued<?>> group) {
        List<Runnable> completions = new ArrayList<>(group.size());
        try {
            for (Queued<?> queued : group) {
                completions.add(attempt(queued));
            }
            writer.commit();
        } catch (SQLException | RuntimeException e) {
            undo();
            RuntimeException failure = failed("write to", e);
            group.forEach(queued -> queued.done().completeExceptionally(failure));
            return;
        }
        completions.forEach(Runnable::run);
    }

    /** Runs one of the group; gives what tells its caller, to be run after the commit. Throws when the group as a whole is lost. */
    private <T> Runnable attempt(Queued<T> queued) throws SQLException {
        int actions = writer.pendingActions();
        java.sql.Savepoint savepoint = writer.connection().setSavepoint();
        try {
            T result = queued.work().on(writer);
            writer.connection().releaseSavepoint(savepoint);
            return () -> queued.done().complete(result);
        } catch (SQLException | RuntimeException e) {
            try {
                writer.connection().rollback(savepoint);
            } catch (SQLException allIsUndone) {
                e.addSuppressed(allIsUndone);
                throw e;
            }
            writer.forgetActions(actions);
            RuntimeException failure = e instanceof RuntimeException already ? already : failed("write to", e);
            return () -> queued.done().completeExceptionally(failure);
        }
    }

    private void undo() {
        try {
            writer.rollback();
        } catch (SQLException nothingLeftToUndo) {
            LOG.info("rollback in {} failed: {}", name, nothingLeftToUndo.getMessage());
            beginAgain();
        }
    }

    /**
     * On a full disk SQLite undoes the whole transaction by itself. The driver's rollback fails then and begins no other, and every
     * later write would be committed and reported as failed. Should one be open after all, this does nothing.
     */
    private void beginAgain() {
        try (Statement begin = writer.connection().createStatement()) {
            begin.execute("BEGIN"); // as the driver does: takes no lock before there is something to write
        } catch (SQLException oneIsOpen) {
            LOG.warn("begin in {} failed", name, oneIsOpen);
        }
    }

    private void failWaiting() {
        @Nullable Queued<?> queued = queue.poll();
        while (queued != null) {
            queued.done().completeExceptionally(new StorageException("the database " + name + " is closed", null));
            queued = queue.poll();
        }
    }

    private RuntimeException failed(String what, Throwable cause) {
        if (SqliteDamage.is(cause)) {
            return SqliteDamage.of(file, cause);
        }
        return new StorageException("cannot " + what + " the database " + name + ": " + cause.getMessage(), cause);
    }

    private static RuntimeException rethrown(CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
            return cause;
        }
        return e;
    }
}
