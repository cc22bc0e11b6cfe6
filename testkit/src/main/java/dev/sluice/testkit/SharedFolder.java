package dev.sluice.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * The folder {@code shared} beside the project, with third-party test data that is not part of the project.
 *
 * <p>Tests that want it print a line and pass where it is absent. The system property {@code sluice.shared} names another
 * place. Thread-safe.
 */
public final class SharedFolder {

    private static final int BLOCK = 512;

    private SharedFolder() {}

    /** The file or folder at that path below the shared folder; prints a line where it is absent. */
    public static Optional<Path> find(String path) {
        String named = System.getProperty("sluice.shared");
        if (named != null && Files.exists(Path.of(named, path))) {
            return Optional.of(Path.of(named, path));
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve(path);
            if (Files.exists(candidate)) {
                return Optional.of(candidate);
            }
        }
        System.out.println("skipped: no shared/" + path + " beside the project");
        return Optional.empty();
    }

    /** The files of a .tar.gz whose path is wanted, by path. Throws UncheckedIOException. */
    public static Map<String, byte[]> untar(Path archive, Predicate<String> wanted) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
            byte[] header = in.readNBytes(BLOCK);
            while (header.length == BLOCK && header[0] != 0) {
                int size = Integer.parseInt(text(header, 124, 12), 8);
                String prefix = text(header, 345, 155);
                String name = prefix.isEmpty() ? text(header, 0, 100) : prefix + "/" + text(header, 0, 100);
                byte[] content = in.readNBytes(size);
                in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                boolean file = header[156] == '0' || header[156] == 0;
                if (file && wanted.test(name)) {
                    files.put(name, content);
                }
                header = in.readNBytes(BLOCK);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return files;
    }

    private static String text(byte[] header, int offset, int length) {
        String field = new String(header, offset, length, StandardCharsets.UTF_8);
        int end = field.indexOf('\0');
        return (end < 0 ? field : field.substring(0, end)).strip();
    }
}
