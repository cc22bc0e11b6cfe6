package dev.sluice.storage.sql;

import dev.sluice.storage.DamagedException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What it means, and what to do, when SQLite cannot make sense of a file. */
final class SqliteDamage {
    private static final int PRIMARY = 0xFF;

    private SqliteDamage() {}

    /** Whether the failure is that a file is no database or a damaged one: not a full disk, a lock or a missing permission. */
    static boolean is(@Nullable Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SQLiteException sqlite) {
                int code = sqlite.getResultCode().code & PRIMARY;
                return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
            }
            if (each instanceof SQLException other && other.getErrorCode() != 0) {
                int code = other.getErrorCode() & PRIMARY;
                return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
            }
        }
        return false;
    }

    /** Says that the file is damaged, and what to do about it. */
    static DamagedException of(Path file, Throwable cause) {
        return of(file, String.valueOf(cause.getMessage()), cause);
    }

    /** The same of what a check found. */
    static DamagedException of(Path file, String reason) {
        return of(file, reason, null);
    }

    private static DamagedException of(Path file, String reason, @Nullable Throwable cause) {
        String name = String.valueOf(file.getFileName());
        return new DamagedException(
                name.equals("index.db") ? "journal/index.db" : name,
                file + " is damaged: " + reason,
                remedy(file, name),
                cause);
    }

    private static String remedy(Path file, String name) {
        return switch (name) {
            case "index.db" ->
                "it is made of the journal's log, which holds everything: stop the server, and 'sluice doctor --repair' builds it"
                        + " again";
            case "advisories.db" ->
                "what feeds say can be fetched again: stop the server, move " + file + " (and " + name + "-wal, " + name
                        + "-shm) away, start with 'sluice serve --accept-new advisories.db', then 'sluice feeds sync' or 'sluice"
                        + " feeds import FILE…' (docs/feeds.md); or restore a backup (sluice restore)";
            default -> "stop the server and restore a backup into a new directory (sluice restore)";
        };
    }
}
