package dev.sluice.storage.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.EventTable.Row;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.contract.HostedStoreContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journals that another build wrote. The folder {@code former} was written by build 9b248e2, before events had subjects: a log, its
 * records one by one, the rows of its index, and the bodies of events that a store kept for the journal.
 */
class OtherBuildsTest {
    private static final String LOG = "0000000000000000000.log";

    /** What a build to come may write: a kind and properties that this one does not know. */
    private static final String NEWER = "{\"id\":\"01KZ0000000000000000000001\",\"at\":\"2027-03-10T12:00:00Z\","
            + "\"kind\":\"WAIVER_GRANTED\",\"user\":\"eve\",\"tenant\":\"acme\",\"repository\":\"main\","
            + "\"purl\":\"pkg:npm/widget@1.0.0\",\"format\":\"npm\",\"package\":\"widget\",\"version\":\"1.0.0\","
            + "\"approvals\":[{\"by\":\"ada\"}],\"message\":\"waived until April\",\"detail\":\"{}\"}";

    @TempDir
    private Path folder;

    private String address;

    @BeforeEach
    void make() {
        address = PostgresServer.get().database();
    }

    @AfterEach
    void drop() {
        PostgresServer.get().drop(address);
    }

    private static byte[] former(String name) {
        try (InputStream in = requireNonNull(OtherBuildsTest.class.getResourceAsStream("former/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(String name) {
        return new String(former(name), UTF_8).lines().toList();
    }

    private Path formerJournal() throws IOException {
        Path journal = folder.resolve("journal");
        Files.createDirectories(journal.resolve("log"));
        Files.write(journal.resolve("log").resolve(LOG), former(LOG));
        return journal;
    }

    private static List<String> json(List<Event> events) {
        return events.stream()
                .map(event -> new String(EventCodec.encode(event), UTF_8))
                .toList();
    }

    @Test
    void a_log_that_a_former_build_wrote_is_read_and_would_be_written_byte_by_byte_alike() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(formerJournal())) {
            journal.settle();

            assertThat(journal.check(count -> {}).faults()).isEmpty();
            assertThat(json(journal.query(Query.ALL).reversed())).isEqualTo(lines("records.jsonl"));
            assertThat(journal.find("01KKB000000000000000000001"))
                    .contains(new Event(
                            "01KKB000000000000000000001",
                            Instant.parse("2026-03-10T12:00:00.123456789Z"),
                            Kind.DOWNLOAD,
                            new Event.Actor("ada", "t1", "192.0.2.1", "npm/11 \"wörld\""),
                            Event.Subject.of("main", Coordinates.of("npm", "@acme/widget", "1.0.0"))
                                    .as("pkg:npm/%40acme/widget@1.0.0"),
                            new Event.Bytes(
                                    "@acme/widget/-/widget-1.0.0.tgz",
                                    "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
                                    "npm"),
                            List.of("Watching", "policy-b"),
                            "downloaded @acme/widget@1.0.0",
                            "{\"decision\":{\"state\":\"AVAILABLE\"}}"));
        }

        Path again = folder.resolve("again");
        try (SegmentJournal journal = SegmentJournal.open(again)) {
            for (String line : lines("records.jsonl")) {
                Event event = EventCodec.decode(line.getBytes(UTF_8));
                journal.append(event).toCompletableFuture().join();
            }
        }
        assertThat(again.resolve("log").resolve(LOG)).hasBinaryContent(former(LOG));
    }

    @Test
    void what_the_journal_is_asked_by_has_the_rows_that_a_former_build_made() throws Exception {
        Path journal = formerJournal();
        SegmentJournal.open(journal).close();

        List<String> rows = new ArrayList<>();
        try (Connection index = DriverManager.getConnection("jdbc:sqlite:" + journal.resolve("index.db"))) {
            for (String line : lines("index.txt")) {
                if (line.startsWith("SELECT ")) {
                    rows.add(line);
                    rows.addAll(rows(index, line));
                }
            }
        }
        assertThat(rows).isEqualTo(lines("index.txt"));
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getMetaData().getColumnName(i) + "=" + result.getString(i));
                }
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    @Test
    void a_table_that_a_former_build_wrote_is_read_and_would_be_written_byte_by_byte_alike() throws Exception {
        try (Postgres postgres = Postgres.open(address, Postgres.Limits.STANDARD);
                TableJournal journal = TableJournal.in(postgres)) {
            write(lines("records.jsonl"));
            journal.settle();

            assertThat(journal.check(count -> {}).faults()).isEmpty();
            assertThat(json(journal.query(Query.ALL).reversed())).isEqualTo(lines("records.jsonl"));
            assertThat(journal.versions(new PackageName("npm", "@acme/widget"))).containsExactly("1.0.0");
        }
    }

    /** Rows as any build writes them. */
    private void write(List<String> records) throws SQLException {
        try (Connection connection = PostgresServer.connect(address);
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO sluice_shared.log_record (position, id, body) VALUES (?, ?, ?)")) {
            for (int i = 0; i < records.size(); i++) {
                insert.setLong(1, i + 1L);
                insert.setString(
                        2, EventCodec.decode(records.get(i).getBytes(UTF_8)).id());
                insert.setString(3, records.get(i));
                insert.executeUpdate();
            }
            connection.createStatement().execute("UPDATE sluice_shared.log_head SET position = " + records.size());
        }
    }

