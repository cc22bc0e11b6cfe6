package dev.sluice.storage.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.testkit.FaultyS3;
import dev.sluice.testkit.FaultyS3.Fault;
import dev.sluice.testkit.S3Server;
import dev.sluice.testkit.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of uploads and downloads when S3 is slow, fails, breaks off or lies. */
class S3FaultsTest {
    private static final String OBJECTS = "/sha256/";
    private static @Nullable S3Server server;
    private static int tests;

    @TempDir
    Path local = Path.of("");

    private @Nullable FaultyS3 faulty;
    private String prefix = "";

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

    private FaultyS3 s3() {
        return java.util.Objects.requireNonNull(faulty);
    }

    @BeforeEach
    void begin() throws IOException {
        prefix = "faults-" + ++tests;
        faulty = FaultyS3.before(server());
    }

    @AfterEach
    void end() {
        s3().close();
    }

    /** A store without a cache: everything is asked for in S3. */
    private S3BlobStore uncached() throws IOException {
        return open(1, 1 << 20);
    }

    private S3BlobStore open(long cacheBytes, long wholeBytes) throws IOException {
        return S3BlobStore.open(
                S3Location.parse(s3().url(prefix)),
                S3Settings.standard(new S3Settings.Keys("any", "any"), local)
                        .bounded(cacheBytes, 1 << 30)
                        .patient(Duration.ofSeconds(1), 3, Duration.ofMillis(1))
                        .sized(5 << 20, wholeBytes),
                InstantSource.system());
    }

    private static Contents commit(S3BlobStore store, byte[] bytes) throws IOException {
        try (BlobWriter writer = store.begin()) {
            writer.write(bytes);
            return writer.commit();
        }
    }

