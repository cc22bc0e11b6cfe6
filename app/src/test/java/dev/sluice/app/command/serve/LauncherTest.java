package dev.sluice.app.command.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's AOT cache, with a JDK that only notes what it was asked for. */
@Timeout(60)
final class LauncherTest {

    /** Notes its arguments and environment; a rehearsal leaves a cache and SQLite's code. */
    private static final String JAVA = """
            #!/usr/bin/env bash
            echo "$*" >>"$(dirname "$0")/calls"
            env >>"$(dirname "$0")/environment"
            for each in "$@"; do
              case "$each" in -XX:AOTCacheOutput=*) output=${each#*=} ;; esac
            done
            case "$*" in *--misspelt*) exit 2 ;; esac
            [ -n "${output:-}" ] || exit 0
            if [ -f "$(dirname "$0")/broken" ]; then exit 1; fi
            echo classes >"$output"
            mkdir native
            """;

    @TempDir
    private Path folder;

    private Path checkout;
    private Path jdk;

    @BeforeEach
    void prepare() throws IOException {
        checkout = folder.resolve("checkout");
        jdk = folder.resolve("jdk");
        Files.createDirectories(checkout.resolve("app/target/lib"));
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        Files.writeString(jdk.resolve("bin/java"), JAVA);
        Files.setPosixFilePermissions(jdk.resolve("bin/java"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Checkout.ROOT.resolve("sluice"), checkout.resolve("sluice"));
        Files.writeString(checkout.resolve("app/target/sluice.jar"), "jar");
    }

    @Test
    void the_first_serve_of_a_build_makes_a_cache_and_every_later_command_uses_it() throws Exception {
        run(Map.of(), "serve", "--port", "1");
        run(Map.of(), "serve", "--port", "2");
        run(Map.of(), "who", "x");

        List<String> calls = calls();
        assertThat(calls).hasSize(5);
        assertThat(calls.get(0)).endsWith("serve --port 1 --check").doesNotContain("AOTCache");
        assertThat(calls.get(1)).contains("-XX:AOTCacheOutput=").contains("rehearse ");
        assertThat(calls.get(3)).contains("-Dorg.sqlite.lib.path=" + checkout.resolve("app/target/native-"));
        assertThat(calls.get(2)).endsWith("serve --port 1").contains("-XX:AOTCache=" + caches().getFirst());
        assertThat(calls.get(3)).endsWith("serve --port 2").contains("-XX:AOTCache=" + caches().getFirst());
        assertThat(calls.get(4)).endsWith("who x").contains("-XX:AOTCache=" + caches().getFirst());
        assertThat(Files.readString(caches().getFirst())).isEqualTo("classes\n");
        assertThat(leftOvers()).isEmpty();
    }

    @Test
    void the_run_that_makes_it_knows_nothing_of_the_callers_data() throws Exception {
        run(Map.of("SLUICE_DATABASE", "postgres://theirs", "SLUICE_DATA", "/theirs"), "serve", "--data", "/theirs");

        String environment = Files.readString(jdk.resolve("bin/environment"));
        assertThat(calls().get(1)).contains("rehearse").doesNotContain("theirs");
        assertThat(environment.lines().filter(l -> l.startsWith("SLUICE_DATABASE=")))
                .as("of the check before and the start after")
                .hasSize(2);
    }

    @Test
    void options_that_are_wrong_are_told_before_anything_is_prepared() throws Exception {
        assertThat(exitCode(Map.of(), "serve", "--misspelt")).isEqualTo(2);

        assertThat(calls()).singleElement().asString().endsWith("serve --misspelt --check");
        assertThat(caches()).isEmpty();
        assertThat(leftOvers()).isEmpty();
    }

    @Test
    void a_check_prepares_nothing() throws Exception {
        run(Map.of(), "serve", "--check");

        assertThat(calls()).singleElement().asString().endsWith("serve --check");
        assertThat(caches()).isEmpty();
    }

    @Test
    void another_build_gets_another_cache() throws Exception {
        run(Map.of(), "serve");
        Path first = caches().getFirst();
        Files.writeString(checkout.resolve("app/target/sluice.jar"), "another jar");
        run(Map.of(), "who");
        assertThat(calls().getLast()).doesNotContain("AOTCache");
        run(Map.of(), "serve");

        assertThat(caches()).hasSize(1).doesNotContain(first);
        assertThat(calls().getLast()).contains("-XX:AOTCache=" + caches().getFirst());
    }

    @Test
    void it_can_be_switched_off_and_is_not_made_where_nothing_is_built() throws Exception {
        run(Map.of("SLUICE_AOT", "off"), "serve");
        run(Map.of("SLUICE_NO_BUILD", "1"), "serve");
        run(Map.of(), "serve", "--help");

        assertThat(calls()).hasSize(3).noneMatch(call -> call.contains("AOTCache"));
        assertThat(caches()).isEmpty();
    }

    @Test
    void a_cache_that_cannot_be_made_keeps_nobody_from_starting() throws Exception {
        Files.writeString(jdk.resolve("bin/broken"), "");
        run(Map.of(), "serve");
        run(Map.of(), "serve");

        assertThat(calls()).hasSize(4); // checked and tried once, then left alone
        assertThat(calls().getLast()).endsWith("serve").doesNotContain("AOTCache");
        assertThat(leftOvers()).isEmpty();
    }

    private void run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        assertThat(exitCode(environment, arguments))
                .as(Files.readString(folder.resolve("output")))
                .isZero();
    }

    private int exitCode(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("bash", checkout.resolve("sluice").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().put("SLUICE_JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(jdk.resolve("bin/calls"));
    }

    private List<Path> caches() throws IOException {
        try (Stream<Path> files = Files.list(checkout.resolve("app/target").toRealPath())) {
            return files.filter(file -> file.toString().endsWith(".aot")).toList();
        }
    }

    private List<Path> leftOvers() throws IOException {
        try (Stream<Path> files = Files.list(checkout.resolve("app/target"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("aot."))
                    .toList();
        }
    }
}
