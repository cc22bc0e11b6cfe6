package dev.sluice.storage.sql;

import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyStore;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Policies in SQL, held in memory as well: every decision asks for them. */
final class SqlPolicyStore implements PolicyStore {
    private final Connections connections;
    private final Revision revision;
    private final Cached<List<Policy>> all;

    SqlPolicyStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("policy");
        this.all = new Cached<>(() -> connections.read(session -> load(session.handle())));
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
            session.handle()
                    .createUpdate("INSERT INTO policy (slug, precedence, created_at, body)"
                            + " VALUES (:slug, :precedence, :created, :body)"
                            + " ON CONFLICT (slug) DO UPDATE SET"
                            + " precedence = :precedence, created_at = :created, body = :body")
                    .bind("slug", Values.key(policy.slug()))
                    .bind("precedence", policy.precedence())
                    .bind("created", Values.nanos(policy.createdAt()))
                    .bind("body", StoredJson.write(policy))
                    .execute();
            revision.bump(session);
        });
    }

    @Override
    public boolean remove(String slug) {
        return connections.write(session -> {
            int removed = session.handle()
                    .createUpdate("DELETE FROM policy WHERE slug = :slug")
                    .bind("slug", slug)
                    .execute();
            if (removed > 0) {
                revision.bump(session);
            }
            return removed > 0;
        });
    }

    private static List<Policy> load(Handle handle) {
        return List.copyOf(handle.createQuery("SELECT body FROM policy ORDER BY precedence, created_at, slug")
                .map((row, context) -> StoredJson.read(row.getString("body"), Policy.class))
                .list());
    }
}
