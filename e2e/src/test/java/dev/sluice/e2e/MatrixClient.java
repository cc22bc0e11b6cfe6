package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The clients of npm and PyPI packages, each with the page of documentation that says how it is used. */
enum MatrixClient {
    NPM_10("npm 10", "npm-10", "npm", "cool-down-by-date"),
    NPM_11("npm 11", "npm-11", "npm", "cool-down"),
    PNPM_10("pnpm 10", "pnpm-10", "pnpm", "cool-down"),
    PNPM_12("pnpm 12", "pnpm-12", "pnpm", "cool-down"),
    YARN_1("yarn 1", "yarn-1", "yarn-1", "cool-down"),
    YARN_4("yarn 4", "yarn-4", "yarn", "cool-down"),
    BUN("bun 1.4", "bun", "bun", "cool-down"),
    PIP_23("pip 23", "pip-23", "pip", "none"),
    PIP_26("pip 26", "pip", "pip", "cool-down"),
    UV("uv 0.13", "uv", "uv", "cool-down"),
    POETRY("poetry 2.5", "poetry", "poetry", "cool-down"),
    PDM("pdm 2.29", "pdm", "pdm", "cool-down"),
    TWINE("twine 7", "twine", "twine", "cool-down");

    /** What a colleague checks out of a project: what it asks for and its lock file, and nobody's settings. */
    static final List<String> CHECKED_IN = List.of(
            "package.json",
            "package-lock.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lock",
            "pyproject.toml",
            "requirements.txt",
            "uv.lock",
            "poetry.lock",
            "pdm.lock");

    private final String title;
    private final String pinned;
    private final String page;
    private final String coolDown;

    MatrixClient(String title, String pinned, String page, String coolDown) {
        this.title = title;
        this.pinned = pinned;
        this.page = page;
        this.coolDown = coolDown;
    }

    /** Its name and major version, as its row in the documentation has it. */
    String title() {
        return title;
    }

    /** A word for names of packages and repositories. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** The page in {@code docs/clients} that says how it is used. */
    SetupPage page() throws IOException {
        return SetupPage.read(page);
    }

    /** What its page calls the use of its own cool-down. */
    String coolDown() {
        return coolDown;
    }

    /** Whether its packages are npm's; else they are PyPI's. */
    boolean isNode() {
        return ordinal() <= BUN.ordinal();
    }

    /** The format of its packages. */
    String format() {
        return isNode() ? "npm" : "pypi";
    }

    /** One version of a package, as it is written behind an installing command. */
    String exactly(String name, String version) {
        return name + (isNode() ? "@" : "==") + version;
    }

    /** What keeps it quiet, its caches in the home and what it installs in the project. */
    private Map<String, String> environment() {
        return switch (this) {
            case YARN_1 -> Map.of("YARN_CACHE_FOLDER", "~/cache");
            case YARN_4 ->
                Map.of("YARN_ENABLE_TELEMETRY", "0", "YARN_NODE_LINKER", "node-modules", "YARN_ENABLE_TIPS", "0");
            case BUN -> Map.of("BUN_INSTALL_CACHE_DIR", "~/cache", "DO_NOT_TRACK", "1");
            case PIP_23, PIP_26 -> Map.of("PIP_TARGET", "~/../project/site");
            case UV -> Map.of("UV_PYTHON_DOWNLOADS", "never");
            case POETRY ->
                Map.of(
                        "POETRY_VIRTUALENVS_IN_PROJECT",
                        "true",
                        "POETRY_KEYRING_ENABLED",
                        "false",
                        "PYTHON_KEYRING_BACKEND",
                        "keyring.backends.null.Keyring");
            case PDM -> Map.of("PDM_CHECK_UPDATE", "false");
            default -> Map.of();
        };
    }

    /** A desk with this client and an empty project. */
    Desk desk(Path folder) throws IOException {
        Path bin = isNode() ? Clients.node(pinned) : Clients.python(pinned);
        Map<String, String> more = new HashMap<>(environment());
        if (isNode()) {
            more.put("npm_config_fetch_retries", "0");
            more.put("npm_config_update_notifier", "false");
        } else {
            more.put("PIP_NO_INPUT", "1");
            more.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
            more.put("UV_PYTHON", bin.resolve("python").toString());
        }
        Desk desk = Desk.in(folder, bin, more);
        if (isNode()) {
            Files.writeString(
                    desk.project().resolve("package.json"),
                    "{\"name\": \"somebodys-project\", \"version\": \"1.0.0\", \"private\": true}\n");
        } else {
            Files.writeString(desk.project().resolve("pyproject.toml"), pyproject("somebodys-project", "1.0.0") + """
                    [tool.poetry]
                    package-mode = false
                    [tool.pdm]
                    distribution = false
                    """);
        }
        if (this == YARN_4) {
            Files.writeString(desk.project().resolve("yarn.lock"), "");
        }
        return desk;
    }

    private static String pyproject(String name, String version) {
        return """
                [project]
                name = "%s"
                version = "%s"
                requires-python = ">=3.11"
                dependencies = []
                """.formatted(name, version);
    }

    /** Makes the project that of a package to publish, built. */
    void packageToPublish(Desk desk, String name, String version) throws IOException {
        if (isNode()) {
            Files.writeString(
                    desk.project().resolve("package.json"),
                    "{\"name\": \"" + name + "\", \"version\": \"" + version
                            + "\", \"license\": \"MIT\", \"main\": \"index.js\"}\n");
            Files.writeString(desk.project().resolve("index.js"), "module.exports = '" + version + "';\n");
        } else {
            Files.writeString(desk.project().resolve("pyproject.toml"), pyproject(name, version));
            Path wheel = desk.project().resolve("dist/" + name + "-" + version + "-py3-none-any.whl");
            Files.createDirectories(wheel.getParent());
            Files.write(wheel, Python.wheel(name, version));
        }
    }

    /** Makes the lock file where installing made none: pip's is written by hand. */
    void lock(Desk desk, String name, String version) throws IOException {
        if (this == PIP_23 || this == PIP_26) {
            Files.write(
                    desk.project().resolve("requirements.txt"),
                    (name + "==" + version + " --hash=sha256:" + Python.sha256(Python.wheel(name, version)) + "\n")
                            .getBytes(UTF_8));
        }
    }

    /** The version of a package that is installed in the project, or a word that says it is not there. */
    String installed(Desk desk, String name) throws IOException {
        if (isNode()) {
            Path manifest = desk.project().resolve("node_modules/" + name + "/package.json");
            return Files.exists(manifest)
                    ? Sluice.JSON
                            .readTree(Files.readString(manifest))
                            .path("version")
                            .asString()
                    : "none";
        }
        try (Stream<Path> files = Files.walk(desk.project())) {
            return files.map(p -> p.getFileName().toString())
                    .filter(n -> n.startsWith(name + "-") && n.endsWith(".dist-info"))
                    .map(n -> n.substring(name.length() + 1, n.length() - ".dist-info".length()))
                    .findFirst()
                    .orElse("none");
        }
    }
}
