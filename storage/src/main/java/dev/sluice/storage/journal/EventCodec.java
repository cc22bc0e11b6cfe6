package dev.sluice.storage.journal;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Actor;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.storage.sql.EventTable.Row;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An event as JSON in UTF-8, the form of the log on disk. Properties that are null are left out; unknown ones are skipped, so
 * what another build may have written is copied as its bytes ({@link EventLog}).
 *
 * <p>Half surrogate pairs, which UTF-8 cannot carry, become U+FFFD. Thread-safe.
 */
final class EventCodec {
    private static final JsonFactory JSON = new JsonFactory();

    private EventCodec() {}

    static byte[] encode(Event event) {
        Json json = new Json();
        json.property("id", event.id());
        json.property("at", event.at().toString());
        json.property("kind", event.kind().name());
        json.property("user", event.actor().user());
        json.property("token", event.actor().tokenId());
        json.property("address", event.actor().address());
        json.property("userAgent", event.actor().userAgent());
        Event.Subject subject = event.subject();
        json.property("repository", subject.repository());
        json.property("purl", subject.purl());
        @Nullable PackageName packageName = subject.packageName();
        if (packageName != null) {
            json.property("format", packageName.format());
            json.property("package", packageName.name());
        }
        @Nullable Coordinates coordinates = subject.coordinates();
        if (coordinates != null) {
            json.property("version", coordinates.version());
        }
        json.property("file", event.bytes().file());
        json.property("digest", event.bytes().digest());
        json.property("upstream", event.bytes().upstream());
        if (!event.policies().isEmpty()) {
            json.property("policies", event.policies());
        }
        json.property("message", event.message());
        json.property("detail", event.detail());
        return json.object();
    }

