package dev.sluice.app.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The machine that Sluice runs on: its environment, the user's home, and the package clients installed there.
 *
 * @param environment environment variables
 * @param home the user's home directory
 */
public record Machine(Map<String, String> environment, Path home) {

    private static final Map<String, Function<Machine, Optional<Found>>> READERS = Map.of(
            "npm", machine -> new NpmConfiguration(machine).registry(),
            "pypi", machine -> new PipConfiguration(machine).index(),
            "maven", machine -> new MavenConfiguration(machine).repository());

    private static final int SECONDS = 20;
    private static final int MAX_OUTPUT = 1 << 20;

    /** This machine. */
    public static Machine here() {
        return new Machine(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** The formats whose clients' configuration can be read. */
    public static Set<String> formats() {
        return READERS.keySet();
    }

    /** The upstream that the machine's clients of a format are set up with, if it is known. */
    public Optional<Found> upstream(String format) {
        Function<Machine, Optional<Found>> reader = READERS.get(format);
        return reader == null ? Optional.empty() : reader.apply(this);
    }

    /** Runs a client's own command and gives what it prints, or empty when it is not there, fails or takes too long. */
    Optional<String> run(String... command) {
        Optional<Path> program = onPath(command[0]);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<String> line = new ArrayList<>(List.of(command));
            line.set(
                    0,
                    program.get()
                            .toAbsolutePath()
                            .toString()); // this machine's, whatever the PATH of this process says
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.environment().clear();
            builder.environment().putAll(environment);
            builder.directory(home.toFile());
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
                try (InputStream in = process.getInputStream()) {
                    return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    return "";
                }
            });
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            String text = output.join().strip();
            return process.exitValue() == 0 && !text.isEmpty() ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Where a command lies on the PATH, links resolved. */
    Optional<Path> executable(String command) {
        return onPath(command).map(file -> {
            try {
                return file.toRealPath();
            } catch (IOException e) {
                return file;
            }
        });
    }

    private Optional<Path> onPath(String command) {
        String path = environment.getOrDefault("PATH", "");
        for (String directory : path.split(java.io.File.pathSeparator, -1)) {
            if (directory.isEmpty()) {
                continue;
            }
            Path file = Path.of(directory, command);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** The first lines of a file of the user's, or empty. */
    Optional<String> file(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
