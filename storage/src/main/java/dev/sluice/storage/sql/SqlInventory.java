package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.StoredFile;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything that is kept, in SQL: pages by primary key, look-ups by index. */
final class SqlInventory implements Inventory {
    private static final int AT_ONCE = 100;
    private static final String MARKS = "?, ".repeat(AT_ONCE - 1) + "?";
    private static final List<String> OWNED = List.of(
            "stored_file",
            "hosted_release",
            "hosted_package",
            "upstream_document",
            "repository_usage",
            "first_seen",
            "learnt_file");

    private final Connections connections;

    SqlInventory(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Set<Digest> referenced(Collection<Digest> blobs) {
        List<Digest> all = List.copyOf(blobs);
        Set<Digest> referenced = new HashSet<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            List<Digest> part = all.subList(from, Math.min(from + AT_ONCE, all.size()));
            connections.read(session -> referenced.addAll(referenced(session, part)));
        }
        return referenced;
    }

    /** One statement for any number up to the most at once: what is too few is filled up with the last. */
    private static Set<Digest> referenced(Session session, List<Digest> part) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT sha256 FROM stored_file WHERE sha256 IN (" + MARKS
                + ") UNION SELECT sha256 FROM upstream_document WHERE sha256 IN (" + MARKS + ")");
        for (int i = 0; i < AT_ONCE; i++) {
            String hex = part.get(Math.min(i, part.size() - 1)).hex();
            statement.setString(i + 1, hex);
            statement.setString(AT_ONCE + i + 1, hex);
        }
        Set<Digest> found = new HashSet<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(Digest.sha256(rows.getString(1)));
            }
        }
        return found;
    }

    @Override
    public List<StoredFile> files(@Nullable StoredFile after, int limit) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT " + SqlFileStore.COLUMNS + " FROM stored_file"
                    + " WHERE (repository, format, path) > (?, ?, ?) ORDER BY repository, format, path LIMIT ?");
            statement.setString(1, after == null ? "" : after.repository());
            statement.setString(2, after == null ? "" : after.coordinates().format());
            statement.setString(3, after == null ? "" : after.path());
            statement.setInt(4, limit);
            return SqlFileStore.files(statement);
        });
    }

    @Override
    public List<Document> documents(@Nullable Document after, int limit) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT * FROM upstream_document"
                    + " WHERE (repository, format, upstream, document_key) > (?, ?, ?, ?)"
                    + " ORDER BY repository, format, upstream, document_key LIMIT ?");
            statement.setString(1, after == null ? "" : after.repository());
            statement.setString(2, after == null ? "" : after.format());
            statement.setString(3, after == null ? "" : after.upstream());
            statement.setString(4, after == null ? "" : after.key());
            statement.setInt(5, limit);
            List<Document> documents = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    documents.add(SqlDocumentStore.document(rows));
                }
            }
            return documents;
        });
    }

    @Override
    public List<HostedRelease> releases(@Nullable HostedRelease after, int limit) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT repository, format, package_name, body"
                    + " FROM hosted_release WHERE (repository, format, package_name, version) > (?, ?, ?, ?)"
                    + " ORDER BY repository, format, package_name, version LIMIT ?");
            statement.setString(1, after == null ? "" : after.repository());
            statement.setString(2, after == null ? "" : after.name().format());
            statement.setString(3, after == null ? "" : after.name().name());
            statement.setString(4, after == null ? "" : after.release().version());
            statement.setInt(5, limit);
            List<HostedRelease> releases = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    releases.add(new HostedRelease(
                            rows.getString("repository"),
                            new PackageName(rows.getString("format"), rows.getString("package_name")),
                            StoredJson.read(rows.getString("body"), Release.class)));
                }
            }
            return releases;
        });
    }

    @Override
    public boolean remove(Document document) {
        Digest blob = document.blob();
        return connections.write(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM upstream_document WHERE repository = ?"
                    + " AND format = ? AND upstream = ? AND document_key = ? AND COALESCE(sha256, '') = ?");
            statement.setString(1, document.repository());
            statement.setString(2, document.format());
            statement.setString(3, document.upstream());
            statement.setString(4, document.key());
            statement.setString(5, blob == null ? "" : blob.hex());
            return statement.executeUpdate() > 0;
        });
    }

    @Override
    public long orphans() {
        return connections.read(session -> {
            long count = 0;
            for (String table : OWNED) {
                PreparedStatement statement = session.prepared(
                        "SELECT COUNT(*) FROM " + table + " WHERE repository NOT IN (SELECT name FROM repository)");
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    count += rows.getLong(1);
                }
            }
            return count;
        });
    }

    /** Repository by repository and table by table, so that no transaction is long. */
    @Override
    public int removeOrphans(int limit) {
        return connections.write(session -> {
            int removed = 0;
            for (String table : OWNED) {
                String key = keyOf(table);
                PreparedStatement statement = session.prepared("DELETE FROM " + table + " WHERE (" + key
                        + ") IN (SELECT " + key + " FROM " + table
                        + " WHERE repository NOT IN (SELECT name FROM repository) LIMIT ?)");
                statement.setInt(1, limit - removed);
                removed += statement.executeUpdate();
                if (removed >= limit) {
                    break;
                }
            }
            return removed;
        });
    }

    private static String keyOf(String table) {
        return switch (table) {
            case "stored_file" -> "repository, format, path";
            case "hosted_release" -> "repository, format, package_name, version";
            case "hosted_package" -> "repository, format, package_name";
            case "repository_usage" -> "repository";
            case "first_seen" -> "repository, format, package_name, source, version";
            case "learnt_file" -> "repository, format, package_name, source, path";
            case "upstream_document" -> "repository, format, upstream, document_key";
            default -> throw new IllegalArgumentException(table);
        };
    }

    @Override
    public int removeAbsent(Instant validatedBefore, int limit) {
        return connections.write(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM upstream_document"
                    + " WHERE (repository, format, upstream, document_key) IN (SELECT repository, format, upstream,"
                    + " document_key FROM upstream_document WHERE sha256 IS NULL AND validated_at < ? LIMIT ?)");
            Values.setInstant(statement, 1, validatedBefore);
            statement.setInt(2, limit);
            return statement.executeUpdate();
        });
    }
}
