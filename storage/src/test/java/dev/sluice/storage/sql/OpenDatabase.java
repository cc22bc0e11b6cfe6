package dev.sluice.storage.sql;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A database in a folder of its own for each test; closed and removed afterwards. */
final class OpenDatabase implements BeforeEachCallback, AfterEachCallback {
    private @Nullable Path directory;
    private @Nullable Database database;

    Path directory() {
        Path known = directory;
        if (known == null) {
            throw new IllegalStateException("no test runs");
        }
        return known;
    }

    Database get() {
        Database known = database;
        if (known == null) {
            known = Database.open(directory());
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
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("sluice-database");
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (database != null) {
            database.close();
            database = null;
        }
        Files.walkFileTree(directory(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
