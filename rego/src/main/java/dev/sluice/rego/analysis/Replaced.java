package dev.sluice.rego.analysis;

import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.builtin.Type.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a literal's {@code with} puts in the place of documents and functions.
 *
 * @param outer what is replaced around the literal
 * @param places the types of the places replaced, the root first
 * @param rules those replaced, and those that need them; their types are not known
 */
record Replaced(@Nullable Replaced outer, Map<List<String>, Type> places, Set<RuleNode> rules) {

    static boolean isUnknown(@Nullable Replaced replaced, RuleNode node) {
        return replaced != null && (replaced.rules.contains(node) || isUnknown(replaced.outer, node));
    }

    /** Whether a place is replaced, or one below it is. */
    boolean reaches(List<String> place) {
        return places.keySet().stream()
                .anyMatch(p ->
                        p.size() >= place.size() && p.subList(0, place.size()).equals(place));
    }

    /** The type of a place: what it is replaced by, or an object of which the fields below that are replaced are known. */
    Type type(List<String> place) {
        Type replacement = places.get(place);
        if (replacement != null) {
            return replacement;
        }
        Map<String, Type> fields = new LinkedHashMap<>();
        for (List<String> below : places.keySet()) {
            if (below.size() > place.size() && below.subList(0, place.size()).equals(place)) {
                fields.put(below.get(place.size()), type(below.subList(0, place.size() + 1)));
            }
        }
        return Types.object(fields, Scalar.STRING, Type.ANY);
    }
}
