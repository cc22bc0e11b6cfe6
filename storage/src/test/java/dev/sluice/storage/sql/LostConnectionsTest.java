package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.Postgres.Limits;
import dev.sluice.testkit.FaultyLink;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.Together;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of work that is handed a connection which is dead, though the pool used it a moment ago. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostConnectionsTest {
    /** More than anybody tries before giving up. */
    private static final int CONNECTIONS = 12;

    private static final Limits LIMITS = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), CONNECTIONS);

    private final String address = PostgresServer.get().database();
    private final FaultyLink link = FaultyLink.to(URI.create(address));
    private final Postgres postgres = Postgres.open(link.through(address), LIMITS);
    private final Connections pool = postgres.connections();

    @AfterEach
    void close() {
        link.pass();
        postgres.close();
        link.close();
        PostgresServer.get().drop(address);
    }

    private static int one(Session session) throws SQLException {
        try (ResultSet row = session.prepared("SELECT 1").executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Every connection the pool may have is there, was used just now, and is dead. */
    private void allDead() {
        CyclicBarrier allLent = new CyclicBarrier(CONNECTIONS);
        Together.run(
                CONNECTIONS,
                number -> pool.read(session -> {
                    try {
                        allLent.await();
                        return one(session);
                    } catch (InterruptedException | BrokenBarrierException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        link.cut();
    }

    @Test
    void a_read_goes_on_when_every_pooled_connection_is_dead() {
        allDead();

        assertThat(pool.<Integer>read(LostConnectionsTest::one)).isEqualTo(1);
    }

    @Test
    void a_snapshot_goes_on_when_every_pooled_connection_is_dead() {
        allDead();

        assertThat(pool.<Integer>snapshot(LostConnectionsTest::one)).isEqualTo(1);
    }

    @Test
    void a_write_goes_on_when_every_pooled_connection_is_dead() {
        allDead();

        assertThat(pool.<Integer>write(LostConnectionsTest::one)).isEqualTo(1);
    }

    @Test
    void a_long_transaction_begins_when_every_pooled_connection_is_dead() throws SQLException {
        allDead();

        Session session = pool.begin("something");
        try {
            assertThat(one(session)).isEqualTo(1);
            session.commit();
        } finally {
            pool.end(session);
        }
    }

    @Test
    void a_snapshot_that_loses_its_connection_halfway_is_made_again() {
        boolean[] lost = {false};

        int read = pool.snapshot(session -> {
            if (!lost[0]) {
                lost[0] = true;
                link.cut();
            }
            return one(session);
        });

        assertThat(read).isEqualTo(1);
    }

    @Test
    void work_whose_connection_breaks_every_time_is_given_up() {
        int[] times = {0};

        assertThatThrownBy(() -> pool.read(session -> {
                    times[0]++;
                    link.cut();
                    return one(session);
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot read from");
        assertThat(times[0]).isEqualTo(3);
    }
}
