package dev.sluice.storage.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.S3Server;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.contract.BlobStoreContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3BlobStoreTest implements BlobStoreContract {
    private static @Nullable S3Server server;
    private static int tests;

    @TempDir
    Path local = Path.of("");

    private S3Settings settings = S3Settings.standard(new S3Settings.Keys("any", "any"), Path.of(""));
    private String prefix = "";
    private @Nullable S3BlobStore store;

    @BeforeAll
    static void start() throws IOException {
        server = S3Server.inMemory();
    }

    @AfterAll
    static void stop() {
        server().close();
    }

    private static S3Server server() {
        return java.util.Objects.requireNonNull(server);
    }

    @BeforeEach
    void begin() {
        prefix = "test-" + ++tests;
        settings = S3Settings.standard(new S3Settings.Keys("any", "any"), local)
                .patient(Duration.ofSeconds(10), 3, Duration.ofMillis(1));
    }

    @Override
    public BlobStore store() throws IOException {
        S3BlobStore known = store;
        if (known == null) {
            known = open(settings);
            store = known;
        }
        return known;
    }

    private S3BlobStore open(S3Settings with) throws IOException {
        return S3BlobStore.open(S3Location.parse(server().url(prefix)), with, InstantSource.system());
    }

    /** Another machine: the same place in S3, nothing in the cache. */
    private S3BlobStore elsewhere(Path directory) throws IOException {
        return open(new S3Settings(
                settings.keys(),
                directory,
                settings.cacheBytes(),
                settings.spoolBytes(),
                settings.timeout(),
                settings.attempts(),
                settings.backoff(),
                settings.partBytes(),
                settings.wholeBytes()));
    }

    @Override
    public BlobStore reopened() throws IOException {
        close();
        return store();
    }

    @Override
    public void overwrite(Digest sha256, byte @Nullable [] bytes) {
        String key = prefix + "/sha256/" + sha256.hex().substring(0, 2) + "/"
                + sha256.hex().substring(2);
        if (bytes == null) {
            server().remove(key);
        } else {
            server().object(key, bytes);
        }
    }

    @AfterEach
    void close() throws IOException {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    @Test
    void a_key_is_the_prefix_and_the_digest_laid_out_as_in_a_directory() throws IOException {
        commit("abc");

        assertThat(keys())
                .containsExactly(prefix + "/sha256/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    private List<String> keys() {
        return server().keys().stream().filter(k -> k.startsWith(prefix + "/")).toList();
    }

    @Test
    void without_a_prefix_keys_begin_with_the_digests_name() {
        assertThat(S3Location.parse("s3://bucket").folder()).isEqualTo("sha256/");
        assertThat(S3Location.parse("s3://bucket/").folder()).isEqualTo("sha256/");
        assertThat(S3Location.parse("s3://bucket/a/b/").folder()).isEqualTo("a/b/sha256/");
    }

    @Test
    void what_was_committed_here_is_sent_from_a_local_file() throws IOException {
        Contents contents = commit("hot");

        assertThat(store().path(contents.sha256()))
                .hasValueSatisfying(file -> assertThat(file).hasContent("hot"));
    }

    @Test
    void what_was_read_once_is_sent_from_a_local_file(@TempDir Path other) throws IOException {
        Contents contents = commit("cold");
        try (S3BlobStore second = elsewhere(other)) {
            assertThat(second.path(contents.sha256())).isEmpty();
            assertThat(second.find(contents.sha256())).contains(new Blob(contents.sha256(), 4));
            try (InputStream in = second.open(contents.sha256(), 1, 2)) {
                assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("ol");
            }
            assertThat(second.path(contents.sha256()))
                    .hasValueSatisfying(file -> assertThat(file).hasContent("cold"));
        }
    }

    @Test
    void a_large_blob_is_streamed_and_kept_when_it_was_read_to_its_end(@TempDir Path other) throws IOException {
        settings = settings.sized(5 << 20, 1000);
        byte[] bytes = bytes(50_000);
        Contents contents = commit(bytes);
        try (S3BlobStore second = elsewhere(other)) {
            try (InputStream in = second.open(contents.sha256(), 0, Long.MAX_VALUE)) {
                assertThat(in.readNBytes(10_000)).isEqualTo(java.util.Arrays.copyOf(bytes, 10_000));
            }
            assertThat(second.path(contents.sha256())).isEmpty();
            try (InputStream in = second.open(contents.sha256(), 20_000, 10_000)) {
                assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 20_000, 30_000));
            }
            assertThat(second.path(contents.sha256())).isEmpty();
            try (InputStream in = second.open(contents.sha256(), 0, Long.MAX_VALUE)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
            assertThat(second.path(contents.sha256())).isPresent();
            assertThat(filesBelow(other.resolve("incoming"))).noneMatch(f -> !f.endsWith("lock"));
        }
    }

    @Test
    void a_blob_beyond_one_part_goes_in_parts_and_comes_back_whole(@TempDir Path other) throws IOException {
        settings = settings.sized(5 << 20, 1000);
        byte[] bytes = bytes((11 << 20) + 7);
        Contents contents = commit(bytes);

        assertThat(contents).isEqualTo(Samples.contents(bytes));
        assertThat(server().unfinished()).isEmpty();
        try (S3BlobStore second = elsewhere(other);
                InputStream in = second.open(contents.sha256(), 0, Long.MAX_VALUE)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void the_cache_stays_within_its_bound_and_the_least_recently_used_gives_way() throws IOException {
        settings = settings.bounded(10_000, 1 << 20);
        Contents first = commit(bytes(3000, 1));
        Contents second = commit(bytes(3000, 2));
        Contents third = commit(bytes(3000, 3));
        assertThat(store().path(first.sha256())).isPresent();
        Contents fourth = commit(bytes(3000, 4));

        assertThat(store().path(second.sha256())).isEmpty();
        assertThat(store().path(first.sha256())).isPresent();
        assertThat(store().path(third.sha256())).isPresent();
        assertThat(store().path(fourth.sha256())).isPresent();
        assertThat(read(second.sha256(), 0, 3000)).hasSizeGreaterThan(1000);
        assertThat(size(local.resolve("sha256"))).isLessThanOrEqualTo(10_000);
    }

    @Test
    void a_blob_too_large_for_the_cache_is_read_from_s3_each_time() throws IOException {
        settings = settings.bounded(1000, 1 << 20);
        byte[] bytes = bytes(3000);
        Contents contents = commit(bytes);

        assertThat(store().path(contents.sha256())).isEmpty();
        for (int i = 0; i < 2; i++) {
            try (InputStream in = store().open(contents.sha256(), 0, 3000)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
        }
        assertThat(size(local)).isZero();
    }

    @Test
    void a_cache_found_too_large_at_the_start_is_cut() throws Exception {
        for (int i = 0; i < 5; i++) {
            commit(bytes(1000, i));
        }
        settings = settings.bounded(2500, 1 << 20);
        reopened();
        java.util.Objects.requireNonNull(store).settle();

        assertThat(size(local.resolve("sha256"))).isEqualTo(2000);
    }

    @Test
    void a_cached_file_is_not_trusted_after_a_restart_before_it_was_verified() throws IOException {
        Contents good = commit("good");
        Contents rotten = commit("fresh");
        Path file = store().path(rotten.sha256()).orElseThrow();
        close();
        Files.writeString(file, "rotten");

        assertThat(store().path(good.sha256())).isEmpty();
        assertThat(store().path(rotten.sha256())).isEmpty();
        assertThat(read(good.sha256(), 0, 10)).isEqualTo("good");
        assertThat(read(rotten.sha256(), 0, 10)).isEqualTo("fresh");
        assertThat(store().path(good.sha256())).isPresent();
        assertThat(store().path(rotten.sha256()))
                .hasValueSatisfying(healed -> assertThat(healed).hasContent("fresh"));
    }

    @Test
    void a_cache_that_is_deleted_harms_nothing() throws IOException {
        Contents contents = commit("still there");
        for (Path file : filesBelow(local.resolve("sha256"))) {
            Files.delete(file);
        }

        assertThat(store().path(contents.sha256())).isEmpty();
        assertThat(read(contents.sha256(), 0, 100)).isEqualTo("still there");
    }

    @Test
    void a_cache_that_takes_nothing_harms_nothing() throws IOException {
        Contents contents = commit("no room");
        store().delete(contents.sha256(), Instant.MAX);
        Path folder = local.resolve("sha256").resolve(contents.sha256().hex().substring(0, 2));
        Files.delete(folder);
        Files.writeString(folder, "a file where a folder must be");

        commit("no room");

        assertThat(store().path(contents.sha256())).isEmpty();
        assertThat(read(contents.sha256(), 0, 100)).isEqualTo("no room");
    }

    @Test
    void uploads_under_way_stay_within_their_bound() throws IOException {
        settings = settings.bounded(1 << 20, 300_000);
        try (BlobWriter first = store().begin()) {
            first.write(new byte[200_000]);
            try (BlobWriter second = store().begin()) {
                assertThatThrownBy(() -> second.write(new byte[400_000]))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("blobs.spool");
            }
            first.commit();
        }
        try (BlobWriter third = store().begin()) {
            third.write(new byte[250_000]);
            assertThat(third.commit().size()).isEqualTo(250_000);
        }
    }

    @Test
    void what_a_killed_process_left_on_its_way_is_removed() throws IOException {
        Path left = Files.createDirectories(local.resolve("incoming/dead"));
        Files.writeString(left.resolve("half"), "half a blob");

        store();

        assertThat(left).doesNotExist();
    }

    @Test
    void lists_every_page_and_passes_over_what_is_no_blob() throws IOException {
        List<Blob> committed = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            String hex = Samples.contents("object " + i).sha256().hex();
            server().object(prefix + "/sha256/" + hex.substring(0, 2) + "/" + hex.substring(2), new byte[] {1});
            committed.add(new Blob(Samples.contents("object " + i).sha256(), 1));
        }
        server().object(prefix + "/sha256/README", new byte[1]);
        server().object(prefix + "/other", new byte[1]);

        List<Blob> listed = new ArrayList<>();
        store().list(kept -> listed.add(kept.blob()));

        assertThat(listed).containsExactlyInAnyOrderElementsOf(committed);
    }

    @Test
    void what_another_machine_deleted_is_sent_again_though_it_is_in_the_cache(@TempDir Path other) throws IOException {
        Contents contents = commit("shared");
        try (S3BlobStore second = elsewhere(other)) {
            assertThat(second.delete(contents.sha256(), Instant.MAX)).isTrue();
            assertThat(second.find(contents.sha256())).isEmpty();
        }
        commit("shared");

        assertThat(keys()).hasSize(1);
    }

    @Test
    void uploads_that_nobody_finished_for_a_day_are_given_up_at_the_start() throws IOException {
        S3Location location = S3Location.parse(server().url(prefix));
        ManualClock clock = new ManualClock(InstantSource.system().instant());
        try (S3Objects objects = new S3Objects(location, settings)) {
            objects.begin(Samples.contents("abandoned").sha256());
        }
        S3BlobStore.open(location, settings, clock).close();
        assertThat(server().unfinished()).hasSize(1);

        clock.advance(Duration.ofHours(25));
        S3BlobStore.open(location, settings, clock).close();

        assertThat(server().unfinished()).isEmpty();
    }

    @Test
    void keys_given_explicitly_are_the_ones_used() throws IOException {
        try (S3Server strict = S3Server.withKeys()) {
            S3Location location = S3Location.parse(strict.url("keyed"));
            S3Settings right =
                    S3Settings.standard(new S3Settings.Keys(S3Server.ACCESS_KEY, S3Server.SECRET_KEY), local);
            try (S3BlobStore keyed = S3BlobStore.open(location, right, InstantSource.system());
                    BlobWriter writer = keyed.begin()) {
                writer.write("signed".getBytes(UTF_8));
                assertThat(keyed.find(writer.commit().sha256())).isPresent();
            }
            S3Settings wrong = S3Settings.standard(new S3Settings.Keys(S3Server.ACCESS_KEY, "guessed"), local);
            assertThatThrownBy(() -> S3BlobStore.open(location, wrong, InstantSource.system()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("403")
                    .hasMessageContaining("s3.secret-key")
                    .hasMessageNotContaining("guessed");
            assertThat(wrong.toString()).doesNotContain("guessed");
        }
    }

    @Test
    void a_bucket_that_is_not_there_is_told_at_the_start() {
        S3Location location = S3Location.parse("s3://absent?endpoint=" + server().endpoint() + "&region=eu-central-1");

        assertThatThrownBy(() -> S3BlobStore.open(location, settings, InstantSource.system()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NoSuchBucket")
                .hasMessageContaining("make the bucket");
    }

    @Test
    void a_service_that_is_not_there_is_told_at_the_start() {
        S3Location location = S3Location.parse("s3://blobs?endpoint=http://127.0.0.1:1&region=eu-central-1");

        assertThatThrownBy(() -> S3BlobStore.open(location, settings, InstantSource.system()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot use the bucket in s3://blobs at http://127.0.0.1:1");
    }

    /** Every read goes to S3. */
    @Nested
    class WithoutCache implements BlobStoreContract {
        @BeforeEach
        void cacheNothing() {
            settings = settings.bounded(1, 1 << 30);
        }

        @Override
        public BlobStore store() throws IOException {
            return S3BlobStoreTest.this.store();
        }

        @Override
        public BlobStore reopened() throws IOException {
            return S3BlobStoreTest.this.reopened();
        }

        @Override
        public void overwrite(Digest sha256, byte @Nullable [] bytes) {
            S3BlobStoreTest.this.overwrite(sha256, bytes);
        }
    }

    private Contents commit(byte[] bytes) throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.write(bytes);
            return writer.commit();
        }
    }

    private static byte[] bytes(int length) {
        return bytes(length, 0);
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static long size(Path directory) throws IOException {
        long size = 0;
        for (Path file : filesBelow(directory)) {
            size += Files.size(file);
        }
        return size;
    }
}
