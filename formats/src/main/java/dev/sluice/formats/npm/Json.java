package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.BoundedJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Reading JSON in bounds, by position, and writing it byte by byte. */
final class Json {

    private static final int MAX_TEXT = 4 << 20;
    private static final JsonFactory FACTORY = new BoundedJson(64, MAX_TEXT, MAX_TEXT).streams();

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private Json() {}

    static JsonParser parser(InputStream in) {
        return FACTORY.createParser(ObjectReadContext.empty(), in);
    }

    static JsonParser parser(byte[] bytes) {
        return FACTORY.createParser(ObjectReadContext.empty(), bytes);
    }

    /** Where the current token begins, in bytes from the beginning of the input; -1 when the input is not UTF-8. */
    static long begin(JsonParser parser) {
        return parser.currentTokenLocation().getByteOffset();
    }

    /** Passes over the current value, whatever it is; answers the position after it. */
    static long end(JsonParser parser) {
        parser.skipChildren();
        parser.finishToken();
        return parser.currentLocation().getByteOffset();
    }

    /** The current value as text, or null when it is no string; passes over it. */
    static @Nullable String text(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        parser.skipChildren();
        return null;
    }

    /** The string members of the current object, the first {@code limit}; passes over the value, empty when it is no object. */
    static Map<String, String> texts(JsonParser parser, int limit) {
        Map<String, String> result = new LinkedHashMap<>();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return result;
        }
        String name;
        while ((name = parser.nextName()) != null) {
            parser.nextToken();
            String value = text(parser);
            if (value != null && (result.size() < limit || result.containsKey(name))) {
                result.put(name, value);
            }
        }
        return result;
    }

    /** The elements of the current array that are people, as {@code name <mail>}, the first {@code limit}; passes over the value. */
    static List<String> people(JsonParser parser, int limit) {
        List<String> result = new ArrayList<>();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return result;
        }
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY && token != null) {
            String person = "";
            if (token == JsonToken.START_OBJECT) {
                Map<String, String> fields = texts(parser, 10);
                String name = fields.getOrDefault("name", "");
                String mail = fields.getOrDefault("email", "");
                person = mail.isEmpty() ? name : (name + " <" + mail + ">").strip();
            } else {
                String text = text(parser);
                person = text == null ? "" : text;
            }
            if (!person.isEmpty() && result.size() < limit) {
                result.add(cut(person, 200));
            }
        }
        return result;
    }

    /**
     * The members of a JSON object as they are written, by name; of members of the same name the last, as {@code JSON.parse} does.
     */
    static Map<String, byte[]> members(byte[] object) {
        Map<String, byte[]> result = new LinkedHashMap<>();
        try (JsonParser parser = parser(object)) {
            parser.nextToken();
            String name;
            while ((name = parser.nextName()) != null) {
                parser.nextToken();
                int from = (int) begin(parser);
                int to = (int) end(parser);
                result.put(name, java.util.Arrays.copyOfRange(object, from, to));
            }
        }
        return result;
    }

    /** The failure below a parser's complaint when reading itself failed, else null. */
    static @Nullable IOException cause(JacksonException e) {
        return e instanceof JacksonIOException io ? io.getCause() : null;
    }

    /** The parser's complaint without the text it quotes beyond a few characters. */
    static String complaint(JacksonException e) {
        String message = e.getOriginalMessage();
        String where =
                e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset();
        return cut(message == null ? "not JSON" : message.lines().findFirst().orElse("not JSON"), 120) + where;
    }

    static String cut(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
    }

    /** The text as a JSON string (RFC 8259, section 7). */
    static String quoted(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
        quote(text, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Writes the text as a JSON string; halves of surrogate pairs are escaped. */
    static void quote(String text, ByteArrayOutputStream out) {
        out.write('"');
        escape(text, out);
        out.write('"');
    }

    private static void escape(String text, ByteArrayOutputStream out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.write('\\');
                out.write(c);
            } else if (c >= 32 && c < 127) {
                out.write(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.writeBytes(text.substring(i, i + 2).getBytes(StandardCharsets.UTF_8));
                i++;
            } else if (c >= 160 && !Character.isSurrogate(c)) {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            } else {
                out.writeBytes(new byte[] {'\\', 'u', HEX[c >> 12], HEX[c >> 8 & 15], HEX[c >> 4 & 15], HEX[c & 15]});
            }
        }
    }

    /** Writes text that is JSON already. */
    static void raw(String json, ByteArrayOutputStream out) {
        out.writeBytes(json.getBytes(StandardCharsets.UTF_8));
    }

    /** An object under construction: members in the order they are put. Not thread-safe. */
    static final class ObjectWriter {
        private final ByteArrayOutputStream out;
        private boolean first = true;

        ObjectWriter(ByteArrayOutputStream out) {
            this.out = out;
            out.write('{');
        }

        /** Begins a member; its value must be written to the stream next. */
        ByteArrayOutputStream member(String name) {
            if (!first) {
                out.write(',');
            }
            first = false;
            quote(name, out);
            out.write(':');
            return out;
        }

        ObjectWriter text(String name, String value) {
            quote(value, member(name));
            return this;
        }

        ObjectWriter raw(String name, byte[] json) {
            member(name).writeBytes(json);
            return this;
        }

        ObjectWriter raw(String name, String json) {
            return raw(name, json.getBytes(StandardCharsets.UTF_8));
        }

        ObjectWriter texts(String name, Map<String, String> values) {
            ObjectWriter object = new ObjectWriter(member(name));
            values.forEach(object::text);
            object.close();
            return this;
        }

        void close() {
            out.write('}');
        }
    }
}
