package dev.sluice.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;

/**
 * The package clients of these tests, in the versions that {@code clients.properties} pins.
 *
 * <p>Each is installed once, by its own ordinary package client as the machine has it set up, into the build's folder; that is the
 * only thing that needs the network. A client that cannot be installed makes the tests that need it be skipped, with the reason.
 */
final class Clients {

    private static final Properties PINNED = pinned();
    private static final Map<String, String> FAILED = new HashMap<>();

    private Clients() {}

    private static Properties pinned() {
        Properties properties = new Properties();
        try (InputStream in = Clients.class.getResourceAsStream("/clients.properties")) {
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() throws IOException {
        return Files.createDirectories(
                Path.of(System.getProperty("sluice.clients")).toAbsolutePath());
    }

    private static String pin(String client) {
        String pin = PINNED.getProperty(client);
        if (pin == null) {
            throw new IllegalArgumentException("clients.properties pins no " + client);
        }
        return pin;
    }

    /** The folder of the programs of a client that comes as an npm package. */
    static Path node(String client) throws IOException {
        String pin = pin(client);
        Path home = folder().resolve("node-" + client);
        install(
                client,
                pin,
                home,
                List.of(List.of(
                        "npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", home.toString(), pin)));
        return home.resolve("node_modules/.bin");
    }

    /** The folder of the programs of a client that comes as a Python package, with a Python of its own. */
    static Path python(String client) throws IOException {
        String pin = pin(client);
        Path home = folder().resolve("python-" + client);
        List<String> install = new ArrayList<>(List.of(
                home.resolve("bin/python").toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check"));
        install.addAll(List.of(pin.split(" ")));
        install(client, pin, home, List.of(List.of("python3", "-m", "venv", "--clear", home.toString()), install));
        return home.resolve("bin");
    }

    /** The folder of the virtual environment's programs: python, pip, uv, twine. */
    static Path python() throws IOException {
        return python("python");
    }

    /** The program of a Maven. */
    static Path maven(String client) throws IOException {
        String pin = pin(client);
        Path home = folder().resolve("maven-" + client);
        install(
                client,
                pin,
                home,
                List.of(List.of(
                        "mvn",
                        "-B",
                        "-q",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:unpack",
                        "-Dartifact=org.apache.maven:apache-maven:" + pin + ":zip:bin",
                        "-DoutputDirectory=" + home)));
        Path mvn = home.resolve("apache-maven-" + pin + "/bin/mvn");
        mvn.toFile().setExecutable(true);
        return mvn;
    }

    /** Runs the commands unless that very version is there; skips the test when one fails. */
    private static synchronized void install(String client, String pin, Path home, List<List<String>> commands)
            throws IOException {
        Path done = home.resolve("installed");
        if (Files.exists(done) && Files.readString(done).equals(pin)) {
            return;
        }
        if (!FAILED.containsKey(client)) {
            Files.createDirectories(home);
            for (List<String> command : commands) {
                Run run = Run.of(home, Map.of(), command);
                if (run.exitCode() != 0) {
                    FAILED.put(client, run.output());
                    break;
                }
            }
        }
        Assumptions.assumeFalse(
                FAILED.containsKey(client),
                () -> "NOT TESTED: " + pin + " cannot be installed on this machine: " + FAILED.get(client));
        Files.writeString(done, pin);
    }

    /** Environment without anything of this machine's that would lead a Python client elsewhere. */
    static Map<String, String> pythonEnvironment(Path home) {
        return Map.of(
                "HOME", home.toString(),
                "PIP_CONFIG_FILE", "/dev/null",
                "PIP_INDEX_URL", "",
                "PIP_EXTRA_INDEX_URL", "",
                "PIP_FIND_LINKS", "",
                "PIP_NO_INPUT", "1",
                "PIP_DISABLE_PIP_VERSION_CHECK", "1",
                "UV_CACHE_DIR", home.resolve("uv-cache").toString(),
                "UV_INDEX_URL", "");
    }
}
