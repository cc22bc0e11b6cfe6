package dev.sluice.storage.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The WHERE clause of a query put together from parts; values are always bound, never written into the text. Not thread-safe. */
final class Conditions {
    private final List<String> parts = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    /** Adds a condition with a question mark for each value. */
    void add(String part, Object... bound) {
        parts.add(part);
        values.addAll(List.of(bound));
    }

    /** Adds equality with a text; null does not restrict. */
    void equal(String column, @Nullable String value) {
        if (value != null) {
            add(column + " = ?", EventIndex.indexed(value));
        }
    }

    /** Adds membership; an empty list does not restrict. */
    void in(String column, List<String> members) {
        if (!members.isEmpty()) {
            add(
                    column + " IN (" + String.join(", ", Collections.nCopies(members.size(), "?")) + ")",
                    members.stream().map(EventIndex::indexed).toArray());
        }
    }

    /** The clause with a leading blank, or nothing. */
    String text() {
        return parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts);
    }

    /** Binds the values from the first parameter on; returns the index of the next parameter. */
    int bind(PreparedStatement statement) throws SQLException {
        int index = 1;
        for (Object value : values) {
            statement.setObject(index++, value);
        }
        return index;
    }
}
