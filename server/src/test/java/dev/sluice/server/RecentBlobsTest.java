package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateKey;
import dev.sluice.kernel.gate.Released;
import io.netty.util.Version;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files leave from memory once they were read. */
@Timeout(60)
class RecentBlobsTest {

    private static final String DIGEST = "cd".repeat(32);

    @TempDir
    private Path folder;

    private Released released(byte[] content, long size) throws IOException {
        Path file = Files.write(folder.resolve("blob"), content);
        return GateKey.release(new FileBlobs(file, true), Digest.sha256(DIGEST), size);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void a_small_file_is_read_once() throws IOException {
        byte[] content = random(40_000);
        Released released = released(content, content.length);
        try (TestDoor door = new TestDoor()) {
            door.format.quick("small", exchange -> Response.artifact("application/octet-stream", released));

            assertThat(get(door).body()).isEqualTo(content);
            Files.delete(folder.resolve("blob"));
            assertThat(get(door).body()).isEqualTo(content);
            HttpResponse<byte[]> middle = get(door, "Range", "bytes=100-199");
            assertThat(middle.statusCode()).isEqualTo(206);
            assertThat(middle.headers().firstValue("content-range")).contains("bytes 100-199/40000");
            assertThat(middle.body()).isEqualTo(Arrays.copyOfRange(content, 100, 200));
            assertThat(get(door).body()).isEqualTo(content);
        }
    }

    @Test
    void a_range_of_a_file_not_read_yet_comes_from_the_file() throws IOException {
        byte[] content = random(40_000);
        Released released = released(content, content.length);
        try (TestDoor door = new TestDoor()) {
            door.format.quick("small", exchange -> Response.artifact("application/octet-stream", released));

            assertThat(get(door, "Range", "bytes=100-199").body()).isEqualTo(Arrays.copyOfRange(content, 100, 200));
            assertThat(get(door).body()).isEqualTo(content);
        }
    }

    @Test
    void what_does_not_fit_is_not_kept() throws IOException {
        RecentBlobs blobs = new RecentBlobs(1_600);
        Released small = released(random(500), 500);

        assertThat(blobs.takes(1_000)).isTrue();
        assertThat(blobs.takes(1_001)).isFalse();
        assertThat(blobs.takes(0)).isFalse();
        assertThat(new RecentBlobs(0).takes(1)).isFalse();
        assertThat(blobs.find(small)).isNull();
        blobs.read(small);
        assertThat(blobs.find(small)).isNotNull();
    }

    @Test
    void a_file_shorter_than_its_blob_is_not_kept() throws IOException {
        RecentBlobs blobs = new RecentBlobs(1_600);
        Released torn = released(random(400), 500);

        assertThatThrownBy(() -> blobs.read(torn))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("100 bytes early");
        assertThat(blobs.find(torn)).isNull();
    }

    @Test
    void all_of_netty_is_of_the_version_that_vertx_brings() {
        assertThat(Version.identify().values().stream()
                        .map(Version::artifactVersion)
                        .distinct())
                .hasSize(1);
        assertThat(Version.identify()).containsKey("netty-codec-http");
        assertThat(Version.identify()).containsKey("netty-transport-native-epoll");
    }

    private static HttpResponse<byte[]> get(TestDoor door, String... headers) {
        return door.send("GET", "/fake/main/small", BodyPublishers.noBody(), BodyHandlers.ofByteArray(), headers);
    }
}
