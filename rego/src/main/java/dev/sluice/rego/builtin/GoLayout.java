package dev.sluice.rego.builtin;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Go's time layouts, which show how the moment 2006-01-02 15:04:05.000 -0700 MST, a Monday, would be written. */
final class GoLayout {
    /** The layouts that have names. */
    static final Map<String, String> NAMED = Map.of(
            "ANSIC", "Mon Jan _2 15:04:05 2006",
            "UnixDate", "Mon Jan _2 15:04:05 MST 2006",
            "RubyDate", "Mon Jan 02 15:04:05 -0700 2006",
            "RFC822", "02 Jan 06 15:04 MST",
            "RFC822Z", "02 Jan 06 15:04 -0700",
            "RFC850", "Monday, 02-Jan-06 15:04:05 MST",
            "RFC1123", "Mon, 02 Jan 2006 15:04:05 MST",
            "RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700",
            "RFC3339", "2006-01-02T15:04:05Z07:00",
            "RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00");

    /** What a part of a layout stands for. */
    enum Field {
        TEXT,
        LONG_MONTH,
        MONTH,
        NUMBER_MONTH,
        ZERO_MONTH,
        LONG_WEEKDAY,
        WEEKDAY,
        DAY,
        UNDER_DAY,
        ZERO_DAY,
        UNDER_YEAR_DAY,
        ZERO_YEAR_DAY,
        HOUR,
        HOUR_12,
        ZERO_HOUR_12,
        MINUTE,
        ZERO_MINUTE,
        SECOND,
        ZERO_SECOND,
        LONG_YEAR,
        YEAR,
        UPPER_HALF,
        LOWER_HALF,
        ZONE_NAME,
        ISO_ZONE,
        ISO_ZONE_SECONDS,
        ISO_ZONE_SHORT,
        ISO_ZONE_COLON,
        ISO_ZONE_COLON_SECONDS,
        ZONE,
        ZONE_SECONDS,
        ZONE_SHORT,
        ZONE_COLON,
        ZONE_COLON_SECONDS,
        FRACTION_ZEROS,
        FRACTION_NINES
    }

    /**
     * A part of a layout.
     *
     * @param text the part as written
     */
    record Part(Field field, String text) {}

    /** In the order in which they must be tried: of two that begin alike the longer first. */
    private static final List<Part> PARTS = List.of(
            new Part(Field.LONG_MONTH, "January"),
            new Part(Field.MONTH, "Jan"),
            new Part(Field.LONG_WEEKDAY, "Monday"),
            new Part(Field.WEEKDAY, "Mon"),
            new Part(Field.ZONE_NAME, "MST"),
            new Part(Field.ZERO_YEAR_DAY, "002"),
            new Part(Field.ZERO_MONTH, "01"),
            new Part(Field.ZERO_DAY, "02"),
            new Part(Field.ZERO_HOUR_12, "03"),
            new Part(Field.ZERO_MINUTE, "04"),
            new Part(Field.ZERO_SECOND, "05"),
            new Part(Field.YEAR, "06"),
            new Part(Field.HOUR, "15"),
            new Part(Field.NUMBER_MONTH, "1"),
            new Part(Field.LONG_YEAR, "2006"),
            new Part(Field.DAY, "2"),
            new Part(Field.UNDER_YEAR_DAY, "__2"),
            new Part(Field.UNDER_DAY, "_2"),
            new Part(Field.HOUR_12, "3"),
            new Part(Field.MINUTE, "4"),
            new Part(Field.SECOND, "5"),
            new Part(Field.UPPER_HALF, "PM"),
            new Part(Field.LOWER_HALF, "pm"),
            new Part(Field.ZONE_SECONDS, "-070000"),
            new Part(Field.ZONE_COLON_SECONDS, "-07:00:00"),
            new Part(Field.ZONE, "-0700"),
            new Part(Field.ZONE_COLON, "-07:00"),
            new Part(Field.ZONE_SHORT, "-07"),
            new Part(Field.ISO_ZONE_SECONDS, "Z070000"),
            new Part(Field.ISO_ZONE_COLON_SECONDS, "Z07:00:00"),
            new Part(Field.ISO_ZONE, "Z0700"),
            new Part(Field.ISO_ZONE_COLON, "Z07:00"),
            new Part(Field.ISO_ZONE_SHORT, "Z07"));

