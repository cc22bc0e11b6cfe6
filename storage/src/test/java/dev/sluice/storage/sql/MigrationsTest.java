package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.storage.StorageException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"stores", "advisories", "journal"})
    void an_empty_database_is_not_current_and_one_that_was_opened_is(String area) throws SQLException {
        try (Connection connection = connect()) {
            assertThat(Migrations.isCurrent(connection, area, null)).isFalse();
        }
        Sqlite.open(folder.resolve("sluice.db"), area, Sqlite.Durability.FULL).close();
        try (Connection connection = connect()) {
            assertThat(Migrations.isCurrent(connection, area, null)).isTrue();
        }
    }

    private void migrateTo(String version) {
        Flyway.configure(MigrationsTest.class.getClassLoader())
                .dataSource("jdbc:sqlite:" + folder.resolve("sluice.db"), null, null)
                .locations("classpath:dev/sluice/storage/sql/stores")
                .placeholders(Map.of("bytes", "BLOB", "rowid", "INTEGER"))
                .target(version)
                .load()
                .migrate();
    }

    private void historiesOfVersion5(String... repositories) throws SQLException {
        migrateTo("5");
        for (String repository : repositories) {
            change(
                    "INSERT INTO repository (name, open_reads, reserved) VALUES ('" + repository + "', 1, '')",
                    "INSERT INTO upstream (repository, id, format, url, priority, trust) VALUES ('" + repository
                            + "', 'npm', 'npm', 'http://up.example/', 1, 'TRUSTED')");
        }
        change(
                "INSERT INTO stored_file VALUES ('main', 'npm', 'widget/-/widget-1.tgz', 'widget', '1', 3, 'a', 'b', '"
                        + "c".repeat(64) + "', 'd', 'npm', 700, 500)",
                "INSERT INTO version_history VALUES ('npm', 'widget', '1', 300, '{}')",
                "INSERT INTO version_history VALUES ('npm', 'widget', '2', 400, NULL)");
        open();
    }

    private List<String> rows(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    private List<String> firstSeen() throws SQLException {
        return rows("SELECT repository || ' ' || source || ' ' || version || ' ' || at FROM first_seen ORDER BY 1");
    }

    @Test
    void what_the_only_repository_has_seen_stays_seen_by_its_upstreams_and_kept_files_are_to_be_read_again()
            throws SQLException {
        historiesOfVersion5("main");

        assertThat(firstSeen()).containsExactly("main npm 1 300", "main npm 2 400");
        assertThat(rows("SELECT source || ' ' || path || ' ' || version || ' ' || last_modified FROM learnt_file"))
                .containsExactly("npm widget/-/widget-1.tgz 1 500");
        assertThat(rows("SELECT body FROM evidence")).isEmpty();
    }

    @Test
    void of_several_repositories_only_what_one_keeps_was_surely_seen_in_it() throws SQLException {
        historiesOfVersion5("main", "sandbox");

        assertThat(firstSeen()).containsExactly("main npm 1 700");
    }

    @Test
    void a_database_of_an_older_version_is_migrated_when_it_is_opened() throws SQLException {
        migrateTo("1");
        try (Connection connection = connect()) {
            assertThat(Migrations.isCurrent(connection, "stores", null)).isFalse();
        }

        open();

        try (Connection connection = connect()) {
            assertThat(Migrations.isCurrent(connection, "stores", null)).isTrue();
        }
    }

    @Test
    void a_database_of_a_newer_version_is_left_alone() throws SQLException {
        open();
        change("INSERT INTO flyway_schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', 1, installed_by,"
                + " installed_on, 1, 1 FROM flyway_schema_history WHERE version = '1'");

        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("newer version of Sluice");
    }

    @Test
    void a_migration_that_failed_is_not_passed_over() throws SQLException {
        open();
        change("UPDATE flyway_schema_history SET success = 0 WHERE version = '2'");

        try (Connection connection = connect()) {
            assertThat(Migrations.isCurrent(connection, "stores", null)).isFalse();
        }
    }

    private void open() {
        Sqlite.open(folder.resolve("sluice.db"), "stores", Sqlite.Durability.FULL)
                .close();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("sluice.db"));
    }

    private void change(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
