package dev.sluice.storage.sql;

import dev.sluice.kernel.node.Leases;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.contract.LeasesContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class TableLeasesTest implements LeasesContract {
    private static final Duration TIME = Duration.ofMinutes(5);
    private static String address = "";
    private static Postgres postgres = unopened();

    private final AtomicLong passed = new AtomicLong();
    private final TableLeases first = leases();
    private final TableLeases second = leases();
    private boolean crashed;

    @SuppressWarnings("NullAway") // opened before the first test
    private static Postgres unopened() {
        return null;
    }

    @BeforeAll
    static void open() {
        address = PostgresServer.get().database();
        postgres = Postgres.open(address, Postgres.Limits.STANDARD);
    }

    @AfterAll
    static void close() {
        postgres.close();
        PostgresServer.get().drop(address);
    }

    @BeforeEach
    void empty() {
        PostgresServer.get().empty(address);
    }

    @AfterEach
    void end() {
        first.close();
        second.close();
    }

    private TableLeases leases() {
        return new TableLeases(postgres.connections(), TIME, () -> System.nanoTime() + passed.get());
    }

    @Override
    public Leases first() {
        return first;
    }

    @Override
    public Leases second() {
        return second;
    }

    @Override
    public void crashFirst() {
        crashed = true;
        first.abandon();
    }

    /** Moves both clocks, ours and what the database has noted, in two steps with a renewal after each. */
    @Override
    public void passLeaseTime() {
        for (int step = 0; step < 2; step++) {
            Duration part = TIME.multipliedBy(6).dividedBy(10);
            passed.addAndGet(part.toNanos());
            PostgresServer.run(
                    address,
                    "UPDATE sluice_shared.lease SET until = until - INTERVAL '" + part.toSeconds() + " seconds'");
            if (!crashed) {
                first.renew();
            }
            second.renew();
        }
    }
}
