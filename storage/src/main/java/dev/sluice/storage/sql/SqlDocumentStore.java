package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.repository.DocumentStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What upstreams answered, in SQL. Plain JDBC: every index request looks here. */
final class SqlDocumentStore implements DocumentStore {
    private final Connections connections;

    SqlDocumentStore(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Optional<Document> find(String repository, String format, String upstream, String key) {
        if (!Values.isKey(key)) {
            return Optional.empty();
        }
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT * FROM upstream_document"
                    + " WHERE repository = ? AND format = ? AND upstream = ? AND document_key = ?");
            statement.setString(1, repository);
            statement.setString(2, format);
            statement.setString(3, upstream);
            statement.setString(4, key);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(document(rows)) : Optional.empty();
            }
        });
    }

    @Override
    public void save(Document document) {
        connections.run(session -> {
            PreparedStatement statement = session.prepared("INSERT INTO upstream_document"
                    + " (repository, format, upstream, document_key, sha256, content_type, etag, last_modified,"
                    + " fetched_at, validated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (repository, format, upstream, document_key) DO UPDATE SET"
                    + " sha256 = excluded.sha256, content_type = excluded.content_type, etag = excluded.etag,"
                    + " last_modified = excluded.last_modified, fetched_at = excluded.fetched_at,"
                    + " validated_at = excluded.validated_at");
            @Nullable Digest blob = document.blob();
            statement.setString(1, Values.key(document.repository()));
            statement.setString(2, Values.key(document.format()));
            statement.setString(3, Values.key(document.upstream()));
            statement.setString(4, Values.key(document.key()));
            statement.setString(5, blob == null ? null : blob.hex());
            statement.setString(6, Values.cleaned(document.contentType()));
            statement.setString(7, Values.cleanedOrNull(document.etag()));
            statement.setString(8, Values.cleanedOrNull(document.lastModified()));
            Values.setInstant(statement, 9, document.fetchedAt());
            Values.setInstant(statement, 10, document.validatedAt());
            statement.executeUpdate();
        });
    }

    @Override
    public boolean remove(String repository, String format, String upstream, String key) {
        if (!Values.isKey(key)) {
            return false;
        }
        return connections.write(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM upstream_document"
                    + " WHERE repository = ? AND format = ? AND upstream = ? AND document_key = ?");
            statement.setString(1, repository);
            statement.setString(2, format);
            statement.setString(3, upstream);
            statement.setString(4, key);
            return statement.executeUpdate() > 0;
        });
    }

    static Document document(ResultSet row) throws SQLException {
        return new Document(
                row.getString("repository"),
                row.getString("format"),
                row.getString("upstream"),
                row.getString("document_key"),
                Values.sha256OrNull(row, "sha256"),
                row.getString("content_type"),
                Values.textOrNull(row, "etag"),
                Values.textOrNull(row, "last_modified"),
                Values.instant(row.getLong("fetched_at")),
                Values.instant(row.getLong("validated_at")));
    }
}
