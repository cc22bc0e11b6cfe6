package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** What programs read: every command that asks a server answers in JSON where it is asked to. */
final class JsonAnswersTest {

    @TempDir
    Path folder;

    @BeforeEach
    void an_installation() throws IOException {
        Installation.open(
                        Configuration.of(
                                Map.of(
                                        Setting.DATA.key(),
                                        folder.resolve("data").toString()),
                                Map.of(),
                                null),
                        ManualClock.at("2026-03-10T12:00:00Z"),
                        new Machine(Map.of(), folder))
                .close();
    }

    private JsonNode json(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", "--data", folder.resolve("data")));
        CommandLineRun run = CommandLineRun.of(all.toArray());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        return run.json();
    }

    @Test
    void every_command_that_asks_a_server_has_the_option() {
        List<String> without = new ArrayList<>();
        collect(Main.line(), without);
        assertThat(without).isEmpty();
    }

    private static void collect(CommandLine command, List<String> without) {
        if (command.getCommand() instanceof ApiCommand
                && command.getCommandSpec().findOption("--json") == null) {
            without.add(command.getCommandSpec().qualifiedName());
        }
        Map<String, CommandLine> below = command.getSubcommands();
        below.values().forEach(each -> collect(each, without));
    }

    @Test
    void a_policy_is_applied_set_and_deleted() throws IOException {
        Path file = Files.writeString(folder.resolve("nothing.rego"), """
                # METADATA
                # title: Nothing
                # custom:
                #   mode: audit
                package cloudsmith

                match := false
                """);
        JsonNode applied = json("policy", "apply", file);
        assertThat(applied.size()).isEqualTo(1);
        assertThat(applied.path(0).path("name").asString()).isEqualTo("Nothing");
        assertThat(json("policy", "mode", "Nothing", "warn").path("mode").asString())
                .isEqualTo("warn");
        assertThat(json("policy", "delete", "Nothing").path("deleted").asString())
                .isEqualTo(applied.path(0).path("slug_perm").asString());
    }

    @Test
    void a_token_is_revoked() {
        String id = json("token", "create", "ci").path("id").asString();
        assertThat(json("token", "revoke", id).path("revoked").asString()).isEqualTo(id);
    }

    @Test
    void names_are_reserved_and_given_free() {
        assertThat(json("repository", "reserve", "npm:@acme/*")
                        .path("reserved")
                        .path(0)
                        .asString())
                .isEqualTo("npm:@acme/*");
        assertThat(json("repository", "unreserve", "npm:@acme/*")
                        .path("reserved")
                        .size())
                .isZero();
    }

    @Test
    void upstreams_are_woken() {
        assertThat(json("upstream", "wake").path("woken").isNumber()).isTrue();
    }
}
