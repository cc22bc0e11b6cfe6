package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database on a full disk says, and what it does once there is room again. */
class FullDatabaseTest {

    @TempDir
    Path folder;

    @Test
    void a_write_that_found_no_room_is_not_there_and_later_ones_are_told_as_they_went() {
        try (Connections database = Sqlite.open(folder.resolve("journal.db"), "journal", Sqlite.Durability.FULL)) {
            execute(database, "CREATE TABLE ballast (id INTEGER PRIMARY KEY, bytes BLOB)");
            execute(database, "PRAGMA max_page_count = 1"); // as many as there are

            assertThatThrownBy(() -> execute(database, "INSERT INTO ballast VALUES (1, zeroblob(1000000))"))
                    .hasMessageContaining("full");

            execute(database, "PRAGMA max_page_count = 1000000");
            execute(database, "INSERT INTO ballast VALUES (1, zeroblob(1000000))");
            assertThatThrownBy(() -> execute(database, "INSERT INTO ballast VALUES (1, NULL)"))
                    .hasMessageContaining("UNIQUE");
            execute(database, "INSERT INTO ballast VALUES (2, NULL)");
            assertThat(rows(database)).isEqualTo(2);
        }
    }

    private static void execute(Connections database, String sql) {
        database.run(session -> {
            try (Statement statement = session.connection().createStatement()) {
                statement.execute(sql);
            }
        });
    }

    private static int rows(Connections database) {
        return database.read(session -> count(session));
    }

    private static int count(Session session) throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM ballast")) {
            return row.next() ? row.getInt(1) : -1;
        }
    }
}
