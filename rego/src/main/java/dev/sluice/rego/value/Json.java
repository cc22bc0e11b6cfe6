package dev.sluice.rego.value;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Values read from and written as JSON.
 *
 * <p>Reading keeps the text of numbers, lets the last of several equal keys win, and is limited: 512 levels, 256 MiB,
 * strings of 64 MiB, names of 64 Ki characters, numbers of 4096 characters. Anything after the document is an error.
 */
public final class Json {
    /** How deep documents may be nested. */
    public static final int MAX_DEPTH = 512;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxDocumentLength(256L << 20)
                    .maxStringLength(64 << 20)
                    .maxNameLength(64 << 10)
                    .maxNumberLength(4096)
                    .build())
            .build();

    private Json() {}

    /**
     * The value of a JSON document.
     *
     * @throws JsonFault if the text is not JSON or exceeds a limit
     */
    public static Value read(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return document(parser);
        } catch (JacksonException fault) {
            throw fault(fault);
        }
    }

    /**
     * The value of the JSON document in a stream (UTF-8, UTF-16 or UTF-32), which is read to its end and closed.
     *
     * @throws JsonFault if the text is not JSON, exceeds a limit, or the stream fails
     */
    public static Value read(InputStream stream) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), stream)) {
            return document(parser);
        } catch (JacksonException fault) {
            throw fault(fault);
        }
    }

    private static JsonFault fault(JacksonException fault) {
        var at = fault.getLocation();
        String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return new JsonFault(fault.getOriginalMessage() + where, fault);
    }

    private static Value document(JsonParser parser) {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new JsonFault("no JSON value: the text is empty");
        }
        Value value = new Reading(parser).value(first);
        if (parser.nextToken() != null) {
            throw new JsonFault("text after the end of the JSON value");
        }
        return value;
    }

    /**
     * The value as JSON: sets as arrays in ascending order, keys that are not strings as their own JSON text, invalid
     * characters as U+FFFD, no spaces.
     */
    public static String write(Value value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** Appends the value as {@link #write(Value)} gives it. */
    public static void write(Value value, StringBuilder out) {
        switch (value) {
            case StringValue string -> writeString(string.value(), out);
            case ArrayValue array -> writeAll(array, out);
            case SetValue set -> writeAll(set, out);
            case ObjectValue object -> {
                out.append('{');
                for (int i = 0; i < object.size(); i++) {
                    if (i > 0) {
                        out.append(',');
                    }
                    writeString(key(object.keyAt(i)), out);
                    out.append(':');
                    write(object.valueAt(i), out);
                }
                out.append('}');
            }
            case NullValue _, BooleanValue _, NumberValue _ -> value.appendTo(out);
        }
    }

    /** A key as JSON names it: a string's text, or the JSON text of any other value. */
    public static String key(Value key) {
        return key instanceof StringValue string ? string.value() : write(key);
    }

    private static void writeAll(Iterable<Value> elements, StringBuilder out) {
        out.append('[');
        String separator = "";
        for (Value element : elements) {
            out.append(separator);
            separator = ",";
            write(element, out);
        }
        out.append(']');
    }

    private static void writeString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                out.append(c);
            } else if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    out.append(c).append(text.charAt(++i));
                } else {
                    out.append('\ufffd');
                }
            } else {
                switch (c) {
                    case '"' -> out.append("\\\"");
                    case '\\' -> out.append("\\\\");
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\t' -> out.append("\\t");
                    case '\b' -> out.append("\\b");
                    case '\f' -> out.append("\\f");
                    default -> {
                        out.append("\\u00").append(Character.forDigit(c >> 4, 16));
                        out.append(Character.forDigit(c & 15, 16));
                    }
                }
            }
        }
        out.append('"');
    }

    /** One document being read. */
    private static final class Reading {
        private static final int SHARED_LENGTH = 24;
        private static final int SHARED_COUNT = 4096;

        private final JsonParser parser;
        // Documents repeat short words such as severities and ecosystems: one copy of each will do.
        private final Map<String, StringValue> shared = new HashMap<>();

        Reading(JsonParser parser) {
            this.parser = parser;
        }

        private Value value(JsonToken token) {
            return switch (token) {
                case START_OBJECT -> object();
                case START_ARRAY -> array();
                case VALUE_STRING -> string(parser.getString());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString());
                case VALUE_TRUE -> BooleanValue.TRUE;
                case VALUE_FALSE -> BooleanValue.FALSE;
                case VALUE_NULL -> NullValue.NULL;
                default -> throw new JsonFault("unexpected end of the JSON value");
            };
        }

        private ObjectValue object() {
            ObjectValue.Builder builder = ObjectValue.builder();
            for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
                StringValue key = StringValue.ofName(parser.currentName());
                builder.put(key, value(next()));
            }
            return builder.size() == 0 ? ObjectValue.EMPTY : builder.build();
        }

        private ArrayValue array() {
            List<Value> elements = new ArrayList<>();
            for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
                elements.add(value(token));
            }
            return ArrayValue.of(elements);
        }

        private JsonToken next() {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new JsonFault("unexpected end of the JSON value");
            }
            return token;
        }

        private StringValue string(String text) {
            if (text.length() > SHARED_LENGTH) {
                return StringValue.of(text);
            }
            StringValue known = shared.get(text);
            if (known == null) {
                known = StringValue.of(text);
                if (shared.size() < SHARED_COUNT) {
                    shared.put(text, known);
                }
            }
            return known;
        }

        private static NumberValue number(String text) {
            try {
                return NumberValue.parse(text);
            } catch (NumberFormatException fault) {
                throw new JsonFault(fault.getMessage() == null ? "not a number" : fault.getMessage());
            }
        }
    }
}
