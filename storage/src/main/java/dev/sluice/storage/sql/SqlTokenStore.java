package dev.sluice.storage.sql;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.repository.NamePattern;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokens in SQL, held in memory as well: every request asks for one. */
final class SqlTokenStore implements TokenStore {
    private final Connections connections;
    private final Revision revision;
    private final Cached<Map<String, Token>> all;

    SqlTokenStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("token");
        this.all = new Cached<>(() -> connections.read(SqlTokenStore::load));
        revision.onMove(all::invalidate);
    }

    @Override
    public long revision() {
        return revision.get();
    }

    @Override
    public Optional<Token> find(String id) {
        return Optional.ofNullable(all.get().get(id));
    }

    @Override
    public List<Token> list() {
        return new ArrayList<>(all.get().values());
    }

    @Override
    public void add(Token token) {
        connections.run(session -> {
            PreparedStatement statement = session.prepared("INSERT INTO token"
                    + " (id, name, user_name, secret_hash, role, repositories, publishes, created_at, expires_at)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
            statement.setString(1, Values.key(token.id()));
            statement.setString(2, Values.key(token.name()));
            statement.setString(3, Values.key(token.user()));
            statement.setString(4, token.secretHash());
            statement.setString(5, token.role().name());
            statement.setString(6, StoredJson.write(token.repositories()));
            statement.setString(7, StoredJson.write(token.publishes()));
            statement.setLong(8, Values.nanos(token.createdAt()));
            Values.setInstant(statement, 9, token.expiresAt());
            int added = statement.executeUpdate();
            if (added == 0) {
                throw new IllegalArgumentException("there is already a token " + token.id());
            }
            revision.bump(session);
        });
    }

    @Override
    public boolean remove(String id) {
        return connections.write(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM token WHERE id = ?");
            statement.setString(1, id);
            int removed = statement.executeUpdate();
            if (removed > 0) {
                revision.bump(session);
            }
            return removed > 0;
        });
    }

    private static List<NamePattern> publishes(@Nullable String json) {
        return json == null ? List.of() : List.of(StoredJson.read(json, NamePattern[].class));
    }

    private static Map<String, Token> load(Session session) throws SQLException {
        Map<String, Token> result = new LinkedHashMap<>();
        try (ResultSet row =
                session.prepared("SELECT * FROM token ORDER BY created_at, id").executeQuery()) {
            while (row.next()) {
                Token token = new Token(
                        row.getString("id"),
                        row.getString("name"),
                        row.getString("user_name"),
                        row.getString("secret_hash"),
                        Role.valueOf(row.getString("role")),
                        List.of(StoredJson.read(row.getString("repositories"), String[].class)),
                        publishes(Values.textOrNull(row, "publishes")),
                        Values.instant(row.getLong("created_at")),
                        Values.instantOrNull(row, "expires_at"));
                result.put(token.id(), token);
            }
        }
        return result;
    }
}
