package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.testkit.SelfSigned;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/metrics.md says of the figures what a running server shows. */
final class MetricsDocumentTest {

    @Test
    void the_table_of_figures_is_that_of_a_running_server(@TempDir Path folder) throws IOException {
        SelfSigned pair = SelfSigned.at(Instant.now());
        Map<String, String> flags = Map.of(
                "data", folder.resolve("data").toString(),
                "tls.certificate",
                        pair.writeCertificate(folder.resolve("cert.pem")).toString(),
                "tls.key", pair.writeKey(folder.resolve("key.pem")).toString());
        Installation installation = Installation.open(
                Configuration.of(flags, Map.of(), null), InstantSource.system(), new Machine(Map.of(), folder));
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            assertThat(server.address()).startsWith("https://");
            List<List<String>> shown = installation.metrics().figures().stream()
                    .map(figure -> List.of("`" + figure.name() + "`", figure.kind(), figure.help()))
                    .toList();

            assertThat(shown).hasSizeGreaterThan(20);
            assertThat(Checkout.table("docs/metrics.md", "figures")).isEqualTo(shown);
        }
    }
}
