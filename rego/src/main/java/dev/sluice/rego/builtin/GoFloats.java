package dev.sluice.rego.builtin;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Doubles as text in the ways of Go's {@code strconv.FormatFloat}. Only finite numbers occur. */
final class GoFloats {
    private GoFloats() {}

    /** {@code %e}: one digit, {@code places} digits, exponent. */
    static String exponent(double number, int places, boolean upper) {
        String sign = sign(number);
        BigDecimal exact = new BigDecimal(number).abs();
        String text = exact.signum() == 0 ? withExponent("0" + "0".repeat(places), 0) : scientific(exact, places + 1);
        return sign + (upper ? text.toUpperCase(Locale.ROOT) : text);
    }

    private static String scientific(BigDecimal exact, int digits) {
        BigDecimal rounded = exact.round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN));
        String unscaled = rounded.unscaledValue().toString();
        int exponent = unscaled.length() - 1 - rounded.scale();
        String padded = unscaled.length() < digits ? unscaled + "0".repeat(digits - unscaled.length()) : unscaled;
        return withExponent(padded.substring(0, digits), exponent);
    }

    private static String withExponent(String digits, int exponent) {
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        int size = Math.abs(exponent);
        return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }

    /** {@code %f}: {@code places} digits after the point. */
    static String fixed(double number, int places) {
        return sign(number)
                + new BigDecimal(number)
                        .abs()
                        .setScale(places, RoundingMode.HALF_EVEN)
                        .toPlainString();
    }

    /** {@code %g}: {@code digits} significant digits, or as many as are needed where negative. */
    static String general(double number, int digits, boolean upper) {
        BigDecimal value;
        int threshold;
        if (digits < 0) {
            value = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
            threshold = 6;
        } else {
            int kept = Math.max(digits, 1);
            value = new BigDecimal(number)
                    .abs()
                    .round(new java.math.MathContext(kept, RoundingMode.HALF_EVEN))
                    .stripTrailingZeros();
            int found = value.precision();
            int whole = found - value.scale();
            threshold = kept > found && found >= whole ? found : kept;
        }
        if (value.signum() == 0) {
            return sign(number) + "0";
        }
        int exponent = value.precision() - value.scale() - 1;
        String text = exponent < -4 || exponent >= threshold
                ? withExponent(value.unscaledValue().toString(), exponent)
                : value.toPlainString();
        return sign(number) + (upper ? text.toUpperCase(Locale.ROOT) : text);
    }

    /** {@code %x}: hexadecimal mantissa, binary exponent. */
    static String hexadecimal(double number, int places, boolean upper) {
        String sign = sign(number);
        double size = Math.abs(number);
        long bits = Double.doubleToLongBits(size);
        int exponent = (int) (bits >>> 52) - 1023;
        long mantissa = bits & ((1L << 52) - 1);
        if (size == 0) {
            exponent = 0;
        } else if (exponent == -1023) {
            int shift = Long.numberOfLeadingZeros(mantissa) - 11;
            mantissa = mantissa << shift & ((1L << 52) - 1);
            exponent = -1022 - shift;
        }
        long whole = size == 0 ? 0 : 1;
        if (places >= 0 && places < 13) {
            int drop = 52 - places * 4;
            long all = whole << 52 | mantissa;
            long kept = all >>> drop;
            long rest = all & ((1L << drop) - 1);
            long half = 1L << (drop - 1);
            if (rest > half || (rest == half && (kept & 1) == 1)) {
                kept++;
            }
            all = kept << drop;
            if (all >>> 53 != 0) {
                all >>>= 1;
                exponent++;
            }
            whole = all >>> 52;
            mantissa = all & ((1L << 52) - 1);
        }
        String digits = String.format(Locale.ROOT, "%013x", mantissa);
        if (places < 0) {
            digits = digits.replaceAll("0+$", "");
        } else {
            digits = places <= 13 ? digits.substring(0, places) : digits + "0".repeat(places - 13);
        }
        int power = Math.abs(exponent);
        String text = "0x" + whole + (digits.isEmpty() ? "" : "." + digits) + "p" + (exponent < 0 ? "-" : "+")
                + (power < 10 ? "0" : "") + power;
        return sign + (upper ? text.toUpperCase(Locale.ROOT) : text);
    }

    /** {@code %b}: decimal mantissa, binary exponent. */
    static String binary(double number) {
        long bits = Double.doubleToLongBits(Math.abs(number));
        int exponent = (int) (bits >>> 52);
        long mantissa = bits & ((1L << 52) - 1);
        if (exponent == 0) {
            exponent++;
        } else {
            mantissa |= 1L << 52;
        }
        exponent -= 1075;
        return sign(number) + mantissa + "p" + (exponent < 0 ? "" : "+") + exponent;
    }

    /** The text with a decimal point, and for the general form with its trailing zeros, as the flag {@code #} asks. */
    static String withPoint(String text, int verb, int precision) {
        int tailAt = -1;
        for (int i = 0; i < text.length() && tailAt < 0; i++) {
            char c = text.charAt(i);
            boolean hex = verb == 'x' || verb == 'X';
            if (c == 'p' || c == 'P' || (!hex && (c == 'e' || c == 'E'))) {
                tailAt = i;
            }
        }
        String tail = tailAt < 0 ? "" : text.substring(tailAt);
        String number = tailAt < 0 ? text : text.substring(0, tailAt);
        int digits = 0;
        if (verb == 'v' || verb == 'g' || verb == 'G' || verb == 'x') {
            digits = precision == -1 ? 6 : precision;
        }
        boolean significant = false;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            significant |= c != '0' && c != '.';
            if (significant && c != '.') {
                digits--;
            }
        }
        if (number.indexOf('.') < 0) {
            if (number.equals("0")) {
                digits--;
            }
            number += ".";
        }
        return number + "0".repeat(Math.max(0, digits)) + tail;
    }

    private static String sign(double number) {
        return 1 / number < 0 || number < 0 ? "-" : "";
    }
}
