package dev.sluice.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a command says when the server takes an argument for wrong: what about which, and how it is written right. */
final class RejectedArgumentsTest {

    @TempDir
    static Path folder;

    @BeforeAll
    static void an_installation() throws IOException {
        Installation.open(
                        Configuration.of(Map.of(Setting.DATA.key(), folder.toString()), Map.of(), null),
                        ManualClock.at("2026-03-10T12:00:00Z"),
                        new Machine(Map.of(), folder))
                .close();
    }

    static Stream<Arguments> wrong_arguments() {
        return Stream.of(
                Arguments.of(List.of("decisions", "--since", "yesterday"), "since: write an instant such as 2026-"),
                Arguments.of(List.of("decisions", "--kind", "downlaod"), "kind: one of download, "),
                Arguments.of(List.of("decisions", "--limit", "100000"), "limit: "),
                Arguments.of(List.of("decisions", "--purl", "lodash"), "purl: "),
                Arguments.of(List.of("who", "pkg:nmp/lodash"), "purl: no format of type 'nmp' here; known: "),
                Arguments.of(List.of("explain", "lodash"), "pkg:"),
                Arguments.of(List.of("token", "create", "ci", "--role", "root"), "role: "),
                Arguments.of(
                        List.of("token", "create", "ci", "--publish", "npm:@acme/*"),
                        "publishes: only tokens of the role publisher"),
                Arguments.of(
                        List.of("token", "create", "ci", "--role", "publisher", "--publish", "npm:acme/x"),
                        "write npm:name, npm:@scope/name or npm:@scope/*"),
                Arguments.of(List.of("token", "create", "ci", "--expires", "tomorrow"), "expires_at: "),
                Arguments.of(
                        List.of("upstream", "wake", "nosuch"), "upstream: there is no upstream 'nosuch'; there are: "),
                Arguments.of(
                        List.of("policy", "mode", "Cool-down", "loud"),
                        "'loud' is no mode; write off, audit, warn or enforce"),
                Arguments.of(List.of("repository", "rename", "main", "My Packages"), "name: "),
                Arguments.of(List.of("repository", "reserve", "@acme/*"), "reserved: "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong_arguments")
    void the_sentence_about_the_argument_and_an_example_are_shown(List<String> arguments, String sentence) {
        List<Object> words = new ArrayList<>(arguments);
        words.add("--data");
        words.add(folder);

        CommandLineRun run = CommandLineRun.of(words.toArray());

        assertThat(run.err()).contains(sentence).doesNotContain("Invalid input.", "Usage:");
        assertThat(run.err()).as("an example").contains("  sluice " + arguments.getFirst());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void a_repository_that_is_not_there_is_named_with_those_that_are() {
        CommandLineRun run = CommandLineRun.of("repository", "quota", "nosuch", "--data", folder);

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).isEqualTo("sluice: there is no repository 'nosuch'; there are: main\n");
    }

    @Test
    void a_backup_that_is_not_there_is_told() {
        Path nowhere = folder.resolve("not/there");

        CommandLineRun run = CommandLineRun.of("restore", nowhere, "--data", folder.resolve("data"));

        assertThat(run.err()).isEqualTo("sluice: there is no directory '" + nowhere + "'\n");
    }
}
