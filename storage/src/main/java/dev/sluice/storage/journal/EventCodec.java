package dev.sluice.storage.journal;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Actor;
import dev.sluice.kernel.journal.Event.Kind;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An event as JSON in UTF-8, the form of the log on disk. Properties that are null are left out; unknown ones are skipped.
 *
 * <p>Half surrogate pairs, which UTF-8 cannot carry, become U+FFFD. Thread-safe.
 */
final class EventCodec {
    private static final JsonFactory JSON = new JsonFactory();

    private EventCodec() {}

    static byte[] encode(Event event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            text(json, "id", event.id());
            text(json, "at", event.at().toString());
            text(json, "kind", event.kind().name());
            text(json, "user", event.actor().user());
            text(json, "token", event.actor().tokenId());
            text(json, "address", event.actor().address());
            text(json, "userAgent", event.actor().userAgent());
            text(json, "repository", event.repository());
            text(json, "purl", event.purl());
            @Nullable PackageName packageName = event.packageName();
            if (packageName != null) {
                text(json, "format", packageName.format());
                text(json, "package", packageName.name());
            }
            @Nullable Coordinates coordinates = event.coordinates();
            if (coordinates != null) {
                text(json, "version", coordinates.version());
            }
            text(json, "file", event.file());
            text(json, "digest", event.digest());
            text(json, "upstream", event.upstream());
            if (!event.policies().isEmpty()) {
                json.writeArrayPropertyStart("policies");
                for (String policy : event.policies()) {
                    json.writeString(encodable(policy));
                }
                json.writeEndArray();
            }
            text(json, "message", event.message());
            text(json, "detail", event.detail());
            json.writeEndObject();
        }
        return bytes.toByteArray();
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

    private static void text(JsonGenerator json, String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, encodable(value));
        }
    }

    private static String encodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                StringBuilder result = new StringBuilder(text.length());
                text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .forEach(result::appendCodePoint);
                return result.toString();
            }
        }
        return text;
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
                    Instant.parse(required("at", at)),
                    Kind.valueOf(required("kind", kind)),
                    new Actor(required("user", user), token, address, userAgent),
                    repository,
                    purl,
                    format == null || packageName == null ? null : new PackageName(format, packageName),
                    format == null || packageName == null || version == null
                            ? null
                            : Coordinates.of(format, packageName, version),
                    file,
                    digest,
                    upstream,
                    policies,
                    message,
                    detail);
        }

        private static String required(String name, @Nullable String value) {
            if (value == null) {
                throw new IllegalArgumentException("not an event: no " + name);
            }
            return value;
        }
    }
}