    @Test
    void events_that_a_store_kept_for_the_journal_are_told_by_the_build_that_follows_and_by_the_one_before()
            throws Exception {
        Path stores = Files.createDirectories(folder.resolve("stores"));
        List<String> bodies = lines("untold.jsonl");
        try (Database database = Database.open(stores)) {
            database.hosted().untold();
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + stores.resolve("sluice.db"));
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO untold_event (id, body) VALUES (?, ?)")) {
            String newer = bodies.getLast()
                    .replace("LOGIN_FAILED", "WAIVER_GRANTED")
                    .replace("00000F\"", "00000G\",\"tenant\":{\"a\":[1]}");
            for (String body : Stream.concat(bodies.stream(), Stream.of(newer)).toList()) {
                insert.setString(1, body.substring(7, 33));
                insert.setString(2, body);
                insert.executeUpdate();
            }
        }
        List<Event> untold;
        try (Database database = Database.open(stores)) {
            untold = database.hosted().untold();
            database.hosted().told(untold.stream().map(Event::id).toList());
            HostedStore.Change first = HostedStoreContract.put("1.0.0");
            database.hosted().apply("main", HostedStoreContract.NAME, 0, first, List.of());
            HostedStore.Change second = HostedStoreContract.put("1.0.1").telling(untold.subList(0, bodies.size()));
            database.hosted().apply("main", HostedStoreContract.NAME, 1, second, List.of());
        }
        assertThat(json(untold.subList(0, bodies.size()))).isEqualTo(lines("records.jsonl"));
        assertThat(untold.getLast().kind()).isEqualTo(new Kind("WAIVER_GRANTED"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + stores.resolve("sluice.db"))) {
            assertThat(rows(connection, "SELECT body FROM untold_event ORDER BY id"))
                    .isEqualTo(bodies.stream().map(body -> "body=" + body).toList());
        }
    }

    /** A journal of this build to which a newer one wrote, and then this one again. */
    private SegmentJournal written() throws IOException {
        SegmentJournal journal = SegmentJournal.open(folder.resolve("mixed"));
        journal.append(EventCodec.decode(lines("records.jsonl").getFirst().getBytes(UTF_8)))
                .toCompletableFuture()
                .join();
        journal.append(new Row("01KZ0000000000000000000001", NEWER.getBytes(UTF_8)))
                .toCompletableFuture()
                .join();
        journal.settle();
        return journal;
    }

    private static void assertKept(Journal journal) {
        Event event = journal.find("01KZ0000000000000000000001").orElseThrow();
        assertThat(event.kind()).isEqualTo(new Kind("WAIVER_GRANTED"));
        assertThat(event.message()).isEqualTo("waived until April");
        assertThat(event.actor().user()).isEqualTo("eve");
        assertThat(journal.query(Query.latest(10, new Kind("WAIVER_GRANTED")))).containsExactly(event);
        assertThat(journal.query(Query.ALL.about(Coordinates.of("npm", "widget", "1.0.0"))))
                .containsExactly(event);
        assertThat(journal.query(Query.ALL)).hasSize(2);
    }

    @Test
    void a_kind_that_a_newer_build_wrote_is_read_listed_and_found_and_no_fault() throws IOException {
        try (SegmentJournal journal = written()) {
            assertKept(journal);
            assertThat(journal.check(count -> {}).faults()).isEmpty();
            assertThat(journal.check(count -> {}).indexFaults()).isEmpty();
        }
        try (SegmentJournal journal = SegmentJournal.open(folder.resolve("mixed"))) {
            assertKept(journal);
        }
    }

    @Test
    void what_a_newer_build_wrote_is_backed_up_as_it_is() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        try (SegmentJournal journal = written()) {
            long end = journal.end();
            journal.copyTo(copy, end);

            assertThat(SegmentJournal.checkCopy(copy, end, count -> {}).faults())
                    .isEmpty();
        }
        assertThat(new String(Files.readAllBytes(copy.resolve(LOG)), UTF_8)).contains(NEWER);
    }

    @Test
    void what_a_newer_build_wrote_is_moved_to_another_database_and_back_byte_by_byte() throws IOException {
        try (Postgres postgres = Postgres.open(address, Postgres.Limits.STANDARD);
                TableJournal table = TableJournal.in(postgres);
                SegmentJournal back = SegmentJournal.open(folder.resolve("back"))) {
            try (SegmentJournal journal = written()) {
                JournalCopy.copy(journal, table, count -> {});
            }
            assertKept(table);
            assertThat(table.check(count -> {}).faults()).isEmpty();

            JournalCopy.copy(table, back, count -> {});
            assertKept(back);
            List<String> records = new ArrayList<>();
            back.each(row -> records.add(new String(row.json(), UTF_8)));
            assertThat(records).containsExactly(lines("records.jsonl").getFirst(), NEWER);
        }
    }
}
