package dev.sluice.rego.builtin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An IP address.
 *
 * @param bits its size: 32 or 128; an IPv4 address written as an IPv6 one counts as IPv4
 * @param value its bits as an unsigned number
 */
record Address(int bits, BigInteger value) {
    private static final BigInteger MAPPED = BigInteger.valueOf(0xffff).shiftLeft(32);

    /** The address of 4 or 16 octets. */
    static Address of(byte[] octets) {
        return new Address(octets.length * 8, new BigInteger(1, octets)).unmapped();
    }

    /** The address that {@code text} denotes in the usual forms without zone, or null. */
    static @Nullable Address parse(String text) {
        Address address = text.indexOf(':') >= 0 ? six(text) : four(text);
        return address == null ? null : address.unmapped();
    }

    /** An IPv4-mapped IPv6 address as the IPv4 address it stands for. */
    Address unmapped() {
        return bits == 128 && value.shiftRight(32).shiftLeft(32).equals(MAPPED)
                ? new Address(32, value.subtract(MAPPED))
                : this;
    }

    static @Nullable Address four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        long value = 0;
        for (String part : parts) {
            boolean valid = !part.isEmpty()
                    && part.length() <= 3
                    && part.chars().allMatch(c -> c >= '0' && c <= '9')
                    && (part.length() == 1 || part.charAt(0) != '0');
            if (!valid || Integer.parseInt(part) > 255) {
                return null;
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return new Address(32, BigInteger.valueOf(value));
    }

    static @Nullable Address six(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        List<Integer> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        List<Integer> tail = gap < 0 ? new ArrayList<>() : groups(text.substring(gap + 2), true);
        if (head == null || tail == null) {
            return null;
        }
        int given = head.size() + tail.size();
        if (gap < 0 ? given != 8 : given > 7) {
            return null;
        }
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < 8; i++) {
            int group = i < head.size() ? head.get(i) : i >= 8 - tail.size() ? tail.get(i - 8 + tail.size()) : 0;
            value = value.shiftLeft(16).or(BigInteger.valueOf(group));
        }
        return new Address(128, value);
    }

    private static @Nullable List<Integer> groups(String text, boolean last) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return groups;
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (last && i == parts.length - 1 && part.indexOf('.') >= 0) {
                Address four = four(part);
                if (four == null) {
                    return null;
                }
                groups.add(four.value.shiftRight(16).intValue());
                groups.add(four.value.intValue() & 0xffff);
            } else if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(c -> GoUrls.hex(c) >= 0)) {
                return null;
            } else {
                groups.add(Integer.parseInt(part, 16));
            }
        }
        return groups;
    }

    /** The text: dotted, or hexadecimal with the longest run of zero groups left out (RFC 5952). */
    @Override
    public String toString() {
        if (bits == 32) {
            long v = value.longValue();
            return (v >> 24) + "." + (v >> 16 & 255) + "." + (v >> 8 & 255) + "." + (v & 255);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = value.shiftRight(16 * (7 - i)).intValue() & 0xffff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                out.append("::");
                i += length - 1;
                continue;
            }
            if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                out.append(':');
            }
            out.append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }
}
