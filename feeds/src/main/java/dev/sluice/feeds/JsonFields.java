package dev.sluice.feeds;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** Reads JSON token by token, with the complaints of this room. */
final class JsonFields {

    private static final int MAX_DATE = 100;
    private static final Instant OLDEST = Instant.parse("1990-01-01T00:00:00Z");
    private static final List<Function<String, Instant>> MOMENTS = List.of(
            Instant::parse,
            text -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant(),
            text -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));

    private static final char BYTE_ORDER_MARK = '\uFEFF';

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

    /**
     * A factory of parsers as lenient as what people publish: trailing commas, NaN, raw control characters. They refuse what nests
     * deeper than anybody could mean; names, texts and numbers may be as long as a record, for they may be in a part that is left behind.
     */
    static JsonFactory factory(FeedLimits limits) {
        return JsonFactory.builder()
                .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
                .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
                .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(FeedLimits.DEPTH)
                        .maxStringLength(limits.recordBytes())
                        .maxNameLength(limits.recordBytes())
                        .maxNumberLength(limits.recordBytes())
                        .build())
                .build();
    }

    /** The characters of UTF-8 bytes, without a byte order mark; what is no UTF-8 is U+FFFD. Closing it closes the bytes. */
    static Reader characters(InputStream bytes) throws IOException {
        Reader reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8), 1 << 16);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        return reader;
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

    /** The text the parser stands on, or null where something else stands, which is left behind. */
    static @Nullable String textOrNull(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        parser.skipChildren();
        return null;
    }

    /** The text, or the number as it is written, or null where something else stands, which is left behind. */
    static @Nullable String literalOrNull(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT
                ? parser.getString()
                : textOrNull(parser);
    }

    /**
     * Reads the fields of the object the parser stands on; false where something else stands, which is left behind.
     *
     * @param reader stands on a value's first token, and has to leave the parser on its last
     */
    static boolean members(JsonParser parser, Consumer<String> reader) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return false;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            reader.accept(name);
        }
        return true;
    }

    /**
     * Reads the elements of the array the parser stands on. A null or an empty text is no elements, any other value is the only one.
     *
     * @param reader as of {@link #members}
     * @return whether there were not more than {@code most}, the rest of which was left behind
     */
    static boolean each(JsonParser parser, int most, Runnable reader) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.START_ARRAY) {
            if (token != JsonToken.VALUE_NULL
                    && !(token == JsonToken.VALUE_STRING && parser.getString().isBlank())) {
                reader.run();
            }
            return true;
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++count > most) {
                parser.skipChildren();
            } else {
                reader.run();
            }
        }
        return count <= most;
    }

    /**
     * The instant the parser stands on (RFC 3339; a date alone is its first moment, a time without zone is UTC), or null where
     * none stands, which is left behind. What lies before 1990 stands for nothing: zero dates of several languages do.
     */
    static @Nullable Instant moment(JsonParser parser) {
        String text = textOrNull(parser);
        if (text == null || text.length() > MAX_DATE) {
            return null;
        }
        String spelled = text.strip().replace(' ', 'T').toUpperCase(Locale.ROOT);
        for (Function<String, Instant> form : MOMENTS) {
            try {
                Instant read = form.apply(spelled);
                return read.isBefore(OLDEST) ? null : read;
            } catch (DateTimeException other) {
                // the next form
            }
        }
        return null;
    }

    /** A date such as 2026-11-22. */
    static LocalDate date(String text, String what) throws RecordException {
        try {
            return LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
        } catch (DateTimeException malformed) {
            throw new RecordException(what + " is not a date: " + text);
        }
    }

    /** The text, cut with an ellipsis where it is longer. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return text.substring(0, end) + "…";
    }
}
