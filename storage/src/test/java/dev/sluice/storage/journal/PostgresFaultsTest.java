package dev.sluice.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Event;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.storage.sql.Postgres.Limits;
import dev.sluice.testkit.FaultyLink;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.contract.JournalContract;
import dev.sluice.testkit.contract.TokenStoreContract;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a node whose database fails it. Every test has a bound that hanging would break. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresFaultsTest {
    private static final Limits SHORT = new Limits(Duration.ofSeconds(4), Duration.ofSeconds(8), 4);
    private static final Coordinates WIDGET = Coordinates.of("npm", "widget", "1.0.0");

    /** Far more than the patience, far less than a wait without an end. */
    private static final long BOUND_SECONDS = 60;

    private final String address = PostgresServer.get().database();
    private final FaultyLink link = FaultyLink.to(URI.create(address));
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        link.pass();
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        link.close();
        PostgresServer.get().drop(address);
    }

    /** A node behind the link. */
    private record Node(Database database, TableJournal journal) {
        CompletableFuture<Void> append(Event event) {
            return journal.append(event).toCompletableFuture().orTimeout(BOUND_SECONDS, TimeUnit.SECONDS);
        }

        CompletableFuture<Void> catchUp() {
            return database.nodes().catchUp().toCompletableFuture().copy().orTimeout(BOUND_SECONDS, TimeUnit.SECONDS);
        }
    }

    private Node node() {
        Postgres postgres = Postgres.open(link.through(address), SHORT);
        opened.add(postgres);
        Database database = Database.in(postgres);
        opened.add(database);
        TableJournal journal = TableJournal.in(postgres);
        opened.add(journal);
        return new Node(database, journal);
    }

    private List<String> log() throws SQLException {
        List<String> log = new ArrayList<>();
        try (Connection connection = PostgresServer.connect(address);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT position, id FROM sluice_shared.log_record ORDER BY position")) {
            while (rows.next()) {
                log.add(rows.getLong(1) + " " + rows.getString(2));
            }
        }
        return log;
    }

    private static void works(Node node, int second) {
        node.append(JournalContract.download(second)).join();
        node.catchUp().join();
        node.database().tokens().add(TokenStoreContract.token("t" + second, second));
        node.database().files().put(Samples.file("main", WIDGET, "p" + second, "npm"));
        assertThat(node.database().files().find("main", "npm", "p" + second)).isPresent();
    }

    /** The pool looks every few seconds whether the database is back. */
    private static void worksAgain(Node node, int second) {
        boolean back = false;
        while (!back) {
            try {
                node.database().files().put(Samples.file("main", WIDGET, "again", "npm"));
                back = true;
            } catch (StorageException notYet) {
                assertThat(notYet).hasMessageContaining("cannot write");
            }
        }
        works(node, second);
    }

    private static void failsEverywhere(Node node, int second) {
        CompletableFuture<Void> append = node.append(JournalContract.download(second));
        assertThatThrownBy(() -> node.catchUp().join()).isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> node.database().files().find("main", "npm", "p"))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> node.database().tokens().add(TokenStoreContract.token("gone", 1)))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(append::join).hasCauseInstanceOf(StorageException.class);
    }

    @Test
    void a_database_gone_at_the_start_is_told_and_opened_when_it_is_back() {
        link.refuse();
        assertThatThrownBy(this::node).isInstanceOf(StorageException.class).hasMessageContaining("check host and port");
        link.pass();

        works(node(), 1);
    }

    @Test
    void a_database_that_stalls_at_the_start_is_told_within_the_patience() {
        link.stall();

        assertThatThrownBy(this::node).isInstanceOf(StorageException.class);
    }

    @Test
    void a_database_gone_while_serving_fails_everything_and_all_goes_on_when_it_is_back() throws SQLException {
        Node node = node();
        works(node, 1);
        link.refuse();

        failsEverywhere(node, 2);
        failsEverywhere(node, 3);
        link.pass();

        worksAgain(node, 4);
        assertThat(log())
                .containsExactly(
                        "1 " + JournalContract.download(1).id(),
                        "2 " + JournalContract.download(4).id());
    }

    @Test
    void connections_that_break_between_requests_go_unnoticed() {
        Node node = node();
        works(node, 1);
        link.cut();
        works(node, 2);
        link.cut();
        assertThat(node.database().files().find("main", "npm", "p1")).isPresent();
        works(node, 3);
    }

    @Test
    void a_stalled_database_fails_everything_within_the_patience_and_all_goes_on_when_it_wakes() {
        Node node = node();
        works(node, 1);
        link.stall();

        failsEverywhere(node, 2);
        link.pass();

        worksAgain(node, 3);
    }

    @Test
    void many_events_that_wait_for_a_stalled_database_fail_together() {
        Node node = node();
        works(node, 1);
        link.stall();
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 10; i < 3_010; i++) {
            stages.add(node.append(JournalContract.download(i)));
        }
        for (CompletableFuture<Void> stage : stages) {
            assertThatThrownBy(stage::join).hasCauseInstanceOf(StorageException.class);
        }
        link.pass();

        works(node, 2);
    }

    @Test
    void an_append_whose_answer_is_lost_with_its_connection_is_written_once_and_acknowledged() throws SQLException {
        Node node = node();
        link.loseAnswerTo("UPDATE log_head");

        node.append(JournalContract.download(1)).join();
        node.append(JournalContract.download(2)).join();

        assertThat(log())
                .containsExactly(
                        "1 " + JournalContract.download(1).id(),
                        "2 " + JournalContract.download(2).id());
    }

    @Test
    void an_append_nobody_answers_is_not_called_durable_and_not_written_twice_when_tried_again() throws SQLException {
        Node node = node();
        node.append(JournalContract.download(1)).join();
        link.swallowAnswers();

        assertThatThrownBy(() -> node.append(JournalContract.download(2)).join())
                .hasCauseInstanceOf(StorageException.class);
        while (log().size() < 2) {
            Thread.onSpinWait(); // a busy server commits after we gave up
        }
        link.pass();
        node.append(JournalContract.download(2)).join();
        node.append(JournalContract.download(3)).join();

        assertThat(log())
                .containsExactly(
                        "1 " + JournalContract.download(1).id(),
                        "2 " + JournalContract.download(2).id(),
                        "3 " + JournalContract.download(3).id());
    }

    @Test
    void a_change_whose_commit_nobody_heard_of_is_an_error_that_says_so() {
        Node node = node();
        link.cut(); // the driver spells the statement out once per connection
        link.loseAnswerTo("COMMIT");

        assertThatThrownBy(() -> node.database().tokens().add(TokenStoreContract.token("t", 1)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot be sure of a commit");
        node.catchUp().join();
        assertThat(node.database().tokens().find("t")).isPresent();
    }

    @Test
    void a_change_that_was_lost_before_its_commit_is_made_again() {
        Node node = node();
        link.loseAnswerTo("INSERT INTO token");

        node.database().tokens().add(TokenStoreContract.token("t", 1));

        assertThat(node.database().tokens().find("t")).isPresent();
    }

    @Test
    void a_long_transaction_that_is_cut_leaves_nothing_and_gives_its_turn_to_the_next() {
        Node node = node();
        try (var begun = node.database().advisories().begin()) {
            begun.put("CVE-1", new dev.sluice.kernel.advisory.Exploitation.Epss(0.5, 0.5));
            link.cut();
            assertThatThrownBy(begun::commit).isInstanceOf(StorageException.class);
        } catch (StorageException gone) {
            // its connection, when it is given back
        }
        assertThat(node.database().advisories().exploitation(List.of("CVE-1"))).isEmpty();
        try (var next = node.database().advisories().begin()) {
            next.commit();
        }
    }
}
