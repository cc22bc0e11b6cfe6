package dev.sluice.app.wiring;

import dev.sluice.server.ServerCertificate;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether the certificate's files changed, and tells when another one is shown. Close it to stop looking. */
final class CertificateWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    /** Renews a certificate; true when another one is shown from then on. */
    @FunctionalInterface
    private interface Look {
        boolean renewed() throws IOException;
    }

    private final ServerCertificate certificate;
    private final Runnable renewed;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("certificate").factory());

    CertificateWatch(ServerCertificate certificate, Duration every, Runnable renewed) {
        this.certificate = certificate;
        this.renewed = renewed;
        var _ = looking.scheduleWithFixedDelay(
                () -> look(certificate::renewIfChanged), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reads the files at once, changed or not. */
    void now() {
        looking.execute(() -> look(certificate::renew));
    }

    private void look(Look look) {
        try {
            if (look.renewed()) {
                LOG.atInfo().addKeyValue("expires", certificate.expiresAt()).log("a new certificate is shown");
                renewed.run();
            }
        } catch (IOException | RuntimeException e) {
            LOG.atError()
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("expires", certificate.expiresAt())
                    .log("the new certificate cannot be used; the former stays in force");
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
