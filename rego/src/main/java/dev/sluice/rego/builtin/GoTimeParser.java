package dev.sluice.rego.builtin;

import dev.sluice.rego.value.StringValue;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.List;

/** One text read by a Go time layout, with Go's leniencies. */
final class GoTimeParser {
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

    private final String layout;
    private final String text;
    private int at;
    private int year = 0;
    private int month = -1;
    private int day = -1;
    private int yearDay = -1;
    private int hour;
    private int minute;
    private int second;
    private int nanos;
    private boolean afternoon;
    private boolean morning;
    private int offset;

    private GoTimeParser(String layout, String text) {
        this.layout = layout;
        this.text = text;
    }

    /** Nanoseconds since 1970, which may exceed 64 bits. */
    static BigInteger parse(String layout, String text) throws BuiltinException {
        return new GoTimeParser(layout, text).parse();
    }

    private BigInteger parse() throws BuiltinException {
        List<GoLayout.Part> parts = GoLayout.parts(layout);
        for (int i = 0; i < parts.size(); i++) {
            GoLayout.Part part = parts.get(i);
            boolean fractionFollows = i + 1 < parts.size()
                    && (parts.get(i + 1).field() == GoLayout.Field.FRACTION_ZEROS
                            || parts.get(i + 1).field() == GoLayout.Field.FRACTION_NINES);
            read(part, fractionFollows);
        }
        if (at < text.length()) {
            throw failed("extra text: " + StringValue.of(text.substring(at)), false);
        }
        return result();
    }

    private BuiltinException failed(String what, boolean withLayout) {
        String head = "parsing time " + StringValue.of(text);
        return BuiltinException.value(
                withLayout ? head + " as " + StringValue.of(layout) + ": " + what : head + ": " + what);
    }

    private BuiltinException cannot(GoLayout.Part part) {
        return failed(
                "cannot parse " + StringValue.of(text.substring(Math.min(at, text.length()))) + " as "
                        + StringValue.of(part.text()),
                true);
    }

    private BuiltinException outOfRange(String what) {
        return failed(what + " out of range", false);
    }

    private void read(GoLayout.Part part, boolean fractionFollows) throws BuiltinException {
        switch (part.field()) {
            case TEXT -> literal(part);
            case LONG_YEAR -> year = number(part, 4, 4);
            case YEAR -> {
                int two = number(part, 2, 2);
                year = two >= 69 ? 1900 + two : 2000 + two;
            }
            case LONG_MONTH -> month = name(part, TextStyle.FULL, true);
            case MONTH -> month = name(part, TextStyle.SHORT, true);
            case NUMBER_MONTH -> month = range(number(part, 1, 2), 1, 12, "month");
            case ZERO_MONTH -> month = range(number(part, 2, 2), 1, 12, "month");
            case LONG_WEEKDAY -> name(part, TextStyle.FULL, false);
            case WEEKDAY -> name(part, TextStyle.SHORT, false);
            case DAY -> day = number(part, 1, 2);
            case UNDER_DAY -> {
                skipSpace();
                day = number(part, 1, 2);
            }
            case ZERO_DAY -> day = number(part, 2, 2);
            case UNDER_YEAR_DAY -> {
                skipSpace();
                skipSpace();
                yearDay = number(part, 1, 3);
            }
            case ZERO_YEAR_DAY -> yearDay = number(part, 3, 3);
            case HOUR -> hour = range(number(part, 1, 2), 0, 23, "hour");
            case HOUR_12 -> hour = range(number(part, 1, 2), 0, 12, "hour");
            case ZERO_HOUR_12 -> hour = range(number(part, 2, 2), 0, 12, "hour");
            case MINUTE -> minute = range(number(part, 1, 2), 0, 59, "minute");
            case ZERO_MINUTE -> minute = range(number(part, 2, 2), 0, 59, "minute");
            case SECOND -> seconds(part, 1, fractionFollows);
            case ZERO_SECOND -> seconds(part, 2, fractionFollows);
            case UPPER_HALF -> half(part, "PM", "AM");
            case LOWER_HALF -> half(part, "pm", "am");
            case FRACTION_ZEROS -> fraction(part, part.text().length());
            case FRACTION_NINES -> {
                if (isFraction()) {
                    fraction(part, fractionLength());
                }
            }
            case ZONE_NAME -> zoneName(part);
            default -> zone(part);
        }
    }

    /** Text of the layout; a run of spaces in either matches a run, even an empty one at the end, in the other. */
    private void literal(GoLayout.Part part) throws BuiltinException {
        String expected = part.text();
        int i = 0;
        while (i < expected.length()) {
            if (expected.charAt(i) == ' ') {
                if (at < text.length() && text.charAt(at) != ' ') {
                    throw cannot(part);
                }
                while (i < expected.length() && expected.charAt(i) == ' ') {
                    i++;
                }
                while (at < text.length() && text.charAt(at) == ' ') {
                    at++;
                }
                continue;
            }
            if (at >= text.length() || text.charAt(at) != expected.charAt(i)) {
                throw cannot(part);
            }
            i++;
            at++;
        }
    }

