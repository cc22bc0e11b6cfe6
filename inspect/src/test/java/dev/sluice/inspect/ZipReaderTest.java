package dev.sluice.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ZipReaderTest {

    private static final String METADATA = "foo-1.0.dist-info/METADATA";
    private static final String OPEN = "Name: foo\nLicense: MIT\n";
    private static final String CLOSED = "Name: foo\nLicense: AGPL-3.0-only\nRequires-Dist: evil-dep\n";

    private final ArtifactInspector inspector = new ArtifactInspector();

    @Test
    void an_honest_wheel_is_not_ambiguous() throws IOException {
        Inspection found = wheel(ZipForge.of("foo/__init__.py", "pass", METADATA, OPEN)
                .end("a comment".getBytes(StandardCharsets.US_ASCII), record -> {}));
        assertThat(found.ambiguities()).isEmpty();
        assertThat(found.license().orNull()).isEqualTo("MIT");
    }

    @Test
    void metadata_is_found_from_the_end_whatever_comment_follows() throws IOException {
        byte[] wheel = ZipForge.of("foo/__init__.py", "pass", METADATA, OPEN, "foo-1.0.dist-info/RECORD", "")
                .end(new byte[0xffff], record -> {});
        assertThat(metadata(wheel)).isEqualTo(OPEN);
    }

    /** As a client that reads from a distance sees them: nothing of the rest of the archive is looked at. */
    @TestFactory
    Stream<DynamicTest> metadata_is_not_taken_from_an_archive_that_looks_forged() {
        return Stream.of(
                untold("another local header", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putInt(ZipForge.CRC, 3));
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                untold("another name in the local header", zip -> {
                    int at = zip.local("foo-1.0.dist-info/METADATX", OPEN);
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                untold("other content", zip -> {
                    int at = zip.local(METADATA, CLOSED);
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                untold(
                        "two of one name",
                        zip -> zip.file(METADATA, OPEN).file(METADATA, CLOSED).end()),
                untold(
                        "two that pip may take",
                        zip -> zip.file(METADATA, OPEN)
                                .file("evil-1.0.dist-info/METADATA", CLOSED)
                                .end()),
                untold(
                        "another spelling",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.dist-info/metadata", CLOSED)
                                .end()),
                untold(
                        "bytes after it that belong to none",
                        zip -> zip.file(METADATA, OPEN).bytes(new byte[40]).end()),
                untold(
                        "something put before it",
                        zip -> zip.bytes(new byte[40]).file(METADATA, OPEN).end()),
                untold(
                        "a fewer entries than it claims",
                        zip -> zip.file(METADATA, OPEN)
                                .end(
                                        new byte[0],
                                        record -> record.putShort(8, (short) 9).putShort(10, (short) 9))),
                untold("entries that overlap", zip -> {
                    int at = zip.local(METADATA, OPEN);
                    return zip.directory(METADATA, OPEN, at)
                            .directory("foo/x", OPEN, at + 5)
                            .end();
                }),
                untold("nothing that decides", zip -> zip.file("foo/x", OPEN).end()));
    }

    private DynamicTest untold(String name, Function<ZipForge, byte[]> forged) {
        return DynamicTest.dynamicTest(
                name, () -> assertThat(metadata(forged.apply(new ZipForge()))).isNull());
    }

    private @Nullable String metadata(byte[] wheel) throws IOException {
        byte[] found = inspector.metadata("pypi", "foo-1.0-py3-none-any.whl", new InMemory(wheel));
        return found == null ? null : new String(found, StandardCharsets.UTF_8);
    }

    /** Pip reads what the directory leads to; whoever reads from front to back finds the other one. */
    @Test
    void what_only_the_directory_leads_to_is_read_and_the_forged_twin_is_told() throws IOException {
        ZipForge zip = new ZipForge();
        zip.local(METADATA, OPEN);
        Inspection found = wheel(
                zip.directory(METADATA, CLOSED, zip.local(METADATA, CLOSED)).end());
        assertThat(found.license().orNull()).isEqualTo("AGPL-3.0-only");
        assertThat(found.ambiguities()).isNotEmpty();
    }

    @Test
    void of_two_entries_of_one_name_the_last_of_the_directory_is_read_and_both_are_told() throws IOException {
        Inspection found = wheel(ZipForge.of(METADATA, OPEN, METADATA, CLOSED).end());
        assertThat(found.license().orNull()).isEqualTo("AGPL-3.0-only");
        assertThat(found.ambiguities()).anyMatch(sentence -> sentence.contains("more than once"));
        ZipForge turned = new ZipForge();
        int closed = turned.local(METADATA, CLOSED);
        int open = turned.local(METADATA, OPEN);
        assertThat(wheel(turned.directory(METADATA, OPEN, open)
                                .directory(METADATA, CLOSED, closed)
                                .end())
                        .license()
                        .orNull())
                .isEqualTo("AGPL-3.0-only");
    }

    @TestFactory
    Stream<DynamicTest> every_forgery_is_told() {
        return Stream.of(
                told("a local header with another name", zip -> {
                    int at = zip.local("foo-1.0.dist-info/XXXXXXXX", OPEN);
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                told("a local header with another size", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putInt(ZipForge.SIZE, 3));
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                told("a local header with another checksum", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putInt(ZipForge.CRC, 3));
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                told("a local header with another method", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putShort(ZipForge.METHOD, (short) 0));
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                told("a local header that promises a descriptor", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putShort(ZipForge.FLAGS, (short) 8));
                    return zip.directory(METADATA, OPEN, at).end();
                }),
                told("a descriptor that differs", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putShort(ZipForge.FLAGS, (short) 8));
                    zip.bytes(new byte[] {'P', 'K', 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
                    return zip.directory(METADATA, OPEN, at, header -> header.putShort(8, (short) 8))
                            .end();
                }),
                told("an encrypted entry", zip -> {
                    int at = zip.local(METADATA, OPEN, header -> header.putShort(ZipForge.FLAGS, (short) 1));
                    return zip.directory(METADATA, OPEN, at, header -> header.putShort(8, (short) 1))
                            .end();
                }),
                told("content that is not what the directory says", zip -> {
                    int at = zip.local(METADATA, OPEN);
                    return zip.directory(METADATA, OPEN, at, header -> header.putInt(16, 5))
                            .end();
                }),
                told("entries that overlap", zip -> {
                    int at = zip.local(METADATA, OPEN);
                    return zip.directory(METADATA, OPEN, at)
                            .directory("foo/other", OPEN, at)
                            .end();
                }),
                told("an entry of the directory alone", zip -> {
                    int at = zip.local("foo/x", OPEN);
                    return zip.directory("foo/x", OPEN, at)
                            .directory(METADATA, OPEN, at + 3)
                            .end();
                }),
                told("a local entry that the directory lacks", zip -> {
                    zip.file(METADATA, OPEN).local("foo/x", "x");
                    return zip.end();
                }),
                told(
                        "bytes before the archive",
                        zip -> zip.bytes(new byte[] {1, 2, 3})
                                .file(METADATA, OPEN)
                                .end()),
                told("bytes after the archive", zip -> {
                    byte[] whole = zip.file(METADATA, OPEN).end();
                    return java.util.Arrays.copyOf(whole, whole.length + 7);
                }),
                told(
                        "a whole archive in the comment",
                        zip -> zip.file(METADATA, OPEN)
                                .end(ZipForge.of(METADATA, CLOSED).end(), record -> {})),
                told(
                        "another count of entries",
                        zip -> zip.file(METADATA, OPEN).end(new byte[0], record -> record.putShort(10, (short) 2))),
                told(
                        "a directory that is elsewhere",
                        zip -> zip.file(METADATA, OPEN).end(new byte[0], record -> record.putInt(16, 2))),
                told("a zip64 record that contradicts", zip -> {
                    byte[] whole = zip.file(METADATA, OPEN).end();
                    java.nio.ByteBuffer more =
                            java.nio.ByteBuffer.allocate(whole.length + 76).order(java.nio.ByteOrder.LITTLE_ENDIAN);
                    int end = whole.length - 22;
                    more.put(whole, 0, end);
                    more.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
                    more.putInt(0).putInt(0).putLong(1).putLong(1).putLong(73).putLong(0);
                    more.putInt(0x07064b50).putInt(0).putLong(end).putInt(1).put(whole, end, 22);
                    return more.array();
                }),
                told(
                        "the document in capitals beside it",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.dist-info/metadata", CLOSED)
                                .end()),
                told(
                        "the document by another spelling",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.dist-info//METADATA", CLOSED)
                                .end()),
                told(
                        "the document by a backslash",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.dist-info\\METADATA", CLOSED)
                                .end()),
                told(
                        "the document in wide letters",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.dist-info/\uFF2DETADATA", CLOSED)
                                .end()),
                told(
                        "a name that ends early for some",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.dist-info/METADATA\0x", CLOSED)
                                .end()),
                told(
                        "a name that climbs",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo/../foo-1.0.dist-info/METADATA", CLOSED)
                                .end()),
                told(
                        "a second dist-info",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.1.dist-info/METADATA", CLOSED)
                                .end()),
                told(
                        "a file that is also a folder",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo/x", "x")
                                .file("foo/x/y", "x")
                                .end()),
                told(
                        "another document that is installed over it",
                        zip -> zip.file(METADATA, OPEN)
                                .file("foo-1.0.data/purelib/foo-1.0.dist-info/METADATA", CLOSED)
                                .end()));
    }

    /** What it unpacks to is bounded by what the directory claims: whoever claims less is believed in nothing. */
    @Test
    void what_is_stored_in_another_length_than_its_own_is_neither_copied_nor_believed() throws IOException {
        String much = "x".repeat(1 << 20);
        for (String name : new String[] {METADATA, "foo/data"}) {
            ZipForge zip = new ZipForge();
            int packed = 1 << 20;
            int at = zip.local(
                    name,
                    "",
                    header -> header.putShort(ZipForge.METHOD, (short) 0)
                            .putInt(ZipForge.PACKED, packed + 2)
                            .putInt(ZipForge.SIZE, 100));
            zip.bytes(much.getBytes(StandardCharsets.US_ASCII));
            Inspection found = wheel(zip.directory(
                            name,
                            "",
                            at,
                            header -> header.putShort(10, (short) 0)
                                    .putInt(20, packed + 2)
                                    .putInt(24, 100))
                    .end());
            assertThat(found.license().isKnown()).isFalse();
            assertThat(found.license().basis()).contains("'" + name + "' is stored in another length than its own");
            assertThat(found.ambiguities()).anyMatch(told -> told.contains("stored in another length than its own"));
        }
    }

    private interface Forgery {
        byte[] of(ZipForge zip);
    }

    private DynamicTest told(String name, Forgery forgery) {
        return DynamicTest.dynamicTest(
                name,
                () -> assertThat(wheel(forgery.of(new ZipForge())).ambiguities())
                        .isNotEmpty());
    }

    @Test
    void a_jar_may_begin_with_a_program_and_hold_a_licence_twice() throws IOException {
        byte[] jar = new ZipForge()
                .bytes("#!/bin/sh\nexec java -jar \"$0\"\n".getBytes(StandardCharsets.US_ASCII))
                .file("META-INF/LICENSE", "one")
                .file("META-INF/LICENSE", "two")
                .file("A.class", "x")
                .end();
        assertThat(inspector.inspect("maven", "a-1.jar", new InMemory(jar)).ambiguities())
                .isEmpty();
        byte[] twice = ZipForge.of("A.class", "x", "A.class", "y").end();
        assertThat(inspector.inspect("maven", "a-1.jar", new InMemory(twice)).ambiguities())
                .isNotEmpty();
    }

    @Test
    void folders_of_a_jar_may_be_written_as_empty_files() throws IOException {
        byte[] jar = ZipForge.of("META-INF", "", "META-INF/MANIFEST.MF", "x", "org", "", "org/A.class", "x")
                .end();
        assertThat(inspector.inspect("maven", "a-1.jar", new InMemory(jar)).ambiguities())
                .isEmpty();
        for (byte[] twice : List.of(
                ZipForge.of("A.class", "", "A.class", "y").end(),
                ZipForge.of("A.class", "y", "A.class", "").end(),
                ZipForge.of("org", "y", "org/A.class", "x").end())) {
            assertThat(inspector
                            .inspect("maven", "a-1.jar", new InMemory(twice))
                            .ambiguities())
                    .isNotEmpty();
        }
    }

    private Inspection wheel(byte[] bytes) throws IOException {
        return inspector.inspect("pypi", "foo-1.0-py3-none-any.whl", new InMemory(bytes));
    }
}
