package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * One call of {@code sprintf}: Go's formatting verbs, flags, widths, explicit indexes, and its texts for mistakes.
 *
 * <p>The text of a number decides what it is: with a fraction or exponent a float64 (a string if out of range),
 * otherwise an int64 or a big integer. Everything but numbers and strings is formatted as the string it prints as.
 */
final class GoFormat {
    private static final int MAX_WIDTH = 1_000_000;
    private static final int ROOM = 256;
    private static final int ROOM_EACH = 8;

    private final String format;
    private final ArrayValue arguments;
    private final StringBuilder out;

    private int at;
    private int argument;
    private boolean reordered;
    private boolean goodIndex;
    private boolean afterIndex;

    private boolean sharp;
    private boolean zero;
    private boolean plus;
    private boolean minus;
    private boolean space;
    private boolean goSyntax;
    private boolean hasWidth;
    private int width;
    private boolean hasPrecision;
    private int precision;

    GoFormat(String format, ArrayValue arguments) {
        this.format = format;
        this.arguments = arguments;
        this.out = new StringBuilder(format.length() + 2 * Math.min(ROOM, ROOM_EACH * arguments.size()));
    }

    String format(CallContext ctx) throws BuiltinException {
        while (at < format.length()) {
            goodIndex = true;
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                out.append(format, at, format.length());
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            clearFlags();
            readFlags();
            argumentIndex();
            readWidth();
            readPrecision();
            if (!afterIndex) {
                argumentIndex();
            }
            if (at >= format.length()) {
                out.append("%!(NOVERB)");
                break;
            }
            int verb = format.codePointAt(at);
            at += Character.charCount(verb);
            afterIndex = false;
            apply(verb);
            Texts.checkLength(ctx, out.length());
        }
        if (!reordered && argument < arguments.size()) {
            extra();
        }
        return out.toString();
    }

    private void clearFlags() {
        sharp = false;
        zero = false;
        plus = false;
        minus = false;
        space = false;
        goSyntax = false;
        hasWidth = false;
        width = 0;
        hasPrecision = false;
        precision = 0;
    }

    private void readFlags() {
        for (; at < format.length(); at++) {
            switch (format.charAt(at)) {
                case '#' -> sharp = true;
                case '0' -> zero = true;
                case '+' -> plus = true;
                case '-' -> minus = true;
                case ' ' -> space = true;
                default -> {
                    return;
                }
            }
        }
    }

