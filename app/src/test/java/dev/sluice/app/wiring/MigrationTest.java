package dev.sluice.app.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.blob.Damages;
import dev.sluice.storage.sql.DatabaseCopy;
import dev.sluice.testkit.FaultyBlobs;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.S3Server;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import dev.sluice.testkit.contract.AdvisoryStoreContract;
import dev.sluice.testkit.contract.HistoryStoreContract;
import dev.sluice.testkit.contract.HostedStoreContract;
import dev.sluice.testkit.contract.JournalContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole installation goes to other homes, whatever happens on the way, and nothing is lost or doubled. */
final class MigrationTest {
    private static final ManualClock CLOCK = ManualClock.at("2026-03-10T12:00:00Z");
    private static final int EVENTS = 2500;
    private static final int VERSIONS = 600;
    private static final PackageName WIDGET = new PackageName("npm", "widget");

    @TempDir
    private Path folder;

    private S3Server s3;
    private String database;

    @BeforeEach
    void start() throws IOException {
        s3 = S3Server.inMemory();
        database = PostgresServer.get().database();
    }

    @AfterEach
    void stop() {
        s3.close();
        PostgresServer.get().drop(database);
    }

    /** Homes, opened as an installation opens them. */
    private static final class Homes implements AutoCloseable {
        private final Home home;
        private final BlobStore blobs;
        private final String name;

        Homes(Path data, Map<String, String> flags) throws IOException {
            Map<String, String> all = new HashMap<>(flags);
            all.put("data", data.toString());
            all.put("s3.access-key", "any");
            all.put("s3.secret-key", "any");
            Configuration configuration = Configuration.of(all, Map.of(), null);
            this.home = Home.open(configuration, data);
            this.blobs = Home.blobs(configuration, data, CLOCK, Damages.logged());
            this.name = data.toString();
        }

        Migration.Side side() {
            return new Migration.Side(name, home, blobs);
        }

        @Override
        public void close() throws Exception {
            home.close();
            ((AutoCloseable) blobs).close();
        }
    }

    private Homes embedded(String data) throws IOException {
        return new Homes(Files.createDirectories(folder.resolve(data)), Map.of());
    }

    private Homes elsewhere() throws IOException {
        return new Homes(
                Files.createDirectories(folder.resolve("elsewhere")),
                Map.of("database", database, "blobs", s3.url("moved")));
    }

