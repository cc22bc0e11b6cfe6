package dev.sluice.rego.builtin;

import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers with units, and operations on bits. */
final class Quantities {
    private static final String BINARY = "(x: number, y: number) -> z: number";
    private static final String SHIFT = "(x: number, s: number) -> z: number";
    private static final int MAX_EXPONENT_DIGITS = 6;
    private static final int MAX_MAGNITUDE = 30_103;
    private static final int MAX_SHIFT = 1 << 16;
    // The milli of units.parse is the double 0.001, which is a little more than a thousandth.
    private static final BigDecimal MILLI =
            new BigDecimal("0.001000000000000000020816681711721685132943093776702880859375");
    private static final Map<Character, Integer> POWERS = Map.of('k', 1, 'm', 2, 'g', 3, 't', 4, 'p', 5, 'e', 6);

    private Quantities() {}

    static void declare(Registry registry) {
        registry.add("units.parse", "(x: string) -> y: number", Quantities::parse);
        registry.add("units.parse_bytes", "(x: string) -> y: number", Quantities::parseBytes);
        registry.add("bits.or", BINARY, (_, args) -> {
            BigInteger x = Operands.bigInteger(args, 0);
            return NumberValue.of(x.or(Operands.bigInteger(args, 1)));
        });
        registry.add("bits.and", BINARY, (_, args) -> {
            BigInteger x = Operands.bigInteger(args, 0);
            return NumberValue.of(x.and(Operands.bigInteger(args, 1)));
        });
        registry.add("bits.xor", BINARY, (_, args) -> {
            BigInteger x = Operands.bigInteger(args, 0);
            return NumberValue.of(x.xor(Operands.bigInteger(args, 1)));
        });
        registry.add(
                "bits.negate",
                "(x: number) -> z: number",
                (_, args) -> NumberValue.of(Operands.bigInteger(args, 0).not()));
        registry.add("bits.lsh", SHIFT, (_, args) -> {
            BigInteger x = Operands.bigInteger(args, 0);
            BigInteger shift = shift(args);
            if (shift.compareTo(BigInteger.valueOf(MAX_SHIFT)) > 0) {
                throw BuiltinException.value("shift of more than " + MAX_SHIFT + " bits");
            }
            return NumberValue.of(x.shiftLeft(shift.intValueExact()));
        });
        registry.add("bits.rsh", SHIFT, (_, args) -> {
            BigInteger x = Operands.bigInteger(args, 0);
            return NumberValue.of(
                    x.shiftRight(shift(args).min(BigInteger.valueOf(1 << 20)).intValueExact()));
        });
    }

    private static BigInteger shift(Value[] args) throws BuiltinException {
        BigInteger shift = Operands.bigInteger(args, 1);
        if (shift.signum() < 0) {
            throw BuiltinException.operand(2, "must be an unsigned integer number but got a negative integer");
        }
        return shift;
    }

    private static Value parse(CallContext ctx, Value[] args) throws BuiltinException {
        String name = "units.parse: ";
        String text = Operands.string(args, 0).replace("\"", "");
        int split = unitAt(text, name, "spaces not allowed in resource strings", "no amount provided");
        String written = text.substring(split);
        // Only the first letter tells m from M.
        String unit = written.isEmpty()
                ? ""
                : written.charAt(0) + written.substring(1).toLowerCase(Locale.ROOT);
        BigDecimal factor = unit.equals("m") ? MILLI : factor(unit);
        if (factor == null) {
            throw BuiltinException.value(name + "unit " + unit + " not recognized");
        }
        BigDecimal value = amount(text.substring(0, split), name + "could not parse amount to a number")
                .multiply(factor);
        return value.stripTrailingZeros().scale() <= 0
                ? NumberValue.of(value.toBigIntegerExact())
                : NumberValue.parse(value.setScale(10, RoundingMode.HALF_UP).toPlainString());
    }

    private static Value parseBytes(CallContext ctx, Value[] args) throws BuiltinException {
        String name = "units.parse_bytes: ";
        String text = Operands.string(args, 0).toLowerCase(Locale.ROOT).replace("\"", "");
        int split = unitAt(text, name, "spaces not allowed in resource strings", "no byte amount provided");
        String unit = text.substring(split);
        String bare = unit.endsWith("b") && unit.length() > 1 ? unit.substring(0, unit.length() - 1) : unit;
        BigDecimal factor = unit.equals("b") ? null : factor(bare);
        if (factor == null) {
            throw BuiltinException.value(name + "byte unit " + unit + " not recognized");
        }
        BigDecimal amount = amount(text.substring(0, split), name + "could not parse byte amount to a number");
        NumberValue number = NumberValue.parse(amount.toString()).times(NumberValue.of(factor.toBigIntegerExact()));
        return NumberValue.of(number.truncated());
    }

    private static @Nullable BigDecimal factor(String unit) {
        if (unit.isEmpty()) {
            return BigDecimal.ONE;
        }
        Integer power = POWERS.get(Character.toLowerCase(unit.charAt(0)));
        if (power == null || unit.length() > 2 || (unit.length() == 2 && unit.charAt(1) != 'i')) {
            return null;
        }
        return unit.length() == 2
                ? new BigDecimal(BigInteger.ONE.shiftLeft(10 * power))
                : BigDecimal.ONE.scaleByPowerOfTen(3 * power);
    }

    /** Where the number ends and the unit begins. */
    private static int unitAt(String text, String name, String spaces, String nothing) throws BuiltinException {
        if (text.indexOf(' ') >= 0) {
            throw BuiltinException.value(name + spaces);
        }
        int end = text.length();
        for (int i = 0; i < text.length() && end == text.length(); i++) {
            char c = text.charAt(i);
            boolean exponent = c == 'e' || c == 'E';
            if (!exponent && !isDigit(c) && c != '.' && c != '+' && c != '-') {
                end = i;
            } else if (exponent) {
                char next = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
                if (!isDigit(next) && next != '+' && next != '-') {
                    end = i;
                    continue;
                }
                i += next == '+' || next == '-' ? 1 : 0;
                int digits = i + 1;
                while (digits < text.length() && isDigit(text.charAt(digits))) {
                    digits++;
                }
                if (digits - i - 1 > MAX_EXPONENT_DIGITS) {
                    throw BuiltinException.value(name + "exponent too large");
                }
            }
        }
        if (end == 0) {
            throw BuiltinException.value(name + nothing);
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static BigDecimal amount(String text, String fault) throws BuiltinException {
        try {
            BigDecimal amount = new BigDecimal(text);
            if (Math.abs((long) amount.precision() - amount.scale()) > MAX_MAGNITUDE) {
                throw BuiltinException.value("number too big");
            }
            return amount;
        } catch (NumberFormatException invalid) {
            throw BuiltinException.value(fault);
        }
    }
}
