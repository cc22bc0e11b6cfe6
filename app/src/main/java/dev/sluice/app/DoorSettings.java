package dev.sluice.app;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.server.Forwarding;
import dev.sluice.server.FrontDoor;
import dev.sluice.server.Limits;
import dev.sluice.server.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the configuration says of the front door: where, for whom, how much. All throw {@link ConfigurationException}. */
final class DoorSettings {

    private DoorSettings() {}

    static FrontDoor.Binding binding(Configuration configuration, String address, int port) {
        return new FrontDoor.Binding(
                address,
                port,
                configuration
                        .find(Setting.PUBLIC_URL)
                        .map(url -> url.replaceFirst("/+$", ""))
                        .orElse(null),
                forwarding(configuration),
                configuration.flag(Setting.ANONYMOUS_READS).isEmpty());
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
                new Limits.Times(
                        configuration.positive(Setting.FIRST_REQUEST),
                        configuration.positive(Setting.KEEP_ALIVE),
                        configuration.positive(Setting.IDLE),
                        configuration.positive(Setting.STALL),
                        configuration.duration(Setting.DRAIN_TIMEOUT)));
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
