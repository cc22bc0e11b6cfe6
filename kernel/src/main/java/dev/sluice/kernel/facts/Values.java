package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.Values.EMPTY_STRING;
import static dev.sluice.kernel.facts.Values.NULL;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of the policy input, as all its sections write them. */
final class Values {

    static final Value NULL = NullValue.NULL;
    static final Value EMPTY_STRING = StringValue.of("");

    private Values() {}

    static ObjectValue.Builder object() {
        return ObjectValue.builder();
    }

    static Value text(String text) {
        return text.isEmpty() ? EMPTY_STRING : StringValue.of(text);
    }

    static Value nullable(@Nullable String text) {
        return text == null ? NULL : text(text);
    }

    static Value time(Instant instant) {
        return text(instant.toString());
    }

    static Value texts(List<String> texts) {
        if (texts.isEmpty()) {
            return ArrayValue.EMPTY;
        }
        List<Value> values = new ArrayList<>(texts.size());
        for (String text : texts) {
            values.add(text(text));
        }
        return ArrayValue.of(values);
    }
}
