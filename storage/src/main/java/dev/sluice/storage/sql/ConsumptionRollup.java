package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Actor;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal.Consumption;
import dev.sluice.kernel.journal.Journal.Taken;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who took what, counted as the events arrive, so that the question does not have to read millions of them.
 *
 * <p>Kept per actor and file; asked per actor and version. Not thread-safe.
 */
final class ConsumptionRollup {
    private static final int VERSIONS_AT_ONCE = 500;
    private static final String UPSERT = "INSERT INTO consumption (format, package_name, version, digest, repository,"
            + " user_name, token, purl, address, user_agent, first_at, last_at, times)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (format, package_name, version, repository, user_name, token, digest) DO UPDATE SET"
            + " address = CASE WHEN excluded.last_at >= consumption.last_at"
            + " THEN excluded.address ELSE consumption.address END,"
            + " user_agent = CASE WHEN excluded.last_at >= consumption.last_at"
            + " THEN excluded.user_agent ELSE consumption.user_agent END,"
            + " first_at = CASE WHEN excluded.first_at < consumption.first_at"
            + " THEN excluded.first_at ELSE consumption.first_at END,"
            + " last_at = CASE WHEN excluded.last_at > consumption.last_at"
            + " THEN excluded.last_at ELSE consumption.last_at END,"
            + " times = consumption.times + excluded.times";

    /** What one actor took of one version. */
    private static final String SAME =
            "o.format = c.format AND o.package_name = c.package_name AND o.version = c.version"
                    + " AND o.repository = c.repository AND o.user_name = c.user_name AND o.token = c.token";

    /** As the table holds it, so that two lines of a batch are never the same row. */
    private record Key(
            String format, String name, String version, String digest, String repository, String user, String token) {}

    private static final class Line {
        private String purl = "";
        private String address = "";
        private String userAgent = "";
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private long times;
    }

    private final Map<Key, Line> lines = new HashMap<>();

    /** Counts the event when bytes of a known version left. */
    void add(Event event) {
        @Nullable Coordinates coordinates = event.subject().coordinates();
        if (!event.kind().equals(Kind.DOWNLOAD) || coordinates == null) {
            return;
        }
        @Nullable String purl = event.subject().purl();
        Actor actor = event.actor();
        Key key = new Key(
                EventIndex.indexed(coordinates.format()),
                EventIndex.indexed(coordinates.name()),
                EventIndex.indexed(coordinates.version()),
                orEmpty(event.bytes().digest()),
                orEmpty(event.subject().repository()),
                EventIndex.indexed(actor.user()),
                orEmpty(actor.tokenId()));
        Line line = lines.computeIfAbsent(key, k -> new Line());
        long at = Values.nanos(event.at());
        if (at >= line.last) {
            line.last = at;
            line.purl = purl == null ? "" : Values.cleaned(purl);
            line.address = Values.cleaned(actor.address());
            line.userAgent = Values.cleaned(actor.userAgent());
        }
        line.first = Math.min(line.first, at);
        line.times++;
    }

    /** Adds what was counted to the table. */
    void write(Session session) throws SQLException {
        PreparedStatement statement = session.prepared(UPSERT);
        for (Map.Entry<Key, Line> entry : lines.entrySet()) {
            Key key = entry.getKey();
            Line line = entry.getValue();
            statement.setString(1, key.format());
            statement.setString(2, key.name());
            statement.setString(3, key.version());
            statement.setString(4, key.digest());
            statement.setString(5, key.repository());
            statement.setString(6, key.user());
            statement.setString(7, key.token());
            statement.setString(8, line.purl);
            statement.setString(9, line.address);
            statement.setString(10, line.userAgent);
            statement.setLong(11, line.first);
            statement.setLong(12, line.last);
            statement.setLong(13, line.times);
            statement.addBatch();
        }
        statement.executeBatch();
    }

    /** The lines about the subject, merged over the files of a version. */
    static List<Consumption> read(Session session, Taken what, int limit) throws SQLException {
        if (what.packageName() == null && what.digest() == null) {
            throw new IllegalArgumentException("name a package or a digest");
        }
        List<String> versions = what.versions().stream().sorted().toList();
        List<Consumption> result = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(versions.size(), from + VERSIONS_AT_ONCE);
            read(session, what, versions.subList(from, to), limit, result);
            from = to;
        } while (from < versions.size());
        return result.stream()
                .sorted(Comparator.comparing(Consumption::last).reversed())
                .limit(limit)
                .toList();
    }

    private static void read(Session session, Taken what, List<String> versions, int limit, List<Consumption> result)
            throws SQLException {
        Conditions conditions = new Conditions();
        conditions.equal("c.format", what.format());
        conditions.equal("c.package_name", what.packageName());
        conditions.equal("c.digest", what.digest());
        conditions.in("c.version", versions);
        // of each actor the file taken last; the lines wanted are found in the order of an index, and only they are
        // summed up
        String others = " FROM consumption o WHERE " + SAME + (what.digest() == null ? "" : " AND o.digest = c.digest");
        conditions.add("NOT EXISTS (SELECT 1" + others
                + " AND (o.last_at > c.last_at OR (o.last_at = c.last_at AND o.digest < c.digest)))");
        String sql = "SELECT c.*, (SELECT MIN(o.first_at)" + others + ") AS first_of_all, (SELECT SUM(o.times)" + others
                + ") AS times_of_all FROM (SELECT * FROM consumption c" + conditions.text()
                + " ORDER BY c.last_at DESC LIMIT ?) c";
        try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
            statement.setInt(conditions.bind(statement), limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    result.add(consumption(rows));
                }
            }
        }
    }

    private static Consumption consumption(ResultSet row) throws SQLException {
        String token = row.getString("token");
        return new Consumption(
                new Actor(
                        row.getString("user_name"),
                        token.isEmpty() ? null : token,
                        row.getString("address"),
                        row.getString("user_agent")),
                row.getString("repository"),
                row.getString("purl"),
                row.getString("version"),
                row.getString("digest"),
                Values.instant(row.getLong("first_of_all")),
                Values.instant(row.getLong("last_at")),
                row.getLong("times_of_all"));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : EventIndex.indexed(text);
    }
}
