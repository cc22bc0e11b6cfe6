package dev.sluice.storage.sql;

import dev.sluice.storage.Mark;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** A mark in a table of its own, of one row. */
public final class SqlMark implements Mark {
    /** The tables of marks; each area has one, of another name, since PostgreSQL finds tables by name in all areas. */
    static final String STORES = "installation";

    static final String ADVISORIES = "advisories_installation";
    static final String JOURNAL = "journal_installation";

    private final Connections connections;
    private final String table;

    SqlMark(Connections connections, String table) {
        this.connections = connections;
        this.table = table;
    }

    @Override
    public Optional<String> read() {
        return connections.read(this::read);
    }

    private Optional<String> read(Session session) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT mark FROM " + table + " WHERE name = 'mark'");
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    @Override
    public void write(String text) {
        connections.run(session -> insert(session, text, "DO UPDATE SET mark = excluded.mark"));
    }

    /** Says it unless something is said already; what is said then. Of many that claim at once, on any node, one is heard by all. */
    public String claim(String text) {
        return connections.write(session -> {
            insert(session, text, "DO NOTHING");
            return read(session).orElse(text);
        });
    }

    private void insert(Session session, String text, String otherwise) throws SQLException {
        PreparedStatement statement = session.prepared(
                "INSERT INTO " + table + " (name, mark) VALUES ('mark', ?) ON CONFLICT (name) " + otherwise);
        statement.setString(1, text);
        statement.executeUpdate();
    }
}
