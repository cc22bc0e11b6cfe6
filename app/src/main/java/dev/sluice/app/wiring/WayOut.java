package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.config.Version;
import dev.sluice.app.machine.Machine;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.upstream.HttpUpstreamClient;
import dev.sluice.upstream.Reach;
import dev.sluice.upstream.Timeouts;
import dev.sluice.upstream.TrustedRoots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The way out to registries and feeds, watched by figures and traces. */
final class WayOut {

    private final HttpUpstreamClient http;
    private final UpstreamClient client;

    /**
     * Opens it.
     *
     * @throws ConfigurationException when the configuration cannot be followed
     * @throws IOException when certificates cannot be read
     */
    WayOut(Configuration configuration, Machine machine, Observing observing, Opened opened) throws IOException {
        List<Path> certificates = certificates(configuration, machine);
        this.http = opened.add(new HttpUpstreamClient(
                new Reach(hosts(configuration)),
                new Timeouts(
                        configuration.duration(Setting.UPSTREAM_CONNECT),
                        configuration.duration(Setting.UPSTREAM_ANSWER),
                        configuration.duration(Setting.UPSTREAM_STALL)),
                "sluice/" + Version.TEXT,
                () -> TrustedRoots.context(certificates),
                observing.tracing()::traceparent));
        this.client = observing.tracing().upstreams(observing.metrics().timing(http));
    }

    /** Asks upstreams. */
    UpstreamClient client() {
        return client;
    }

    /** Throws when it can ask nobody any more. */
    void mustBeAlive() throws IOException {
        if (!http.isAlive()) {
            throw new IOException("the client of upstreams has died");
        }
    }

    private static Set<String> hosts(Configuration configuration) {
        Set<String> hosts = new LinkedHashSet<>();
        for (String host : configuration.get(Setting.ALLOWED_HOSTS).split(",", -1)) {
            if (!host.isBlank()) {
                hosts.add(host.strip().toLowerCase(Locale.ROOT));
            }
        }
        return hosts;
    }

    /** The system's own roots count, so that a company's authority installed on the machine is trusted. */
    private static List<Path> certificates(Configuration configuration, Machine machine) throws IOException {
        List<Path> files = new ArrayList<>();
        Path own = configuration.find(Setting.CA_FILE).map(Path::of).orElse(null);
        if (own != null) {
            if (!Files.isReadable(own)) {
                throw new ConfigurationException("upstream.ca-file '" + own + "' cannot be read");
            }
            TrustedRoots.check(own);
            files.add(own);
        }
        for (String variable : List.of("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CERT")) {
            String file = machine.environment().get(variable);
            if (file != null && !file.isBlank()) {
                files.add(Path.of(file));
            }
        }
        files.addAll(Trust.SYSTEM);
        return files.stream().distinct().toList();
    }
}
