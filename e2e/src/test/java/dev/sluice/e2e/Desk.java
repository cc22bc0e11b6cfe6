package dev.sluice.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where somebody works: a home with settings and caches of its own and one project, and nothing of this machine's settings.
 *
 * @param home the home folder
 * @param project the project's folder, where commands run
 * @param environment what commands run with
 */
record Desk(Path home, Path project, Map<String, String> environment) {

    private static final List<String> FOREIGN =
            List.of("npm_", "NPM_", "PNPM_", "YARN_", "BUN_", "PIP_", "UV_", "POETRY_", "PDM_", "TWINE_", "MAVEN_");

    /** An empty one in a folder; programs are looked for in {@code bin} first. */
    static Desk in(Path folder, Path bin, Map<String, String> more) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String name : System.getenv().keySet()) {
            if (FOREIGN.stream().anyMatch(name::startsWith)) {
                environment.put(name, "");
            }
        }
        Path home = Files.createDirectories(folder.resolve("home"));
        environment.put("HOME", home.toString());
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        environment.put("TZ", "UTC");
        environment.put("CI", "");
        environment.put("XDG_CONFIG_HOME", "");
        environment.put("XDG_CACHE_HOME", "");
        environment.put("XDG_DATA_HOME", "");
        environment.put("NO_COLOR", "1");
        environment.put("COLUMNS", "300");
        environment.put("no_proxy", "127.0.0.1");
        more.forEach((name, value) -> environment.put(name, value.replace("~", home.toString())));
        return new Desk(home, Files.createDirectories(folder.resolve("project")), environment);
    }

    /** Runs a command in the project. */
    Run run(String... command) {
        return Run.of(project, environment, List.of(command));
    }

    /** Copies files and folders of the project that are there, as a colleague has them who checks it out. */
    void checkOut(Desk author, List<String> names) throws IOException {
        for (String name : names) {
            Path from = author.project.resolve(name);
            if (Files.exists(from)) {
                Files.write(project.resolve(name), Files.readAllBytes(from));
            }
        }
    }

    /** Makes this home and project as those of another desk are. */
    void copyOf(Desk other) throws IOException {
        copy(other.home, home);
        copy(other.project, project);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
