package dev.sluice.storage.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/** A number that grows with every change of something: kept in the table {@code revision}, answered from memory. Thread-safe. */
final class Revision {
    private final String name;
    private final AtomicLong number;

    private Revision(String name, long number) {
        this.name = name;
        this.number = new AtomicLong(number);
    }

    /** Reads the number as it was last committed; 0 when there was no change yet. */
    static Revision load(Connections connections, String name) {
        return new Revision(name, connections.read(session -> select(session, name)));
    }

    long get() {
        return number.get();
    }

    /** Counts a change within the transaction that makes it; memory learns of it with the commit. Returns the new number. */
    long bump(Session session) throws SQLException {
        PreparedStatement statement = session.prepared("INSERT INTO revision (name, number) VALUES (?, 1)"
                + " ON CONFLICT (name) DO UPDATE SET number = revision.number + 1");
        statement.setString(1, name);
        statement.executeUpdate();
        long next = select(session, name);
        session.afterCommit(() -> number.accumulateAndGet(next, Math::max));
        return next;
    }

    private static long select(Session session, String name) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT number FROM revision WHERE name = ?");
        statement.setString(1, name);
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0L;
        }
    }
}
