package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.builtin.Type.AnyOf;
import dev.sluice.rego.builtin.Type.Choice;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What OPA accepts and what still cannot be meant, as the schema of a document tells: comparisons with what a place never
 * holds, comparisons of different types, and keys that are not there where a default hides it.
 */
final class Doubts {
    private static final Set<String> ORDERS = Set.of("lt", "lte", "gt", "gte");

    private final List<RegoError> warnings;
    private final Map<String, Value> constants = new HashMap<>();

    Doubts(List<RegoError> warnings) {
        this.warnings = warnings;
    }

    /** A variable that is one constant. */
    void constant(Term left, Term right) {
        if (left instanceof Term.Var v && right instanceof Term.Constant c) {
            constants.put(v.name(), c.value());
        }
    }

    /** The constant that a term is, or that its variable was given; null where there is none. */
    @Nullable
    Value constant(Term term) {
        return switch (term) {
            case Term.Constant c -> c.value();
            case Term.Var v -> constants.get(v.name());
            default -> null;
        };
    }

    /** Two terms are asked to be equal, or not to be. */
    void equal(Term left, @Nullable Type a, Term right, @Nullable Type b, Location at) {
        never(left, a, constant(right), at);
        never(right, b, constant(left), at);
    }

    /** A term is asked to be one of a collection. */
    void member(Term element, @Nullable Type type, Term collection, Location at) {
        Iterable<Value> values = switch (constant(collection)) {
            case SetValue set -> set;
            case ArrayValue array -> array;
            case null, default -> items(collection);
        };
        for (Value value : values) {
            never(element, type, value, at);
        }
    }

    private List<Value> items(Term collection) {
        List<Term> items = switch (collection) {
            case Term.SetTerm s -> s.items();
            case Term.ArrayTerm a -> a.items();
            default -> List.of();
        };
        List<Value> values = new ArrayList<>();
        for (Term item : items) {
            Value value = constant(item);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** One value is asked to be less or more than another. */
    void ordered(String operator, Term left, @Nullable Type a, Term right, @Nullable Type b, Location at) {
        if (!ORDERS.contains(operator) || a == null || b == null || Types.isAny(a) || Types.isAny(b)) {
            return;
        }
        if (!Types.unifies(a, b)) {
            warn(
                    at,
                    "compares " + written(left) + ", a " + a + ", with " + written(right) + ", a " + b
                            + ": values of different types have an order that never changes",
                    right instanceof Term.Constant c
                                    && c.value() instanceof StringValue text
                                    && text.value().matches("-?[0-9.]+")
                            ? "write the number without quotes: " + text.value()
                            : null);
        }
    }

    /** A place is looked up with a default for where there is nothing. */
    void looked(Term object, @Nullable Type type, Term path, Location at) {
        List<Value> keys = new ArrayList<>();
        switch (constant(path)) {
            case ArrayValue array -> array.forEach(keys::add);
            case null -> {
                if (!(path instanceof Term.ArrayTerm items)) {
                    return;
                }
                for (Term item : items.items()) {
                    Value key = constant(item);
                    if (key == null) {
                        return;
                    }
                    keys.add(key);
                }
            }
            case Value key -> keys.add(key);
        }
        Type at0 = type;
        StringBuilder place = new StringBuilder(written(object));
        for (Value key : keys) {
            if (at0 == null || Types.isAny(at0)) {
                return;
            }
            Type next = Types.select(at0, key);
            if (next == null) {
                absent(place.toString(), at0, key, at);
                return;
            }
            place.append(key instanceof StringValue name ? "." + name.value() : "[" + key + "]");
            at0 = next;
        }
    }

    /** A place is looked up by a key that was computed, and is known; gives what stands there, or any. */
    Type computed(Term.Ref ref, int part, Type type, Value key, Location at) {
        Type next = Types.select(type, key);
        if (next == null && !Types.names(type).isEmpty()) {
            absent(RefTypes.show(ref, part), type, key, at);
        }
        return next == null ? Type.ANY : next;
    }

    private void absent(String place, Type type, Value key, Location at) {
        List<String> names = Types.names(type);
        String near = key instanceof StringValue name ? Spelling.nearest(name.value(), names) : null;
        warn(
                at,
                "there is no " + key + " in " + place + ", which is known to hold "
                        + (names.isEmpty() ? "no such keys" : String.join(", ", names)),
                near == null ? null : "did you mean `" + near + "`?");
    }

    private void never(Term term, @Nullable Type type, @Nullable Value value, Location at) {
        List<String> choices = choices(type);
        if (choices != null && value instanceof StringValue text && !choices.contains(text.value())) {
            String near = Spelling.nearest(text.value(), choices);
            warn(
                    at,
                    written(term) + " is never " + text + ": it is one of "
                            + choices.stream()
                                    .map(c -> StringValue.of(c).toString())
                                    .collect(Collectors.joining(", ")),
                    near == null ? null : "did you mean " + StringValue.of(near) + "?");
        }
    }

    /** What strings a value of the type can be; null where it can be any. */
    private static @Nullable List<String> choices(@Nullable Type type) {
        return switch (type) {
            case Choice choice -> choice.values();
            case AnyOf any -> {
                List<String> all = new ArrayList<>();
                for (Type option : any.options()) {
                    if (option instanceof Choice choice) {
                        all.addAll(choice.values());
                    } else if (option == Type.Scalar.STRING) {
                        yield null;
                    }
                }
                yield all.isEmpty() ? null : all;
            }
            case null, default -> null;
        };
    }

    private static String written(Term term) {
        return RefTypes.show(term);
    }

    void warn(Location at, String message, @Nullable String hint) {
        warnings.add(at.error(RegoError.TYPE, message).withHint(hint));
    }
}
