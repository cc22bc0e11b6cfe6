package dev.sluice.app.command.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.command.Api;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class DoctorTest {

    @ParameterizedTest
    @CsvSource({
        "true,  0, 0, 0, Sound",
        "false, 1, 0, 1, Not sound",
        "false, 0, 2, 2, 'No fault found, but 2 could not be checked'",
        "false, 1, 2, 1, Not sound"
    })
    void what_could_not_be_checked_is_neither_sound_nor_a_fault(
            boolean sound, long faults, long unchecked, int exitCode, String verdict) {
        JsonNode result = Api.object().put("sound", sound).put("faults", faults).put("unchecked", unchecked);

        assertThat(Doctor.exitCode(result)).isEqualTo(exitCode);
        assertThat(Doctor.verdict(result)).isEqualTo(verdict);
    }

    @Test
    void a_damaged_index_of_the_journal_is_told_and_built_again(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("data");
        Installation installation = open(folder);
        installation
                .journal()
                .append(Event.of(
                        installation.ids().next(),
                        installation.clock().instant(),
                        Event.Kind.ADMIN,
                        Event.Actor.SYSTEM,
                        "kept"))
                .toCompletableFuture()
                .join();
        installation.close();
        Files.writeString(data.resolve("journal/index.db"), "this is no database, but as long as one ".repeat(100));

        assertThatThrownBy(() -> open(folder).close())
                .hasMessageContaining("index.db is damaged")
                .hasMessageContaining("sluice doctor --repair");
        CommandLineRun told = CommandLineRun.of("doctor", "--data", data);
        assertThat(told.code()).isEqualTo(1);
        assertThat(told.out())
                .contains("fault  journal/index.db")
                .contains("doctor --repair")
                .contains("Not sound");

        CommandLineRun repaired = CommandLineRun.of("doctor", "--repair", "--data", data);

        assertThat(repaired.out()).contains("repaired  journal/index.db").contains("Sound");
        assertThat(repaired.code()).isZero();
        try (Installation again = open(folder)) {
            assertThat(again.journal().query(Journal.Query.latest(10, Event.Kind.ADMIN)))
                    .extracting(Event::message)
                    .contains("kept");
        }
    }

    @ParameterizedTest
    @CsvSource({"sluice.db, sluice restore", "advisories.db, --accept-new advisories.db"})
    void a_file_that_is_no_database_is_a_fault_with_what_to_do(String file, String remedy, @TempDir Path folder)
            throws IOException {
        open(folder).close();
        Files.writeString(folder.resolve("data").resolve(file), "this is no database, but as long ".repeat(200));

        CommandLineRun told = CommandLineRun.of("doctor", "--json", "--data", folder.resolve("data"));

        assertThat(told.code()).isEqualTo(1);
        JsonNode finding = told.json().path("findings").path(0);
        assertThat(finding.path("subject").asString()).isEqualTo(file);
        assertThat(finding.path("remedy").asString()).contains(remedy);
        assertThatThrownBy(() -> open(folder).close()).hasMessageContaining(remedy);
    }

    private static Installation open(Path folder) throws IOException {
        Map<String, String> flags =
                new HashMap<>(Map.of(Setting.DATA.key(), folder.resolve("data").toString()));
        for (String format : new String[] {"npm", "pypi", "maven"}) {
            flags.put("upstreams." + format + ".url", "none");
        }
        return Installation.open(
                Configuration.of(flags, Map.of(), null),
                ManualClock.at("2026-03-10T12:00:00Z"),
                new Machine(Map.of(), folder));
    }
}
