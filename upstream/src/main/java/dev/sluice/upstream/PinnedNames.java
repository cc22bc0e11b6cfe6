package dev.sluice.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The JVM's names of hosts, some of which keep the addresses that were looked at: what was checked is what is connected to, even
 * when the name server answers differently the next time.
 *
 * <p>The JDK's HTTP client looks names up by itself and takes no address in their place, so the pins are the JVM's: it finds
 * this class as a service, and every name that is not pinned goes the usual way. Thread-safe.
 */
public final class PinnedNames extends InetAddressResolverProvider {
    private static final Map<String, Pin> PINS = new ConcurrentHashMap<>();

    /** What a name stands for while somebody holds it. */
    private record Pin(List<InetAddress> addresses, int holders) {}

    /** A name that keeps its addresses until this is closed. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** For the JVM, which makes one. */
    public PinnedNames() {}

    /** Keeps the addresses for that name; who holds it already goes before. */
    static Held hold(String host, List<InetAddress> addresses) {
        String name = lower(host);
        PINS.compute(
                name,
                (key, pin) ->
                        pin == null ? new Pin(List.copyOf(addresses), 1) : new Pin(pin.addresses(), pin.holders() + 1));
        return () -> PINS.computeIfPresent(
                name, (key, pin) -> pin.holders() == 1 ? null : new Pin(pin.addresses(), pin.holders() - 1));
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return over(configuration.builtinResolver());
    }

    @Override
    public String name() {
        return "sluice";
    }

    /** Looks up with that one what is not pinned. */
    static InetAddressResolver over(InetAddressResolver behind) {
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                Pin pin = PINS.get(lower(host));
                return pin == null ? behind.lookupByName(host, policy) : pin.addresses().stream();
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return behind.lookupByAddress(address);
            }
        };
    }

    private static String lower(String host) {
        return host.toLowerCase(Locale.ROOT);
    }
}
