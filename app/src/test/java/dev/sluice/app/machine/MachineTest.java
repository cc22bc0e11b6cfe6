package dev.sluice.app.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine made of a temporary home and small programs that answer as npm, pip and mvn do. */
final class MachineTest {

    private Path folder = Path.of("");
    private Path home = Path.of("");
    private Path bin = Path.of("");
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void make(@TempDir Path temporary) throws IOException {
        folder = temporary;
        home = Files.createDirectories(folder.resolve("home"));
        bin = Files.createDirectories(folder.resolve("tools/bin"));
        environment.put("PATH", bin.toString());
        environment.put("HOME", home.toString());
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path home(String path, String text) throws IOException {
        Path file = home.resolve(path);
        Files.createDirectories(home.resolve(".m2"));
        return Files.writeString(file, text);
    }

    private Optional<Found> upstream(String format) {
        return new Machine(Map.copyOf(environment), home).upstream(format);
    }

    private static Found found(String url, Upstream.Credentials credentials, String origin) {
        return new Found(URI.create(url), credentials, origin);
    }

    private static Found open(String url, String origin) {
        return new Found(URI.create(url), null, origin);
    }

    @Test
    void a_machine_without_clients_knows_no_upstream() {
        assertThat(upstream("pypi")).isEmpty();
        assertThat(upstream("maven")).isEmpty();
        assertThat(upstream("cobol")).isEmpty();
    }

    @Test
    void npm_is_asked_and_its_token_is_read_from_npmrc() throws IOException {
        program("npm", "test \"$*\" = 'config get registry' && echo https://registry.example/npm");
        home(".npmrc", "# mine\n//registry.example/npm/:_authToken=${TOKEN}\nregistry=https://other.example/\n");
        environment.put("TOKEN", "t0ken");
        assertThat(upstream("npm"))
                .contains(found("https://registry.example/npm/", new Upstream.Bearer("t0ken"), "npm config"));
    }

    @Test
    void npm_credentials_may_be_a_user_and_a_password() throws IOException {
        Found expected = found("https://registry.example/", new Upstream.Basic("u", "p"), "npm config");
        program("npm", "echo https://registry.example/");
        home(".npmrc", "//registry.example/:_auth=dTpw\n"); // u:p
        assertThat(upstream("npm")).contains(expected);
        home(".npmrc", "//registry.example/:username=u\n//registry.example/:_password=cA==\n"); // p
        assertThat(upstream("npm")).contains(expected);
    }

    @Test
    void npm_credentials_for_another_registry_are_not_sent() throws IOException {
        program("npm", "echo https://registry.example/");
        home(".npmrc", "//other.example/:_authToken=secret\n");
        assertThat(upstream("npm")).contains(open("https://registry.example/", "npm config"));
    }

    @Test
    void npm_credentials_that_are_none_are_passed_over() throws IOException {
        program("npm", "echo https://registry.example/");
        home(".npmrc", "//registry.example/:_auth=%%%\n");
        assertThat(upstream("npm")).contains(open("https://registry.example/", "npm config"));
    }

    @Test
    void npmrc_counts_where_npm_is_not_installed() throws IOException {
        home(".npmrc", "registry = \"https://registry.example/npm/\"\n");
        assertThat(upstream("npm")).contains(open("https://registry.example/npm/", "npmrc"));
    }

    @Test
    void pip_is_asked_and_its_credentials_are_taken_out_of_the_address() throws IOException {
        program(
                "python3",
                "test \"$*\" = '-m pip config get global.index-url' && echo https://u:p%40ss@index.example/simple");
        assertThat(upstream("pypi"))
                .contains(found("https://index.example/simple/", new Upstream.Basic("u", "p@ss"), "pip config"));
    }

    @Test
    void the_environment_comes_before_what_pip_says() throws IOException {
        program("python3", "echo https://other.example/simple");
        environment.put("PIP_INDEX_URL", "https://index.example/simple/");
        assertThat(upstream("pypi")).contains(open("https://index.example/simple/", "PIP_INDEX_URL"));
    }

    @Test
    void without_configuration_pip_tells_its_own_default() throws IOException {
        program("python3", "test \"$1\" = -c && echo https://index.example/simple");
        assertThat(upstream("pypi")).contains(open("https://index.example/simple/", "pip's own default"));
    }

    @Test
    void a_pip_that_fails_is_as_good_as_none() throws IOException {
        program("python3", "echo https://index.example/simple; exit 1");
        assertThat(upstream("pypi")).isEmpty();
    }

    @Test
    void mavens_mirror_is_taken_with_the_credentials_of_its_server() throws IOException {
        Path settings = home(".m2/settings.xml", settings("*,!legacy", "s3cret"));
        assertThat(upstream("maven"))
                .contains(found(
                        "https://mirror.example/maven/", new Upstream.Basic("builder", "s3cret"), settings.toString()));
    }

    @Test
    void an_encrypted_password_is_passed_over() throws IOException {
        Path settings = home(".m2/settings.xml", settings("central", "{COQLCE6DU6GtcS5P=}"));
        assertThat(upstream("maven")).contains(open("https://mirror.example/maven/", settings.toString()));
    }

    @Test
    void a_mirror_of_something_else_does_not_count() throws IOException {
        home(".m2/settings.xml", settings("*,!central", "s3cret"));
        assertThat(upstream("maven")).isEmpty();
        home(".m2/settings.xml", settings("snapshots", "s3cret"));
        assertThat(upstream("maven")).isEmpty();
    }

    @Test
    void settings_that_are_no_xml_or_bring_a_document_type_are_passed_over() throws IOException {
        home(".m2/settings.xml", "<settings>");
        assertThat(upstream("maven")).isEmpty();
        home(".m2/settings.xml", "<!DOCTYPE s [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + settings("*", "p"));
        assertThat(upstream("maven")).isEmpty();
    }

    @Test
    void mavens_own_default_is_read_from_the_super_pom_of_its_library() throws IOException {
        program("mvn", "exit 1");
        Path library = Files.createDirectories(folder.resolve("tools/lib")).resolve("maven-model-builder-9.9.jar");
        try (OutputStream out = Files.newOutputStream(library);
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new ZipEntry("org/apache/maven/model/pom-4.0.0.xml"));
            jar.write("""
                    <project><repositories><repository>
                      <id>central</id><url>https://files.example/maven2</url>
                    </repository></repositories></project>
                    """.getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        Found expected = open("https://files.example/maven2/", "Maven's own default");
        assertThat(upstream("maven")).contains(expected);
        environment.put("PATH", "");
        assertThat(upstream("maven")).isEmpty();
        environment.put("MAVEN_HOME", folder.resolve("tools").toString());
        assertThat(upstream("maven")).contains(expected);
    }

    private static String settings(String mirrorOf, String password) {
        return """
                <settings>
                  <mirrors><mirror>
                    <id>company</id><mirrorOf>%s</mirrorOf><url>https://mirror.example/maven</url>
                  </mirror></mirrors>
                  <servers>
                    <server><id>other</id><username>nobody</username><password>nothing</password></server>
                    <server><id>company</id><username>builder</username><password>%s</password></server>
                  </servers>
                </settings>
                """.formatted(mirrorOf, password);
    }
}
