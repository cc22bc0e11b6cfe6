package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.SelfSigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process that speaks HTTPS, and the command line against it. */
@Timeout(180)
class TlsE2E {

    @TempDir
    Path folder;

    @Test
    void commands_reach_a_server_that_speaks_https() throws Exception {
        SelfSigned first = SelfSigned.at(Instant.now());
        Path certificate = first.writeCertificate(folder.resolve("cert.pem"));
        Path key = first.writeKey(folder.resolve("key.pem"));
        try (Sluice sluice = Sluice.start(
                folder.resolve("server"), "--set", "tls.certificate=" + certificate, "--set", "tls.key=" + key)) {
            assertThat(sluice.address()).startsWith("https://127.0.0.1:");
            // The server of the data directory is known by its control file.
            sluice.cli("policy", "list").succeeded();
            // One elsewhere is trusted by its authority only.
            Map<String, String> elsewhere = Map.of("SLUICE_URL", sluice.address(), "SLUICE_TOKEN", sluice.token());
            Run untrusted = Run.of(folder, elsewhere, command("policy", "list"));
            assertThat(untrusted.exitCode()).isEqualTo(3);
            assertThat(untrusted.output()).contains("not trusted").contains("--ca FILE");
            Run.of(folder, elsewhere, command("policy", "list", "--ca", certificate.toString()))
                    .succeeded();
            Run.of(
                            folder,
                            Map.of(
                                    "SLUICE_URL", sluice.address(),
                                    "SLUICE_TOKEN", sluice.token(),
                                    "SLUICE_CA", certificate.toString()),
                            command("policy", "list"))
                    .succeeded();

            // Replaced while it runs; SIGHUP saves the wait.
            SelfSigned second = SelfSigned.at(Instant.now());
            second.writeKey(key);
            second.writeCertificate(certificate);
            hangUp(sluice);
            while (!Files.readString(sluice.data().resolve("control.json")).contains(fingerprint(second))) {
                Thread.onSpinWait();
            }
            sluice.cli("policy", "list").succeeded();
            Run.of(folder, elsewhere, command("policy", "list", "--ca", certificate.toString()))
                    .succeeded();
        }
    }

    @Test
    void a_certificate_without_its_key_is_told_before_anything_starts() throws Exception {
        Path certificate = SelfSigned.at(Instant.now()).writeCertificate(folder.resolve("cert.pem"));

        Run run = Sluice.command(
                folder, "serve", "--data", "data", "--port", "0", "--set", "tls.certificate=" + certificate);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("tls.certificate and tls.key belong together");
    }

    private static String fingerprint(SelfSigned pair) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(pair.certificate().getEncoded()));
    }

    private static void hangUp(Sluice sluice) throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(sluice.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(Sluice.program());
        command.addAll(List.of(arguments));
        return command;
    }
}
