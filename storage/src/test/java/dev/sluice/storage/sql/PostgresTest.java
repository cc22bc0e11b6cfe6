package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.RevisionConflictException;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.Postgres.Limits;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import dev.sluice.testkit.contract.AdvisoryStoreContract;
import dev.sluice.testkit.contract.TokenStoreContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a PostgreSQL database is opened, and what several nodes do to each other there. */
class PostgresTest {
    private static final Limits SHORT = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(10), 4);

    private final PostgresServer server = PostgresServer.get();
    private final String address = server.database();

    @AfterEach
    void drop() {
        server.drop(address);
    }

    private static Database open(String address) {
        return Database.in(Postgres.open(address, SHORT));
    }

    @Test
    void nodes_that_start_at_once_on_an_empty_database_all_get_to_work() {
        Together.run(4, number -> {
            try (Database node = open(address)) {
                node.tokens().add(TokenStoreContract.token("t" + number, number));
            }
        });

        try (Database node = open(address)) {
            assertThat(node.tokens().list()).hasSize(4);
        }
    }

    @Test
    void of_two_nodes_that_change_a_package_from_the_same_revision_one_comes_through() {
        try (Database one = open(address);
                Database other = open(address)) {
            PackageName name = new PackageName("npm", "widget");
            AtomicInteger through = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            for (int round = 0; round < 20; round++) {
                int revision = round;
                Together.run(2, number -> {
                    HostedStore store = (number == 0 ? one : other).hosted();
                    Change change =
                            new Change(new byte[] {1}, List.of(Samples.release(revision + "." + number)), List.of());
                    try {
                        store.apply("main", name, revision, change, List.of());
                        through.incrementAndGet();
                    } catch (RevisionConflictException e) {
                        refused.incrementAndGet();
                    }
                });
            }
            assertThat(through).hasValue(20);
            assertThat(refused).hasValue(20);
            assertThat(one.hosted().find("main", name).orElseThrow().index().releases())
                    .hasSize(20);
        }
    }

    @Test
    void an_import_on_one_node_stands_in_nobodys_way_until_it_is_committed() {
        try (Database one = open(address);
                Database other = open(address)) {
            try (var first = one.advisories().begin()) {
                first.put(AdvisoryStoreContract.advisory("GHSA-1", 0, List.of(), AdvisoryStoreContract.WIDGET));
                first.commit();
            }
            assertThat(other.advisories().find("GHSA-1")).hasSize(1);

            try (var second = one.advisories().begin()) {
                second.put(AdvisoryStoreContract.advisory("GHSA-1", 5, List.of("CVE-1"), AdvisoryStoreContract.WIDGET));
                second.put(AdvisoryStoreContract.advisory("GHSA-2", 5, List.of(), AdvisoryStoreContract.WIDGET));
                assertThat(other.advisories().find("CVE-1")).isEmpty();
                assertThat(other.advisories().find("GHSA-2")).isEmpty();
                other.tokens().add(TokenStoreContract.token("t", 1));
                second.commit();
            }
            assertThat(other.advisories().find("CVE-1")).hasSize(1);
            assertThat(other.advisories().find("GHSA-2")).hasSize(1);
        }
    }

    @Test
    void a_second_import_waits_for_the_first_one_of_another_node() {
        try (Database one = open(address);
                Database other = open(address)) {
            CompletableFuture<Long> waiting;
            try (var first = one.advisories().begin()) {
                waiting = CompletableFuture.supplyAsync(
                        () -> {
                            try (var second = other.advisories().begin()) {
                                return second.commit();
                            }
                        },
                        task -> Thread.ofVirtual().start(task));
                first.put(AdvisoryStoreContract.advisory("GHSA-1", 0, List.of(), AdvisoryStoreContract.WIDGET));
                assertThat(first.commit()).isEqualTo(1);
            }
            assertThat(waiting.join()).isEqualTo(2);
        }
    }

    @Test
    void texts_are_in_the_order_of_their_code_points_whatever_the_servers_language() {
        try (Database node = open(address)) {
            for (String name : List.of("b", "A", "a", "B", "ä", "_", "z")) {
                node.hosted()
                        .apply(
                                "main",
                                new PackageName("npm", name),
                                0,
                                new Change(new byte[0], List.of(Samples.release("1")), List.of()),
                                List.of());
            }
            assertThat(node.hosted().names("main", "npm", "", 10))
                    .extracting(PackageName::name)
                    .containsExactly("A", "B", "_", "a", "b", "z", "ä");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql://host/db", "postgres:/host/db", "postgres://user:secret@host/db/more", "secret"})
    void what_is_no_address_is_refused_without_repeating_it(String text) {
        assertThatThrownBy(() -> Postgres.open(text, SHORT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("postgres://user:password@host:5432/database")
                .hasMessageNotContaining("secret");
    }

    @Test
    void where_nothing_listens_is_told_with_what_to_check() {
        assertThatThrownBy(() -> Postgres.open("postgres://ada:secret@localhost:1/sluice", SHORT))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("sluice at localhost:1 as ada")
                .hasMessageContaining("check host and port")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_wrong_password_is_told_without_repeating_it() {
        PostgresServer.run(address, "CREATE ROLE locked_out LOGIN PASSWORD 'right'");
        server.requirePassword("locked_out");
        String wrong = address.replace("postgres@", "locked_out:wr%6Fng@");
        try {
            assertThatThrownBy(() -> Postgres.open(wrong, SHORT))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("does not let locked_out in")
                    .hasMessageContaining("SLUICE_DATABASE")
                    .hasMessageNotContaining("wrong");
            assertThatThrownBy(() -> Postgres.open(address.replace("postgres@", "locked_out:right@"), SHORT))
                    .hasMessageContaining("the owner of the database");
        } finally {
            PostgresServer.run(address, "DROP ROLE locked_out");
        }
    }

    @Test
    void a_database_that_does_not_exist_is_told_with_how_to_make_it() {
        assertThatThrownBy(() -> Postgres.open(address + "_not", SHORT))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("CREATE DATABASE");
    }

    @Test
    void a_database_of_a_newer_version_is_left_alone() {
        open(address).close();
        PostgresServer.run(
                address,
                "INSERT INTO sluice_stores.flyway_schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', 1,"
                        + " installed_by, now(), 1, true FROM sluice_stores.flyway_schema_history"
                        + " WHERE version = '1'");

        assertThatThrownBy(() -> open(address))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("newer version of Sluice");
    }

    @Test
    void a_database_in_another_encoding_is_refused() {
        String latin = address + "_latin";
        PostgresServer.run(
                address,
                "CREATE DATABASE " + latin.substring(latin.lastIndexOf('/') + 1)
                        + " TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
        try {
            assertThatThrownBy(() -> open(latin))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("LATIN1")
                    .hasMessageContaining("ENCODING 'UTF8'");
        } finally {
            server.drop(latin);
        }
    }

    @Test
    void a_database_that_is_closed_says_so() {
        Database closed = open(address);
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.tokens().list()).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> closed.tokens().add(TokenStoreContract.token("a", 0)))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> closed.advisories().begin()).isInstanceOf(StorageException.class);
    }
}
