package dev.sluice.storage.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.node.Leases;
import dev.sluice.storage.StorageException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns in a table that nodes share, by the database's clock.
 *
 * <p>A row per key held. Whether a lease is still held is told from memory, by the time that passed since before it was last
 * granted: never later than the database would give the key away. Closing this frees what it holds.
 */
final class TableLeases implements Leases, AutoCloseable {
    /** How long a key stays taken after its holder died. */
    static final Duration STANDARD_TIME = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(TableLeases.class);
    private static final long SHORTEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String TAKE = "INSERT INTO lease (digest, name, number, holder, until)"
            + " VALUES (?, ?, nextval('lease_number'), ?, clock_timestamp() + ? * INTERVAL '1 millisecond')"
            + " ON CONFLICT (digest) DO UPDATE SET number = excluded.number, holder = excluded.holder,"
            + " until = excluded.until WHERE lease.until < clock_timestamp() OR lease.holder = excluded.holder"
            + " RETURNING number";
    private static final String RENEW = "UPDATE lease SET until = clock_timestamp() + ? * INTERVAL '1 millisecond'"
            + " WHERE number = ANY (?) AND until >= clock_timestamp() RETURNING number";
    private static final String FREE = "DELETE FROM lease WHERE digest = ? AND number = ?";
    private static final String SWEEP = "DELETE FROM lease WHERE until < clock_timestamp() - INTERVAL '1 hour'";

    private final Connections connections;
    private final long millis;
    private final LongSupplier nanos;
    private final Map<Long, Held> held = new ConcurrentHashMap<>();
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sluice-leases").factory());
    private final Future<?> renewal;

    /**
     * Leases of one node.
     *
     * @param time how long each lasts without being renewed; renewals come three times as often
     * @param nanos a clock that never steps
     */
    TableLeases(Connections connections, Duration time, LongSupplier nanos) {
        this.connections = connections;
        this.millis = time.toMillis();
        this.nanos = nanos;
        this.renewal =
                renewals.scheduleWithFixedDelay(this::renewQuietly, millis / 3, millis / 3, TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<Lease> take(String key, Duration patience) {
        if (key.length() > MAX_KEY) {
            throw new IllegalArgumentException("a key has at most " + MAX_KEY + " characters");
        }
        String digest = Values.sha256(key.getBytes(UTF_8));
        String holder =
                UUID.randomUUID().toString(); // for this call: asking again after a lost answer finds its own row
        long end = nanos.getAsLong() + patience.toNanos();
        long pause = SHORTEST_POLL_NANOS;
        while (true) {
            long asked = nanos.getAsLong();
            OptionalLong number = connections.read(session -> take(session, digest, key, holder));
            if (number.isPresent()) {
                Held lease = new Held(digest, number.getAsLong(), asked);
                held.put(lease.number(), lease);
                return Optional.of(lease);
            }
            long left = end - nanos.getAsLong();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return Optional.empty();
            }
            LockSupport.parkNanos(Math.min(pause, left));
            pause = Math.min(pause * 2, LONGEST_POLL_NANOS);
        }
    }

    private OptionalLong take(Session session, String digest, String key, String holder) throws SQLException {
        PreparedStatement statement = session.prepared(TAKE);
        statement.setString(1, digest);
        statement.setString(2, Values.cleaned(key));
        statement.setString(3, holder);
        statement.setLong(4, millis);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    /** Renews what is held; what was given to others is held no longer. */
    void renew() {
        List<Held> leases = List.copyOf(held.values());
        long asked = nanos.getAsLong();
        List<Long> renewed = connections.read(session -> {
            List<Long> numbers = new ArrayList<>();
            if (!leases.isEmpty()) {
                PreparedStatement statement = session.prepared(RENEW);
                statement.setLong(1, millis);
                statement.setArray(
                        2,
                        session.connection()
                                .createArrayOf(
                                        "bigint",
                                        leases.stream().map(Held::number).toArray()));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        numbers.add(rows.getLong(1));
                    }
                }
            }
            session.prepared(SWEEP).executeUpdate();
            return numbers;
        });
        for (Held lease : leases) {
            if (renewed.contains(lease.number())) {
                lease.granted = asked;
            } else {
                lease.lost();
            }
        }
    }

    private void renewQuietly() {
        try {
            renew();
        } catch (StorageException e) {
            LOG.warn("leases cannot be renewed: {}", e.getMessage());
        }
    }

    /** Stops renewing without freeing, as a process that dies does. */
    void abandon() {
        renewal.cancel(false);
        renewals.shutdown();
    }

    @Override
    public void close() {
        abandon();
        List.copyOf(held.values()).forEach(Held::close);
    }

    private final class Held implements Lease {
        private final String digest;
        private final long number;
        private volatile long granted;
        private volatile boolean over;

        private Held(String digest, long number, long granted) {
            this.digest = digest;
            this.number = number;
            this.granted = granted;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public boolean isHeld() {
            if (!over && nanos.getAsLong() - granted >= TimeUnit.MILLISECONDS.toNanos(millis)) {
                lost();
            }
            return !over;
        }

        private void lost() {
            over = true;
            held.remove(number);
        }

        @Override
        public void close() {
            if (over) {
                return;
            }
            lost();
            try {
                connections.read(session -> {
                    PreparedStatement statement = session.prepared(FREE);
                    statement.setString(1, digest);
                    statement.setLong(2, number);
                    return statement.executeUpdate();
                });
            } catch (StorageException e) {
                LOG.warn("a lease is left to its end: {}", e.getMessage());
            }
        }
    }
}
