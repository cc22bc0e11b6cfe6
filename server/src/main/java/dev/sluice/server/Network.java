package dev.sluice.server;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A block of IP addresses (RFC 4632, RFC 4291): {@code 10.0.0.0/8}, {@code ::1}, {@code 192.0.2.7}.
 *
 * @param address any address of it
 * @param bits how many leading bits all its addresses share
 */
public record Network(InetAddress address, int bits) {

    /** Checks the number of bits. Throws IllegalArgumentException. */
    public Network {
        if (bits < 0 || bits > address.getAddress().length * 8) {
            throw new IllegalArgumentException(
                    "a prefix of " + bits + " bits does not fit " + address.getHostAddress());
        }
    }

    /** Reads an address or a block; names are not looked up. Throws IllegalArgumentException. */
    public static Network parse(String text) {
        String block = text.strip();
        int slash = block.indexOf('/');
        InetAddress address = address(slash < 0 ? block : block.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(
                    "'" + block + "' is no IP address or block of addresses such as 10.0.0.0/8 or ::1");
        }
        if (slash < 0) {
            return new Network(address, address.getAddress().length * 8);
        }
        try {
            return new Network(address, Integer.parseInt(block.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + block + "' has no whole number after the slash", e);
        }
    }

    /** The address written there, or null when it is none; nothing is looked up. */
    static @Nullable InetAddress address(String text) {
        try {
            int zone = text.indexOf('%');
            return InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether the address lies in it. */
    boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] its = other.getAddress();
        if (mine.length != its.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (mine[i] != its[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || ((mine[whole] ^ its[whole]) & 0xff) >> (8 - rest) == 0;
    }
}
