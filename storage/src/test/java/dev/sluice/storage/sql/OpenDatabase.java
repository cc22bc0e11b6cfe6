package dev.sluice.storage.sql;

import dev.sluice.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An empty database for each test, closed afterwards. */
abstract class OpenDatabase implements BeforeEachCallback, AfterEachCallback {
    private @Nullable Database database;

    /** In a folder of its own, which is removed afterwards. */
    static Embedded sqlite() {
        return new Embedded();
    }

    /** In the PostgreSQL server of this JVM. */
    static OpenDatabase postgres() {
        return new Shared();
    }

    abstract Database open();

    /** Runs statements on the tables of advisories, behind the product's back. */
    abstract void advisories(String... statements);

    Database get() {
        Database known = database;
        if (known == null) {
            known = open();
            database = known;
        }
        return known;
    }

    Database reopened() {
        get().close();
        database = null;
        return get();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    /** SQLite. */
    static final class Embedded extends OpenDatabase {
        private @Nullable Path directory;

        Path directory() {
            Path known = directory;
            if (known == null) {
                throw new IllegalStateException("no test runs");
            }
            return known;
        }

        @Override
        Database open() {
            return Database.open(directory());
        }

        @Override
        void advisories(String... statements) {
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:sqlite:" + directory().resolve("advisories.db"));
                    Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void beforeEach(ExtensionContext context) throws IOException {
            directory = Files.createTempDirectory("sluice-database");
        }

        @Override
        public void afterEach(ExtensionContext context) throws IOException {
            super.afterEach(context);
            Files.walkFileTree(directory(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                        throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        }
    }

    /** PostgreSQL: one database for all tests of the JVM, emptied before each. */
    private static final class Shared extends OpenDatabase {
        private static @Nullable String address;

        private static synchronized String address() {
            String known = address;
            if (known == null) {
                known = PostgresServer.get().database();
                address = known;
            }
            return known;
        }

        @Override
        Database open() {
            return Database.in(Postgres.open(address(), Postgres.Limits.STANDARD));
        }

        @Override
        void advisories(String... statements) {
            PostgresServer.run(
                    address(),
                    Stream.concat(Stream.of("SET search_path TO sluice_advisories"), Stream.of(statements))
                            .toArray(String[]::new));
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            PostgresServer.get().empty(address());
        }
    }
}
