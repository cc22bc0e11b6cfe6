package dev.sluice.rego.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;

/** The formats of strings that OPA's library knows; any other is no demand. */
final class Formats {
    private static final Pattern HOST = Pattern.compile(
            "^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])(\\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9]))*$");
    private static final Pattern UUID =
            Pattern.compile("^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$");
    private static final Pattern MAIL = Pattern.compile("^[^@\\s<>]+@[^@\\s<>]+$");
    private static final Pattern FOUR = Pattern.compile("^((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.|$)){4}$");
    private static final Pattern SIX = Pattern.compile("^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$");
    private static final Pattern POINTER = Pattern.compile("^(/([^~/]|~[01])*)*$");

    private Formats() {}

    static boolean matches(String format, String text) {
        try {
            return switch (format) {
                case "date" -> LocalDate.parse(text) != null;
                case "time" -> LocalTime.parse(text.replaceAll("(Z|[+-]\\d\\d:\\d\\d)$", "")) != null;
                case "date-time" -> OffsetDateTime.parse(text) != null;
                case "hostname" -> text.length() <= 255 && HOST.matches(text);
                case "email", "idn-email" -> MAIL.matches(text);
                case "ipv4" -> FOUR.matches(text);
                case "ipv6" -> SIX.matches(text);
                case "uri", "iri" -> new URI(text).isAbsolute();
                case "uri-reference", "iri-reference" -> new URI(text) != null;
                case "uuid" -> UUID.matches(text);
                case "regex" -> Pattern.compile(text) != null;
                case "json-pointer" -> POINTER.matches(text);
                default -> true;
            };
        } catch (DateTimeException | URISyntaxException | PatternSyntaxException unfit) {
            return false;
        }
    }
}
