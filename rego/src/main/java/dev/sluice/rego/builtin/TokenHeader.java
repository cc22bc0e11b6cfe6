package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a token says (RFC 7515, section 4.1).
 *
 * @param algorithm {@code alg}, or the empty string
 * @param keyId {@code kid}, or the empty string
 * @param contentType {@code cty}, or the empty string
 * @param valid whether there is an algorithm and no critical parameter that is not understood
 */
record TokenHeader(String algorithm, String keyId, String contentType, boolean valid) {
    private static final Set<String> KNOWN = Set.of("alg", "kid", "typ", "cty", "crit");

    static TokenHeader of(ObjectValue fields) throws BuiltinException {
        String algorithm = text(fields, "alg");
        String keyId = text(fields, "kid");
        text(fields, "typ");
        String contentType = text(fields, "cty");
        Set<String> critical = new HashSet<>();
        if (fields.get("crit") != null) {
            if (!(fields.get("crit") instanceof ArrayValue names)) {
                throw BuiltinException.value("crit: must be a list");
            }
            for (Value name : names) {
                if (name instanceof StringValue text) {
                    critical.add(text.value());
                }
            }
            if (critical.isEmpty()) {
                throw BuiltinException.value("crit: must be a nonempty list");
            }
        }
        boolean valid = !algorithm.isEmpty();
        for (Value key : fields.keys()) {
            if (key instanceof StringValue name && !KNOWN.contains(name.value()) && critical.contains(name.value())) {
                valid = false;
            }
        }
        return new TokenHeader(algorithm, keyId, contentType, valid);
    }

    private static String text(ObjectValue fields, String name) throws BuiltinException {
        @Nullable Value value = fields.get(name);
        if (value == null) {
            return "";
        }
        if (value instanceof StringValue text) {
            return text.value();
        }
        throw BuiltinException.value(name + ": must be a string");
    }
}
