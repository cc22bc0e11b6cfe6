package dev.sluice.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TarReaderTest {

    private static final String MANIFEST = "package/package.json";
    private static final String OPEN = "{\"license\":\"MIT\"}";
    private static final String CLOSED = "{\"license\":\"AGPL-3.0-only\",\"scripts\":{\"install\":\"x\"}}";

    private final ArtifactInspector inspector = new ArtifactInspector();

    @TestFactory
    Stream<DynamicTest> what_packers_really_write_is_not_ambiguous() {
        String name = "package/" + "long/".repeat(30) + "x.js";
        return Stream.of(
                honest("a plain archive", TarForge.of("package/index.js", "x", MANIFEST, OPEN)),
                honest(
                        "folders, also twice",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('5', "package/", "", header -> {})
                                .entry('5', "package/", "", header -> {})),
                honest(
                        "times and long names in PAX headers",
                        new TarForge()
                                .pax('x', "mtime", "1700000000.123", "path", name, "SCHILY.dev", "1")
                                .file("package/long/long/x.js", "x")
                                .file(MANIFEST, OPEN)),
                honest(
                        "keys of vendors, as npm's packer of 2013 wrote them",
                        new TarForge()
                                .pax(
                                        'x',
                                        "path",
                                        name,
                                        "NODETAR.depth",
                                        "1",
                                        "NODETAR.follow",
                                        "",
                                        "NODETAR.type",
                                        "File")
                                .file("package/long/long/x.js", "x")
                                .file(MANIFEST, OPEN)),
                honest(
                        "a commit in a global PAX header",
                        new TarForge().pax('g', "comment", "0123456789abcdef").file(MANIFEST, OPEN)),
                honest(
                        "GNU long names",
                        new TarForge()
                                .entry('L', "././@LongLink", name + "\0", header -> {})
                                .file(name.substring(0, 100), "x")
                                .file(MANIFEST, OPEN)),
                honest(
                        "names in capitals elsewhere",
                        TarForge.of(
                                "package/README.md",
                                "x",
                                "package/readme.md",
                                "y",
                                "package/lib/Package.json",
                                "{}",
                                MANIFEST,
                                OPEN)),
                honest(
                        "zeros to fill the last record",
                        TarForge.of(MANIFEST, OPEN).bytes(new byte[8192])));
    }

    private DynamicTest honest(String name, TarForge tar) {
        return DynamicTest.dynamicTest(name, () -> {
            Inspection found = npm(tar.gzip());
            assertThat(found.ambiguities()).isEmpty();
            assertThat(found.license().orNull()).isEqualTo("MIT");
        });
    }

    @TestFactory
    Stream<DynamicTest> every_forgery_is_told() {
        TarForge one = TarForge.of(MANIFEST, OPEN);
        byte[] packed = TarForge.of(MANIFEST, OPEN).gzip();
        return Stream.of(
                told(
                        "a second manifest",
                        TarForge.of(MANIFEST, OPEN, MANIFEST, CLOSED).gzip()),
                told(
                        "a manifest in another folder",
                        TarForge.of(MANIFEST, OPEN, "other/package.json", CLOSED)
                                .gzip()),
                told(
                        "a manifest in capitals",
                        TarForge.of(MANIFEST, OPEN, "package/PACKAGE.json", CLOSED)
                                .gzip()),
                told(
                        "a manifest without a folder",
                        TarForge.of(MANIFEST, OPEN, "package.json", CLOSED).gzip()),
                told(
                        "another spelling",
                        TarForge.of(MANIFEST, OPEN, "./package/package.json", CLOSED)
                                .gzip()),
                told(
                        "a backslash",
                        TarForge.of(MANIFEST, OPEN, "package\\package.json", CLOSED)
                                .gzip()),
                told(
                        "a name that climbs",
                        TarForge.of(MANIFEST, OPEN, "package/x/../package.json", CLOSED)
                                .gzip()),
                told(
                        "a PAX path to the manifest",
                        TarForge.of(MANIFEST, OPEN)
                                .pax('x', "path", MANIFEST)
                                .file("package/x", CLOSED)
                                .gzip()),
                told(
                        "a PAX path away from the manifest",
                        TarForge.of("package/x", OPEN)
                                .pax('x', "path", "package/y")
                                .file(MANIFEST, CLOSED)
                                .gzip()),
                told(
                        "a GNU long name to the manifest",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('L', "././@LongLink", MANIFEST + "\0", header -> {})
                                .file("package/x", CLOSED)
                                .gzip()),
                told(
                        "a PAX size",
                        TarForge.of(MANIFEST, OPEN)
                                .pax('x', "size", "3")
                                .file("package/x", CLOSED)
                                .gzip()),
                told(
                        "a global PAX path",
                        new TarForge()
                                .pax('g', "path", "package/x")
                                .file(MANIFEST, OPEN)
                                .gzip()),
                told(
                        "a line in a PAX value",
                        TarForge.of(MANIFEST, OPEN)
                                .pax(
                                        'x',
                                        "comment",
                                        "x\n"
                                                + TarForge.record("path", MANIFEST)
                                                        .strip())
                                .file("package/x", CLOSED)
                                .gzip()),
                told(
                        "a sparse file",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('S', "package/x", "x", header -> {})
                                .gzip()),
                told(
                        "a sparse file by PAX",
                        TarForge.of(MANIFEST, OPEN)
                                .pax('x', "GNU.sparse.name", MANIFEST)
                                .file("package/x", CLOSED)
                                .gzip()),
                told(
                        "an unheard-of kind",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('Z', MANIFEST, CLOSED, header -> {})
                                .gzip()),
                told(
                        "a link at the manifest",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('2', MANIFEST, "", header -> TarForge.put(header, 157, "x"))
                                .gzip()),
                told(
                        "a file behind a link",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('2', "package/x", "", header -> TarForge.put(header, 157, "."))
                                .file("package/x/package.json", CLOSED)
                                .gzip()),
                told(
                        "a link that a file becomes",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('1', "package/x", "", header -> TarForge.put(header, 157, MANIFEST))
                                .file("package/x", CLOSED)
                                .gzip()),
                told(
                        "a file with a link target",
                        TarForge.of("package/x", OPEN)
                                .entry('0', MANIFEST, CLOSED, header -> TarForge.put(header, 157, "x"))
                                .gzip()),
                told(
                        "a folder with the manifest's name",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('5', MANIFEST, "", header -> {})
                                .gzip()),
                told(
                        "a size that is no octal number",
                        new TarForge()
                                .entry('0', MANIFEST, OPEN, header -> TarForge.put(header, 124, "0x00000001\0"))
                                .gzip()),
                told(
                        "a size to the base of 256",
                        TarForge.of(MANIFEST, OPEN)
                                .entry('0', "package/x", CLOSED, header -> header[124] = (byte) 0x80)
                                .gzip()),
                told(
                        "a header whose checksum does not fit",
                        TarForge.of(MANIFEST, OPEN)
                                .bytes(broken())
                                .file(MANIFEST, CLOSED)
                                .gzip()),
                told(
                        "an entry after the end",
                        TarForge.gzip(
                                joined(one.end(), TarForge.of(MANIFEST, CLOSED).end()))),
                told(
                        "a second gzip member",
                        joined(packed, TarForge.of(MANIFEST, CLOSED).gzip())),
                told("bytes after the gzip member", joined(packed, "x".getBytes(StandardCharsets.US_ASCII))),
                told("a gzip checksum that does not fit", changed(packed, packed.length - 6)),
                told("a tarball that is not packed", TarForge.of(MANIFEST, OPEN).end()),
                told("a broken off tarball", Arrays.copyOf(packed, packed.length - 20)));
    }

    private DynamicTest told(String name, byte[] tarball) {
        return DynamicTest.dynamicTest(
                name, () -> assertThat(npm(tarball).ambiguities()).isNotEmpty());
    }

    @Test
    void of_several_manifests_the_last_counts_and_the_scripts_of_any() throws IOException {
        Inspection found = npm(TarForge.of(MANIFEST, CLOSED, MANIFEST, OPEN).gzip());
        assertThat(found.license().orNull()).isEqualTo("MIT");
        assertThat(found.installScripts().orNull()).isTrue();
    }

    /** 200 KB that hold one name of 200 MB: neither the name nor the bytes after its header are read. */
    @Test
    void a_huge_header_is_refused_before_it_is_read() throws IOException {
        byte[] header = new byte[512];
        System.arraycopy(TarForge.of("x", "").open(), 0, header, 0, 512);
        header[156] = 'L';
        TarForge.put(header, 124, "01372000000\0"); // 200 MB
        TarForge.sum(header);
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(header);
        tar.writeBytes("a".repeat(60 << 20).getBytes(StandardCharsets.US_ASCII));
        Counting content = new Counting(TarForge.gzip(tar.toByteArray()));
        long before = allocated();
        Inspection found = inspector.inspect("npm", "a-1.0.0.tgz", content);
        assertThat(allocated() - before).isLessThan(2 << 20);
        assertThat(found.license().basis()).contains("larger than 65536 bytes");
        assertThat(found.ambiguities()).isNotEmpty();
        assertThat(content.read).isLessThan(100_000);
    }

    /** Millions of PAX records, in one block or in many: what is read of them is bounded. */
    @Test
    void header_blocks_are_bounded_all_together() throws IOException {
        String records = "6 a=b\n".repeat(10_000);
        TarForge tar = TarForge.of(MANIFEST, OPEN);
        for (int i = 0; i < 600; i++) {
            tar.entry('x', "PaxHeader", records, header -> {}).file("package/" + i, "");
        }
        Counting content = new Counting(tar.gzip());
        assertThat(inspector.inspect("npm", "a-1.0.0.tgz", content).license().basis())
                .contains("headers are larger");
        TarForge one = TarForge.of(MANIFEST, OPEN).entry('x', "PaxHeader", records.repeat(100), header -> {});
        assertThat(npm(one.file("package/x", "").gzip()).license().basis()).contains("a header is larger");
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private static byte[] broken() {
        byte[] header = Arrays.copyOf(TarForge.of("package/y", "").open(), 512);
        header[150] ^= 1;
        return header;
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] other = bytes.clone();
        other[at] ^= 1;
        return other;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private Inspection npm(byte[] bytes) throws IOException {
        return inspector.inspect("npm", "a-1.0.0.tgz", new InMemory(bytes));
    }

    /** Counts what is read of it. */
    private static final class Counting implements Content {

        private final InMemory bytes;
        private long read;

        Counting(byte[] bytes) {
            this.bytes = new InMemory(bytes);
        }

        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public InputStream open(long offset, long length) {
            return new FilterInputStream(bytes.open(offset, length)) {
                @Override
                public int read(byte[] into, int from, int count) throws IOException {
                    int got = super.read(into, from, count);
                    read += Math.max(0, got);
                    return got;
                }
            };
        }
    }
}
