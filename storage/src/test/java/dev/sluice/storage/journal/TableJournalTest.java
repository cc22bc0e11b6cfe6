package dev.sluice.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.kernel.journal.Journal.Query.Field;
import dev.sluice.kernel.journal.Journal.Taken;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import dev.sluice.testkit.contract.JournalContract;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableJournalTest implements JournalContract {
    private static String address = "";

    private @Nullable Postgres postgres;
    private @Nullable TableJournal journal;

    @BeforeAll
    static void make() {
        address = PostgresServer.get().database();
    }

    @AfterAll
    static void drop() {
        PostgresServer.get().drop(address);
    }

    @BeforeEach
    void empty() {
        PostgresServer.get().empty(address);
    }

    @AfterEach
    void close() {
        if (journal != null) {
            journal.close();
            journal = null;
        }
        if (postgres != null) {
            postgres.close();
            postgres = null;
        }
    }

    @Override
    public Journal journal() {
        TableJournal known = journal;
        if (known == null) {
            Postgres opened = Postgres.open(address, Postgres.Limits.STANDARD);
            postgres = opened;
            known = TableJournal.in(opened);
            journal = known;
        }
        return known;
    }

    @Override
    public Journal reopened() {
        journal();
        close();
        return journal();
    }

    /** Positions and identifiers as they lie in the table. */
    private static List<Map.Entry<Long, String>> log() throws SQLException {
        List<Map.Entry<Long, String>> log = new ArrayList<>();
        try (Connection connection = PostgresServer.connect(address);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT position, id FROM sluice_shared.log_record ORDER BY position")) {
            while (rows.next()) {
                log.add(Map.entry(rows.getLong(1), rows.getString(2)));
            }
        }
        return log;
    }

    @Test
    void events_of_several_nodes_are_in_one_order_without_gaps_and_each_nodes_in_its_own() throws SQLException {
        int nodes = 3;
        int each = 400;
        Together.run(nodes, node -> {
            try (Postgres opened = Postgres.open(address, Postgres.Limits.STANDARD);
                    TableJournal own = TableJournal.in(opened)) {
                List<CompletableFuture<Void>> stages = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                    stages.add(own.append(JournalContract.download(node * each + i))
                            .toCompletableFuture());
                    if (i % 50 == 0) {
                        stages.getLast().join();
                    }
                }
                stages.forEach(CompletableFuture::join);
            }
        });

        List<Map.Entry<Long, String>> log = log();
        assertThat(log).hasSize(nodes * each);
        Map<Integer, Integer> last = new HashMap<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i).getKey()).isEqualTo(i + 1L);
            int second = Integer.parseInt(log.get(i).getValue().substring(3));
            Integer former = last.put(second / each, second);
            assertThat(former == null || former < second).isTrue();
            ids.add(log.get(i).getValue());
        }
        assertThat(ids).hasSize(nodes * each);
        journal().settle();
        assertThat(journal().query(Query.latest(1000))).hasSize(1000);
        assertThat(journal().consumption(new Taken("npm", "widget", Set.of(), null), 10))
                .extracting(Journal.Consumption::count)
                .containsExactly((long) nodes * each);
    }

    @Test
    void what_another_node_has_written_is_seen_after_settling() {
        journal();
        try (Postgres opened = Postgres.open(address, Postgres.Limits.STANDARD);
                TableJournal other = TableJournal.in(opened)) {
            other.append(JournalContract.download(1)).toCompletableFuture().join();

            journal().settle();
            assertThat(journal().query(Query.latest(10))).containsExactly(JournalContract.download(1));
            assertThat(journal().find(JournalContract.download(1).id())).contains(JournalContract.download(1));
        }
    }

    @Test
    void an_event_appended_again_is_written_once_and_leaves_no_gap() throws SQLException {
        Event first = JournalContract.download(1);
        Event second = JournalContract.download(2);
        journal().append(first).toCompletableFuture().join();
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (Event event : List.of(first, second, first, second)) {
            stages.add(journal().append(event).toCompletableFuture());
        }
        stages.forEach(CompletableFuture::join);
        journal().append(JournalContract.download(3)).toCompletableFuture().join();

        assertThat(log())
                .containsExactly(
                        Map.entry(1L, first.id()),
                        Map.entry(2L, second.id()),
                        Map.entry(3L, JournalContract.download(3).id()));
    }

    @Test
    void a_check_tells_what_is_missing_unreadable_or_not_indexed() {
        for (int i = 1; i <= 5; i++) {
            journal().append(JournalContract.download(i)).toCompletableFuture().join();
        }
        assertThat(checked().events()).isEqualTo(5);
        assertThat(checked().faults()).isEmpty();

        PostgresServer.run(
                address,
                "DELETE FROM sluice_shared.log_record WHERE position = 2",
                "UPDATE sluice_shared.log_record SET body = '{}' WHERE position = 3",
                "DELETE FROM sluice_journal.event WHERE position = 4");

        assertThat(checked().faults())
                .hasSize(3)
                .anyMatch(fault -> fault.contains("events 2 to 2 are missing"))
                .anyMatch(fault -> fault.contains("event 3 cannot be read"))
                .anyMatch(fault -> fault.contains("event 4 is not in the index"));
    }

    private dev.sluice.storage.upkeep.JournalCheck.Result checked() {
        return ((TableJournal) journal()).check(events -> {});
    }

    @Test
    void texts_too_long_for_an_index_are_found_all_the_same() {
        String longest = randomText(3_000);
        Coordinates version = Coordinates.of("npm", randomText(512), randomText(256));
        Event event = Event.of("01J1", Samples.INSTANT, Kind.DOWNLOAD, new Event.Actor(longest, "t", "", ""), "")
                .about(Event.Subject.of("main", version))
                .with(new Event.Bytes(null, JournalContract.digest("w"), null))
                .decidedBy(List.of(longest));
        journal().append(event).toCompletableFuture().join();
        journal().settle();

        assertThat(journal().query(Query.ALL.about(version).limit(5))).containsExactly(event);
        assertThat(journal()
                        .query(Query.ALL
                                .where(Field.POLICY, longest)
                                .where(Field.USER, longest)
                                .limit(5)))
                .containsExactly(event);
        assertThat(journal().consumption(new Taken("npm", version.name(), Set.of(version.version()), null), 5))
                .hasSize(1);
    }

    /** No compression makes it shorter. */
    private static String randomText(int length) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append((char) (0x4E00 + random.nextInt(0x4000)));
        }
        return text.toString();
    }
}
