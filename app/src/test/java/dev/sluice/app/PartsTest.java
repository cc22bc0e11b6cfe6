package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data directory that lost a part is not taken for a new installation; one that is new is. */
final class PartsTest {

    @TempDir
    private Path folder;

    private Installation open(String accepted) throws IOException {
        Map<String, String> flags =
                new HashMap<>(Map.of(Setting.DATA.key(), folder.resolve("data").toString()));
        for (String format : new String[] {"npm", "pypi", "maven"}) {
            flags.put("upstreams." + format + ".url", "none");
        }
        if (!accepted.isEmpty()) {
            flags.put(Setting.ACCEPT_NEW.key(), accepted);
        }
        return Installation.open(
                Configuration.of(flags, Map.of(), null),
                ManualClock.at("2026-03-10T12:00:00Z"),
                new Machine(Map.of(), folder));
    }

    private void remove(String part) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                String name = folder.resolve("data").relativize(file).toString();
                if (name.equals(part) || name.startsWith(part + "/") || name.startsWith(part + "-")) {
                    Files.delete(file);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sluice.db", "advisories.db", "journal", "blobs"})
    void a_missing_part_is_named_with_the_ways_out_and_begins_anew_when_that_is_accepted(String part)
            throws IOException {
        open("").close();
        remove(part);

        assertThatThrownBy(() -> open("").close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(part + " is missing")
                .hasMessageContaining("sluice restore")
                .hasMessageContaining("--accept-new " + part);
        assertThat(folder.resolve("data").resolve(part)).as("nothing was made").doesNotExist();

        open(part).close();
        open("").close();
    }

    @Test
    void an_empty_mount_point_is_not_taken_for_the_blobs() throws IOException {
        open("").close();
        remove("blobs");
        Files.createDirectory(folder.resolve("data/blobs"));

        assertThatThrownBy(() -> open("").close()).hasMessageContaining("blobs is missing");
        assertThat(folder.resolve("data/blobs")).isEmptyDirectory();

        open("blobs").close();
        open("").close();
    }

    @Test
    void what_is_accepted_must_be_a_part() {
        assertThatThrownBy(() -> open("everything").close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("accept-new takes");
    }

    @Test
    void a_token_that_nobody_was_shown_is_shown_at_the_next_start() throws IOException {
        String token;
        try (ServerSocket taken = new ServerSocket(0)) {
            Installation first = open("");
            token = first.newAdminToken;
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> RunningServer.start(first, "0.0.0.0", port))
                    .isInstanceOf(Exception.class);
        }
        try (Installation second = open("")) {
            assertThat(second.newAdminToken).isNotNull().isEqualTo(token);
            second.tokenShown();
        }
        try (Installation third = open("")) {
            assertThat(third.newAdminToken).isNull();
        }
    }
}
