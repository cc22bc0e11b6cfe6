package dev.sluice.storage.sql;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Tokens in SQL, held in memory as well: every request asks for one. */
final class SqlTokenStore implements TokenStore {
    private final Connections connections;
    private final Revision revision;
    private final Cached<Map<String, Token>> all;

    SqlTokenStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("token");
        this.all = new Cached<>(() -> connections.read(session -> load(session.handle())));
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
            int added = session.handle()
                    .createUpdate("INSERT INTO token"
                            + " (id, name, user_name, secret_hash, role, repositories, created_at, expires_at)"
                            + " VALUES (:id, :name, :user, :hash, :role, :repositories, :created, :expires)"
                            + " ON CONFLICT (id) DO NOTHING")
                    .bind("id", Values.key(token.id()))
                    .bind("name", Values.key(token.name()))
                    .bind("user", Values.key(token.user()))
                    .bind("hash", token.secretHash())
                    .bind("role", token.role().name())
                    .bind("repositories", StoredJson.write(token.repositories()))
                    .bind("created", Values.nanos(token.createdAt()))
                    .bind("expires", Values.nanosOrNull(token.expiresAt()))
                    .execute();
            if (added == 0) {
                throw new IllegalArgumentException("there is already a token " + token.id());
            }
            revision.bump(session);
        });
    }

    @Override
    public boolean remove(String id) {
        return connections.write(session -> {
            int removed = session.handle()
                    .createUpdate("DELETE FROM token WHERE id = :id")
                    .bind("id", id)
                    .execute();
            if (removed > 0) {
                revision.bump(session);
            }
            return removed > 0;
        });
    }

    private static Map<String, Token> load(Handle handle) {
        Map<String, Token> result = new LinkedHashMap<>();
        handle.createQuery("SELECT * FROM token ORDER BY created_at, id")
                .map((row, context) -> new Token(
                        row.getString("id"),
                        row.getString("name"),
                        row.getString("user_name"),
                        row.getString("secret_hash"),
                        Role.valueOf(row.getString("role")),
                        List.of(StoredJson.read(row.getString("repositories"), String[].class)),
                        Values.instant(row.getLong("created_at")),
                        Values.instantOrNull(row, "expires_at")))
                .forEach(token -> result.put(token.id(), token));
        return result;
    }
}
