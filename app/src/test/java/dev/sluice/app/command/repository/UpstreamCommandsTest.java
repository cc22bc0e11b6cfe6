package dev.sluice.app.command.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is set of an upstream by command, and what is left of it after a restart. */
final class UpstreamCommandsTest {

    private static final String STORE = "https://store.example/maven/";

    @TempDir
    Path folder;

    /** The upstream after a start with that configuration. */
    private Upstream started(String... configuration) throws IOException {
        Map<String, String> flags =
                new HashMap<>(Map.of(Setting.DATA.key(), folder.toString(), "upstreams.maven.url", STORE));
        for (int i = 0; i + 1 < configuration.length; i += 2) {
            flags.put(configuration[i], configuration[i + 1]);
        }
        try (Installation installation = Installation.open(
                Configuration.of(flags, Map.of(), null),
                ManualClock.at("2026-03-10T12:00:00Z"),
                new Machine(Map.of(), folder))) {
            return installation
                    .database()
                    .repositories()
                    .find(Installation.MAIN)
                    .orElseThrow()
                    .upstreams("maven")
                    .getFirst();
        }
    }

    @BeforeEach
    void an_upstream() throws IOException {
        assertThat(started().forbidden()).isEqualTo(Upstream.Forbidden.REFUSED);
    }

    @Test
    void what_its_403_means_is_set_shown_and_kept_over_restarts_until_its_address_changes() throws IOException {
        CommandLineRun set = CommandLineRun.of("upstream", "set", "maven", "--forbidden", "absent", "--data", folder);
        assertThat(set.err()).isEmpty();
        assertThat(set.out()).isEqualTo("Of upstream maven, 403 means absent; its file times do not count.\n");
        assertThat(CommandLineRun.of("upstream", "list", "--data", folder).out())
                .contains("403 means absent");
        assertThat(CommandLineRun.of("repository", "list", "--data", folder).out())
                .contains("403 means absent");
        CommandLineRun times =
                CommandLineRun.of("upstream", "set", "maven", "--trusts-times", "true", "--json", "--data", folder);
        assertThat(times.json().path("upstreams").path(0).path("trusts_times").asBoolean())
                .isTrue();

        Upstream again = started();
        assertThat(again.forbidden()).isEqualTo(Upstream.Forbidden.ABSENT);
        assertThat(again.trustsTimes()).isTrue();
        assertThat(started("upstreams.maven.forbidden", "refused").forbidden()).isEqualTo(Upstream.Forbidden.REFUSED);
        assertThat(started("upstreams.maven.forbidden", "absent").forbidden()).isEqualTo(Upstream.Forbidden.ABSENT);
        assertThat(started("upstreams.maven.url", "https://elsewhere.example/").forbidden())
                .isEqualTo(Upstream.Forbidden.REFUSED);
    }

    @Test
    void what_cannot_be_set_is_told_with_what_can() {
        CommandLineRun word = CommandLineRun.of("upstream", "set", "maven", "--forbidden", "maybe", "--data", folder);
        assertThat(word.code()).isEqualTo(2);
        assertThat(word.err()).contains("forbidden");
        assertThat(CommandLineRun.of("upstream", "set", "maven", "--data", folder)
                        .err())
                .contains("say what to set");
        assertThat(CommandLineRun.of("upstream", "set", "ruby", "--forbidden", "absent", "--data", folder)
                        .err())
                .contains("there is no upstream 'ruby' in main");
    }
}