    private void readWidth() {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            OptionalInt given = integerArgument();
            hasWidth = given.isPresent();
            width = given.orElse(0);
            if (!hasWidth) {
                out.append("%!(BADWIDTH)");
            }
            if (width < 0) {
                width = -width;
                minus = true;
                zero = false;
            }
            afterIndex = false;
        } else {
            OptionalInt given = digits();
            hasWidth = given.isPresent();
            width = given.orElse(0);
            if (afterIndex && hasWidth) {
                goodIndex = false;
            }
        }
    }

    private void readPrecision() {
        if (at + 1 >= format.length() || format.charAt(at) != '.') {
            return;
        }
        at++;
        if (afterIndex) {
            goodIndex = false;
        }
        argumentIndex();
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            OptionalInt given = integerArgument();
            precision = given.orElse(0);
            hasPrecision = given.isPresent() && precision >= 0;
            precision = Math.max(precision, 0);
            if (!hasPrecision) {
                out.append("%!(BADPREC)");
            }
            afterIndex = false;
        } else {
            precision = digits().orElse(0);
            hasPrecision = true;
        }
    }

    /** A number in the format, if one stands here; one too large to be sensible counts as none. */
    private OptionalInt digits() {
        int start = at;
        int value = 0;
        while (at < format.length() && Character.digit(format.charAt(at), 10) >= 0 && format.charAt(at) <= '9') {
            value = value * 10 + (format.charAt(at) - '0');
            at++;
            if (value > MAX_WIDTH) {
                at = format.length();
                return OptionalInt.empty();
            }
        }
        return at == start ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private OptionalInt integerArgument() {
        if (argument >= arguments.size()) {
            return OptionalInt.empty();
        }
        Object value = goValue(arguments.get(argument++));
        return value instanceof Long number && Math.abs(number) <= MAX_WIDTH
                ? OptionalInt.of(number.intValue())
                : OptionalInt.empty();
    }

    /** An explicit index such as {@code [2]}, which counts from 1. */
    private void argumentIndex() {
        if (at >= format.length() || format.charAt(at) != '[') {
            afterIndex = false;
            return;
        }
        reordered = true;
        int close = format.indexOf(']', at);
        if (close < 0) {
            goodIndex = false;
            afterIndex = false;
            at++;
            return;
        }
        int start = at + 1;
        at = start;
        OptionalInt index = digits();
        boolean whole = index.isPresent() && at == close;
        at = close + 1;
        afterIndex = true;
        if (whole && index.getAsInt() >= 1 && index.getAsInt() <= arguments.size()) {
            argument = index.getAsInt() - 1;
        } else {
            goodIndex = false;
            afterIndex = whole;
        }
    }

    private void apply(int verb) {
        if (verb == '%') {
            out.append('%');
        } else if (!goodIndex) {
            out.append("%!").appendCodePoint(verb).append("(BADINDEX)");
        } else if (argument >= arguments.size()) {
            out.append("%!").appendCodePoint(verb).append("(MISSING)");
        } else {
            if (verb == 'v' && isBare() && shown(arguments.get(argument))) {
                argument++;
                return;
            }
            if (verb == 'v' || verb == 'w') {
                goSyntax = sharp;
                sharp = false;
                plus = plus && arguments.get(argument) instanceof NumberValue number && isBig(number);
            }
            print(goValue(arguments.get(argument++)), verb);
        }
    }

    private boolean isBare() {
        return !(sharp || zero || plus || minus || space || hasWidth || hasPrecision);
    }

    /** Appends a value that prints as it is written; false where it does not. */
    private boolean shown(Value value) {
        if (value instanceof StringValue string) {
            out.append(string.value());
            return true;
        }
        if (value instanceof NumberValue number) {
            String text = number.isWrittenAsGoPrints() ? number.text() : null;
            out.append(text == null ? "" : text);
            return text != null;
        }
        value.appendTo(out);
        return true;
    }

    private void extra() {
        clearFlags();
        out.append("%!(EXTRA ");
        for (int i = argument; i < arguments.size(); i++) {
            if (i > argument) {
                out.append(", ");
            }
            Object value = goValue(arguments.get(i));
            out.append(typeName(value)).append('=');
            print(value, 'v');
        }
        out.append(')');
    }

    /** The value as the Go type it is formatted as: Long, BigInteger, Double or String. */
    private static Object goValue(Value value) {
        if (value instanceof StringValue string) {
            return string.value();
        }
        if (!(value instanceof NumberValue number)) {
            return value.toString();
        }
        if (!number.isWrittenAsInteger()) {
            double approximate = number.asDouble();
            return Double.isInfinite(approximate) ? number.text() : (Object) approximate;
        }
        return number.isLong() ? (Object) number.longValue() : new BigInteger(number.text());
    }

    private static boolean isBig(NumberValue number) {
        return goValue(number) instanceof BigInteger;
    }

    private static String typeName(Object value) {
        return switch (value) {
            case Long _ -> "int64";
            case Double _ -> "float64";
            case BigInteger _ -> "*big.Int";
            default -> "string";
        };
    }

    private void print(Object value, int verb) {
        if (verb == 'T') {
            text(typeName(value), 's');
            return;
        }
        switch (value) {
            case Long number -> integer(number, verb);
            case Double number -> decimal(number, verb);
            case BigInteger number -> big(number, verb);
            default -> text((String) value, verb);
        }
    }

    private void bad(Object value, int verb) {
        out.append("%!")
                .appendCodePoint(verb)
                .append('(')
                .append(typeName(value))
                .append('=');
        print(value, 'v');
        out.append(')');
    }

    private void text(String text, int verb) {
        switch (verb) {
            case 'v' -> pad(goSyntax ? quoted(truncated(text)) : truncated(text));
            case 's' -> pad(truncated(text));
            case 'q' -> pad(quoted(truncated(text)));
            case 'x' -> hexBytes(text, false);
            case 'X' -> hexBytes(text, true);
            default -> bad(text, verb);
        }
    }

    private String truncated(String text) {
        return hasPrecision && text.codePointCount(0, text.length()) > precision
                ? text.substring(0, text.offsetByCodePoints(0, precision))
                : text;
    }

    private String quoted(String text) {
        if (sharp && text.chars().allMatch(c -> c != '`' && c != 0x7f && c != 0xfeff && (c >= ' ' || c == '\t'))) {
            return "`" + text + "`";
        }
        String quoted = StringValue.of(text).toString();
        return plus ? ascii(quoted) : quoted;
    }

    private static String ascii(String text) {
        StringBuilder ascii = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c < 0x80) {
                ascii.append((char) c);
            } else {
                ascii.append(
                        c < 0x10000
                                ? String.format(Locale.ROOT, "\\u%04x", c)
                                : String.format(Locale.ROOT, "\\U%08x", c));
            }
        });
        return ascii.toString();
    }

    private void hexBytes(String text, boolean upper) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = hasPrecision ? Math.min(precision, bytes.length) : bytes.length;
        StringBuilder hex = new StringBuilder();
        String prefix = upper ? "0X" : "0x";
        for (int i = 0; i < length; i++) {
            if (space && i > 0) {
                hex.append(' ');
            }
            if (sharp && (i == 0 || space)) {
                hex.append(prefix);
            }
            String digits = String.format(Locale.ROOT, "%02x", bytes[i]);
            hex.append(upper ? digits.toUpperCase(Locale.ROOT) : digits);
        }
        pad(hex.toString());
    }

    private void integer(long number, int verb) {
        switch (verb) {
            case 'v', 'd' -> integer(number, 10, verb);
            case 'b' -> integer(number, 2, verb);
            case 'o', 'O' -> integer(number, 8, verb);
            case 'x', 'X' -> integer(number, 16, verb);
            case 'c' -> pad(character(number));
            case 'q' -> pad(quotedCharacter(number));
            case 'U' -> pad(codePoint(number));
            default -> bad(number, verb);
        }
    }

    private static String character(long number) {
        boolean valid = number >= 0 && number <= Character.MAX_CODE_POINT && !(number >= 0xD800 && number <= 0xDFFF);
        return valid ? Character.toString((int) number) : "\ufffd";
    }

    private String quotedCharacter(long number) {
        String text = character(number);
        String quoted = StringValue.of(text).toString();
        String inner = plus ? ascii(quoted) : quoted;
        inner = inner.substring(1, inner.length() - 1);
        return "'" + (text.equals("'") ? "\\'" : text.equals("\"") ? "\"" : inner) + "'";
    }

    private String codePoint(long number) {
        String digits = Long.toHexString(number).toUpperCase(Locale.ROOT);
        int least = hasPrecision ? Math.max(precision, 4) : 4;
        String text = "U+" + "0".repeat(Math.max(0, least - digits.length())) + digits;
        boolean known = number >= ' ' && number <= Character.MAX_CODE_POINT && Character.isDefined((int) number);
        zero = false;
        return sharp && known ? text + " '" + character(number) + "'" : text;
    }

    private void integer(long number, int base, int verb) {
        if (hasPrecision && precision == 0 && number == 0) {
            zero = false;
            pad("");
            return;
        }
        boolean negative = number < 0;
        String digits = BigInteger.valueOf(number).abs().toString(base);
        if (verb == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
        }
        int least = 0;
        if (hasPrecision) {
            least = precision;
        } else if (zero && !minus && hasWidth) {
            least = negative || plus || space ? width - 1 : width;
        }
        digits = "0".repeat(Math.max(0, least - digits.length())) + digits;
        String prefix = "";
        if (sharp) {
            prefix = switch (base) {
                case 2 -> "0b";
                case 8 -> digits.startsWith("0") ? "" : "0";
                case 16 -> verb == 'X' ? "0X" : "0x";
                default -> "";
            };
        }
        if (verb == 'O') {
            prefix = "0o" + prefix;
        }
        zero = false;
        pad((negative ? "-" : plus ? "+" : space ? " " : "") + prefix + digits);
    }

    private void big(BigInteger number, int verb) {
        int base = switch (verb) {
            case 'b' -> 2;
            case 'o', 'O' -> 8;
            case 'd', 's', 'v' -> 10;
            case 'x', 'X' -> 16;
            default -> 0;
        };
        if (base == 0) {
            out.append("%!")
                    .appendCodePoint(verb)
                    .append("(big.Int=")
                    .append(number)
                    .append(')');
            return;
        }
        String sign = number.signum() < 0 ? "-" : plus ? "+" : space ? " " : "";
        String prefix = "";
        if (sharp) {
            prefix = switch (verb) {
                case 'b' -> "0b";
                case 'o' -> "0";
                case 'x' -> "0x";
                case 'X' -> "0X";
                default -> "";
            };
        }
        if (verb == 'O') {
            prefix = "0o";
        }
        String digits = number.abs().toString(base);
        if (verb == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
        }
        int zeros = hasPrecision ? Math.max(0, precision - digits.length()) : 0;
        int missing = Math.max(0, width - sign.length() - prefix.length() - zeros - digits.length());
        if (!minus && zero && !hasPrecision) {
            zeros = missing;
            missing = 0;
        }
        String text = sign + prefix + "0".repeat(zeros) + digits;
        out.append(minus ? text + " ".repeat(missing) : " ".repeat(missing) + text);
    }

    private void decimal(double number, int verb) {
        switch (verb) {
            case 'v' -> decimal(GoFloats.general(number, hasPrecision ? precision : -1, false), 'g', -1);
            case 'g', 'G' -> decimal(GoFloats.general(number, hasPrecision ? precision : -1, verb == 'G'), verb, -1);
            case 'e', 'E' -> decimal(GoFloats.exponent(number, hasPrecision ? precision : 6, verb == 'E'), verb, 6);
            case 'f', 'F' -> decimal(GoFloats.fixed(number, hasPrecision ? precision : 6), verb, 6);
            case 'x', 'X' ->
                decimal(GoFloats.hexadecimal(number, hasPrecision ? precision : -1, verb == 'X'), verb, -1);
            case 'b' -> decimal(GoFloats.binary(number), verb, -1);
            default -> bad(number, verb);
        }
    }

    private void decimal(String text, int verb, int standard) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        if (sharp && verb != 'b') {
            digits = GoFloats.withPoint(digits, verb, hasPrecision ? precision : standard);
        }
        String sign = negative ? "-" : plus ? "+" : space ? " " : "";
        if (!sign.isEmpty() && zero && !minus && hasWidth && width > digits.length() + 1) {
            out.append(sign).append("0".repeat(width - digits.length() - 1)).append(digits);
            return;
        }
        pad(sign + digits);
    }

    private void pad(String text) {
        int missing = hasWidth ? width - text.codePointCount(0, text.length()) : 0;
        if (missing <= 0) {
            out.append(text);
        } else if (minus) {
            out.append(text).repeat(" ", missing);
        } else {
            out.repeat(zero ? "0" : " ", missing).append(text);
        }
    }
}
