package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.StoredFile;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Kept files in SQL. Plain JDBC: every download looks here. */
final class SqlFileStore implements FileStore {
    static final String COLUMNS = "repository, format, path, package_name, version, size, md5, sha1, sha256,"
            + " sha512, upstream, stored_at, last_modified";

    private static final String UPSERT = "INSERT INTO stored_file (" + COLUMNS + ")"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository, format, path) DO UPDATE SET"
            + " package_name = excluded.package_name, version = excluded.version, size = excluded.size,"
            + " md5 = excluded.md5, sha1 = excluded.sha1, sha256 = excluded.sha256, sha512 = excluded.sha512,"
            + " upstream = excluded.upstream, stored_at = excluded.stored_at,"
            + " last_modified = excluded.last_modified";

    private final Connections connections;

    SqlFileStore(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Optional<StoredFile> find(String repository, String format, String path) {
        if (!Values.isKey(path)) {
            return Optional.empty();
        }
        return connections.read(session -> find(session, repository, format, path));
    }

    @Override
    public void put(StoredFile file) {
        connections.run(session -> put(session, file));
    }

    @Override
    public boolean remove(String repository, String format, String path) {
        if (!Values.isKey(path)) {
            return false;
        }
        return connections.write(session -> {
            SqlQuotas.begin(session, repository);
            Optional<StoredFile> former = find(session, repository, format, path);
            if (former.isEmpty()) {
                return false;
            }
            PreparedStatement statement =
                    session.prepared("DELETE FROM stored_file WHERE repository = ? AND format = ? AND path = ?");
            statement.setString(1, repository);
            statement.setString(2, format);
            statement.setString(3, path);
            statement.executeUpdate();
            SqlQuotas.count(session, repository, -former.get().contents().size(), -1);
            return true;
        });
    }

    @Override
    public List<StoredFile> of(String repository, Coordinates coordinates) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT " + COLUMNS + " FROM stored_file"
                    + " WHERE repository = ? AND format = ? AND package_name = ? AND version = ? ORDER BY path");
            statement.setString(1, repository);
            statement.setString(2, coordinates.format());
            statement.setString(3, coordinates.name());
            statement.setString(4, coordinates.version());
            return files(statement);
        });
    }

    @Override
    public List<String> versions(String repository, PackageName name) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT DISTINCT version FROM stored_file"
                    + " WHERE repository = ? AND format = ? AND package_name = ? ORDER BY version");
            statement.setString(1, repository);
            statement.setString(2, name.format());
            statement.setString(3, name.name());
            List<String> versions = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(rows.getString(1));
                }
            }
            return versions;
        });
    }

    @Override
    public List<PackageName> names(String repository, String format, String after, int limit) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT DISTINCT package_name FROM stored_file"
                    + " WHERE repository = ? AND format = ? AND package_name > ? ORDER BY package_name LIMIT ?");
            statement.setString(1, repository);
            statement.setString(2, format);
            statement.setString(3, Values.cleaned(after));
            statement.setInt(4, limit);
            List<PackageName> names = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(new PackageName(format, rows.getString(1)));
                }
            }
            return names;
        });
    }

    @Override
    public List<StoredFile> withDigest(Digest sha256, int limit) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT " + COLUMNS
                    + " FROM stored_file WHERE sha256 = ? ORDER BY repository, format, path LIMIT ?");
            statement.setString(1, sha256.hex());
            statement.setInt(2, limit);
            return files(statement);
        });
    }

    static Optional<StoredFile> find(Session session, String repository, String format, String path)
            throws SQLException {
        PreparedStatement statement = session.prepared(
                "SELECT " + COLUMNS + " FROM stored_file WHERE repository = ? AND format = ? AND path = ?");
        statement.setString(1, repository);
        statement.setString(2, format);
        statement.setString(3, path);
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(file(rows)) : Optional.empty();
        }
    }

    static void put(Session session, StoredFile file) throws SQLException {
        put(session, UPSERT, file);
    }

    /** The same unless the path is a file of another package; false then. */
    static boolean putOf(Session session, StoredFile file) throws SQLException {
        return put(session, UPSERT + " WHERE stored_file.package_name = excluded.package_name", file);
    }

    private static boolean put(Session session, String sql, StoredFile file) throws SQLException {
        SqlQuotas.begin(session, file.repository());
        Optional<StoredFile> former =
                find(session, file.repository(), file.coordinates().format(), Values.key(file.path()));
        if (put(session.prepared(sql), file) == 0) {
            return false;
        }
        long before = former.map(each -> each.contents().size()).orElse(0L);
        SqlQuotas.count(session, file.repository(), file.contents().size() - before, former.isPresent() ? 0 : 1);
        return true;
    }

    private static int put(PreparedStatement statement, StoredFile file) throws SQLException {
        statement.setString(1, Values.key(file.repository()));
        statement.setString(2, Values.key(file.coordinates().format()));
        statement.setString(3, Values.key(file.path()));
        statement.setString(4, Values.key(file.coordinates().name()));
        statement.setString(5, Values.key(file.coordinates().version()));
        statement.setLong(6, file.contents().size());
        statement.setString(7, file.contents().md5().hex());
        statement.setString(8, file.contents().sha1().hex());
        statement.setString(9, file.contents().sha256().hex());
        statement.setString(10, file.contents().sha512().hex());
        statement.setString(11, file.upstream());
        Values.setInstant(statement, 12, file.storedAt());
        Values.setInstant(statement, 13, file.lastModified());
        return statement.executeUpdate();
    }

    static List<StoredFile> files(PreparedStatement statement) throws SQLException {
        List<StoredFile> files = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                files.add(file(rows));
            }
        }
        return files;
    }

    private static StoredFile file(ResultSet row) throws SQLException {
        return new StoredFile(
                row.getString("repository"),
                row.getString("path"),
                Coordinates.of(row.getString("format"), row.getString("package_name"), row.getString("version")),
                new Contents(
                        row.getLong("size"),
                        new Digest(Algorithm.MD5, row.getString("md5")),
                        new Digest(Algorithm.SHA1, row.getString("sha1")),
                        new Digest(Algorithm.SHA256, row.getString("sha256")),
                        new Digest(Algorithm.SHA512, row.getString("sha512"))),
                Values.textOrNull(row, "upstream"),
                Values.instant(row.getLong("stored_at")),
                Values.instantOrNull(row, "last_modified"));
    }
}
