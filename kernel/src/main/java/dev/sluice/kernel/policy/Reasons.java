package dev.sluice.kernel.policy;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy's {@code reason} says: a set or array of texts, one text, or an object. {@code reason[text] if …} is an
 * object in Rego v1 and was a set before: its keys are the texts, unless a value is a text itself.
 */
final class Reasons {
    private static final int MAX = 20;
    private static final int MAX_LENGTH = 500;

    private Reasons() {}

    /** The texts in their order, without surrounding blanks and empty ones; bounded in number and length. */
    static List<String> of(@Nullable Value value) {
        List<String> out = new ArrayList<>();
        switch (value) {
            case SetValue set -> set.forEach(each -> add(each, out));
            case ArrayValue array -> array.forEach(each -> add(each, out));
            case StringValue text -> add(text, out);
            case ObjectValue object -> {
                for (ObjectValue.Entry entry : object.entries()) {
                    if (entry.value() instanceof StringValue text) {
                        add(text, out);
                    } else if (!BooleanValue.FALSE.equals(entry.value())) {
                        add(entry.key(), out);
                    }
                }
            }
            case null, default -> {}
        }
        return out;
    }

    private static void add(Value each, List<String> out) {
        String text = each instanceof StringValue string ? string.value().strip() : each.toString();
        if (!text.isEmpty() && out.size() < MAX) {
            out.add(text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…");
        }
    }
}
