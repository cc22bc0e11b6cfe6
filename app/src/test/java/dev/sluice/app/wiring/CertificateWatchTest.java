package dev.sluice.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.ServerCertificate;
import dev.sluice.testkit.SelfSigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A renewed certificate is noticed without anybody telling. */
@Timeout(60)
final class CertificateWatchTest {

    private static final Duration OFTEN = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path folder;

    private Path certificate;
    private Path key;

    @BeforeEach
    void write() throws Exception {
        certificate = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        renew();
    }

    private void renew() throws Exception {
        SelfSigned made = SelfSigned.at(InstantSource.system().instant());
        made.writeKey(key);
        made.writeCertificate(certificate);
    }

    @Test
    void files_that_change_are_noticed_by_looking_now_and_then() throws Exception {
        Semaphore renewed = new Semaphore(0);
        try (CertificateWatch watch =
                new CertificateWatch(ServerCertificate.open(certificate, key), OFTEN, renewed::release)) {
            assertThat(watch).isNotNull();
            renew();

            renewed.acquire();
        }
    }

    @Test
    void files_that_are_wrong_end_no_watch_the_next_right_ones_are_noticed() throws Exception {
        Semaphore renewed = new Semaphore(0);
        try (CertificateWatch watch =
                new CertificateWatch(ServerCertificate.open(certificate, key), NEVER, renewed::release)) {
            Files.writeString(certificate, "no certificate");
            watch.now();
            renew();
            watch.now();

            renewed.acquire();
        }
    }
}