    private void skipSpace() {
        if (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean isDigit(int position) {
        return position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9';
    }

    private int number(GoLayout.Part part, int least, int most) throws BuiltinException {
        int digits = 0;
        while (digits < most && isDigit(at + digits)) {
            digits++;
        }
        if (digits < least) {
            throw cannot(part);
        }
        int value = Integer.parseInt(text.substring(at, at + digits));
        at += digits;
        return value;
    }

    private int range(int value, int least, int most, String what) throws BuiltinException {
        if (value < least || value > most) {
            throw outOfRange(what);
        }
        return value;
    }

    private int name(GoLayout.Part part, TextStyle style, boolean months) throws BuiltinException {
        int count = months ? 12 : 7;
        for (int i = 1; i <= count; i++) {
            String full = months ? GoLayout.monthName(i) : GoLayout.weekdayName(java.time.DayOfWeek.of(i));
            String name = style == TextStyle.FULL ? full : full.substring(0, 3);
            if (text.regionMatches(true, at, name, 0, name.length())) {
                at += name.length();
                return i;
            }
        }
        throw cannot(part);
    }

    private void seconds(GoLayout.Part part, int least, boolean fractionFollows) throws BuiltinException {
        second = range(number(part, least, 2), 0, 59, "second");
        if (!fractionFollows && isFraction()) {
            fraction(part, fractionLength());
        }
    }

    private boolean isFraction() {
        return at + 1 < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',') && isDigit(at + 1);
    }

    private int fractionLength() {
        int length = 1;
        while (isDigit(at + length)) {
            length++;
        }
        return length;
    }

    private void fraction(GoLayout.Part part, int length) throws BuiltinException {
        if (at + length > text.length() || (text.charAt(at) != '.' && text.charAt(at) != ',')) {
            throw cannot(part);
        }
        String digits = text.substring(at + 1, at + length);
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw cannot(part);
        }
        String nine = digits.length() > 9 ? digits.substring(0, 9) : digits + "0".repeat(9 - digits.length());
        nanos = Integer.parseInt(nine);
        at += length;
    }

    private void half(GoLayout.Part part, String pm, String am) throws BuiltinException {
        if (text.startsWith(pm, at)) {
            afternoon = true;
        } else if (text.startsWith(am, at)) {
            morning = true;
        } else {
            throw cannot(part);
        }
        at += 2;
    }

    private void zone(GoLayout.Part part) throws BuiltinException {
        if (part.text().charAt(0) == 'Z' && at < text.length() && text.charAt(at) == 'Z') {
            at++;
            offset = 0;
            return;
        }
        boolean colon = part.text().indexOf(':') > 0;
        int fields = (part.text().replace(":", "").length() - 1) / 2;
        if (at >= text.length() || (text.charAt(at) != '+' && text.charAt(at) != '-')) {
            throw cannot(part);
        }
        int start = at;
        boolean negative = text.charAt(at++) == '-';
        int[] values = new int[3];
        for (int i = 0; i < fields; i++) {
            if (i > 0 && colon) {
                if (at >= text.length() || text.charAt(at) != ':') {
                    at = start;
                    throw cannot(part);
                }
                at++;
            }
            if (!isDigit(at) || !isDigit(at + 1)) {
                at = start;
                throw cannot(part);
            }
            values[i] = Integer.parseInt(text.substring(at, at + 2));
            at += 2;
        }
        range(values[0], 0, 24, "time zone offset hour");
        range(values[1], 0, 59, "time zone offset minute");
        range(values[2], 0, 59, "time zone offset second");
        offset = values[0] * 3600 + values[1] * 60 + values[2];
        offset = negative ? -offset : offset;
    }

    /** An abbreviation; what it stands for is not known, so it counts as UTC, as does {@code GMT+3} in Go. */
    private void zoneName(GoLayout.Part part) throws BuiltinException {
        if (text.startsWith("UTC", at)) {
            at += 3;
            return;
        }
        int length = abbreviation();
        if (length == 0) {
            throw cannot(part);
        }
        at += length;
    }

    private int abbreviation() {
        if (text.startsWith("ChST", at) || text.startsWith("MeST", at)) {
            return 4;
        }
        if (text.startsWith("GMT", at)) {
            return 3 + signedOffset(at + 3);
        }
        int signed = signedOffset(at);
        if (signed > 0) {
            return signed;
        }
        int letters = 0;
        while (letters < 6 && at + letters < text.length() && Character.isUpperCase(text.charAt(at + letters))) {
            letters++;
        }
        return switch (letters) {
            case 3 -> 3;
            case 4 -> text.charAt(at + 3) == 'T' || text.startsWith("WITA", at) ? 4 : 0;
            case 5 -> text.charAt(at + 4) == 'T' ? 5 : 0;
            default -> 0;
        };
    }

    private int signedOffset(int from) {
        if (from >= text.length() || (text.charAt(from) != '+' && text.charAt(from) != '-')) {
            return 0;
        }
        int end = from + 1;
        while (isDigit(end) && end < from + 4) {
            end++;
        }
        if (end == from + 1 || Integer.parseInt(text.substring(from + 1, end)) > 23) {
            return 0;
        }
        return end - from;
    }

    private BigInteger result() throws BuiltinException {
        if (afternoon && hour < 12) {
            hour += 12;
        } else if (morning && hour == 12) {
            hour = 0;
        }
        LocalDate date;
        try {
            if (yearDay >= 0) {
                range(yearDay, 1, LocalDate.of(year, 1, 1).lengthOfYear(), "day-of-year");
                date = LocalDate.ofYearDay(year, yearDay);
                if ((month >= 0 && month != date.getMonthValue())) {
                    throw failed("day-of-year does not match month", false);
                }
                if (day >= 0 && day != date.getDayOfMonth()) {
                    throw failed("day-of-year does not match day", false);
                }
            } else {
                date = LocalDate.of(year, month < 0 ? 1 : month, day < 0 ? 1 : day);
            }
        } catch (DateTimeException invalid) {
            throw outOfRange("day");
        }
        LocalDateTime moment = LocalDateTime.of(date, LocalTime.of(hour, minute, second));
        long seconds = moment.toEpochSecond(ZoneOffset.UTC) - offset;
        return BigInteger.valueOf(seconds).multiply(BILLION).add(BigInteger.valueOf(nanos));
    }
}
