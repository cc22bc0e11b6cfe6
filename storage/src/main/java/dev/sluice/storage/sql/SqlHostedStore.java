package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Stamps;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.StoredFile;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

/** Published packages in SQL: a row per package, one per release, one per file, one per event until it is told. */
final class SqlHostedStore implements HostedStore {
    private static final byte[] NOTHING = {};

    private final Connections connections;
    private final PackageChanges changes;
    private final Stamps stamps = new Stamps();
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

    SqlHostedStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.changes = revisions.ofPackages("hosted", stamps::changed, stamps::changedAll);
    }

    @Override
    public long stamp(PackageName name) {
        return stamps.of(name);
    }

    @Override
    public Optional<HostedPackage> find(String repository, PackageName name) {
        if (!Values.isKey(name.name())) {
            return Optional.empty();
        }
        return connections.snapshot(session -> {
            PreparedStatement statement = session.prepared("SELECT revision, document FROM hosted_package"
                    + " WHERE repository = ? AND format = ? AND package_name = ?");
            bind(statement, repository, name);
            long revision;
            byte[] document;
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                revision = rows.getLong("revision");
                document = rows.getBytes("document");
            }
            return Optional.of(
                    new HostedPackage(revision, new PackageIndex(name, document, releases(session, repository, name))));
        });
    }

    @Override
    public long apply(
            String repository, PackageName name, long expectedRevision, Change change, List<StoredFile> files) {
        List<String> forgettable = new ArrayList<>();
        told.drainTo(forgettable);
        return connections.write(session -> {
            takeRevision(session, repository, name, expectedRevision, change.document());
            long ordinal = nextOrdinal(session, repository, name);
            for (Release release : change.put()) {
                put(session, repository, name, release, ordinal++);
            }
            for (String version : change.remove()) {
                remove(session, repository, name, version);
            }
            for (String path : change.drop()) {
                drop(session, repository, name, path);
            }
            for (StoredFile file : files) {
                addFile(session, repository, name, file);
            }
            removeIfEmpty(session, repository, name);
            for (Event event : change.events()) {
                tell(session, event);
            }
            forget(session, forgettable);
            changes.note(session, name);
            return expectedRevision + 1;
        });
    }

    @Override
    public List<Event> untold() {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT body FROM untold_event ORDER BY id");
            List<Event> events = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    events.add(StoredJson.read(rows.getString(1), Event.class));
                }
            }
            return events;
        });
    }

    /** Costs no transaction of its own. What is not dropped because the next change fails is dropped after the next start. */
    @Override
    public void told(List<String> events) {
        told.addAll(events);
    }

    private static void tell(Session session, Event event) throws SQLException {
        PreparedStatement statement = session.prepared("INSERT INTO untold_event (id, body) VALUES (?, ?)");
        statement.setString(1, event.id());
        statement.setString(2, StoredJson.write(event));
        statement.executeUpdate();
    }

    private static void forget(Session session, List<String> events) throws SQLException {
        PreparedStatement statement = session.prepared("DELETE FROM untold_event WHERE id = ?");
        for (String event : events) {
            statement.setString(1, event);
            statement.executeUpdate();
        }
    }

    @Override
    public List<PackageName> names(String repository, String format, String after, int limit) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT package_name FROM hosted_package"
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

    /** Compares and counts in one statement, so that of two changes from the same revision only one comes through. */
    private static void takeRevision(
            Session session, String repository, PackageName name, long expectedRevision, byte[] document)
            throws SQLException {
        PreparedStatement statement;
        if (expectedRevision == 0) {
            statement = session.prepared("INSERT INTO hosted_package"
                    + " (repository, format, package_name, document, revision) VALUES (?, ?, ?, ?, 1)"
                    + " ON CONFLICT (repository, format, package_name) DO NOTHING");
            bind(statement, repository, name);
            statement.setBytes(4, document);
        } else {
            statement = session.prepared("UPDATE hosted_package SET revision = revision + 1, document = ?"
                    + " WHERE repository = ? AND format = ? AND package_name = ? AND revision = ?");
            statement.setBytes(1, document);
            statement.setString(2, Values.key(repository));
            statement.setString(3, Values.key(name.format()));
            statement.setString(4, Values.key(name.name()));
            statement.setLong(5, expectedRevision);
        }
        if (statement.executeUpdate() == 0) {
            throw new RevisionConflictException(name);
        }
    }

    private static long nextOrdinal(Session session, String repository, PackageName name) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM hosted_release"
                + " WHERE repository = ? AND format = ? AND package_name = ?");
        bind(statement, repository, name);
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** A replaced release keeps its place in the order of publication. */
    private static void put(Session session, String repository, PackageName name, Release release, long ordinal)
            throws SQLException {
        PreparedStatement statement = session.prepared("INSERT INTO hosted_release"
                + " (repository, format, package_name, version, ordinal, body, document) VALUES (?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (repository, format, package_name, version)"
                + " DO UPDATE SET body = excluded.body, document = excluded.document");
        bind(statement, repository, name);
        statement.setString(4, Values.key(release.version()));
        statement.setLong(5, ordinal);
        statement.setString(6, StoredJson.write(withDocument(release, NOTHING)));
        statement.setBytes(7, release.document());
        statement.executeUpdate();
    }

    /** The files published with a version go with it; what was fetched from an upstream stays. */
    private static void remove(Session session, String repository, PackageName name, String version)
            throws SQLException {
        PreparedStatement release = session.prepared("DELETE FROM hosted_release"
                + " WHERE repository = ? AND format = ? AND package_name = ? AND version = ?");
        bind(release, repository, name);
        release.setString(4, version);
        release.executeUpdate();
        SqlQuotas.begin(session, repository);
        PreparedStatement sizes = session.prepared("SELECT COALESCE(SUM(size), 0), COUNT(*) FROM stored_file"
                + " WHERE repository = ? AND format = ? AND package_name = ? AND version = ? AND upstream IS NULL");
        bind(sizes, repository, name);
        sizes.setString(4, version);
        long bytes;
        long count;
        try (ResultSet row = sizes.executeQuery()) {
            row.next();
            bytes = row.getLong(1);
            count = row.getLong(2);
        }
        if (count == 0) {
            return;
        }
        PreparedStatement files = session.prepared("DELETE FROM stored_file WHERE repository = ? AND format = ?"
                + " AND package_name = ? AND version = ? AND upstream IS NULL");
        bind(files, repository, name);
        files.setString(4, version);
        files.executeUpdate();
        SqlQuotas.count(session, repository, -bytes, -count);
    }

    /** A published file that goes without its version. */
    private static void drop(Session session, String repository, PackageName name, String path) throws SQLException {
        StoredFile file = SqlFileStore.find(session, repository, name.format(), path)
                .filter(found ->
                        found.isHosted() && found.coordinates().packageName().equals(name))
                .orElse(null);
        if (file == null) {
            return;
        }
        SqlQuotas.begin(session, repository);
        PreparedStatement statement = session.prepared(
                "DELETE FROM stored_file WHERE repository = ? AND format = ? AND path = ? AND upstream IS NULL");
        statement.setString(1, Values.key(repository));
        statement.setString(2, Values.key(name.format()));
        statement.setString(3, Values.key(path));
        if (statement.executeUpdate() > 0) {
            SqlQuotas.count(session, repository, -file.contents().size(), -1);
        }
    }

    private static void addFile(Session session, String repository, PackageName name, StoredFile file)
            throws SQLException {
        if (!file.repository().equals(repository)
                || !file.coordinates().packageName().equals(name)) {
            throw new IllegalArgumentException(file.path() + " is no file of " + name + " in " + repository);
        }
        Optional<StoredFile> former = SqlFileStore.find(session, repository, name.format(), file.path());
        if (former.isPresent() && !former.get().coordinates().packageName().equals(name)) {
            throw new IllegalArgumentException(file.path() + " already is a file of "
                    + former.get().coordinates().packageName());
        }
        if (!SqlFileStore.putOf(session, file)) {
            throw new IllegalArgumentException(file.path() + " just became a file of another package");
        }
    }

    private static void removeIfEmpty(Session session, String repository, PackageName name) throws SQLException {
        PreparedStatement statement = session.prepared("DELETE FROM hosted_package"
                + " WHERE repository = ? AND format = ? AND package_name = ? AND NOT EXISTS"
                + " (SELECT 1 FROM hosted_release r WHERE r.repository = hosted_package.repository"
                + " AND r.format = hosted_package.format AND r.package_name = hosted_package.package_name)");
        bind(statement, repository, name);
        statement.executeUpdate();
    }

    private static List<Release> releases(Session session, String repository, PackageName name) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT body, document FROM hosted_release"
                + " WHERE repository = ? AND format = ? AND package_name = ? ORDER BY ordinal");
        bind(statement, repository, name);
        List<Release> releases = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Release release = StoredJson.read(rows.getString("body"), Release.class);
                releases.add(withDocument(release, rows.getBytes("document")));
            }
        }
        return releases;
    }

    private static Release withDocument(Release release, byte[] document) {
        return new Release(
                release.version(),
                release.published(),
                release.license(),
                release.deprecated(),
                release.yanked(),
                release.installScripts(),
                release.maintainers(),
                release.summary(),
                release.files(),
                document);
    }

    private static void bind(PreparedStatement statement, String repository, PackageName name) throws SQLException {
        statement.setString(1, Values.key(repository));
        statement.setString(2, Values.key(name.format()));
        statement.setString(3, Values.key(name.name()));
    }
}
