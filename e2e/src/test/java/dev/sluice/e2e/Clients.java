package dev.sluice.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The package clients of these tests: npm and Maven 3.8 as the machine has them, Maven 3.9 as the build unpacks it, and pip, uv and
 * twine in a virtual environment made once. Installing them is the only thing that needs the network.
 */
final class Clients {

    private static final String UV = "uv==0.13.9";
    private static final String TWINE = "twine==6.1.0";

    private Clients() {}

    private static Path folder() throws IOException {
        return Files.createDirectories(
                Path.of(System.getProperty("sluice.clients")).toAbsolutePath());
    }

    /** The folder of the virtual environment's programs: python, pip, uv, twine. */
    static synchronized Path python() throws IOException {
        Path environment = folder().resolve("python");
        Path done = environment.resolve("complete");
        if (!Files.exists(done)) {
            Run.of(folder(), Map.of(), List.of("python3", "-m", "venv", "--clear", environment.toString()))
                    .succeeded();
            Run.of(
                            folder(),
                            Map.of(),
                            List.of(
                                    environment.resolve("bin/python").toString(),
                                    "-m",
                                    "pip",
                                    "install",
                                    "--quiet",
                                    "--disable-pip-version-check",
                                    UV,
                                    TWINE,
                                    "setuptools",
                                    "wheel",
                                    "build"))
                    .succeeded();
            Files.createFile(done);
        }
        return environment.resolve("bin");
    }

    /** Maven 3.9. */
    static Path maven39() {
        Path mvn = Path.of(System.getProperty("sluice.maven39"), "bin", "mvn");
        mvn.toFile().setExecutable(true);
        return mvn;
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
