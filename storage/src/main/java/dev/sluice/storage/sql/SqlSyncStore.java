package dev.sluice.storage.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.advisory.SyncState.Validator;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.storage.StorageException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** How syncs went, in SQL. */
final class SqlSyncStore implements SyncStore {
    private static final String COLUMNS =
            "SELECT source, address, document, etag, last_modified, newest_change, records,"
                    + " attempted_at, succeeded_at, changed_at, next_at, failures, failure FROM feed_sync";

    private final Connections connections;

    SqlSyncStore(Connections connections) {
        this.connections = connections;
    }

    @Override
    public List<SyncState> all() {
        return connections.read(session -> states(session.prepared(COLUMNS + " ORDER BY source")));
    }

    @Override
    public Optional<SyncState> find(String source) {
        return connections.read(session -> {
            PreparedStatement select = session.prepared(COLUMNS + " WHERE source = ?");
            select.setString(1, Values.cleaned(source));
            return states(select).stream().findFirst();
        });
    }

    @Override
    public void save(SyncState state) {
        connections.run(session -> {
            @Nullable Validator validator = state.validator();
            PreparedStatement upsert = session.prepared("INSERT INTO feed_sync (source, address, document, etag,"
                    + " last_modified, newest_change, records, attempted_at, succeeded_at, changed_at, next_at, failures,"
                    + " failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
                    + " address = excluded.address, document = excluded.document, etag = excluded.etag,"
                    + " last_modified = excluded.last_modified, newest_change = excluded.newest_change,"
                    + " records = excluded.records, attempted_at = excluded.attempted_at,"
                    + " succeeded_at = excluded.succeeded_at, changed_at = excluded.changed_at,"
                    + " next_at = excluded.next_at, failures = excluded.failures, failure = excluded.failure");
            upsert.setString(1, Values.key(state.source()));
            upsert.setString(2, Values.cleaned(state.address()));
            upsert.setString(3, validator == null ? null : Values.cleaned(validator.document()));
            upsert.setString(4, validator == null ? null : Values.cleanedOrNull(validator.etag()));
            upsert.setString(5, validator == null ? null : Values.cleanedOrNull(validator.lastModified()));
            Values.setInstant(upsert, 6, state.cursor());
            upsert.setLong(7, state.records());
            Values.setInstant(upsert, 8, state.attemptedAt());
            Values.setInstant(upsert, 9, state.succeededAt());
            Values.setInstant(upsert, 10, state.changedAt());
            Values.setInstant(upsert, 11, state.nextAt());
            upsert.setInt(12, state.failures());
            upsert.setString(13, Values.cleanedOrNull(state.failure()));
            upsert.executeUpdate();
        });
    }

    @Override
    public List<String> listing(String source) {
        byte[] packed = connections.read(session -> {
            PreparedStatement select = session.prepared("SELECT names FROM feed_listing WHERE source = ?");
            select.setString(1, Values.cleaned(source));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getBytes(1) : new byte[0];
            }
        });
        return packed.length == 0 ? List.of() : unpacked(packed);
    }

    @Override
    public void list(String source, Collection<String> names) {
        byte[] packed = packed(names);
        connections.run(session -> {
            PreparedStatement upsert = session.prepared("INSERT INTO feed_listing (source, names) VALUES (?, ?)"
                    + " ON CONFLICT (source) DO UPDATE SET names = excluded.names");
            upsert.setString(1, Values.key(source));
            upsert.setBytes(2, packed);
            upsert.executeUpdate();
        });
    }

    private static List<SyncState> states(PreparedStatement select) throws SQLException {
        List<SyncState> states = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                @Nullable String document = Values.textOrNull(row, "document");
                states.add(new SyncState(
                        row.getString("source"),
                        row.getString("address"),
                        document == null
                                ? null
                                : new Validator(
                                        document,
                                        Values.textOrNull(row, "etag"),
                                        Values.textOrNull(row, "last_modified")),
                        Values.instantOrNull(row, "newest_change"),
                        row.getLong("records"),
                        Values.instantOrNull(row, "attempted_at"),
                        Values.instantOrNull(row, "succeeded_at"),
                        Values.instantOrNull(row, "changed_at"),
                        Values.instantOrNull(row, "next_at"),
                        row.getInt("failures"),
                        Values.textOrNull(row, "failure")));
            }
        }
        return List.copyOf(states);
    }

    private static byte[] packed(Collection<String> names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Writer out = new OutputStreamWriter(new GZIPOutputStream(bytes), UTF_8)) {
            for (String name : names) {
                if (name.indexOf('\n') >= 0) {
                    throw new IllegalArgumentException("a name holds a line break");
                }
                out.write(name);
                out.write('\n');
            }
        } catch (IOException memoryDoesNotFail) {
            throw new UncheckedIOException(memoryDoesNotFail);
        }
        return bytes.toByteArray();
    }

    private static List<String> unpacked(byte[] packed) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(packed)), UTF_8))) {
            List<String> names = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                names.add(line);
            }
            return names;
        } catch (IOException e) {
            throw new StorageException("a kept listing cannot be read: " + e.getMessage(), e);
        }
    }
}
