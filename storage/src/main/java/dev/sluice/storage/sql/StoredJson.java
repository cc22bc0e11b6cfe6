package dev.sluice.storage.sql;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Action;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * How values with an inner life (advisories, releases, actions) are written into one column.
 *
 * <p>The form is part of the data on disk: a test keeps it as it is. Unknown properties are ignored, so that an older release
 * reads what a newer one wrote.
 */
final class StoredJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(64 * 1024 * 1024)
                            .build())
                    .build())
            .changeDefaultVisibility(v -> v.withGetterVisibility(Visibility.NONE)
                    .withIsGetterVisibility(Visibility.NONE)
                    .withFieldVisibility(Visibility.ANY))
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .addMixIn(Signal.class, SignalForm.class)
            .addMixIn(Signal.Known.class, KnownForm.class)
            .addMixIn(Action.class, ActionForm.class)
            .addMixIn(AffectedRange.class, RangeForm.class)
            .addMixIn(Event.class, EventForm.class)
            .addMixIn(Event.Kind.class, KindForm.class)
            .addModule(new SimpleModule()
                    .addSerializer(Digest.class, new DigestWriter())
                    .addDeserializer(Digest.class, new DigestReader()))
            .build();

    private StoredJson() {}

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Signal.Known.class, name = "known"),
        @JsonSubTypes.Type(value = Signal.Unknown.class, name = "unknown")
    })
    private interface SignalForm {}

    /** What is stored is what one source says. */
    @JsonIgnoreProperties("others")
    private interface KnownForm {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "does")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Action.SetPackageState.class, name = "set_package_state"),
        @JsonSubTypes.Type(value = Action.AddPackageTags.class, name = "add_package_tags"),
        @JsonSubTypes.Type(value = Action.RemovePackageTags.class, name = "remove_package_tags")
    })
    private interface ActionForm {}

    /** Ranges that were read whole are written as they always were. */
    @SuppressWarnings("UnusedMethod") // what it says of the method of the same name is read by Jackson
    private abstract static class RangeForm {
        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        abstract boolean widened();
    }

    /** What an event is about lies beside who did it. */
    @SuppressWarnings("UnusedMethod")
    private abstract static class EventForm {
        @JsonUnwrapped
        abstract Event.Subject subject();

        @JsonUnwrapped
        abstract Event.Bytes bytes();
    }

    /** A kind is its name. */
    @SuppressWarnings("UnusedMethod")
    private abstract static class KindForm {
        @JsonValue
        abstract String name();
    }

    private static final class DigestWriter extends StdSerializer<Digest> {
        DigestWriter() {
            super(Digest.class);
        }

        @Override
        public void serialize(Digest value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(value.toString());
        }
    }

    private static final class DigestReader extends StdDeserializer<Digest> {
        DigestReader() {
            super(Digest.class);
        }

        @Override
        public Digest deserialize(JsonParser parser, DeserializationContext context) {
            return Digest.parse(parser.getString());
        }
    }
}
