package dev.sluice.storage.sql;

import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Policies in SQL, held in memory as well: every decision asks for them. */
final class SqlPolicyStore implements PolicyStore {
    private final Connections connections;
    private final Revision revision;
    private final Cached<List<Policy>> all;

    SqlPolicyStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("policy");
        this.all = new Cached<>(() -> connections.read(SqlPolicyStore::load));
        revision.onMove(all::invalidate);
    }

    @Override
    public long revision() {
        return revision.get();
    }

    @Override
    public List<Policy> list() {
        return all.get();
    }

    @Override
    public Optional<Policy> find(String slug) {
        return all.get().stream().filter(p -> p.slug().equals(slug)).findFirst();
    }

    @Override
    public void save(Policy policy) {
        connections.run(session -> {
            PreparedStatement statement =
                    session.prepared("INSERT INTO policy (slug, precedence, created_at, body) VALUES (?, ?, ?, ?)"
                            + " ON CONFLICT (slug) DO UPDATE SET precedence = excluded.precedence,"
                            + " created_at = excluded.created_at, body = excluded.body");
            statement.setString(1, Values.key(policy.slug()));
            statement.setInt(2, policy.precedence());
            statement.setLong(3, Values.nanos(policy.createdAt()));
            statement.setString(4, StoredJson.write(policy));
            statement.executeUpdate();
            revision.bump(session);
        });
    }

    @Override
    public boolean remove(String slug) {
        return connections.write(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM policy WHERE slug = ?");
            statement.setString(1, slug);
            int removed = statement.executeUpdate();
            if (removed > 0) {
                revision.bump(session);
            }
            return removed > 0;
        });
    }

    private static List<Policy> load(Session session) throws SQLException {
        List<Policy> result = new ArrayList<>();
        try (ResultSet rows = session.prepared("SELECT body FROM policy ORDER BY precedence, created_at, slug")
                .executeQuery()) {
            while (rows.next()) {
                result.add(StoredJson.read(rows.getString(1), Policy.class));
            }
        }
        return List.copyOf(result);
    }
}
