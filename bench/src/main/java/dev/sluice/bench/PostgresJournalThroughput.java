package dev.sluice.bench;

import dev.sluice.kernel.journal.Event;
import dev.sluice.storage.journal.TableJournal;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Events per second that the journal makes durable in PostgreSQL while each producer waits for its own, beside batched inserts of
 * the same bytes into a table of the same server with nothing but a primary key, by the same kind of group commit. The server is
 * started here and syncs as it does by default.
 */
final class PostgresJournalThroughput implements Part {

    @Override
    public String name() {
        return "journal-postgres";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            for (int producers : JournalThroughput.PRODUCERS) {
                List<Double> ours = new ArrayList<>();
                List<Double> bare = new ArrayList<>();
                for (int round = 0; round <= options.rounds(); round++) { // the first is for warming up
                    double plain = JournalThroughput.perSecond(bare(server.database()), producers, options.seconds());
                    double own = JournalThroughput.perSecond(journal(server.database()), producers, options.seconds());
                    System.out.printf(
                            Locale.ROOT, "  %d producers: bare %.0f/s, journal %.0f/s%n", producers, plain, own);
                    if (round > 0) {
                        bare.add(plain);
                        ours.add(own);
                    }
                }
                report.add(
                        "journal in PostgreSQL, " + producers + " producers",
                        String.format(Locale.ROOT, "%,.0f events/s", Median.of(ours)),
                        "batched inserts into the same server",
                        String.format(Locale.ROOT, "%,.0f/s", Median.of(bare)),
                        String.format(Locale.ROOT, "%.2f", Median.ratio(ours, bare)),
                        "≥ 0.8");
            }
        }
    }

    private static JournalThroughput.Store journal(String address) {
        Postgres postgres = Postgres.open(address, Postgres.Limits.STANDARD);
        TableJournal journal = TableJournal.in(postgres);
        return new JournalThroughput.Store() {
            @Override
            public CompletionStage<Void> append(Event event) {
                return journal.append(event);
            }

            @Override
            public void close() {
                journal.close();
                postgres.close();
            }
        };
    }

    private static JournalThroughput.Store bare(String address) throws IOException {
        try {
            String jdbc = address.replaceFirst("postgres://(\\w+)@", "jdbc:postgresql://") + "?user=postgres"
                    + "&reWriteBatchedInserts=true";
            Connection connection = DriverManager.getConnection(jdbc);
            PostgresServer.run(address, "CREATE TABLE record (position BIGINT PRIMARY KEY, body TEXT NOT NULL)");
            connection.setAutoCommit(false);
            PreparedStatement insert = connection.prepareStatement("INSERT INTO record (position, body) VALUES (?, ?)");
            String body = "x".repeat(Events.BYTES);
            long[] position = {0};
            return new GroupCommit(
                    records -> {
                        for (int i = 0; i < records; i++) {
                            insert.setLong(1, ++position[0]);
                            insert.setString(2, body);
                            insert.addBatch();
                        }
                        insert.executeBatch();
                        connection.commit();
                    },
                    () -> {
                        try {
                            connection.close();
                        } catch (SQLException e) {
                            throw new IOException(e);
                        }
                    });
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
