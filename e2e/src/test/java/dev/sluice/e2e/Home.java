package dev.sluice.e2e;

import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.S3Server;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an installation under test keeps things. Close it when its servers are gone. */
final class Home implements AutoCloseable {

    private final List<String> arguments;
    private final @Nullable String database;
    private final @Nullable S3Server s3;

    private Home(List<String> arguments, @Nullable String database, @Nullable S3Server s3) {
        this.arguments = arguments;
        this.database = database;
        this.s3 = s3;
    }

    /** Everything in the data directory: SQLite, segment files and blobs. */
    static Home embedded() {
        return new Home(List.of(), null, null);
    }

    /** A new database of the test's PostgreSQL server and an empty bucket of an S3 service. */
    static Home shared() throws IOException {
        S3Server s3 = S3Server.inMemory();
        String database = PostgresServer.get().database();
        return new Home(
                List.of(
                        "--database",
                        database,
                        "--blobs",
                        s3.url("e2e"),
                        "--set",
                        "s3.access-key=any",
                        "--set",
                        "s3.secret-key=any"),
                database,
                s3);
    }

    /** What the program is told of it, whatever the command. */
    List<String> arguments() {
        return arguments;
    }

    /** What {@code migrate} is told to move an installation here. */
    List<String> asTarget() {
        return arguments.stream()
                .map(argument -> argument.equals("--database") || argument.equals("--blobs")
                        ? "--to-" + argument.substring(2)
                        : argument)
                .toList();
    }

    @Override
    public void close() {
        if (database != null) {
            PostgresServer.get().drop(database);
        }
        if (s3 != null) {
            s3.close();
        }
    }
}
