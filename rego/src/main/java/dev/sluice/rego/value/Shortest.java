package dev.sluice.rego.value;

import java.math.BigDecimal;

/** Numbers as text, in plain or exponent form, as Go writes them. */
final class Shortest {
    private Shortest() {}

    /** A double as Go's JSON encoder writes it: plain from 1e-6 up to but not including 1e21. */
    static String text(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        return text(value < 0, BigFloat.Decimal.of(new BigDecimal(Double.toString(Math.abs(value)))), -6, 21);
    }

    /** A decimal in plain form where {@code low <= exponent < high}, otherwise as {@code d.ddde+xx}. */
    static String text(boolean negative, BigFloat.Decimal decimal, int low, int high) {
        StringBuilder out = new StringBuilder();
        if (negative) {
            out.append('-');
        }
        String digits = decimal.digits();
        int exponent = decimal.point() - 1;
        if (exponent < low || exponent >= high) {
            out.append(digits.charAt(0));
            if (digits.length() > 1) {
                out.append('.').append(digits, 1, digits.length());
            }
            out.append('e').append(exponent < 0 ? '-' : '+');
            int size = Math.abs(exponent);
            if (size < 10) {
                out.append('0');
            }
            return out.append(size).toString();
        }
        int point = decimal.point();
        if (point <= 0) {
            return out.append("0.").append("0".repeat(-point)).append(digits).toString();
        }
        if (point >= digits.length()) {
            return out.append(digits)
                    .append("0".repeat(point - digits.length()))
                    .toString();
        }
        return out.append(digits, 0, point)
                .append('.')
                .append(digits, point, digits.length())
                .toString();
    }
}
