package dev.sluice.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.upkeep.BackedUp;
import dev.sluice.storage.upkeep.Backup;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.S3Server;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An installation that lost a part is not taken for a new one, nor another one's part for its own; one that is new is new. */
final class PartsTest {

    @TempDir
    private Path folder;

    private Installation open(String accepted) throws IOException {
        return open("data", accepted.isEmpty() ? Map.of() : Map.of(Setting.ACCEPT_NEW.key(), accepted));
    }

    private Installation open(String data, Map<String, String> more) throws IOException {
        Map<String, String> flags = new HashMap<>(more);
        flags.put(Setting.DATA.key(), folder.resolve(data).toString());
        for (String format : new String[] {"npm", "pypi", "maven"}) {
            flags.put("upstreams." + format + ".url", "none");
        }
        return Installation.open(
                Configuration.of(flags, Map.of(), null),
                ManualClock.at("2026-03-10T12:00:00Z"),
                new Machine(Map.of(), folder));
    }

    private void remove(String part) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                String name = folder.resolve("data").relativize(file).toString();
                if (name.equals(part) || name.startsWith(part + "/") || name.startsWith(part + "-")) {
                    Files.delete(file);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sluice.db", "advisories.db", "journal", "blobs"})
    void a_missing_part_is_named_with_the_ways_out_and_begins_anew_when_that_is_accepted(String part)
            throws IOException {
        open("").close();
        remove(part);

        assertThatThrownBy(() -> open("").close())
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining(part + " is missing")
                .hasMessageContaining("sluice restore")
                .hasMessageContaining("--accept-new " + part);
        assertThat(folder.resolve("data").resolve(part)).as("nothing was made").doesNotExist();

        open(part).close();
        open("").close();
    }

    @Test
    void an_empty_mount_point_is_not_taken_for_the_blobs() throws IOException {
        open("").close();
        remove("blobs");
        Files.createDirectory(folder.resolve("data/blobs"));

        assertThatThrownBy(() -> open("").close()).hasMessageContaining("blobs is missing");
        assertThat(folder.resolve("data/blobs")).isEmptyDirectory();

        open("blobs").close();
        open("").close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sluice.db", "advisories.db", "journal", "blobs"})
    void a_part_of_another_installation_is_refused_with_the_ways_out_and_taken_when_that_is_accepted(String part)
            throws IOException {
        open("").close();
        open("other", Map.of()).close();
        remove(part);
        copy(folder.resolve("other").resolve(part), folder.resolve("data").resolve(part));

        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> open("").close())
                    .isInstanceOf(DamagedException.class)
                    .hasMessageContaining("does not belong to")
                    .hasMessageContaining("sluice restore")
                    .hasMessageContaining("--accept-new ");
        }
        if (!part.equals("sluice.db")) {
            assertThatThrownBy(() -> open("").close()).hasMessageContaining(part + " in");
        }
        CommandLineRun doctor = CommandLineRun.of("doctor", "--data", folder.resolve("data"));
        assertThat(doctor.code()).isEqualTo(1);
        assertThat(doctor.out()).contains("fault").contains("does not belong to");

        open(part).close();
        open("").close();
    }

