package dev.sluice.inspect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** How other programs read an archive's decisive document: its SHA-256, {@code none} or {@code fails}. */
final class OtherReaders {

    private OtherReaders() {}

    /** Python's zipfile and tarfile; null where there is no Python. */
    static @Nullable List<String> python(String kind, List<Path> archives, Path folder)
            throws IOException, InterruptedException {
        Path script = resource("read_archives.py", folder);
        List<String> lines = archives.stream().map(path -> kind + "\t" + path).toList();
        return run(List.of("python3", script.toString()), lines, folder);
    }

    /** The node-tar that the machine's npm brings; null where there is none. */
    static @Nullable List<String> nodeTar(List<Path> archives, Path folder) throws IOException, InterruptedException {
        List<String> root = run(List.of("npm", "root", "-g"), List.of(), folder);
        Path tar = root == null || root.isEmpty() ? null : Path.of(root.getFirst(), "npm", "node_modules", "tar");
        if (tar == null || !Files.isDirectory(tar)) {
            return null;
        }
        Path script = resource("unpack_tarballs.js", folder);
        Path into = Files.createDirectory(folder.resolve("unpacked"));
        List<String> lines = archives.stream().map(Path::toString).toList();
        return run(List.of("node", script.toString(), tar.toString(), into.toString()), lines, folder);
    }

    /** The JDK by the central directory. */
    static String zipFile(Path archive, Pattern wanted) {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            String found = "none";
            for (ZipEntry entry : zip.stream().toList()) {
                if (wanted.matcher(entry.getName()).matches()) {
                    // By name, as class loaders ask: of two entries of one name they get one.
                    found = sha256(zip.getInputStream(zip.getEntry(entry.getName())));
                }
            }
            return found;
        } catch (IOException | RuntimeException e) {
            return "fails";
        }
    }

    /** The JDK from front to back: the first one, as whoever streams takes it. */
    static String stream(byte[] archive, Pattern wanted) {
        try (JarInputStream zip = new JarInputStream(new ByteArrayInputStream(archive), false)) {
            for (JarEntry entry = zip.getNextJarEntry(); entry != null; entry = zip.getNextJarEntry()) {
                if (wanted.matcher(entry.getName()).matches()) {
                    return sha256(zip);
                }
            }
            return "none";
        } catch (IOException | RuntimeException e) {
            return "fails";
        }
    }

    static String sha256(InputStream in) throws IOException {
        return sha256(in.readAllBytes());
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path resource(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = OtherReaders.class.getResourceAsStream(name)) {
            Files.write(file, java.util.Objects.requireNonNull(in).readAllBytes());
        }
        return file;
    }

    private static @Nullable List<String> run(List<String> command, List<String> lines, Path folder)
            throws IOException, InterruptedException {
        Path input = Files.write(folder.resolve("input"), lines);
        Path output = folder.resolve("output");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() != 0) {
                return null;
            }
        } catch (IOException absent) {
            System.out.println("no " + command.getFirst() + " here: archives are not compared with it");
            return null;
        }
        return new ArrayList<>(Files.readAllLines(output, StandardCharsets.UTF_8));
    }
}
