package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
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

        assertThat(run.err()).contains(sentence).doesNotContain("Invalid input.");
        assertThat(run.err()).as("an example").contains("  sluice " + arguments.getFirst());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }
}
