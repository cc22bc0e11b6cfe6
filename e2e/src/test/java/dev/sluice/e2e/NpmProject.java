package dev.sluice.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A project of somebody who uses the machine's npm, with a home, a configuration and a cache of its own. */
final class NpmProject {

    private final Path folder;
    private final String registry;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private NpmProject(Path folder, String registry) {
        this.folder = folder;
        this.registry = registry;
    }

    /** An empty project whose registry is the repository {@code main} of that server; no token. */
    static NpmProject in(Path folder, Sluice sluice) throws IOException {
        Files.createDirectories(folder);
        NpmProject project = new NpmProject(folder, sluice.repository("npm"));
        project.environment.put("HOME", folder.toString());
        project.environment.put("npm_config_registry", project.registry);
        project.environment.put(
                "npm_config_userconfig", folder.resolve("user.npmrc").toString());
        project.environment.put(
                "npm_config_globalconfig", folder.resolve("global.npmrc").toString());
        project.environment.put("npm_config_cache", folder.resolve("cache").toString());
        project.environment.put("npm_config_audit", "false");
        project.environment.put("npm_config_fund", "false");
        project.environment.put("npm_config_update_notifier", "false");
        project.environment.put("npm_config_fetch_retries", "0");
        project.environment.put("no_proxy", "127.0.0.1");
        Files.writeString(
                folder.resolve("package.json"),
                Sluice.JSON
                        .createObjectNode()
                        .put("name", "somebodys-project")
                        .put("version", "1.0.0")
                        .put("private", true)
                        .toString());
        return project;
    }

    /** The same with that token in its .npmrc, as {@code npm login} leaves it. */
    NpmProject token(String token) throws IOException {
        Files.writeString(
                folder.resolve("user.npmrc"), registry.replaceFirst("^http:", "") + ":_authToken=" + token + "\n");
        return this;
    }

    /** Runs npm. */
    Run npm(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add("npm");
        command.addAll(List.of(arguments));
        return Run.of(folder, environment, command);
    }

    /** Makes this the project of a package to publish. */
    NpmProject packageJson(String name, String version) throws IOException {
        ObjectNode manifest = Sluice.JSON
                .createObjectNode()
                .put("name", name)
                .put("version", version)
                .put("description", "A package of these tests.")
                .put("license", "Apache-2.0")
                .put("main", "index.js");
        Files.writeString(folder.resolve("package.json"), manifest.toString());
        Files.writeString(folder.resolve("index.js"), "module.exports = '" + version + "';\n");
        return this;
    }

    /** The version of a package that is installed here. */
    String installed(String name) throws IOException {
        return Sluice.JSON
                .readTree(Files.readString(
                        folder.resolve("node_modules").resolve(name).resolve("package.json")))
                .path("version")
                .asString();
    }

    /** Whether a package is installed here. */
    boolean has(String name) {
        return Files.exists(folder.resolve("node_modules").resolve(name));
    }

    /** The lock file's entry of an installed package. */
    JsonNode locked(String name) throws IOException {
        return Sluice.JSON
                .readTree(Files.readString(folder.resolve("package-lock.json")))
                .path("packages")
                .path("node_modules/" + name);
    }

    /** Where its files are. */
    Path folder() {
        return folder;
    }

    /** Copies package.json and the lock file of another project: what a colleague checks out. */
    NpmProject checkOut(NpmProject other) throws IOException {
        for (String file : List.of("package.json", "package-lock.json")) {
            Files.deleteIfExists(folder.resolve(file));
            Files.copy(other.folder.resolve(file), folder.resolve(file));
        }
        return this;
    }
}
