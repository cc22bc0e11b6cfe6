package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Archives that clients could install: what is none is withheld, whatever else a test is about. */
public final class Tarballs {

    private Tarballs() {}

    /**
     * An npm tarball.
     *
     * @param members more members of its package.json as JSON text, each followed by a comma
     * @param ballast so many bytes that do not compress
     */
    public static byte[] npm(String name, String version, String members, int ballast) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(
                "package/package.json",
                ("{" + members + "\"name\":\"" + name + "\",\"version\":\"" + version + "\"}").getBytes(UTF_8));
        byte[] rest = new byte[ballast];
        new Random(ballast).nextBytes(rest);
        files.put("package/ballast", rest);
        return of(files);
    }

    /** A source distribution without a word about its licence. */
    static byte[] sdist(String name, String version) {
        return of(Map.of(
                name + "-" + version + "/PKG-INFO",
                ("Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n").getBytes(UTF_8)));
    }

    /** A gzipped tar archive with one file. */
    static byte[] tgz(String name, String content) {
        return of(Map.of(name, content.getBytes(UTF_8)));
    }

    /** A zip archive with one file. */
    static byte[] zip(String name, String content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] of(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
