package dev.sluice.app.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small JSON file that only its owner may read, written as a whole or not at all. */
public record ControlFile(Path path) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * How to reach a running server.
     *
     * @param address its base address
     * @param token an administrator's token
     * @param pid its process
     * @param certificate SHA-256 of the certificate it shows, in hex; null when it speaks plain HTTP
     */
    public record Control(
            String address,
            String token,
            long pid,
            @Nullable String certificate) {}

    /** The one of the server that runs on that data directory. */
    public static ControlFile in(Path data) {
        return new ControlFile(data.resolve("control.json"));
    }

    /** Writes it, with mode 600, visible only when complete. */
    public void write(Control control) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("address", control.address());
        fields.put("adminToken", control.token());
        fields.put("pid", control.pid());
        if (control.certificate() != null) {
            fields.put("certificate", control.certificate());
        }
        writePrivate(path, JSON.writeValueAsString(fields) + "\n");
    }

    /** Writes a file with mode 600, visible only when complete, and durable on return: what is sealed with a key may lean on it. */
    public static void writePrivate(Path path, String text) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path folder = Objects.requireNonNull(absolute.getParent());
        Files.createDirectories(folder);
        Path temporary = absolute.resolveSibling(
                "." + absolute.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(temporary);
        FileAttribute<?>[] attributes =
                absolute.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Files.createFile(temporary, attributes);
        try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** The server that runs on the data directory, if its process is still there. */
    public Optional<Control> running() {
        return written()
                .filter(control -> ProcessHandle.of(control.pid())
                        .map(ProcessHandle::isAlive)
                        .orElse(false));
    }

    private Optional<Control> written() {
        try {
            if (!Files.isReadable(path)) {
                return Optional.empty();
            }
            JsonNode node = JSON.readTree(Files.readString(path));
            return Optional.of(new Control(
                    node.path("address").asString(""),
                    node.path("adminToken").asString(""),
                    node.path("pid").asLong(-1),
                    node.path("certificate").asString(null)));
        } catch (IOException | tools.jackson.core.JacksonException e) {
            return Optional.empty();
        }
    }

    /** Removes it, if it is there. */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
