package dev.sluice.rego.builtin;

import dev.sluice.rego.value.StringValue;
import java.math.BigDecimal;
import java.util.Map;

/** Durations such as {@code 1h30m}, {@code -1.5s} or {@code 1w2d}, by Go's rules with days, weeks and years added. */
final class GoDuration {
    private static final Map<String, Long> UNITS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "\u00b5s", 1_000L,
            "\u03bcs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);
    private static final Map<String, Integer> HOURS = Map.of("d", 24, "w", 7 * 24, "y", 365 * 24);

    private final String text;
    private int at;

    private GoDuration(String text) {
        this.text = text;
    }

    /** The duration in nanoseconds. */
    static long parse(String text) throws BuiltinException {
        return new GoDuration(text).parse();
    }

    private BuiltinException invalid() {
        return BuiltinException.value("time: invalid duration " + StringValue.of(text));
    }

    private long parse() throws BuiltinException {
        boolean negative = text.startsWith("-");
        if (negative || text.startsWith("+")) {
            at++;
        }
        String rest = text.substring(at);
        if (rest.equals("0")) {
            return 0;
        }
        if (rest.isEmpty()) {
            throw invalid();
        }
        // The magnitude as an unsigned number up to 2^63, which only -2^63 reaches.
        long total = 0;
        while (at < text.length()) {
            total += segment();
            if (total < 0 && total != Long.MIN_VALUE) {
                throw invalid();
            }
            if (total == Long.MIN_VALUE && at < text.length()) {
                throw invalid();
            }
        }
        if (negative) {
            return -total;
        }
        if (total < 0) {
            throw invalid();
        }
        return total;
    }

    private long segment() throws BuiltinException {
        String number = number();
        String unit = unit();
        Integer hours = HOURS.get(unit);
        if (hours != null) {
            double value = Double.parseDouble(number) * hours;
            number = new BigDecimal(Double.toString(value)).toPlainString();
            unit = "h";
        }
        Long scale = UNITS.get(unit);
        if (scale == null) {
            throw unit.isEmpty()
                    ? BuiltinException.value("time: missing unit in duration " + StringValue.of(text))
                    : BuiltinException.value(
                            "time: unknown unit " + StringValue.of(unit) + " in duration " + StringValue.of(text));
        }
        return scaled(number, scale);
    }

    private long scaled(String number, long unit) throws BuiltinException {
        int point = number.indexOf('.');
        String whole = point < 0 ? number : number.substring(0, point);
        String fraction = point < 0 ? "" : number.substring(point + 1);
        BigDecimal product = new BigDecimal(whole.isEmpty() ? "0" : whole).multiply(BigDecimal.valueOf(unit));
        if (product.compareTo(new BigDecimal("9223372036854775808")) > 0) {
            throw invalid();
        }
        long value = product.toBigInteger().longValue();
        long digits = 0;
        double scale = 1;
        for (int i = 0; i < fraction.length() && digits <= (Long.MAX_VALUE - 9) / 10; i++) {
            digits = digits * 10 + (fraction.charAt(i) - '0');
            scale *= 10;
        }
        return digits == 0 ? value : value + (long) (digits * (unit / scale));
    }

    private String number() throws BuiltinException {
        int start = at;
        int points = 0;
        while (at < text.length() && (isDigit(text.charAt(at)) || (text.charAt(at) == '.' && points++ == 0))) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.isEmpty() || number.equals(".")) {
            throw invalid();
        }
        return number;
    }

    private String unit() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
