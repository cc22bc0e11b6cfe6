package dev.sluice.upstream;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Addresses that are no public machine's: this machine's own, private networks, metadata services of clouds, and what has an
 * address of those inside it (IANA's registries of special-purpose addresses, RFC 6890).
 *
 * <p>Of IPv6 only global unicast (2000::/3) is public at all, without the parts that carry IPv4 along a way of their own: 6to4
 * and Teredo. An address translated by NAT64 (RFC 6052) is what is inside it, because on networks without IPv4 every name leads
 * there. What is kept free for documentation (RFC 5737, RFC 3849) leads nowhere, and nowhere inside: gateways of closed networks give
 * such addresses to the names they answer for.
 */
final class SpecialAddresses {

    /** An address and how many of its first bits count. */
    private record Block(byte[] address, int bits) {
        static Block parse(String text) {
            int slash = text.indexOf('/');
            return new Block(
                    InetAddress.ofLiteral(text.substring(0, slash)).getAddress(),
                    Integer.parseInt(text.substring(slash + 1)));
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            if (!Arrays.equals(address, 0, whole, other, 0, whole)) {
                return false;
            }
            int rest = bits % 8;
            return rest == 0 || ((address[whole] ^ other[whole]) & 0xff) >> (8 - rest) == 0;
        }
    }

    private static final List<Block> INSIDE = blocks(
            "0.0.0.0/8", // this network
            "10.0.0.0/8",
            "100.64.0.0/10", // shared by carriers; a cloud's metadata
            "127.0.0.0/8",
            "168.63.129.16/32", // a cloud's metadata
            "169.254.0.0/16", // link-local; metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.88.99.0/24", // relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15", // benchmarks
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, broadcast
            "2001::/23", // protocol assignments, Teredo
            "2002::/16"); // 6to4

    private static final Block GLOBAL = Block.parse("2000::/3");
    private static final Block NAT64 = Block.parse("64:ff9b::/96");
    private static final int IPV4_OF_NAT64 = 12;

    private SpecialAddresses() {}

    private static List<Block> blocks(String... texts) {
        List<Block> blocks = new ArrayList<>();
        for (String text : texts) {
            blocks.add(Block.parse(text));
        }
        return List.copyOf(blocks);
    }

    static boolean contain(InetAddress address) {
        return contain(address.getAddress());
    }

    private static boolean contain(byte[] bytes) {
        if (bytes.length == 16) {
            if (NAT64.contains(bytes)) {
                return contain(Arrays.copyOfRange(bytes, IPV4_OF_NAT64, bytes.length));
            }
            if (!GLOBAL.contains(bytes) || isIsatap(bytes)) {
                return true;
            }
        }
        return INSIDE.stream().anyMatch(block -> block.contains(bytes));
    }

    /** RFC 5214, section 6.1: an interface of an IPv6 network that is reached through IPv4. */
    private static boolean isIsatap(byte[] bytes) {
        return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && (bytes[11] & 0xff) == 0xfe;
    }
}
