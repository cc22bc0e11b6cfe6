package dev.sluice.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.storage.blob.S3BlobStore;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.blob.S3Settings;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.journal.TableJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.storage.sql.SqlMark;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The marks of every place where a part of an installation may be kept. */
final class MarkTest {

    @TempDir
    private Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    private void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @AfterEach
    void close() {
        closeAll();
    }

    /** Opens a place once until it is to be opened again. */
    private abstract class Place implements MarkContract {
        private @Nullable Mark known;

        abstract Mark open() throws IOException;

        @Override
        public Mark mark() throws IOException {
            Mark mark = known == null ? open() : known;
            known = mark;
            return mark;
        }

        @Override
        public Mark again() throws IOException {
            closeAll();
            known = null;
            return mark();
        }
    }

    @Nested
    final class Blobs extends Place {
        @Override
        Mark open() throws IOException {
            return opened(DirectoryBlobStore.open(folder)).mark();
        }
    }

    @Nested
    final class Log extends Place {
        @Override
        Mark open() throws IOException {
            return opened(SegmentJournal.open(folder)).mark();
        }
    }

    @Nested
    final class Objects extends Place {
        private final S3Server server = server();

        private static S3Server server() {
            try {
                return S3Server.inMemory();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        Mark open() throws IOException {
            return opened(S3BlobStore.open(
                            S3Location.parse(server.url("marked")),
                            S3Settings.standard(new S3Settings.Keys("any", "any"), folder),
                            ManualClock.at("2026-03-01T00:00:00Z")))
                    .mark();
        }

        @AfterEach
        void stop() {
            closeAll();
            server.close();
        }
    }

    @Nested
    final class Embedded extends Place {
        @Override
        Mark open() {
            return opened(Database.open(folder)).mark();
        }

        @Test
        void of_many_who_claim_at_once_one_is_heard_by_all() throws Exception {
            Database database = opened(Database.open(folder));
            claimedByMany(database.mark(), database.mark());
        }
    }

    @Nested
    final class EmbeddedAdvisories extends Place {
        @Override
        Mark open() {
            return opened(Database.open(folder)).advisoriesMark();
        }
    }

    /** In a database of its own. */
    private abstract class Shared extends Place {
        final String address = PostgresServer.get().database();

        Postgres postgres() {
            return Postgres.open(address, Postgres.Limits.STANDARD);
        }

        @AfterEach
        void drop() {
            closeAll();
            PostgresServer.get().drop(address);
        }
    }

    @Nested
    final class SharedStores extends Shared {
        @Override
        Mark open() {
            return opened(Database.in(postgres())).mark();
        }

        @Test
        void of_many_who_claim_at_once_one_is_heard_by_all() throws Exception {
            claimedByMany(
                    opened(Database.in(postgres())).mark(),
                    opened(Database.in(postgres())).mark());
        }
    }

    @Nested
    final class SharedAdvisories extends Shared {
        @Override
        Mark open() {
            return opened(Database.in(postgres())).advisoriesMark();
        }
    }

    @Nested
    final class SharedJournal extends Shared {
        @Override
        Mark open() {
            Postgres postgres = opened(postgres());
            return opened(TableJournal.in(postgres)).mark();
        }
    }

    private static void claimedByMany(SqlMark one, SqlMark other) throws Exception {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        Set<Thread> threads = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            String text = "id" + i;
            SqlMark mark = i % 2 == 0 ? one : other;
            threads.add(Thread.ofPlatform().start(() -> heard.add(mark.claim(text))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(heard)
                .singleElement()
                .satisfies(text -> assertThat(one.read()).contains(text));
    }
}
