package dev.sluice.storage.sql;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.sluice.storage.StorageException;
import java.net.SocketTimeoutException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A pool of connections to a PostgreSQL database that other nodes use too.
 *
 * <p>A write is a transaction of its own, run again when another one was in its way or when its connection was lost before the
 * commit was sent; once it was sent nobody can know, and that is an error. A read is run again when its connection was lost.
 * What is run again after a loss gets a connection that has just answered, so one break of all connections, however many
 * there are, is never noticed; whose connection is lost three times is told. Thread-safe.
 */
final class PostgresConnections implements Connections {
    private static final int MOST_CONFLICTS = 10;
    private static final int MOST_LOSSES = 3;
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LOCK_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String name;
    private final HikariDataSource pool;
    private volatile boolean closing;

    /**
     * Takes over the pool.
     *
     * @param name of the database, for messages
     */
    PostgresConnections(String name, HikariDataSource pool) {
        this.name = name;
        this.pool = pool;
    }

    @Override
    public <T> T read(Work<T> work) {
        int losses = 0;
        while (true) {
            try (Session session = borrow(losses)) {
                return work.on(session);
            } catch (SQLException e) {
                if (!isLost(e) || ++losses == MOST_LOSSES) {
                    throw failed("read from", e);
                }
            }
        }
    }

    @Override
    public <T> T snapshot(Work<T> work) {
        return read(session -> {
            try (Statement statement = session.connection().createStatement()) {
                statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                try {
                    T result = work.on(session);
                    statement.execute("ROLLBACK");
                    return result;
                } catch (SQLException | RuntimeException e) {
                    try {
                        statement.execute("ROLLBACK");
                    } catch (SQLException gone) {
                        e.addSuppressed(gone); // what happened first says whether to try again
                    }
                    throw e;
                }
            }
        });
    }

    @Override
    public <T> T write(Work<T> work) {
        int conflicts = 0;
        int losses = 0;
        while (true) {
            boolean sent = false;
            try (Session session = borrow(losses)) {
                session.connection().setAutoCommit(false);
                try {
                    T result = work.on(session);
                    sent = true;
                    session.commit();
                    return result;
                } catch (SQLException | RuntimeException e) {
                    undo(session, e);
                    throw e;
                }
            } catch (SQLException e) {
                boolean again =
                        isConflict(e) ? ++conflicts < MOST_CONFLICTS : !sent && isLost(e) && ++losses < MOST_LOSSES;
                if (!again) {
                    throw failed(sent && !isConflict(e) ? "be sure of a commit to" : "write to", e);
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS) * conflicts);
            }
        }
    }

    @Override
    public Session begin(String what) {
        int losses = 0;
        try {
            while (!closing) {
                Session session = borrow(losses);
                boolean taken = false;
                try {
                    taken = lock(session, what);
                } catch (SQLException e) {
                    if (!isLost(e) || ++losses == MOST_LOSSES) {
                        throw e;
                    }
                } finally {
                    if (!taken) {
                        session.close();
                    }
                }
                if (taken) {
                    return session;
                }
                LockSupport.parkNanos(LOCK_POLL_NANOS);
            }
            throw new StorageException("the database " + name + " is closed", null);
        } catch (SQLException e) {
            throw failed("write to", e);
        }
    }

    /** Taken for the length of the transaction, by one node at a time. */
    private static boolean lock(Session session, String what) throws SQLException {
        session.connection().setAutoCommit(false);
        try (PreparedStatement statement = session.connection()
                .prepareStatement("SELECT pg_try_advisory_xact_lock(hashtext(?)),"
                        + " set_config('idle_in_transaction_session_timeout', '15min', true)")) {
            statement.setString(1, "sluice " + what);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    @Override
    public void end(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            throw failed("give back a connection to", e);
        }
    }

    @Override
    public Database.Load load() {
        HikariPoolMXBean bean = pool.getHikariPoolMXBean();
        return new Database.Load(
                bean.getActiveConnections(), bean.getIdleConnections(), bean.getThreadsAwaitingConnection());
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
        pool.close();
    }

    /** A connection; after a loss one that is proved to answer. */
    private Session borrow(int losses) throws SQLException {
        return losses == 0 ? borrow() : proven();
    }

    private Session borrow() throws SQLException {
        if (closing) {
            throw new StorageException("the database " + name + " is closed", null);
        }
        return new Session(pool.getConnection());
    }

    /**
     * A connection that answers now. The pool hands out what was used in the last half second without a look, and when one of
     * those is dead the others may be, too: each that does not answer leaves the pool, for as long as one waits for a
     * connection anyway.
     */
    private Session proven() throws SQLException {
        int seconds = (int) TimeUnit.MILLISECONDS.toSeconds(pool.getValidationTimeout()) + 1;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pool.getConnectionTimeout());
        while (true) {
            Session session = borrow();
            if (session.connection().isValid(seconds)) {
                return session;
            }
            pool.evictConnection(session.connection());
            session.close();
            if (System.nanoTime() - end >= 0) {
                throw new SQLTransientConnectionException("no connection answers");
            }
        }
    }

    private static void undo(Session session, Exception reason) {
        try {
            session.rollback();
        } catch (SQLException gone) {
            reason.addSuppressed(gone); // with the connection goes its transaction
        }
    }

    /** Another transaction was in the way: serialisation failure, deadlock. */
    static boolean isConflict(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals("40001") || state.equals("40P01");
    }

    /** The connection broke or the server went down, and it was told at once rather than by waiting. */
    static boolean isLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return (state.startsWith("08") || state.startsWith("57P")) && !hasTimedOut(e) && !isRefusal(e);
    }

    /** The pool waited for a connection as long as it may. */
    private static boolean isRefusal(SQLException e) {
        return e instanceof SQLTransientConnectionException;
    }

    private static boolean hasTimedOut(SQLException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    private StorageException failed(String what, SQLException cause) {
        @Nullable Throwable root = cause.getCause();
        String reason = cause.getMessage() + (root == null ? "" : " (" + root.getMessage() + ")");
        return new StorageException("cannot " + what + " the database " + name + ": " + reason, cause);
    }
}
