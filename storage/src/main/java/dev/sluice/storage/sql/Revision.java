package dev.sluice.storage.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A number that grows with every change of something: kept in the table {@code revision}, answered from memory.
 *
 * <p>It moves with a commit of this process, or when the process {@linkplain Revisions#learn learns} of another's. Those who
 * hold what was read at the former number are told before it moves. Thread-safe.
 */
final class Revision {
    private final String name;
    private final AtomicLong number;
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

    Revision(String name, long number) {
        this.name = name;
        this.number = new AtomicLong(number);
    }

    long get() {
        return number.get();
    }

    /** Runs the action before each move: who sees the new number sees nothing older than it. */
    void onMove(Runnable action) {
        watchers.add(action);
    }

    /** Counts a change within the transaction that makes it; memory learns of it with the commit. Returns the new number. */
    long bump(Session session) throws SQLException {
        long next = bump(session, name);
        session.afterCommit(() -> moved(next));
        return next;
    }

    /** The committed number is at least that. */
    void moved(long next) {
        if (next > number.get()) {
            watchers.forEach(Runnable::run);
            number.accumulateAndGet(next, Math::max);
        }
    }

    /** Counts a change in the table alone. Other nodes wait for the row: do it last in the transaction. */
    static long bump(Session session, String name) throws SQLException {
        PreparedStatement statement = session.prepared("INSERT INTO revision (name, number) VALUES (?, 1)"
                + " ON CONFLICT (name) DO UPDATE SET number = revision.number + 1");
        statement.setString(1, name);
        statement.executeUpdate();
        return select(session, name);
    }

    /** The number as it was last committed; 0 when there was no change yet. */
    static long select(Session session, String name) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT number FROM revision WHERE name = ?");
        statement.setString(1, name);
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0L;
        }
    }
}