    /** An installation with something in every table, a journal of several batches, and blobs. */
    private Homes filled() throws IOException {
        Map<String, String> flags = Map.of("data", folder.resolve("old").toString());
        Installation.open(Configuration.of(flags, Map.of(), null), CLOCK, new Machine(Map.of(), folder))
                .close();
        Homes homes = embedded("old");
        var stores = homes.home.database();
        stores.hosted()
                .apply(
                        "main",
                        HostedStoreContract.NAME,
                        0,
                        HostedStoreContract.put("1.0.0", "1.1.0"),
                        List.of(HostedStoreContract.file(HostedStoreContract.NAME, "1.0.0")));
        List<String> versions = new ArrayList<>();
        for (int i = 0; i < VERSIONS; i++) {
            versions.add("1.0." + i);
        }
        stores.history().seen("main", "npm", WIDGET, versions, Samples.INSTANT);
        Together.run(20, number -> {
            for (int i = number; i < VERSIONS; i += 20) {
                Coordinates version = new Coordinates(WIDGET, versions.get(i));
                stores.files().put(Samples.file("main", version, "widget/-/ü'" + i + ".tgz", "npm"));
            }
        });
        stores.history().learn(HistoryStoreContract.file(WIDGET, "1.0.0"), HistoryStoreContract.told(1));
        stores.documents()
                .save(new DocumentStore.Document(
                        "main",
                        "npm",
                        "npm",
                        "npm:widget",
                        Samples.contents("index").sha256(),
                        "application/json",
                        "\"etag\"",
                        null,
                        Samples.INSTANT,
                        Samples.INSTANT));
        try (AdvisoryStore.Import run = stores.advisories().begin()) {
            run.put(AdvisoryStoreContract.advisory("GHSA-1", 1, List.of("CVE-2026-1"), AdvisoryStoreContract.WIDGET));
            run.put(AdvisoryStoreContract.advisory("GHSA-2", 2, List.of("CVE-2026-2"), AdvisoryStoreContract.GADGET));
            run.put("CVE-2026-1", new Exploitation.Epss(0.123456789, 0.9));
            run.commit();
        }
        for (int i = 0; i < 40; i++) {
            try (BlobWriter writer = homes.blobs.begin()) {
                writer.write(("blob " + i).repeat(i * i).getBytes(UTF_8));
                writer.commit();
            }
        }
        List<java.util.concurrent.CompletableFuture<Void>> pending = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            pending.add(homes.home.journal().append(JournalContract.download(i)).toCompletableFuture());
        }
        pending.forEach(java.util.concurrent.CompletableFuture::join);
        return homes;
    }

    private static void assertSame(Homes old, Homes copy) throws IOException {
        assertThat(DatabaseCopy.unfinished(copy.home.database())).isEmpty();
        assertThat(Migration.look(copy.side())).isEqualTo(Migration.look(old.side()));
        List<String> events = new ArrayList<>();
        old.home.events().each(event -> events.add(new String(event.json(), UTF_8)));
        List<String> copied = new ArrayList<>();
        copy.home.events().each(event -> copied.add(new String(event.json(), UTF_8)));
        assertThat(copied).hasSizeGreaterThanOrEqualTo(EVENTS).isEqualTo(events);
        assertThat(copy.home.database().mark().read())
                .isPresent()
                .isEqualTo(old.home.database().mark().read())
                .isEqualTo(copy.home.database().advisoriesMark().read())
                .isEqualTo(requireNonNull(copy.home.marks().get(Parts.JOURNAL)).read())
                .isEqualTo(Home.mark(copy.blobs).orElseThrow().read());
        old.blobs.list(kept -> {
            try (InputStream was = old.blobs.open(kept.blob().digest(), 0, Long.MAX_VALUE);
                    InputStream is = copy.blobs.open(kept.blob().digest(), 0, Long.MAX_VALUE)) {
                assertThat(is.readAllBytes()).isEqualTo(was.readAllBytes());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        var from = old.home.database();
        var to = copy.home.database();
        assertThat(to.repositories().list()).isEqualTo(from.repositories().list());
        assertThat(to.tokens().list()).hasSize(1).isEqualTo(from.tokens().list());
        assertThat(to.policies().list())
                .hasSameSizeAs(StarterPolicies.FILES)
                .isEqualTo(from.policies().list());
        assertThat(to.hosted().find("main", HostedStoreContract.NAME).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(from.hosted().find("main", HostedStoreContract.NAME).orElseThrow());
        assertThat(to.files().find("main", "npm", "widget/-/ü'7.tgz"))
                .isPresent()
                .isEqualTo(from.files().find("main", "npm", "widget/-/ü'7.tgz"));
        assertThat(to.documents().find("main", "npm", "npm", "npm:widget"))
                .isPresent()
                .isEqualTo(from.documents().find("main", "npm", "npm", "npm:widget"));
        assertThat(to.history().of("main", WIDGET).of("npm")).hasSize(VERSIONS);
        assertThat(to.history().of("main", WIDGET)).isEqualTo(from.history().of("main", WIDGET));
        assertThat(to.advisories().about(AdvisoryStoreContract.WIDGET))
                .hasSize(1)
                .isEqualTo(from.advisories().about(AdvisoryStoreContract.WIDGET));
        assertThat(to.advisories().exploitation(Set.of("CVE-2026-1")))
                .hasSize(1)
                .isEqualTo(from.advisories().exploitation(Set.of("CVE-2026-1")));
        assertThat(to.advisories().revision()).isEqualTo(from.advisories().revision());
        Journal.Taken subject = new Journal.Taken("npm", "widget", Set.of(), null);
        assertThat(copy.home.journal().consumption(subject, 10))
                .hasSize(1)
                .isEqualTo(old.home.journal().consumption(subject, 10));
    }

    @Test
    void an_installation_goes_to_postgresql_and_s3_and_back_and_is_the_same() throws Exception {
        try (Homes old = filled()) {
            try (Homes copy = elsewhere()) {
                Migration.Report report = Migration.run(old.side(), copy.side(), (what, done) -> {});
                assertThat(report.events()).isGreaterThanOrEqualTo(EVENTS);
                assertThat(report.blobs()).isEqualTo(40);
                assertThat(report.tables()).containsEntry("stored_file", VERSIONS + 1L);
            }
            try (Homes copy = elsewhere()) {
                assertSame(old, copy);
                try (Homes back = embedded("back")) {
                    Migration.run(copy.side(), back.side(), (what, done) -> {});
                }
                try (Homes back = embedded("back")) {
                    assertSame(old, back);
                }
            }
        }
    }

    @Test
    void killed_at_any_step_and_run_again_it_finishes_and_nothing_is_doubled() throws Exception {
        try (Homes old = filled()) {
            int interrupted = 0;
            boolean finished = false;
            while (!finished) {
                AtomicInteger left = new AtomicInteger(++interrupted * 3);
                try (Homes copy = elsewhere()) {
                    Migration.run(old.side(), copy.side(), (what, done) -> {
                        if (left.decrementAndGet() < 0) {
                            throw new IllegalStateException("killed");
                        }
                    });
                    finished = true;
                } catch (IllegalStateException killed) {
                    assertThat(killed).hasMessage("killed");
                }
            }
            assertThat(interrupted).isGreaterThan(5);
            try (Homes copy = elsewhere()) {
                assertSame(old, copy);
            }
        }
    }

    @Test
    void killed_when_it_was_done_and_run_again_it_finds_everything_moved() throws Exception {
        try (Homes old = filled()) {
            Migration.Report first;
            try (Homes copy = elsewhere()) {
                first = Migration.run(old.side(), copy.side(), (what, done) -> {});
            }
            try (Homes copy = elsewhere()) {
                assertThat(Migration.run(old.side(), copy.side(), (what, done) -> {}))
                        .isEqualTo(first);
                assertSame(old, copy);

                copy.home.database().history().seen("main", "npm", WIDGET, List.of("9.9.9"), Samples.INSTANT);
                assertThatThrownBy(() -> Migration.run(old.side(), copy.side(), (what, done) -> {}))
                        .as("a target that was used since")
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("the target is not empty");
            }
        }
    }

    @Test
    void a_target_that_fails_loses_nothing_and_the_next_run_finishes() throws Exception {
        try (Homes old = filled()) {
            try (Homes copy = elsewhere()) {
                FaultyBlobs faulty = new FaultyBlobs(copy.blobs);
                faulty.breakAt(FaultyBlobs.Step.COMMIT, FaultyBlobs.Fault.FAIL);
                Migration.Side failing = new Migration.Side(copy.name, copy.home, faulty);

                assertThatThrownBy(() -> Migration.run(old.side(), failing, (what, done) -> {}))
                        .isInstanceOf(IOException.class);
                Migration.run(old.side(), copy.side(), (what, done) -> {});
            }
            try (Homes copy = elsewhere()) {
                assertSame(old, copy);
            }
        }
    }

    @Test
    void a_damaged_blob_of_the_source_is_named_and_not_copied() throws Exception {
        try (Homes old = filled();
                Homes copy = elsewhere()) {
            FaultyBlobs rotten = new FaultyBlobs(old.blobs);
            rotten.breakAt(FaultyBlobs.Step.READ, FaultyBlobs.Fault.CORRUPT);

            assertThatThrownBy(() -> Migration.run(
                            new Migration.Side(old.name, old.home, rotten), copy.side(), (what, done) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is damaged in the source");
        }
    }

    @Test
    void a_target_that_is_used_is_refused_and_stays_as_it_is() throws Exception {
        try (Homes old = filled();
                Homes used = elsewhere()) {
            used.home.database().history().seen("main", "npm", WIDGET, List.of("9.9.9"), Samples.INSTANT);

            assertThatThrownBy(() -> Migration.run(old.side(), used.side(), (what, done) -> {}))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the target is not empty");
            assertThat(used.home.database().history().of("main", WIDGET).of("npm"))
                    .containsOnlyKeys("9.9.9");
            assertThat(s3.keys()).isEmpty();
        }
    }

    @Test
    void a_target_whose_journal_has_events_is_refused() throws Exception {
        try (Homes old = filled();
                Homes used = elsewhere()) {
            used.home
                    .journal()
                    .append(JournalContract.event(1, Kind.DOWNLOAD, JournalContract.ADA, JournalContract.WIDGET, "d"))
                    .toCompletableFuture()
                    .join();

            assertThatThrownBy(() -> Migration.run(old.side(), used.side(), (what, done) -> {}))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("its journal has events");
        }
    }

    @Test
    void the_unfinished_copy_of_another_installation_is_refused_and_none_can_be_served() throws Exception {
        try (Homes old = filled();
                Homes other = embedded("other")) {
            try (Homes copy = elsewhere()) {
                assertThatThrownBy(() -> Migration.run(other.side(), copy.side(), (what, done) -> {
                            throw new IllegalStateException("killed");
                        }))
                        .hasMessage("killed");
                assertThatThrownBy(() -> Migration.run(old.side(), copy.side(), (what, done) -> {}))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("unfinished copy of")
                        .hasMessageContaining("other");
            }
            Map<String, String> flags =
                    Map.of("data", folder.resolve("elsewhere").toString(), "database", database);
            assertThatThrownBy(() -> Installation.open(
                            Configuration.of(flags, Map.of(), null), CLOCK, new Machine(Map.of(), folder)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("unfinished copy of")
                    .hasMessageContaining("sluice migrate");
        }
    }

    @Test
    void blobs_alone_go_to_s3() throws Exception {
        try (Homes old = filled();
                Homes copy = elsewhere()) {
            Migration.Report report = Migration.run(
                    new Migration.Side(old.name, null, old.blobs),
                    new Migration.Side(copy.name, null, copy.blobs),
                    (what, done) -> {});

            assertThat(report.tables()).isEmpty();
            assertThat(s3.keys()).hasSize(41).contains("moved/installation");
            assertThat(Home.mark(copy.blobs).orElseThrow().read())
                    .isPresent()
                    .isEqualTo(old.home.database().mark().read());
            assertThat(DatabaseCopy.count(copy.home.database()).values()).containsOnly(0L);
        }
    }

    @Test
    void a_place_for_blobs_of_another_installation_is_refused_and_stays_as_it_is() throws Exception {
        try (Homes old = filled();
                Homes used = elsewhere()) {
            Home.mark(used.blobs).orElseThrow().write("another");

            assertThatThrownBy(() -> Migration.run(old.side(), used.side(), (what, done) -> {}))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("another installation");
            assertThat(s3.keys()).containsExactly("moved/installation");
        }
    }
}
