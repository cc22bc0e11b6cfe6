package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An SQLite file of the product that nobody writes to, such as one of a backup, read as it lies there: nothing is made, migrated,
 * locked or changed. It may be of an older version. Not thread-safe; the caller closes it.
 */
public final class DatabaseFile implements AutoCloseable {
    private static final String PUBLISHED =
            "SELECT sha256, size, format || '/' || repository || '/' || path FROM stored_file"
                    + " WHERE upstream IS NULL AND repository IN (SELECT name FROM repository)";
    private static final String FETCHED =
            "SELECT sha256, size, format || '/' || repository || '/' || path FROM stored_file"
                    + " WHERE upstream IS NOT NULL AND repository IN (SELECT name FROM repository)"
                    + " UNION ALL SELECT sha256, 0, format || '/' || repository || ' ' || upstream || ' ' || document_key"
                    + " FROM upstream_document WHERE sha256 IS NOT NULL AND repository IN (SELECT name FROM repository)";

    private final Path file;
    private final Connection connection;

    private DatabaseFile(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * A blob that a row names.
     *
     * @param blob its digest and length; the length is 0 where the row does not tell
     * @param about which file or document
     */
    public record Named(Blob blob, String about) {}

    /** Opens it. Throws {@link DamagedException} when it is none or cannot be read. */
    public static DatabaseFile open(Path file) {
        try {
            if (!Files.isRegularFile(file) || file.toFile().length() == 0) {
                throw SqliteDamage.of(file, "it is missing or empty");
            }
            return new DatabaseFile(
                    file,
                    DriverManager.getConnection(
                            "jdbc:sqlite:" + file.toAbsolutePath().toUri() + "?immutable=1&mode=ro"));
        } catch (SQLException e) {
            throw SqliteDamage.of(file, e);
        }
    }

    /** Reads all of it. Throws {@link DamagedException}, or {@link StorageException} when it is of a newer version of the product. */
    public void check() {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check(1)")) {
                if (!rows.next() || !rows.getString(1).equals("ok")) {
                    throw SqliteDamage.of(file, rows.getString(1));
                }
            }
            String area = file.endsWith("sluice.db") ? "stores" : "advisories";
            if (Migrations.isNewer(connection, area)) {
                throw new StorageException(
                        file + " was made by a newer version of Sluice: restore it with that version", null);
            }
        } catch (SQLException e) {
            throw SqliteDamage.of(file, e);
        }
    }

    /** What it says of the installation it belongs to; empty when it says nothing or is of a version that did not yet. */
    public Optional<String> mark() {
        String table = file.endsWith("sluice.db") ? SqlMark.STORES : SqlMark.ADVISORIES;
        try (Statement statement = connection.createStatement();
                ResultSet known = connection.getMetaData().getTables(null, null, table, null)) {
            if (!known.next()) {
                return Optional.empty();
            }
            try (ResultSet row = statement.executeQuery("SELECT mark FROM " + table + " WHERE name = 'mark'")) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqliteDamage.of(file, e);
        }
    }

    /** The blobs of what was published here, repository by repository; those of deleted repositories do not count. */
    public void published(Consumer<Named> consumer) {
        each(PUBLISHED, consumer);
    }

    /** The blobs of what upstreams gave, which can be fetched again. */
    public void fetched(Consumer<Named> consumer) {
        each(FETCHED, consumer);
    }

    private void each(String sql, Consumer<Named> consumer) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                consumer.accept(
                        new Named(new Blob(Digest.sha256(rows.getString(1)), rows.getLong(2)), rows.getString(3)));
            }
        } catch (SQLException e) {
            throw SqliteDamage.of(file, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new StorageException("cannot close " + file + ": " + e.getMessage(), e);
        }
    }
}
