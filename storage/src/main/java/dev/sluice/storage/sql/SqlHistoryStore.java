package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.node.Stamps;
import dev.sluice.kernel.repository.StoredFile;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was learnt, in SQL. Nothing of it is kept in memory: the gate does that, as part of the indexes it remembers. */
final class SqlHistoryStore implements HistoryStore {
    private static final String OF_PACKAGE = " WHERE repository = ? AND format = ? AND package_name = ?";

    private final Connections connections;
    private final PackageChanges lessons;
    private final Stamps stamps = new Stamps();

    SqlHistoryStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.lessons = revisions.ofPackages("history", stamps::changed, stamps::changedAll);
    }

    @Override
    public long stamp(PackageName name) {
        return stamps.of(name);
    }

    @Override
    public PackageHistory of(String repository, PackageName name) {
        if (!Values.isKey(name.name())) {
            return PackageHistory.NONE;
        }
        return connections.read(session -> {
            Map<String, Map<String, List<LearntFile>>> files = files(session, repository, name);
            Map<String, Map<String, VersionHistory>> histories = new HashMap<>();
            PreparedStatement statement = session.prepared("SELECT source, version, at FROM first_seen" + OF_PACKAGE);
            set(statement, repository, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String source = rows.getString("source");
                    String version = rows.getString("version");
                    Instant at = Values.instant(rows.getLong("at"));
                    List<LearntFile> given =
                            files.getOrDefault(source, Map.of()).getOrDefault(version, List.of());
                    histories.computeIfAbsent(source, s -> new HashMap<>()).put(version, new VersionHistory(at, given));
                }
            }
            return histories.isEmpty() ? PackageHistory.NONE : new PackageHistory(histories);
        });
    }

    /** The files of a package with what their bytes say, by source and version, in one query. */
    private static Map<String, Map<String, List<LearntFile>>> files(
            Session session, String repository, PackageName name) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT learnt_file.source, learnt_file.version,"
                + " learnt_file.path, learnt_file.sha256, learnt_file.last_modified, evidence.file_name,"
                + " evidence.reader, evidence.body FROM learnt_file LEFT JOIN evidence"
                + " ON evidence.sha256 = learnt_file.sha256 AND evidence.format = learnt_file.format"
                + " WHERE learnt_file.repository = ? AND learnt_file.format = ? AND learnt_file.package_name = ?"
                + " ORDER BY learnt_file.path");
        set(statement, repository, name);
        Map<String, Map<String, Map<String, LearntFile>>> byPath = new HashMap<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String path = rows.getString("path");
                LearntFile bare = new LearntFile(
                        path,
                        Digest.sha256(rows.getString("sha256")),
                        Values.instantOrNull(rows, "last_modified"),
                        null);
                Map<String, LearntFile> version = byPath.computeIfAbsent(rows.getString("source"), s -> new HashMap<>())
                        .computeIfAbsent(rows.getString("version"), v -> new TreeMap<>());
                if (bare.fileName().equals(rows.getString("file_name"))) {
                    version.put(
                            path,
                            new LearntFile(
                                    path,
                                    bare.sha256(),
                                    bare.lastModified(),
                                    evidence(rows.getInt("reader"), rows.getString("body"))));
                } else {
                    version.putIfAbsent(path, bare); // the same bytes were read as a file of another name
                }
            }
        }
        Map<String, Map<String, List<LearntFile>>> files = new HashMap<>();
        byPath.forEach((source, versions) -> {
            Map<String, List<LearntFile>> lists = new HashMap<>();
            versions.forEach((version, paths) -> lists.put(version, new ArrayList<>(paths.values())));
            files.put(source, lists);
        });
        return files;
    }

    private static void set(PreparedStatement statement, String repository, PackageName name) throws SQLException {
        statement.setString(1, repository);
        statement.setString(2, name.format());
        statement.setString(3, name.name());
    }

    @Override
    public void seen(
            String repository, @Nullable String source, PackageName name, Collection<String> versions, Instant now) {
        Set<String> unseen = new HashSet<>(versions);
        unseen.removeAll(known(repository, source, name));
        if (unseen.isEmpty()) {
            return;
        }
        connections.run(session -> {
            for (String version : unseen) {
                seen(session, repository, source, name, version, now);
            }
        });
    }

    private Set<String> known(String repository, @Nullable String source, PackageName name) {
        if (!Values.isKey(name.name())) {
            return Set.of();
        }
        return connections.read(session -> {
            PreparedStatement statement =
                    session.prepared("SELECT version FROM first_seen" + OF_PACKAGE + " AND source = ?");
            set(statement, repository, name);
            statement.setString(4, PackageHistory.key(source));
            Set<String> known = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    known.add(rows.getString(1));
                }
            }
            return known;
        });
    }

    private static void seen(
            Session session, String repository, @Nullable String source, PackageName name, String version, Instant at)
            throws SQLException {
        PreparedStatement statement = session.prepared(
                "INSERT INTO first_seen (repository, format, package_name, source, version, at) VALUES (?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (repository, format, package_name, source, version) DO NOTHING");
        statement.setString(1, Values.key(repository));
        statement.setString(2, Values.key(name.format()));
        statement.setString(3, Values.key(name.name()));
        statement.setString(4, Values.key(PackageHistory.key(source)));
        statement.setString(5, Values.key(version));
        statement.setLong(6, Values.nanos(at));
        statement.executeUpdate();
    }

    @Override
    public Optional<Evidence> evidence(Digest sha256, String format, String fileName) {
        if (!Values.isKey(fileName)) {
            return Optional.empty();
        }
        return connections.read(session -> {
            PreparedStatement statement = session.prepared(
                    "SELECT reader, body FROM evidence WHERE sha256 = ? AND format = ? AND file_name = ?");
            statement.setString(1, sha256.hex());
            statement.setString(2, format);
            statement.setString(3, fileName);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(evidence(rows.getInt("reader"), rows.getString("body")))
                        : Optional.empty();
            }
        });
    }

    @Override
    public void learn(StoredFile file, Evidence evidence) {
        PackageName name = file.coordinates().packageName();
        String version = file.coordinates().version();
        connections.run(session -> {
            boolean lesson = evidence.tells() || file.lastModified() != null || isGiven(session, file);
            PreparedStatement told = session.prepared("INSERT INTO evidence (sha256, format, file_name, reader, body)"
                    + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (sha256, format, file_name)"
                    + " DO UPDATE SET reader = excluded.reader, body = excluded.body");
            told.setString(1, file.contents().sha256().hex());
            told.setString(2, Values.key(name.format()));
            told.setString(3, Values.key(file.fileName()));
            told.setInt(4, evidence.reader());
            told.setString(5, StoredJson.write(Told.of(evidence)));
            told.executeUpdate();
            seen(session, file.repository(), file.upstream(), name, version, file.storedAt());
            PreparedStatement given = session.prepared("INSERT INTO learnt_file (repository, format, package_name,"
                    + " source, path, version, sha256, last_modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (repository, format, package_name, source, path) DO UPDATE SET"
                    + " version = excluded.version, sha256 = excluded.sha256, last_modified = excluded.last_modified");
            given.setString(1, Values.key(file.repository()));
            given.setString(2, Values.key(name.format()));
            given.setString(3, Values.key(name.name()));
            given.setString(4, Values.key(PackageHistory.key(file.upstream())));
            given.setString(5, Values.key(file.path()));
            given.setString(6, Values.key(version));
            given.setString(7, file.contents().sha256().hex());
            Values.setInstant(given, 8, file.lastModified());
            given.executeUpdate();
            if (lesson) {
                lessons.note(session, name);
            }
        });
    }

    @Override
    public void forget(String repository, String upstream, PackageName name, @Nullable String version) {
        if (!Values.isKey(name.name()) || (version != null && !Values.isKey(version))) {
            return;
        }
        connections.run(session -> {
            PreparedStatement statement = session.prepared("DELETE FROM learnt_file" + OF_PACKAGE + " AND source = ?"
                    + (version == null ? "" : " AND version = ?"));
            set(statement, repository, name);
            statement.setString(4, upstream);
            if (version != null) {
                statement.setString(5, version);
            }
            statement.executeUpdate();
            lessons.note(session, name);
        });
    }

    private static boolean isGiven(Session session, StoredFile file) throws SQLException {
        PreparedStatement statement =
                session.prepared("SELECT version FROM learnt_file" + OF_PACKAGE + " AND source = ? AND path = ?");
        set(statement, file.repository(), file.coordinates().packageName());
        statement.setString(4, PackageHistory.key(file.upstream()));
        statement.setString(5, file.path());
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    private static Evidence evidence(int reader, String body) {
        return StoredJson.read(body, Told.class).evidence(reader);
    }

    /** What bytes say, as it is stored. */
    private record Told(
            Signal<String> license,
            Signal<Boolean> installScripts,
            Signal<String> requiresRuntime,
            List<String> ambiguities,
            @Nullable String parent,
            @Nullable Signal<String> dependencies) {
        static Told of(Evidence evidence) {
            return new Told(
                    evidence.license(),
                    evidence.installScripts(),
                    evidence.requiresRuntime(),
                    evidence.ambiguities(),
                    evidence.parent(),
                    evidence.dependencies());
        }

        Evidence evidence(int reader) {
            return new Evidence(
                    reader,
                    license,
                    installScripts,
                    requiresRuntime,
                    ambiguities,
                    parent,
                    dependencies == null ? Evidence.NONE.dependencies() : dependencies); // as readers below 8 wrote it
        }
    }
}
