package dev.sluice.storage.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.Exploitation.Epss;
import dev.sluice.kernel.advisory.Exploitation.Kev;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.PackageName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Advisories in SQL: a JSON record each, found by package and by alias. What was asked for lately is in memory, under the
 * revision it was read at.
 */
final class SqlAdvisoryStore implements AdvisoryStore {
    /** About 32 million characters of advisories, as stored. */
    private static final long MOST_CHARACTERS = 32_000_000;

    private static final long MOST_CVES = 100_000;

    /** What is in memory is true for one revision. */
    private record Key<T>(long revision, T subject) {}

    private record Weighed(List<Advisory> advisories, int characters) {}

    private final Connections connections;
    private final Revision revision;
    private final SqlSyncStore syncs;
    private final Cache<Key<PackageName>, Weighed> byPackage = Caffeine.newBuilder()
            .maximumWeight(MOST_CHARACTERS)
            .weigher((Key<PackageName> key, Weighed value) -> value.characters() + 100)
            .executor(Runnable::run)
            .build();
    private final Cache<Key<String>, Optional<Exploitation>> byCve =
            Caffeine.newBuilder().maximumSize(MOST_CVES).executor(Runnable::run).build();

    SqlAdvisoryStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("advisories");
        revision.onMove(() -> {
            byPackage.invalidateAll();
            byCve.invalidateAll();
        });
        this.syncs = new SqlSyncStore(connections);
    }

    @Override
    public long revision() {
        return revision.get();
    }

    @Override
    public List<Advisory> about(PackageName name) {
        return byPackage.get(new Key<>(revision.get(), name), this::load).advisories();
    }

    @Override
    public List<Advisory> find(String identifierOrAlias) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT a.body FROM advisory_alias l"
                    + " JOIN advisory a ON a.id = l.advisory_id WHERE l.alias = ? ORDER BY a.id");
            statement.setString(1, alias(identifierOrAlias));
            return advisories(statement).advisories();
        });
    }

    @Override
    public Map<String, Exploitation> exploitation(Collection<String> cves) {
        long now = revision.get();
        Map<String, Exploitation> result = new LinkedHashMap<>();
        for (String cve : cves) {
            byCve.get(new Key<>(now, cve), key -> connections.read(session -> exploitation(session, key.subject())))
                    .ifPresent(known -> result.put(cve, known));
        }
        return result;
    }

    @Override
    public List<FeedState> feeds() {
        return connections.read(session -> {
            List<FeedState> result = new ArrayList<>();
            try (ResultSet row = session.prepared(
                            "SELECT name, records, imported_at, newest, updated_at FROM feed ORDER BY name")
                    .executeQuery()) {
                while (row.next()) {
                    Instant imported = Values.instant(row.getLong("imported_at"));
                    @Nullable
                    Instant updated = Values.instantOrNull(row, "updated_at"); // null: from before there were syncs
                    result.add(new FeedState(
                            row.getString("name"),
                            row.getLong("records"),
                            imported,
                            updated == null ? imported : updated,
                            Values.instantOrNull(row, "newest")));
                }
            }
            return result;
        });
    }

    @Override
    public SyncStore syncs() {
        return syncs;
    }

    @Override
    public Import begin() {
        return new SqlAdvisoryImport(connections, revision);
    }

    /** How identifiers are spelt as keys. */
    static String alias(String identifier) {
        return Values.cleaned(identifier.toUpperCase(Locale.ROOT));
    }

    private Weighed load(Key<PackageName> key) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT a.body FROM advisory_package p"
                    + " JOIN advisory a ON a.id = p.advisory_id"
                    + " WHERE p.format = ? AND p.package_name = ? ORDER BY a.id");
            statement.setString(1, key.subject().format());
            statement.setString(2, Values.cleaned(key.subject().name()));
            return advisories(statement);
        });
    }

    private static Weighed advisories(PreparedStatement statement) throws SQLException {
        List<Advisory> advisories = new ArrayList<>();
        int characters = 0;
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String body = rows.getString(1);
                characters += body.length();
                advisories.add(StoredJson.read(body, Advisory.class));
            }
        }
        return new Weighed(List.copyOf(advisories), characters);
    }

    private static Optional<Exploitation> exploitation(Session session, String cve) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT epss_score, epss_percentile, kev_added, kev_due,"
                + " kev_ransomware FROM exploitation WHERE cve = ?");
        statement.setString(1, alias(cve));
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            double score = row.getDouble("epss_score");
            @Nullable Epss epss = row.wasNull() ? null : new Epss(score, row.getDouble("epss_percentile"));
            @Nullable String added = Values.textOrNull(row, "kev_added");
            @Nullable String due = Values.textOrNull(row, "kev_due");
            @Nullable
            Kev kev = added == null
                    ? null
                    : new Kev(
                            LocalDate.parse(added),
                            due == null ? null : LocalDate.parse(due),
                            row.getInt("kev_ransomware") != 0);
            return Optional.of(new Exploitation(cve, epss, kev));
        }
    }
}