    /** Reads an event back. Throws IllegalArgumentException when the bytes are none. */
    static Event decode(byte[] bytes) {
        Fields fields = new Fields();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not an event: no JSON object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                if (json.nextToken() == JsonToken.VALUE_STRING) {
                    fields.set(name, json.getString());
                } else if (name.equals("policies") && json.currentToken() == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.VALUE_STRING) {
                        fields.policies.add(json.getString());
                    }
                } else {
                    json.skipChildren();
                }
            }
            return fields.event();
        } catch (JacksonException | DateTimeException e) {
            throw new IllegalArgumentException("not an event: " + e.getMessage(), e);
        }
    }

    /** The event in those bytes as a log keeps it. Throws IllegalArgumentException when they are none. */
    static Row row(byte[] bytes) {
        return new Row(decode(bytes).id(), bytes);
    }

    /**
     * An object whose properties are texts and lists of texts. Every download is written by it, on an event loop; a generator of
     * Jackson's takes three times as long.
     */
    private static final class Json {
        private static final byte[] HEX = {
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
        };

        /** Of a char: three bytes in UTF-8, or six as an escape. */
        private static final int MOST_BYTES = 6;

        private byte[] bytes = new byte[1024];
        private int length;

        void property(String name, @Nullable String value) {
            if (value != null) {
                name(name);
                text(value);
            }
        }

        void property(String name, List<String> values) {
            name(name);
            char before = '[';
            for (String value : values) {
                put(before);
                text(value);
                before = ',';
            }
            put(']');
        }

        byte[] object() {
            put('}');
            return Arrays.copyOf(bytes, length);
        }

        private void name(String name) {
            put(length == 0 ? '{' : ',');
            text(name);
            put(':');
        }

        private void put(char ascii) {
            reserve(1);
            bytes[length++] = (byte) ascii;
        }

        private void text(String text) {
            reserve(text.length() + 2);
            bytes[length++] = '"';
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < 0x80 && c >= ' ' && c != '"' && c != '\\') {
                    bytes[length++] = (byte) c;
                } else if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    reserve(MOST_BYTES + text.length() - i);
                    beyondPlane0(Character.toCodePoint(c, text.charAt(++i)));
                } else {
                    reserve(MOST_BYTES + text.length() - i);
                    special(Character.isSurrogate(c) ? '\uFFFD' : c);
                }
            }
            bytes[length++] = '"';
        }

        private void special(char c) {
            if (c >= 0x800) {
                bytes[length++] = (byte) (0xE0 | (c >> 12));
                bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else if (c >= 0x80) {
                bytes[length++] = (byte) (0xC0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else if (c >= ' ') {
                bytes[length++] = '\\';
                bytes[length++] = (byte) c;
            } else {
                bytes[length++] = '\\';
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[c >> 4];
                bytes[length++] = HEX[c & 15];
            }
        }

        private void beyondPlane0(int codePoint) {
            bytes[length++] = (byte) (0xF0 | (codePoint >> 18));
            bytes[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
            bytes[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
            bytes[length++] = (byte) (0x80 | (codePoint & 0x3F));
        }

        /** Makes room for as many bytes, and the quotation mark that follows them. */
        private void reserve(int more) {
            if (bytes.length - length <= more) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + 1));
            }
        }
    }

    private static final class Fields {
        private final List<String> policies = new ArrayList<>();
        private @Nullable String id;
        private @Nullable String at;
        private @Nullable String kind;
        private @Nullable String user;
        private @Nullable String token;
        private String address = "";
        private String userAgent = "";
        private @Nullable String repository;
        private @Nullable String purl;
        private @Nullable String format;
        private @Nullable String packageName;
        private @Nullable String version;
        private @Nullable String file;
        private @Nullable String digest;
        private @Nullable String upstream;
        private String message = "";
        private String detail = "{}";

        void set(String name, String value) {
            switch (name) {
                case "id" -> id = value;
                case "at" -> at = value;
                case "kind" -> kind = value;
                case "user" -> user = value;
                case "token" -> token = value;
                case "address" -> address = value;
                case "userAgent" -> userAgent = value;
                case "repository" -> repository = value;
                case "purl" -> purl = value;
                case "format" -> format = value;
                case "package" -> packageName = value;
                case "version" -> version = value;
                case "file" -> file = value;
                case "digest" -> digest = value;
                case "upstream" -> upstream = value;
                case "message" -> message = value;
                case "detail" -> detail = value;
                default -> {}
            }
        }

        Event event() {
            return new Event(
                    required("id", id),
                    instant(required("at", at)),
                    Kind.of(required("kind", kind)),
                    new Actor(required("user", user), token, address, userAgent),
                    subject(),
                    new Event.Bytes(file, digest, upstream),
                    policies,
                    message,
                    detail);
        }

        private Event.Subject subject() {
            PackageName name = format == null || packageName == null ? null : new PackageName(format, packageName);
            Coordinates coordinates = name == null || version == null ? null : new Coordinates(name, version);
            return new Event.Subject(repository, purl, name, coordinates);
        }

        /** What {@link Instant#toString} writes of the years 0000 to 9999, read at once; anything else goes the long way. */
        private static Instant instant(String text) {
            int end = text.length() - 1; // 2026-11-28T15:41:50.123456789Z
            boolean usual = end >= 19
                    && end <= 29
                    && end != 20
                    && text.charAt(4) == '-'
                    && text.charAt(7) == '-'
                    && text.charAt(10) == 'T'
                    && text.charAt(13) == ':'
                    && text.charAt(16) == ':'
                    && (end == 19 || text.charAt(19) == '.')
                    && text.charAt(end) == 'Z';
            int year = usual ? number(text, 0, 4) : -1;
            int month = usual ? number(text, 5, 7) : -1;
            int day = usual ? number(text, 8, 10) : -1;
            int hour = usual ? number(text, 11, 13) : -1;
            int minute = usual ? number(text, 14, 16) : -1;
            int second = usual ? number(text, 17, 19) : -1;
            int fraction = usual && end > 19 ? number(text, 20, end) : 0;
            if ((year | month | day | hour | minute | second | fraction) < 0
                    || hour > 23
                    || minute > 59
                    || second > 59) {
                return Instant.parse(text);
            }
            for (int digits = end - 20; end > 19 && digits < 9; digits++) {
                fraction *= 10;
            }
            long days = LocalDate.of(year, month, day).toEpochDay();
            return Instant.ofEpochSecond(((days * 24 + hour) * 60 + minute) * 60 + second, fraction);
        }

        /** The digits from there to there as a number, or -1 when there is something else. */
        private static int number(String text, int from, int to) {
            int number = 0;
            for (int i = from; i < to; i++) {
                int digit = text.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                number = number * 10 + digit;
            }
            return number;
        }

        private static String required(String name, @Nullable String value) {
            if (value == null) {
                throw new IllegalArgumentException("not an event: no " + name);
            }
            return value;
        }
    }
}
