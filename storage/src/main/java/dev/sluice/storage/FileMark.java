package dev.sluice.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A mark in a file of the directory it is about, there as a whole or not at all.
 *
 * @param file its place
 */
public record FileMark(Path file) implements Mark {

    /** The mark of that directory. */
    public static FileMark in(Path directory) {
        return new FileMark(directory.resolve("installation"));
    }

    @Override
    public Optional<String> read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(MOST + 1), StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException never) {
            return Optional.empty();
        }
    }

    @Override
    public void write(String text) throws IOException {
        // a name of its own: several processes may share the directory and write at once
        Path fresh = Files.createTempFile(file.resolveSibling("."), ".installation", ".new");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
