package dev.sluice.storage.sql;

import dev.sluice.kernel.repository.Quotas;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** What repositories hold, in SQL: one row each, changed with the files. */
final class SqlQuotas implements Quotas {
    private final Connections connections;

    SqlQuotas(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Usage of(String repository) {
        return connections.read(session -> of(session, repository));
    }

    @Override
    public void limit(String repository, @Nullable Long bytes) {
        if (bytes != null && bytes < 0) {
            throw new IllegalArgumentException("a quota is not negative");
        }
        connections.run(session -> {
            PreparedStatement statement = session.prepared("INSERT INTO repository_usage"
                    + " (repository, bytes, files, quota) VALUES (?, 0, 0, ?)"
                    + " ON CONFLICT (repository) DO UPDATE SET quota = excluded.quota");
            statement.setString(1, Values.key(repository));
            if (bytes == null) {
                statement.setNull(2, Types.BIGINT);
            } else {
                statement.setLong(2, bytes);
            }
            statement.executeUpdate();
        });
    }

    /**
     * Has other transactions that change files of the repository wait for the end of this one; first of all that touches them, so
     * that what is there is counted once and nobody waits in a circle.
     */
    static void begin(Session session, String repository) throws SQLException {
        count(session, repository, 0, 0);
    }

    /** Counts within the caller's transaction. Throws ExceededException when more is added than may be there. */
    static void count(Session session, String repository, long bytes, long files) throws SQLException {
        PreparedStatement statement = session.prepared("INSERT INTO repository_usage"
                + " (repository, bytes, files) VALUES (?, ?, ?) ON CONFLICT (repository) DO UPDATE SET"
                + " bytes = repository_usage.bytes + excluded.bytes, files = repository_usage.files + excluded.files");
        statement.setString(1, Values.key(repository));
        statement.setLong(2, bytes);
        statement.setLong(3, files);
        statement.executeUpdate();
        if (bytes <= 0) {
            return;
        }
        Usage now = of(session, repository);
        Long quota = now.quota();
        if (quota != null && now.bytes() > quota) {
            throw new ExceededException(repository, now.bytes(), quota);
        }
    }

    private static Usage of(Session session, String repository) throws SQLException {
        PreparedStatement statement =
                session.prepared("SELECT bytes, files, quota FROM repository_usage WHERE repository = ?");
        statement.setString(1, repository);
        try (ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                return new Usage(0, 0, null);
            }
            long bytes = rows.getLong("bytes");
            long files = rows.getLong("files");
            long quota = rows.getLong("quota");
            return new Usage(bytes, files, rows.wasNull() ? null : quota);
        }
    }
}
