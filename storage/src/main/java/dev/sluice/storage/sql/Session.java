package dev.sluice.storage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection with what it keeps prepared. Used by one thread at a time; closed by the {@link Connections} it belongs to.
 */
final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final List<Runnable> afterCommit = new ArrayList<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** A statement prepared once per connection. The text must be a constant; do not close the statement. */
    PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    /** What memory must learn once the transaction under way is durable; forgotten when it is undone. */
    void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /** How many actions wait for the commit. */
    int pendingActions() {
        return afterCommit.size();
    }

    /** Forgets the actions added since there were that many. */
    void forgetActions(int keep) {
        afterCommit.subList(keep, afterCommit.size()).clear();
    }

    void commit() throws SQLException {
        connection.commit();
        List<Runnable> actions = List.copyOf(afterCommit);
        afterCommit.clear();
        actions.forEach(Runnable::run);
    }

    void rollback() throws SQLException {
        afterCommit.clear();
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        prepared.clear();
        connection.close();
    }
}