    @Test
    void an_installation_that_knew_no_marks_gets_them_at_its_next_start() throws Exception {
        open("").close();
        forgetMarks();

        open("").close();

        assertThat(marks()).hasSize(4);
        assertThat(Set.copyOf(marks().values())).as("all the same").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"advisories.db", "journal", "blobs"})
    void a_first_start_that_was_killed_before_a_part_was_marked_goes_on(String unmarked) throws Exception {
        open("").close();
        String id = marks().get("sluice.db");
        sql("sluice.db", "UPDATE installation SET mark = '" + id + " begun'");
        unmark(unmarked);

        open("").close();

        assertThat(Set.copyOf(marks().values())).containsExactly(id);
        unmark(unmarked);
        assertThatThrownBy(() -> open("").close()).hasMessageContaining(unmarked + " in");
    }

    @Test
    void nodes_that_start_at_once_on_one_database_and_bucket_agree_and_another_bucket_is_refused() throws Exception {
        String database = PostgresServer.get().database();
        try (S3Server s3 = S3Server.inMemory()) {
            Map<String, String> shared = Map.of(
                    "database", database, "blobs", s3.url("one"), "s3.access-key", "any", "s3.secret-key", "any");
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> nodes = new ArrayList<>();
            for (String node : List.of("node1", "node2", "node3")) {
                nodes.add(Thread.ofPlatform().start(() -> {
                    try {
                        open(node, shared).close();
                    } catch (IOException | RuntimeException e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread node : nodes) {
                node.join();
            }
            assertThat(failures).isEmpty();
            open("node4", shared).close();

            Map<String, String> elsewhere = new HashMap<>(shared);
            elsewhere.put("blobs", s3.url("two"));
            assertThatThrownBy(() -> open("node1", elsewhere).close())
                    .isInstanceOf(DamagedException.class)
                    .hasMessageContaining("blobs in s3://")
                    .hasMessageContaining("does not belong to");
            Map<String, String> embedded = new HashMap<>(shared);
            embedded.remove("database");
            assertThatThrownBy(() -> open("node5", embedded).close())
                    .as("a bucket of another installation")
                    .hasMessageContaining("does not belong to");
        } finally {
            PostgresServer.get().drop(database);
        }
    }

    @Test
    void a_restored_installation_is_the_same_one() throws Exception {
        Installation installation = open("");
        installation.storage().backup().take(folder.resolve("backup"), false, text -> {});
        installation.close();
        Map<String, String> before = marks();

        new BackedUp(folder.resolve("backup")).restore(folder.resolve("restored"), text -> {});
        open("restored", Map.of()).close();
        remove("blobs");
        copy(folder.resolve("restored/blobs"), folder.resolve("data/blobs"));
        open("").close();

        assertThat(marks()).isEqualTo(before);
    }

    @Test
    void a_backup_directory_of_another_installation_is_left_alone() throws Exception {
        Path target = folder.resolve("backup");
        try (Installation installation = open("")) {
            installation.storage().backup().take(target, false, text -> {});
        }
        try (Installation other = open("other", Map.of())) {
            Backup backup = other.storage().backup();

            assertThatThrownBy(() -> backup.take(target, false, text -> {}))
                    .hasMessageContaining("a backup of another installation");
        }
    }

    private Map<String, String> marks() throws Exception {
        Map<String, String> marks = new TreeMap<>();
        marks.put("sluice.db", sql("sluice.db", "SELECT mark FROM installation"));
        marks.put("advisories.db", sql("advisories.db", "SELECT mark FROM advisories_installation"));
        for (String part : List.of("journal", "blobs")) {
            marks.put(
                    part,
                    Files.readString(folder.resolve("data").resolve(part).resolve("installation"))
                            .strip());
        }
        return marks;
    }

    private void forgetMarks() throws Exception {
        sql("sluice.db", "DELETE FROM installation");
        for (String part : List.of("advisories.db", "journal", "blobs")) {
            unmark(part);
        }
    }

    private void unmark(String part) throws Exception {
        if (part.equals("advisories.db")) {
            sql(part, "DELETE FROM advisories_installation");
        } else {
            Files.delete(folder.resolve("data").resolve(part).resolve("installation"));
        }
    }

    private String sql(String file, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + folder.resolve("data").resolve(file));
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? rows.getString(1) : "";
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void what_is_accepted_must_be_a_part() {
        assertThatThrownBy(() -> open("everything").close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("accept-new takes");
    }

    @Test
    void a_token_that_nobody_was_shown_is_shown_at_the_next_start() throws IOException {
        String token;
        try (ServerSocket taken = new ServerSocket(0)) {
            Installation first = open("");
            token = first.newAdminToken();
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> RunningServer.start(first, "0.0.0.0", port))
                    .isInstanceOf(Exception.class);
        }
        try (Installation second = open("")) {
            assertThat(second.newAdminToken()).isNotNull().isEqualTo(token);
            second.tokenShown();
        }
        try (Installation third = open("")) {
            assertThat(third.newAdminToken()).isNull();
        }
    }
}
