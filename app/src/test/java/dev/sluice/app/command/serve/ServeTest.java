package dev.sluice.app.command.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice serve --check}: what is misspelt is told, and nothing is started. */
final class ServeTest {

    @TempDir
    private Path folder;

    private CommandLineRun check(Object... more) {
        Object[] all = new Object[more.length + 4];
        all[0] = "serve";
        all[1] = "--check";
        all[2] = "--data";
        all[3] = folder.resolve("data");
        System.arraycopy(more, 0, all, 4, more.length);
        return CommandLineRun.of(all);
    }

    @Test
    void what_can_be_read_is_fine_and_leaves_nothing_behind() {
        assertThat(check("--port", "0", "--set", "anonymous-reads=false")).isEqualTo(new CommandLineRun(0, "", ""));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void what_is_not_known_is_named() {
        CommandLineRun option = check("--prot", "80");
        assertThat(option.code()).isEqualTo(2);
        assertThat(option.err()).contains("--prot");

        CommandLineRun port = check("--port", "eighty");
        assertThat(port.code()).isEqualTo(2);
        assertThat(port.err()).contains("port is 'eighty' (flag --port), but it takes a whole number");

        CommandLineRun setting = check("--set", "anonymous-raeds=false");
        assertThat(setting.code()).isEqualTo(2);
        assertThat(setting.err()).contains("'anonymous-raeds' is not a setting");

        CommandLineRun file = check("--config", folder.resolve("none.yaml"));
        assertThat(file.code()).isEqualTo(2);
        assertThat(file.err()).contains("none.yaml cannot be read");
    }

    @Test
    void a_port_that_somebody_listens_on_is_named_with_what_to_do() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Installation installation = Installation.open(
                    Configuration.of(
                            Map.of(Setting.DATA.key(), folder.resolve("data").toString()), Map.of(), null),
                    InstantSource.system(),
                    new Machine(Map.of(), folder));

            assertThatThrownBy(() -> RunningServer.start(installation, "127.0.0.1", port))
                    .hasMessage("cannot listen on 127.0.0.1:" + port + ": port " + port
                            + " is in use; choose another with --port");
        }
    }
}
