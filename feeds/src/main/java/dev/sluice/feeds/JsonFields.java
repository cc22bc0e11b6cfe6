package dev.sluice.feeds;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON token by token, with the complaints of this room. */
final class JsonFields {

    private static final int MAX_NAME = 1_000;
    private static final int MAX_NUMBER = 100;

    private JsonFields() {}

    /** A reader of one field's value; the current token is the value's first, and must be its last on return. */
    @FunctionalInterface
    interface FieldReader {
        void read(String name) throws RecordException;
    }

    /** A reader of one element; as {@link FieldReader}. */
    @FunctionalInterface
    interface ElementReader {
        void read() throws RecordException;
    }

    /** A factory of parsers that refuse what nests too deep or holds too long a text. */
    static JsonFactory factory(FeedLimits limits) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(FeedLimits.DEPTH)
                        .maxStringLength(limits.recordBytes())
                        .maxNameLength(MAX_NAME)
                        .maxNumberLength(MAX_NUMBER)
                        .build())
                .build();
    }

    /** Reads the fields of the object the parser stands on. */
    static void object(JsonParser parser, String what, FieldReader reader) throws RecordException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new RecordException(what + " is not an object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            reader.read(name);
        }
    }

    /** Reads the elements of the array the parser stands on; null stands for none. */
    static void array(JsonParser parser, String what, int most, ElementReader reader) throws RecordException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new RecordException(what + " is not an array");
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++count > most) {
                throw new RecordException(what + " has more than " + most + " elements");
            }
            reader.read();
        }
    }

    /** The text the parser stands on, or null for a JSON null. */
    static @Nullable String text(JsonParser parser, String what) throws RecordException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> parser.getString();
            case null, default -> throw new RecordException(what + " is not a text");
        };
    }

    /** The text the parser stands on, neither null nor empty nor longer than that. */
    static String name(JsonParser parser, String what, int longest) throws RecordException {
        String text = text(parser, what);
        if (text == null || text.isEmpty() || text.length() > longest) {
            throw new RecordException(what + " is empty or longer than " + longest + " characters");
        }
        return text;
    }

    /** The instant the parser stands on (RFC 3339), or null for a JSON null. */
    static @Nullable Instant instant(JsonParser parser, String what) throws RecordException {
        String text = text(parser, what);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException malformed) {
            throw new RecordException(what + " is not a date and time: " + text);
        }
    }

    /** A date such as 2026-11-22. */
    static LocalDate date(String text, String what) throws RecordException {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException malformed) {
            throw new RecordException(what + " is not a date: " + text);
        }
    }
}