    private static byte[] read(S3BlobStore store, Digest digest) throws IOException {
        try (InputStream in = store.open(digest, 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void an_upload_that_s3_refuses_once_or_twice_succeeds() throws IOException {
        try (S3BlobStore store = uncached()) {
            s3().breakNext(Fault.INTERNAL_ERROR, "PUT", OBJECTS, 1);
            s3().breakNext(Fault.SLOW_DOWN, "PUT", OBJECTS, 1);

            Contents contents = commit(store, bytes(1000));

            assertThat(read(store, contents.sha256())).isEqualTo(bytes(1000));
            assertThat(s3().seen("PUT", OBJECTS)).isEqualTo(3);
        }
    }

    @Test
    void an_upload_that_s3_keeps_refusing_fails_clearly_leaves_nothing_and_a_later_one_succeeds() throws IOException {
        try (S3BlobStore store = uncached()) {
            s3().breakNext(Fault.SLOW_DOWN, "PUT", OBJECTS, 100);

            assertThatThrownBy(() -> commit(store, bytes(1000)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("503 SlowDown")
                    .hasMessageContaining("try again");
            assertThat(s3().seen("PUT", OBJECTS)).isEqualTo(3);
            assertThat(store.find(Samples.contents(bytes(1000)).sha256())).isEmpty();
            assertThat(spooled()).isEmpty();

            s3().recover();
            assertThat(commit(store, bytes(1000))).isEqualTo(Samples.contents(bytes(1000)));
        }
    }

    @Test
    void an_upload_to_an_s3_that_is_silent_fails_within_bounded_time() throws IOException {
        try (S3BlobStore store = uncached()) {
            s3().breakNext(Fault.SILENT, "PUT", OBJECTS, 100);

            assertThatThrownBy(() -> commit(store, bytes(1000)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot keep sha256:");
            assertThat(s3().seen("PUT", OBJECTS)).isEqualTo(3);
            assertThat(spooled()).isEmpty();
        }
    }

    @Test
    void a_large_upload_to_an_s3_that_stops_reading_fails_within_bounded_time() throws IOException {
        try (S3BlobStore store = S3BlobStore.open(
                S3Location.parse(s3().url(prefix)),
                S3Settings.standard(new S3Settings.Keys("any", "any"), local)
                        .patient(Duration.ofMillis(500), 1, Duration.ofMillis(1))
                        .sized(200 << 20, 1000),
                InstantSource.system())) {
            s3().breakNext(Fault.SILENT, "PUT", OBJECTS, 100);

            assertThatThrownBy(() -> commit(store, bytes(16 << 20)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot keep sha256:");
        }
    }

    @Test
    void an_upload_in_parts_that_fails_half_way_is_given_up_in_s3() throws IOException {
        try (S3BlobStore store = uncached()) {
            s3().breakNext(Fault.INTERNAL_ERROR, "PUT", "partNumber=2", 100);

            assertThatThrownBy(() -> commit(store, bytes(11 << 20)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot keep part 2 of sha256:");
            assertThat(server().unfinished()).isEmpty();
            assertThat(store.find(Samples.contents(bytes(11 << 20)).sha256())).isEmpty();

            s3().recover();
            Contents contents = commit(store, bytes(11 << 20));
            assertThat(read(store, contents.sha256())).isEqualTo(bytes(11 << 20));
        }
    }

    @Test
    void many_bytes_that_are_there_already_are_not_sent_again() throws IOException {
        try (S3BlobStore store = uncached()) {
            commit(store, bytes(6 << 20));
            commit(store, bytes(6 << 20));

            assertThat(s3().seen("PUT", "partNumber=")).isEqualTo(2);
            assertThat(server().keys())
                    .filteredOn(key -> key.startsWith(prefix))
                    .hasSize(1);
        }
    }

    @Test
    void many_damaged_bytes_are_sent_again() throws IOException {
        try (S3BlobStore store = uncached()) {
            Contents contents = commit(store, bytes(6 << 20));
            s3().breakNext(Fault.WRONG_BYTES, "GET", OBJECTS, 2); // once could be the way's fault
            assertThatThrownBy(() -> read(store, contents.sha256())).hasMessageContaining("are damaged");

            commit(store, bytes(6 << 20));

            assertThat(s3().seen("PUT", "partNumber=")).isEqualTo(4);
        }
    }

    @Test
    void a_download_that_breaks_off_goes_on_where_it_was() throws IOException {
        try (S3BlobStore store = uncached()) {
            Contents contents = commit(store, bytes(3_000_000));
            s3().breakNext(Fault.TRUNCATED, "GET", OBJECTS, 2);

            assertThat(read(store, contents.sha256())).isEqualTo(bytes(3_000_000));
            assertThat(s3().seen("GET", OBJECTS)).isEqualTo(3);
        }
    }

    @Test
    void a_download_that_stalls_goes_on_where_it_was() throws IOException {
        try (S3BlobStore store = uncached()) {
            Contents contents = commit(store, bytes(3_000_000));
            s3().breakNext(Fault.STALLED, "GET", OBJECTS, 1);

            assertThat(read(store, contents.sha256())).isEqualTo(bytes(3_000_000));
        }
    }

    @Test
    void a_download_that_keeps_failing_in_the_middle_fails_clearly_and_a_later_one_succeeds() throws IOException {
        try (S3BlobStore store = uncached()) {
            Contents contents = commit(store, bytes(3_000_000));
            s3().breakNext(Fault.TRUNCATED, "GET", OBJECTS, 1);
            s3().breakNext(Fault.INTERNAL_ERROR, "GET", OBJECTS, 100);

            assertThatThrownBy(() -> read(store, contents.sha256()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("500 InternalError");

            s3().recover();
            assertThat(read(store, contents.sha256())).isEqualTo(bytes(3_000_000));
        }
    }

    @Test
    void a_range_that_breaks_off_goes_on_where_it_was() throws IOException {
        try (S3BlobStore store = uncached()) {
            byte[] bytes = bytes(3_000_000);
            Contents contents = commit(store, bytes);
            s3().breakNext(Fault.TRUNCATED, "GET", OBJECTS, 1);

            try (InputStream in = store.open(contents.sha256(), 500_000, 2_000_000)) {
                assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 500_000, 2_500_000));
            }
        }
    }

    @Test
    void of_lying_bytes_nothing_is_handed_out_and_nothing_is_cached(@TempDir Path other) throws IOException {
        Contents contents;
        try (S3BlobStore store = uncached()) {
            contents = commit(store, bytes(10_000));
        }
        local = other;
        try (S3BlobStore store = open(1 << 20, 1 << 20)) {
            s3().breakNext(Fault.WRONG_BYTES, "GET", OBJECTS, 1);

            assertThatThrownBy(() -> store.open(contents.sha256(), 0, 10))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("are damaged");
            assertThat(store.path(contents.sha256())).isEmpty();
            assertThat(read(store, contents.sha256())).isEqualTo(bytes(10_000));
        }
    }

    @Test
    void of_lying_bytes_beyond_the_bound_the_end_is_never_handed_out() throws IOException {
        try (S3BlobStore store = uncached()) {
            Contents contents = commit(store, bytes(3_000_000));
            s3().breakNext(Fault.WRONG_BYTES, "GET", OBJECTS, 1);

            ByteArrayOutputStream handedOut = new ByteArrayOutputStream();
            assertThatThrownBy(() -> {
                        try (InputStream in = store.open(contents.sha256(), 0, Long.MAX_VALUE)) {
                            in.transferTo(handedOut);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("are damaged");
            assertThat(handedOut.size()).isLessThan(3_000_000);
        }
    }

    @Test
    void a_damaged_object_heals_when_the_right_bytes_come_again() throws IOException {
        try (S3BlobStore store = uncached()) {
            Contents contents = commit(store, "right".getBytes(UTF_8));
            String hex = contents.sha256().hex();
            server().object(prefix + OBJECTS + hex.substring(0, 2) + "/" + hex.substring(2), "wrong".getBytes(UTF_8));
            assertThatThrownBy(() -> read(store, contents.sha256())).hasMessageContaining("are damaged");

            commit(store, "right".getBytes(UTF_8));

            assertThat(read(store, contents.sha256())).asString(UTF_8).isEqualTo("right");
        }
    }

    @Test
    void while_s3_is_down_what_is_cached_is_found_and_read() throws IOException {
        try (S3BlobStore store = open(1 << 20, 1 << 20)) {
            Contents contents = commit(store, bytes(1000));
            s3().breakNext(Fault.INTERNAL_ERROR, "HEAD", "", 1000);
            s3().breakNext(Fault.INTERNAL_ERROR, "GET", "", 1000);

            assertThat(store.find(contents.sha256())).isPresent();
            assertThat(read(store, contents.sha256())).isEqualTo(bytes(1000));
            assertThatThrownBy(() -> store.find(Samples.contents("other").sha256()))
                    .isInstanceOf(IOException.class);
        }
    }

    private List<Path> spooled() throws IOException {
        try (Stream<Path> files = Files.walk(local.resolve("incoming"))) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> !f.endsWith("lock"))
                    .toList();
        }
    }
}
