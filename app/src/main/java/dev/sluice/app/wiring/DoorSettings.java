package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.server.Forwarding;
import dev.sluice.server.FrontDoor;
import dev.sluice.server.Limits;
import dev.sluice.server.Network;
import dev.sluice.server.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the configuration says of the front door: where, for whom, how much. All throw {@link ConfigurationException}. */
final class DoorSettings {

    private DoorSettings() {}

    static FrontDoor.Binding binding(
            Configuration configuration, String address, int port, @Nullable ServerCertificate tls) {
        return new FrontDoor.Binding(
                address,
                port,
                configuration
                        .find(Setting.PUBLIC_URL)
                        .map(url -> url.replaceFirst("/+$", ""))
                        .orElse(null),
                tls,
                forwarding(configuration),
                configuration.flag(Setting.ANONYMOUS_READS).isEmpty());
    }

    /** The certificate to show, or null for plain HTTP. Throws IOException when it cannot be used. */
    static @Nullable ServerCertificate certificate(Configuration configuration) throws IOException {
        Optional<String> certificate = configuration.find(Setting.TLS_CERTIFICATE);
        Optional<String> key = configuration.find(Setting.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw new ConfigurationException("tls.certificate and tls.key belong together; set both or none");
        }
        return certificate.isEmpty()
                ? null
                : ServerCertificate.open(Path.of(certificate.get()), Path.of(key.orElseThrow()));
    }

    /**
     * Whether repositories with open reads are open at all.
     *
     * <p>Unless said otherwise they are on a loopback bind: whoever is on the machine may read. A proxy on the same machine would
     * make that everybody, so it holds only while nothing says that there is one; and the door looks at each request besides
     * ({@link FrontDoor.Binding#anonymousOnlyDirect}).
     */
    static boolean anonymousReads(Configuration configuration) {
        return configuration
                .flag(Setting.ANONYMOUS_READS)
                .orElseGet(() -> isLoopback(configuration.get(Setting.BIND))
                        && configuration.find(Setting.PUBLIC_URL).isEmpty()
                        && networks(configuration).isEmpty());
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new ConfigurationException("bind is '" + address + "', which is no address of this machine", e);
        }
    }

    private static Forwarding forwarding(Configuration configuration) {
        Forwarding.Header header =
                switch (configuration.get(Setting.PROXY_HEADER).toLowerCase(Locale.ROOT)) {
                    case "x-forwarded" -> Forwarding.Header.X_FORWARDED;
                    case "forwarded" -> Forwarding.Header.FORWARDED;
                    default ->
                        throw new ConfigurationException("proxy-header is '" + configuration.get(Setting.PROXY_HEADER)
                                + "', but it takes x-forwarded or forwarded");
                };
        return new Forwarding(networks(configuration), header);
    }

    private static List<Network> networks(Configuration configuration) {
        List<Network> networks = new ArrayList<>();
        for (String block : configuration.get(Setting.TRUSTED_PROXIES).split(",", -1)) {
            if (!block.isBlank()) {
                try {
                    networks.add(Network.parse(block));
                } catch (IllegalArgumentException e) {
                    throw new ConfigurationException("trusted-proxies: " + e.getMessage(), e);
                }
            }
        }
        return networks;
    }

    static Limits limits(Configuration configuration) {
        return new Limits(
                configuration.number(Setting.MAX_CONNECTIONS, 1, 1_000_000),
                configuration.number(Setting.MAX_REQUESTS, 1, 1_000_000),
                bytes(configuration, Setting.MAX_REQUEST_LINE, 64),
                bytes(configuration, Setting.MAX_HEADER_BYTES, 256),
                configuration.number(Setting.MAX_HEADERS, 1, 100_000),
                configuration.bytes(Setting.MAX_UPLOAD),
                configuration.bytes(Setting.MAX_DOCUMENT),
                configuration.bytes(Setting.UPLOAD_RATE),
                configuration.bytes(Setting.MAX_RESPONSES),
                configuration.bytes(Setting.FILE_MEMORY),
                new Limits.Times(
                        configuration.positive(Setting.FIRST_REQUEST),
                        configuration.positive(Setting.KEEP_ALIVE),
                        configuration.positive(Setting.IDLE),
                        configuration.positive(Setting.STALL),
                        configuration.duration(Setting.DRAIN_TIMEOUT)),
                new Limits.Rates(
                        configuration.number(Setting.MAX_FAILURES, 0, 1_000_000_000),
                        configuration.number(Setting.REQUEST_RATE, 0, 1_000_000)));
    }

    /** A size that goes into the decoder of HTTP, which counts in int and keeps all of it in memory. */
    private static int bytes(Configuration configuration, Setting setting, int least) {
        long bytes = configuration.bytes(setting);
        if (bytes < least || bytes > 1 << 20) {
            throw new ConfigurationException(
                    setting.key() + " is " + bytes + " bytes, but it takes " + least + " to 1m");
        }
        return (int) bytes;
    }
}
