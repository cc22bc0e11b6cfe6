package dev.sluice.e2e;

import dev.sluice.app.machine.Machine;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Maven to run, set up as {@code sluice serve} says.
 *
 * <p>Maven does nothing without plugins. They are part of installing the client, so they come from repositories of their own that
 * the mirror in the settings leaves out: what this build itself was made with, else what the machine's Maven is set up with.
 */
enum Maven {
    /** Shows the reason phrase of an answer. */
    OLD("Maven 3.8", "maven-3.8"),
    /** Shows problem+json. */
    NEW("Maven 3.9", "maven-3.9"),
    /** The release candidate of 4; shows problem+json of what it gets, and of what it puts the status only. */
    NEXT("Maven 4 rc", "maven-4");

    private final String title;
    private final String pinned;

    Maven(String title, String pinned) {
        this.title = title;
        this.pinned = pinned;
    }

    /** Its name and version, as its row in the documentation has it. */
    String title() {
        return title;
    }

    /** The goal that puts a project's dependencies into {@code target/dependency}. */
    static final List<String> COPYING =
            List.of("org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies");

    private String command() throws IOException {
        return Clients.maven(pinned).toString();
    }

    /** A word that makes names of packages differ between the runs of one test. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Makes the folder a project with one dependency; gives the folder. */
    static Path consumer(Path project, String group, String artifact, String version) throws IOException {
        Files.writeString(project.resolve("pom.xml"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>org.example.consumer</groupId>
                  <artifactId>consumer</artifactId>
                  <version>1</version>
                  <packaging>pom</packaging>
                  <dependencies>
                    <dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>
                  </dependencies>
                </project>
                """.formatted(group, artifact, version));
        return project;
    }

    /** Runs it in a project, with strict checksums; an empty token stands for none. */
    Run run(Sluice server, Path project, String token, List<String> goals) throws IOException {
        return run(server, "main", project, token, goals);
    }

    /** Runs it for a repository, set up as the page of documentation says, but that plugins come from elsewhere. */
    Run run(Sluice server, String repository, Path project, String token, List<String> goals) throws IOException {
        String text = page().filled(server, repository, token).text("setup");
        Path settings = project.resolve("settings.xml");
        Files.writeString(
                settings,
                (token.isEmpty() ? text.replaceAll("(?s)<servers>.*</servers>", "") : text)
                        .replace("<mirrorOf>*</mirrorOf>", "<mirrorOf>*,!built-with,!machine</mirrorOf>"));
        Path plugins = project.resolve("plugins.xml");
        Files.writeString(
                plugins,
                "<settings><profiles><profile><id>plugins</id><pluginRepositories>" + pluginRepositories()
                        + "</pluginRepositories></profile></profiles>"
                        + "<activeProfiles><activeProfile>plugins</activeProfile></activeProfiles></settings>");
        List<String> command = new ArrayList<>(List.of(command(), "-B", "-C", "-U"));
        command.addAll(List.of("-s", settings.toString(), "-gs", plugins.toString()));
        command.add("-Dmaven.repo.local=" + local());
        command.addAll(goals);
        return Run.of(project, Map.of("MAVEN_OPTS", "", "MAVEN_ARGS", ""), command);
    }

    /** The page in {@code docs/clients} that says how it is used. */
    static SetupPage page() throws IOException {
        return SetupPage.read("maven");
    }

    private static String pluginRepositories() {
        Path local = Path.of(System.getProperty("user.home"), ".m2", "repository");
        StringBuilder repositories = new StringBuilder();
        if (Files.isDirectory(local)) {
            repositories
                    .append("<pluginRepository><id>built-with</id><url>")
                    .append(local.toUri())
                    .append("</url><releases><checksumPolicy>ignore</checksumPolicy></releases></pluginRepository>");
        }
        Machine.here()
                .upstream("maven")
                .ifPresent(found -> repositories
                        .append("<pluginRepository><id>machine</id><url>")
                        .append(found.url())
                        .append("</url></pluginRepository>"));
        return repositories.toString();
    }

    /** Its local repository, kept between builds so that plugins are fetched once. */
    Path local() throws IOException {
        return Files.createDirectories(
                Path.of(System.getProperty("sluice.clients")).toAbsolutePath().resolve("m2-" + word()));
    }

    /** Makes the local repository forget everything of a group. */
    void forget(String group) throws IOException {
        Path folder = local().resolve(group.replace('.', '/'));
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
