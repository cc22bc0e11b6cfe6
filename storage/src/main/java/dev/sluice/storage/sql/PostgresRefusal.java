package dev.sluice.storage.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Why PostgreSQL does not let us in, with what to do about it. */
final class PostgresRefusal {
    private PostgresRefusal() {}

    /** One sentence; SQLSTATE codes are those of the PostgreSQL documentation, appendix A. */
    static String explain(PostgresUrl url, Exception e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException told) {
                return explain(url, told);
            }
        }
        return String.valueOf(e.getMessage());
    }

    private static String explain(PostgresUrl url, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            case "28P01", "28000" ->
                "it does not let " + url.user() + " in: check user and password (SLUICE_DATABASE) and the server's"
                        + " pg_hba.conf; it says: " + e.getMessage();
            case "3D000" ->
                "it does not exist: make it with CREATE DATABASE \"" + url.database() + "\" ENCODING 'UTF8'";
            case "42501" ->
                url.user() + " may not make schemas or tables there: make " + url.user()
                        + " the owner of the database; it says: " + e.getMessage();
            case "53300" -> "it has no connection left: raise max_connections or lower database.connections";
            case "57P03" -> "it is starting up or shutting down: try again in a moment; it says: " + e.getMessage();
            default ->
                state.startsWith("08")
                        ? "nothing answers there: check host and port and that the server runs; " + reason(e)
                        : String.valueOf(e.getMessage());
        };
    }

    /** What the network said, else what the driver did. */
    static String reason(SQLException e) {
        @Nullable Throwable cause = e.getCause();
        return cause == null || cause.getMessage() == null
                ? String.valueOf(e.getMessage())
                : String.valueOf(cause.getMessage());
    }
}
