package dev.sluice.rego.builtin;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Semantic Versioning 2.0.0 to the letter, but for one leading {@code v}; numbers fit 64 bits. */
final class SemanticVersions {
    private SemanticVersions() {}

    static void declare(Registry registry) {
        registry.add(
                "semver.is_valid",
                "(vsn: any) -> result: boolean",
                (_, args) -> BooleanValue.of(args[0] instanceof StringValue text && parse(text.value()) != null));
        registry.add("semver.compare", "(a: string, b: string) -> result: number", (_, args) -> {
            String first = Operands.string(args, 0);
            String second = Operands.string(args, 1);
            return NumberValue.of(parsed(first, 1, args[0]).compareTo(parsed(second, 2, args[1])));
        });
    }

    private static Version parsed(String text, int position, Value operand) throws BuiltinException {
        Version version = parse(text);
        if (version == null) {
            throw BuiltinException.value("operand " + position + ": string " + operand + " is not a valid SemVer");
        }
        return version;
    }

    /** The parts that count for the order: three numbers and the pre-release identifiers. */
    private record Version(long[] numbers, String[] preRelease) implements Comparable<Version> {
        @Override
        public int compareTo(Version other) {
            int order = Arrays.compare(numbers, other.numbers);
            if (order != 0) {
                return Integer.signum(order);
            }
            if (preRelease.length == 0 || other.preRelease.length == 0) {
                // A version without pre-release comes after those with one.
                return Integer.compare(other.preRelease.length == 0 ? 0 : 1, preRelease.length == 0 ? 0 : 1);
            }
            for (int i = 0; i < Math.min(preRelease.length, other.preRelease.length); i++) {
                order = compare(preRelease[i], other.preRelease[i]);
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(preRelease.length, other.preRelease.length);
        }

        private static int compare(String a, String b) {
            boolean x = isNumber(a);
            boolean y = isNumber(b);
            if (x && y) {
                int byLength = Integer.compare(a.length(), b.length());
                return byLength != 0 ? byLength : Integer.signum(a.compareTo(b));
            }
            return x == y ? Integer.signum(a.compareTo(b)) : x ? -1 : 1;
        }
    }

    private static @Nullable Version parse(String text) {
        String rest = text.startsWith("v") ? text.substring(1) : text;
        int plus = rest.indexOf('+');
        if (plus >= 0) {
            if (identifiers(rest.substring(plus + 1), true) == null) {
                return null;
            }
            rest = rest.substring(0, plus);
        }
        String[] preRelease = {};
        int minus = rest.indexOf('-');
        if (minus >= 0) {
            String[] found = identifiers(rest.substring(minus + 1), false);
            if (found == null) {
                return null;
            }
            preRelease = found;
            rest = rest.substring(0, minus);
        }
        String[] parts = rest.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        long[] numbers = new long[3];
        for (int i = 0; i < 3; i++) {
            if (!isNumber(parts[i]) || hasLeadingZero(parts[i])) {
                return null;
            }
            try {
                numbers[i] = Long.parseLong(parts[i]);
            } catch (NumberFormatException tooLarge) {
                return null;
            }
        }
        return new Version(numbers, preRelease);
    }

    private static String @Nullable [] identifiers(String text, boolean leadingZeros) {
        String[] identifiers = text.split("\\.", -1);
        for (String identifier : identifiers) {
            boolean valid = !identifier.isEmpty()
                    && identifier.chars().allMatch(c -> c == '-' || GoUrls.isAlphanumeric(c))
                    && (leadingZeros || !isNumber(identifier) || !hasLeadingZero(identifier));
            if (!valid) {
                return null;
            }
        }
        return identifiers;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean hasLeadingZero(String text) {
        return text.length() > 1 && text.charAt(0) == '0';
    }
}
