package dev.sluice.app.upkeep;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.kernel.node.Leases;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.upkeep.Scrub;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has all blobs read from time to time, by one node. */
final class Scrubbing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Configuration configuration;
    private final Scrub scrub;
    private final Leases leases;
    private @Nullable ScheduledExecutorService schedule;

    Scrubbing(Configuration configuration, Scrub scrub, Leases leases) {
        this.configuration = configuration;
        this.scrub = scrub;
        this.leases = leases;
    }

    /** Reads all blobs at the configured pace whenever that is due, on a thread of its own, until this is closed. */
    void schedule() {
        boolean inS3 =
                configuration.find(Setting.BLOBS).filter(S3Location::isS3).isPresent();
        String text = configuration.find(Setting.SCRUB_RATE).orElse(inS3 ? "off" : "8m");
        if (text.equals("off")) {
            return;
        }
        long rate = Configuration.size(Setting.SCRUB_RATE.key(), text);
        Duration interval = configuration.duration(Setting.SCRUB_INTERVAL);
        if (rate < 1024 || interval.isZero()) {
            throw new ConfigurationException("scrub.rate takes off or 1k at least, scrub.interval more than no time");
        }
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sluice-scrub").factory());
        var _ = timer.scheduleWithFixedDelay(() -> scrubWhenDue(rate, interval), 1, 10, TimeUnit.MINUTES);
        schedule = timer;
    }

    private void scrubWhenDue(long rate, Duration interval) {
        try {
            if (!scrub.isDue(interval)) {
                return;
            }
            try (Leases.Lease lease = leases.take("scrub", Duration.ZERO).orElse(null)) {
                if (lease != null) {
                    scrub.run(bytes -> rest(bytes, rate));
                }
            }
        } catch (IOException | RuntimeException e) { // one that leaves here would end all later runs
            LOG.warn("the scrub stopped, it goes on later: {}", e.getMessage());
        }
    }

    private static void rest(long bytes, long rate) {
        try {
            TimeUnit.NANOSECONDS.sleep(bytes * 1_000_000_000L / rate);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (schedule != null) {
            schedule.shutdownNow();
        }
    }
}
