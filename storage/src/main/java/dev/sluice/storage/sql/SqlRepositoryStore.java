package dev.sluice.storage.sql;

import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.kernel.repository.Upstream.Basic;
import dev.sluice.kernel.repository.Upstream.Bearer;
import dev.sluice.kernel.repository.Upstream.Credentials;
import dev.sluice.kernel.repository.Upstream.Forbidden;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.storage.KeyHolder;
import dev.sluice.storage.SecretKey;
import dev.sluice.storage.StorageException;
import java.net.URI;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Repositories in SQL, held in memory by every name they answer to as well.
 *
 * <p>The table {@code upstream} holds the secrets of upstreams, sealed by a key that lies elsewhere; nothing here logs a row.
 */
final class SqlRepositoryStore implements RepositoryStore {
    private static final String ADVICE =
            ". Put the right key there (of several nodes, each needs the same: SLUICE_SECRET_KEY);"
                    + " when it is lost, start once with --set secret-key-lost=true, and give these credentials anew";

    private final Connections connections;
    private final Revision revision;
    private final Cached<Map<String, Repository>> all;
    private volatile KeyHolder keys = KeyHolder.NONE;

    SqlRepositoryStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("repository");
        this.all = new Cached<>(() -> connections.snapshot(this::load));
        revision.onMove(all::invalidate);
    }

    /** Seals and opens secrets with that key from now on, and seals those that are stored as they are; how many that were. */
    int sealWith(KeyHolder holder) {
        keys = holder;
        all.invalidate();
        return reseal((stored, place) -> {
            SecretKey key = SecretKey.isSealed(stored) ? null : holder.findOrMake();
            return key == null ? stored : key.seal(stored, place);
        });
    }

    /** Forgets the credentials that the key cannot open; how many. */
    int forgetSealed() {
        SecretKey key = keys.find();
        return reseal((stored, place) -> canOpen(key, stored, place) ? stored : null);
    }

    private static boolean canOpen(@Nullable SecretKey key, String stored, String place) {
        if (!SecretKey.isSealed(stored) || key == null) {
            return !SecretKey.isSealed(stored);
        }
        try {
            key.open(stored, place);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What is to be stored in place of what is; null forgets the credentials. */
    private interface Resealing {
        @Nullable
        String resealed(String stored, String place);
    }

    private int reseal(Resealing resealing) {
        return connections.write(session -> {
            int changed = 0;
            PreparedStatement read = session.prepared(
                    "SELECT repository, id, url, credential_secret FROM upstream WHERE credential_secret IS NOT NULL");
            List<String[]> rows = new ArrayList<>();
            try (ResultSet row = read.executeQuery()) {
                while (row.next()) {
                    rows.add(new String[] {row.getString(1), row.getString(2), row.getString(3), row.getString(4)});
                }
            }
            for (String[] row : rows) {
                String now = resealing.resealed(row[3], place(row[0], row[1], row[2]));
                if (row[3].equals(now)) {
                    continue;
                }
                PreparedStatement write = session.prepared("UPDATE upstream SET credential_secret = ?"
                        + (now == null ? ", credential_kind = NULL, credential_user = NULL" : "")
                        + " WHERE repository = ? AND id = ? AND url = ? AND credential_secret = ?");
                write.setString(1, now);
                write.setString(2, row[0]);
                write.setString(3, row[1]);
                write.setString(4, row[2]); // another node may have saved it meanwhile
                write.setString(5, row[3]);
                changed += write.executeUpdate();
            }
            if (changed > 0) {
                revision.bump(session);
            }
            return changed;
        });
    }

    private static String place(String repository, String upstream, String url) {
        return repository + "\n" + upstream + "\n" + url;
    }

    @Override
    public long revision() {
        return revision.get();
    }

    @Override
    public Optional<Repository> find(String name) {
        return Optional.ofNullable(all.get().get(name));
    }

    @Override
    public List<Repository> list() {
        return all.get().values().stream()
                .distinct()
                .sorted(Comparator.comparing(Repository::name))
                .toList();
    }

    @Override
    public void save(Repository repository) {
        connections.run(session -> {
            PreparedStatement statement =
                    session.prepared("INSERT INTO repository (name, current_name, former_names, open_reads, reserved)"
                            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                            + " current_name = excluded.current_name, former_names = excluded.former_names,"
                            + " open_reads = excluded.open_reads, reserved = excluded.reserved");
            statement.setString(1, repository.id());
            statement.setString(2, repository.name());
            statement.setString(3, StoredJson.write(repository.formerNames()));
            statement.setInt(4, repository.openReads() ? 1 : 0);
            statement.setString(5, StoredJson.write(repository.reserved()));
            statement.executeUpdate();
            PreparedStatement delete = session.prepared("DELETE FROM upstream WHERE repository = ?");
            delete.setString(1, repository.id());
            delete.executeUpdate();
            for (Upstream upstream : repository.upstreams()) {
                insert(session, repository.id(), upstream);
            }
            revision.bump(session);
        });
    }

    @Override
    public boolean remove(String id) {
        return connections.write(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM repository WHERE name = ?");
            statement.setString(1, id);
            int removed = statement.executeUpdate();
            if (removed > 0) {
                revision.bump(session);
            }
            return removed > 0;
        });
    }

    private void insert(Session session, String repository, Upstream upstream) throws SQLException {
        @Nullable Credentials credentials = upstream.credentials();
        PreparedStatement statement = session.prepared(
                "INSERT INTO upstream (repository, id, format, url, priority, trust,"
                        + " credential_kind, credential_user, credential_secret, trusts_times, forbidden) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        statement.setString(1, repository);
        statement.setString(2, Values.key(upstream.id()));
        statement.setString(3, Values.key(upstream.format()));
        statement.setString(4, upstream.url().toString());
        statement.setInt(5, upstream.priority());
        statement.setString(6, upstream.trust().name());
        statement.setString(7, kindOf(credentials));
        statement.setString(8, credentials instanceof Basic basic ? basic.user() : null);
        String secret = secretOf(credentials);
        SecretKey key = secret == null ? null : keys.findOrMake();
        statement.setString(
                9,
                secret == null || key == null
                        ? secret
                        : key.seal(
                                secret,
                                place(repository, upstream.id(), upstream.url().toString())));
        statement.setInt(10, upstream.trustsTimes() ? 1 : 0);
        statement.setString(11, upstream.forbidden().name());
        statement.executeUpdate();
    }

    private Map<String, Repository> load(Session session) throws SQLException {
        Map<String, List<Upstream>> upstreams = new HashMap<>();
        try (ResultSet row = session.prepared("SELECT * FROM upstream ORDER BY repository, priority, id")
                .executeQuery()) {
            while (row.next()) {
                upstreams
                        .computeIfAbsent(row.getString("repository"), name -> new ArrayList<>())
                        .add(upstream(row));
            }
        }
        Map<String, Repository> result = new HashMap<>();
        try (ResultSet row = session.prepared(
                        "SELECT name, current_name, former_names, open_reads, reserved FROM repository")
                .executeQuery()) {
            while (row.next()) {
                Repository repository = new Repository(
                        row.getString("name"),
                        Objects.requireNonNullElse(Values.textOrNull(row, "current_name"), row.getString("name")),
                        formerNames(Values.textOrNull(row, "former_names")),
                        row.getInt("open_reads") != 0,
                        upstreams.getOrDefault(row.getString("name"), List.of()),
                        List.of(StoredJson.read(row.getString("reserved"), NamePattern[].class)));
                result.put(repository.name(), repository);
                repository.formerNames().forEach(name -> result.put(name, repository));
            }
        }
        return result;
    }

    private static Set<String> formerNames(@Nullable String json) {
        return json == null ? Set.of() : Set.of(StoredJson.read(json, String[].class));
    }

    private Upstream upstream(ResultSet row) throws SQLException {
        return new Upstream(
                row.getString("id"),
                row.getString("format"),
                URI.create(row.getString("url")),
                row.getInt("priority"),
                Trust.valueOf(row.getString("trust")),
                credentials(row),
                row.getInt("trusts_times") != 0, // null, from before it was a setting, reads as 0
                Forbidden.valueOf(
                        Objects.requireNonNullElse(Values.textOrNull(row, "forbidden"), Forbidden.REFUSED.name())));
    }

    private @Nullable Credentials credentials(ResultSet row) throws SQLException {
        @Nullable String kind = Values.textOrNull(row, "credential_kind");
        if (kind == null) {
            return null;
        }
        return switch (kind) {
            case "basic" -> new Basic(row.getString("credential_user"), secret(row));
            case "bearer" -> new Bearer(secret(row));
            default -> throw new SQLException("unknown kind of credentials: " + kind);
        };
    }

    private String secret(ResultSet row) throws SQLException {
        String stored = row.getString("credential_secret");
        if (!SecretKey.isSealed(stored)) {
            return stored;
        }
        String whose = "the credentials of upstream '" + row.getString("id") + "' of repository '"
                + row.getString("repository") + "'";
        SecretKey key = keys.find();
        if (key == null) {
            throw new StorageException(
                    whose + " are sealed with the key " + SecretKey.idOf(stored) + ", and there is none in "
                            + keys.place() + ADVICE,
                    null);
        }
        try {
            return key.open(stored, place(row.getString("repository"), row.getString("id"), row.getString("url")));
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    whose + " cannot be opened with the key in " + keys.place() + ": " + e.getMessage() + ADVICE, e);
        }
    }

    private static @Nullable String kindOf(@Nullable Credentials credentials) {
        return switch (credentials) {
            case null -> null;
            case Basic basic -> "basic";
            case Bearer bearer -> "bearer";
        };
    }

    private static @Nullable String secretOf(@Nullable Credentials credentials) {
        return switch (credentials) {
            case null -> null;
            case Basic basic -> basic.password();
            case Bearer bearer -> bearer.token();
        };
    }
}
