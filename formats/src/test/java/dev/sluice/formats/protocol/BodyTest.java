package dev.sluice.formats.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.blob.TooLargeException;
import dev.sluice.kernel.format.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class BodyTest {

    private record Sent(InputStream body, List<String> coding) implements Request {
        Sent(byte[] body, String... coding) {
            this(new ByteArrayInputStream(body), List.of(coding));
        }

        @Override
        public String method() {
            return "PUT";
        }

        @Override
        public String origin() {
            return "http://registry.test";
        }

        @Override
        public List<String> headers(String name) {
            return name.equalsIgnoreCase("Content-Encoding") ? coding : List.of();
        }

        @Override
        public Map<String, List<String>> query() {
            return Map.of();
        }

        @Override
        public long contentLength() {
            return -1;
        }
    }

    @Test
    void a_body_of_the_limit_is_read_and_a_longer_one_is_too_large() throws IOException {
        assertThat(Body.bytes(new Sent(new byte[10]), 10)).hasSize(10);
        assertThatThrownBy(() -> Body.bytes(new Sent(new byte[11]), 10)).isInstanceOf(TooLargeException.class);
    }

    @Test
    void a_zipped_body_is_bounded_by_what_it_unpacks_to() throws IOException {
        byte[] bomb = zipped(new byte[1 << 20]);

        assertThat(bomb).hasSizeLessThan(2_000);
        try (InputStream all = Body.unzipped(new Sent(bomb, " GZip "), 1 << 20)) {
            assertThat(all.readAllBytes()).hasSize(1 << 20);
        }
        try (InputStream much = Body.unzipped(new Sent(bomb, "gzip"), (1 << 20) - 1)) {
            assertThatThrownBy(much::readAllBytes).isInstanceOf(TooLargeException.class);
        }
    }

    @Test
    void a_body_is_counted_byte_by_byte_too() throws IOException {
        try (InputStream body = Body.unzipped(new Sent(new byte[3]), 2)) {
            assertThat(body.read()).isZero();
            assertThat(body.read()).isZero();
            assertThatThrownBy(body::read).isInstanceOf(TooLargeException.class);
        }
    }

    @Test
    void what_is_passed_over_is_read() throws IOException {
        Sent sent = new Sent(new byte[100_000]);

        Body.passOver(sent);

        assertThat(sent.body().read()).isNegative();
    }

    private static byte[] zipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
