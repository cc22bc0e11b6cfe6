package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a copy is whole is tested where installations are: in app. */
class DatabaseCopyTest {

    @Test
    void every_table_is_copied_or_said_not_to_be(@TempDir Path directory) throws SQLException {
        Database.open(directory).close();
        Set<String> tables = new TreeSet<>();
        for (String file : new String[] {"sluice.db", "advisories.db"}) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(file));
                    ResultSet rows = connection
                            .createStatement()
                            .executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'"
                                    + " AND name NOT LIKE 'sqlite_%' AND name <> 'flyway_schema_history'")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
        }
        Set<String> known = new TreeSet<>(DatabaseCopy.STORES);
        known.addAll(DatabaseCopy.ADVISORIES);
        known.addAll(DatabaseCopy.OWN);
        assertThat(known).isEqualTo(tables);
    }
}