    /** Parts of the layouts that have names, read once. */
    private static final Map<String, List<Part>> PREPARED =
            NAMED.values().stream().collect(Collectors.toUnmodifiableMap(layout -> layout, GoLayout::read));

    private GoLayout() {}

    static List<Part> parts(String layout) {
        List<Part> prepared = PREPARED.get(layout);
        return prepared == null ? read(layout) : prepared;
    }

    private static List<Part> read(String layout) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        while (at < layout.length()) {
            Part part = partAt(layout, at);
            if (part == null) {
                at++;
                continue;
            }
            // "_2006" is an underscore and a year.
            if (part.field() == Field.UNDER_DAY && layout.startsWith("_2006", at)) {
                at++;
                part = new Part(Field.LONG_YEAR, "2006");
            }
            if (at > from) {
                parts.add(new Part(Field.TEXT, layout.substring(from, at)));
            }
            parts.add(part);
            at += part.text().length();
            from = at;
        }
        if (from < layout.length()) {
            parts.add(new Part(Field.TEXT, layout.substring(from)));
        }
        return parts;
    }

    private static @Nullable Part partAt(String layout, int at) {
        char first = layout.charAt(at);
        if (first == '.' || first == ',') {
            return fractionAt(layout, at);
        }
        for (Part part : PARTS) {
            if (layout.startsWith(part.text(), at)) {
                boolean abbreviation = part.field() == Field.MONTH || part.field() == Field.WEEKDAY;
                int end = at + part.text().length();
                // "Janet" is not a month.
                if (abbreviation && end < layout.length() && Character.isLowerCase(layout.charAt(end))) {
                    continue;
                }
                return part;
            }
        }
        return null;
    }

    private static @Nullable Part fractionAt(String layout, int at) {
        int end = at + 1;
        if (end >= layout.length() || (layout.charAt(end) != '0' && layout.charAt(end) != '9')) {
            return null;
        }
        char digit = layout.charAt(end);
        while (end < layout.length() && layout.charAt(end) == digit) {
            end++;
        }
        if (end < layout.length() && Character.isDigit(layout.charAt(end))) {
            return null;
        }
        return new Part(digit == '0' ? Field.FRACTION_ZEROS : Field.FRACTION_NINES, layout.substring(at, end));
    }

    /** Whether the layout shows fractions of a second. */
    static boolean showsFractions(String layout) {
        return parts(layout).stream()
                .anyMatch(part -> part.field() == Field.FRACTION_ZEROS || part.field() == Field.FRACTION_NINES);
    }

    static String format(ZonedDateTime time, String layout) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts(layout)) {
            format(time, part, out);
        }
        return out.toString();
    }

    private static void format(ZonedDateTime time, Part part, StringBuilder out) {
        int hour12 = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
        switch (part.field()) {
            case TEXT -> out.append(part.text());
            case LONG_YEAR -> padded(time.getYear(), 4, '0', out);
            case YEAR -> padded(Math.floorMod(time.getYear(), 100), 2, '0', out);
            case LONG_MONTH -> out.append(monthName(time.getMonthValue()));
            case MONTH -> out.append(monthName(time.getMonthValue()), 0, 3);
            case NUMBER_MONTH -> out.append(time.getMonthValue());
            case ZERO_MONTH -> padded(time.getMonthValue(), 2, '0', out);
            case LONG_WEEKDAY -> out.append(weekdayName(time.getDayOfWeek()));
            case WEEKDAY -> out.append(weekdayName(time.getDayOfWeek()), 0, 3);
            case DAY -> out.append(time.getDayOfMonth());
            case UNDER_DAY -> padded(time.getDayOfMonth(), 2, ' ', out);
            case ZERO_DAY -> padded(time.getDayOfMonth(), 2, '0', out);
            case UNDER_YEAR_DAY -> padded(time.getDayOfYear(), 3, ' ', out);
            case ZERO_YEAR_DAY -> padded(time.getDayOfYear(), 3, '0', out);
            case HOUR -> padded(time.getHour(), 2, '0', out);
            case HOUR_12 -> out.append(hour12);
            case ZERO_HOUR_12 -> padded(hour12, 2, '0', out);
            case MINUTE -> out.append(time.getMinute());
            case ZERO_MINUTE -> padded(time.getMinute(), 2, '0', out);
            case SECOND -> out.append(time.getSecond());
            case ZERO_SECOND -> padded(time.getSecond(), 2, '0', out);
            case UPPER_HALF -> out.append(time.getHour() >= 12 ? "PM" : "AM");
            case LOWER_HALF -> out.append(time.getHour() >= 12 ? "pm" : "am");
            case ZONE_NAME -> out.append(zoneName(time));
            case FRACTION_ZEROS ->
                out.append(part.text().charAt(0))
                        .append(fraction(time.getNano(), part.text().length() - 1));
            case FRACTION_NINES -> {
                String digits =
                        fraction(time.getNano(), part.text().length() - 1).replaceAll("0+$", "");
                out.append(digits.isEmpty() ? "" : part.text().charAt(0) + digits);
            }
            default -> offset(time.getOffset().getTotalSeconds(), part, out);
        }
    }

    private static String fraction(int nanos, int digits) {
        String text = String.format(Locale.ROOT, "%09d", nanos);
        return digits <= 9 ? text.substring(0, digits) : text + "0".repeat(digits - 9);
    }

    private static void offset(int seconds, Part part, StringBuilder out) {
        boolean iso = part.text().charAt(0) == 'Z';
        if (iso && seconds == 0) {
            out.append('Z');
            return;
        }
        int size = Math.abs(seconds);
        boolean colon = part.text().indexOf(':') > 0;
        int digits = part.text().replace(":", "").length() - 1;
        out.append(seconds < 0 ? '-' : '+');
        padded(size / 3600, 2, '0', out);
        if (digits >= 4) {
            out.append(colon ? ":" : "");
            padded(size / 60 % 60, 2, '0', out);
        }
        if (digits >= 6) {
            out.append(colon ? ":" : "");
            padded(size % 60, 2, '0', out);
        }
    }

    private static String zoneName(ZonedDateTime time) {
        if (time.getZone().getId().equals("UTC") || time.getZone().getId().equals("Z")) {
            return "UTC";
        }
        boolean summer = time.getZone().getRules().isDaylightSavings(time.toInstant());
        String name = java.util.TimeZone.getTimeZone(time.getZone())
                .getDisplayName(summer, java.util.TimeZone.SHORT, Locale.US);
        if (!name.startsWith("GMT") || name.equals("GMT")) {
            return name;
        }
        StringBuilder numeric = new StringBuilder();
        int seconds = time.getOffset().getTotalSeconds();
        offset(seconds, new Part(Field.ZONE_SHORT, seconds % 3600 == 0 ? "-07" : "-0700"), numeric);
        return numeric.toString();
    }

    static String weekdayName(DayOfWeek day) {
        return day.getDisplayName(TextStyle.FULL, Locale.US);
    }

    static String monthName(int month) {
        return java.time.Month.of(month).getDisplayName(TextStyle.FULL, Locale.US);
    }

    private static void padded(int value, int width, char fill, StringBuilder out) {
        String text = Integer.toString(Math.abs(value));
        out.append(value < 0 ? "-" : "")
                .repeat(fill, Math.max(0, width - text.length()))
                .append(text);
    }
}
