package dev.sluice.rego.builtin;

import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** {@code uuid.parse}: the parts of a UUID (RFC 4122). Making one would need chance, which decisions do without. */
final class Uuids {
    /** 100-nanosecond ticks from 1582-10-15 to 1970-01-01. */
    private static final long GREGORIAN_OFFSET = 0x01B21DD213814000L;

    private Uuids() {}

    static void declare(Registry registry) {
        registry.add("uuid.parse", "(uuid: string) -> result: object[string: any]", (_, args) -> {
            String hex = digits(Operands.string(args, 0));
            return hex == null ? null : describe(HexFormat.of().parseHex(hex));
        });
    }

    /** The 32 digits, or null if the text is not a UUID. */
    private static @Nullable String digits(String text) {
        String bare = switch (text.length()) {
            case 45 -> text.regionMatches(true, 0, "urn:uuid:", 0, 9) ? text.substring(9) : "";
            case 38 -> text.substring(1, 37);
            case 36, 32 -> text;
            default -> "";
        };
        if (bare.length() == 36) {
            for (int dash : new int[] {8, 13, 18, 23}) {
                if (bare.charAt(dash) != '-') {
                    return null;
                }
            }
            bare = bare.substring(0, 8)
                    + bare.substring(9, 13)
                    + bare.substring(14, 18)
                    + bare.substring(19, 23)
                    + bare.substring(24);
        }
        return bare.length() == 32 && bare.chars().allMatch(HexFormat::isHexDigit) ? bare : null;
    }

    private static Value describe(byte[] uuid) {
        ObjectValue.Builder parts = ObjectValue.builder();
        int version = (uuid[6] & 0xff) >> 4;
        parts.put("version", NumberValue.of(version));
        parts.put("variant", StringValue.of(variant(uuid[8] & 0xff)));
        if (version == 1 || version == 2) {
            long ticks = number(uuid, 0, 4) | number(uuid, 4, 6) << 32 | (number(uuid, 6, 8) & 0xfff) << 48;
            parts.put("time", NumberValue.of((ticks - GREGORIAN_OFFSET) * 100));
            parts.put("nodeid", StringValue.of(HexFormat.ofDelimiter("-").formatHex(uuid, 10, 16)));
            parts.put("macvariables", StringValue.of(cast(uuid[10])));
            parts.put("clocksequence", NumberValue.of(number(uuid, 8, 10) & 0x3fff));
        }
        if (version == 2) {
            parts.put("id", NumberValue.of(number(uuid, 0, 4)));
            parts.put("domain", StringValue.of(domain(uuid[9] & 0xff)));
        }
        return parts.build();
    }

    private static long number(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    private static String variant(int bits) {
        if ((bits & 0xc0) == 0x80) {
            return "RFC4122";
        } else if ((bits & 0xe0) == 0xc0) {
            return "Microsoft";
        }
        return (bits & 0xe0) == 0xe0 ? "Future" : "Reserved";
    }

    private static String cast(int first) {
        return ((first & 2) != 0 ? "local:" : "global:") + ((first & 1) != 0 ? "multicast" : "unicast");
    }

    private static String domain(int number) {
        return switch (number) {
            case 0 -> "Person";
            case 1 -> "Group";
            case 2 -> "Org";
            default -> "Domain" + number;
        };
    }
}
