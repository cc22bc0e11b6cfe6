package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MultipartReaderTest {

    private static final String TYPE = "multipart/form-data; boundary=\"x--y\"";

    private static final String BODY =
            "--x--y\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nfoo\r\n--x--\r\n--x-"
                    + "\r\n--x--y  \r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Disposition: form-data; filename=\"a \\\"b\\\".whl\"; name=content\r\n\r\n\r\n\r\n--x-\r\r\n"
                    + "\r\n--x--y\r\ncontent-disposition: form-data; name=\"empty\"\r\n\r\n\r\n--x--y--\r\nepilogue";

    private static final List<String> EXPECTED =
            List.of("name/null/foo\r\n--x--\r\n--x-", "content/a \"b\".whl/\r\n\r\n--x-\r\r\n", "empty/null/");

    @Test
    void reads_parts_whose_bytes_look_almost_like_boundaries() throws IOException {
        assertThat(parts(bytes(BODY))).isEqualTo(EXPECTED);
    }

    @Test
    void reads_the_same_wherever_the_network_splits_the_body() {
        byte[] body = bytes(BODY);
        for (int split = 0; split <= body.length; split++) {
            assertThat(read(new SplitStream(body, split, body.length)))
                    .as("split at %d", split)
                    .isEqualTo(EXPECTED);
        }
        assertThat(read(new SplitStream(body, 1, 1))).isEqualTo(EXPECTED);
    }

    @Property(tries = 200)
    void reads_the_same_in_chunks_of_any_size(
            @ForAll @IntRange(min = 1, max = 60) int first, @ForAll @IntRange(min = 1, max = 9) int then) {
        assertThat(read(new SplitStream(bytes(BODY), first, then))).isEqualTo(EXPECTED);
    }

    @Property(tries = 50)
    void gives_large_parts_back_byte_by_byte(@ForAll byte[] seed, @ForAll @IntRange(max = 100_000) int size)
            throws IOException {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = seed.length == 0 ? (byte) '\r' : seed[i % seed.length];
        }
        byte[] head = bytes("--B0UNDARY\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\n");
        byte[] tail = bytes("\r\n--B0UNDARY--\r\n");
        byte[] body = new byte[head.length + size + tail.length];
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(content, 0, body, head.length, size);
        System.arraycopy(tail, 0, body, head.length + size, tail.length);
        MultipartReader reader =
                MultipartReader.of("multipart/form-data; boundary=B0UNDARY", new ByteArrayInputStream(body));
        MultipartReader.Part part = reader.next();
        assertThat(part == null ? null : part.body().readAllBytes()).isEqualTo(content);
        assertThat(reader.next()).isNull();
        assertThat(reader.next()).isNull();
    }

    @Test
    void passes_over_parts_that_nobody_read_and_a_preamble() throws IOException {
        MultipartReader reader = MultipartReader.of(TYPE, new ByteArrayInputStream(bytes("preamble\r\n" + BODY)));
        List<String> names = new ArrayList<>();
        MultipartReader.Part part;
        while ((part = reader.next()) != null) {
            names.add(part.name());
        }
        assertThat(names).containsExactly("name", "content", "empty");
    }

    @Test
    void says_that_a_body_ends_too_early_wherever_it_does() {
        byte[] body = bytes(BODY);
        int close = BODY.indexOf("--x--y--") + 8;
        for (int length = 0; length < close; length++) {
            InputStream cut = new ByteArrayInputStream(body, 0, length);
            assertThatThrownBy(() -> parts(cut.readAllBytes()))
                    .as("cut after %d bytes", length)
                    .isInstanceOf(MultipartReader.MalformedMultipartException.class);
        }
    }

    @Test
    void bounds_what_a_hostile_body_makes_it_hold() {
        assertMalformed("x".repeat(100_000));
        assertMalformed("--x--y\r\nX: " + "h".repeat(100_000) + "\r\n\r\n");
        assertMalformed("--x--y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(3_000));
        assertMalformed("--x--y\r\n\r\nno name\r\n--x--y--");
        assertMalformed("--x--y garbage\r\n\r\n--x--y--");
        assertMalformed(
                "--x--y\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--x--y--");
    }

    @Test
    void wants_a_form_with_a_boundary() {
        assertThatThrownBy(() -> MultipartReader.of(null, InputStream.nullInputStream()))
                .hasMessageContaining("multipart");
        assertThatThrownBy(() -> MultipartReader.of("application/json", InputStream.nullInputStream()))
                .hasMessageContaining("multipart");
        assertThatThrownBy(() -> MultipartReader.of("multipart/form-data", InputStream.nullInputStream()))
                .hasMessageContaining("boundary");
        assertThatThrownBy(() -> MultipartReader.of(
                        "multipart/form-data; boundary=" + "b".repeat(71), InputStream.nullInputStream()))
                .hasMessageContaining("boundary");
    }

    private static void assertMalformed(String body) {
        assertThatThrownBy(() -> parts(bytes(body))).isInstanceOf(MultipartReader.MalformedMultipartException.class);
    }

    private static List<String> read(InputStream body) {
        try {
            return parts(MultipartReader.of(TYPE, body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> parts(byte[] body) throws IOException {
        return parts(MultipartReader.of(TYPE, new ByteArrayInputStream(body)));
    }

    private static List<String> parts(MultipartReader reader) throws IOException {
        List<String> parts = new ArrayList<>();
        MultipartReader.Part part;
        while ((part = reader.next()) != null) {
            parts.add(part.name() + "/" + part.fileName() + "/"
                    + new String(part.body().readAllBytes(), StandardCharsets.ISO_8859_1));
        }
        return parts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Gives the first bytes in one read, the others in pieces. */
    private static final class SplitStream extends InputStream {

        private final byte[] bytes;
        private final int first;
        private final int then;
        private int at;

        SplitStream(byte[] bytes, int first, int then) {
            this.bytes = bytes;
            this.first = first;
            this.then = then;
        }

        @Override
        public int read() {
            return at == bytes.length ? -1 : bytes[at++] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (at == bytes.length) {
                return -1;
            }
            int limit = at < first ? first - at : then;
            int count = Math.min(Math.min(limit, length), bytes.length - at);
            System.arraycopy(bytes, at, into, offset, count);
            at += count;
            return count;
        }
    }
}
