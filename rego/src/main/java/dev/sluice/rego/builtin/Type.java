package dev.sluice.rego.builtin;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A set of values as the type checker sees it.
 *
 * <p>{@code toString} prints types as OPA's error texts do: {@code any}, {@code number}, {@code set[any]},
 * {@code array<number, string>}, {@code object<a: string>[string: any]}, {@code any<string, array[any]>}.
 */
public sealed interface Type {
    /** The type of every value. */
    Type ANY = new AnyOf(List.of());

    /** The type that {@code text} denotes, in the form {@code toString} prints. */
    static Type parse(String text) {
        return new SignatureParser(text).wholeType();
    }

    /** The types without parts. */
    enum Scalar implements Type {
        NULL,
        BOOLEAN,
        NUMBER,
        STRING;

        @Override
        public String toString() {
            return switch (this) {
                case NULL -> "null";
                case BOOLEAN -> "boolean";
                case NUMBER -> "number";
                case STRING -> "string";
            };
        }
    }

    /**
     * One of some strings, as the enumeration of a schema says. For every other purpose it is a string.
     *
     * @param values what there is
     */
    record Choice(List<String> values) implements Type {
        @Override
        public String toString() {
            return Scalar.STRING.toString();
        }
    }

    /**
     * Arrays.
     *
     * @param items the types of the first elements, which must be there
     * @param rest the type of all further elements; null if there may be none
     */
    record ArrayType(List<Type> items, @Nullable Type rest) implements Type {
        @Override
        public String toString() {
            String first = items.isEmpty()
                    ? ""
                    : items.stream().map(Type::toString).collect(Collectors.joining(", ", "<", ">"));
            return "array" + first + (rest == null ? "" : "[" + rest + "]");
        }
    }

    /**
     * Sets.
     *
     * @param element the type of the elements; null for the empty set alone
     */
    record SetType(@Nullable Type element) implements Type {
        @Override
        public String toString() {
            return "set[" + (element == null ? "" : element) + "]";
        }
    }

    /**
     * Objects.
     *
     * @param fields the fields that must be there
     * @param key the type of the keys of further entries; null if there may be none
     * @param value the type of the values of further entries; null if there may be none
     */
    record ObjectType(
            List<Field> fields,
            @Nullable Type key,
            @Nullable Type value) implements Type {
        @Override
        public String toString() {
            String fixed = fields.isEmpty()
                    ? ""
                    : fields.stream().map(f -> f.name() + ": " + f.type()).collect(Collectors.joining(", ", "<", ">"));
            return "object" + fixed + (key == null ? "" : "[" + key + ": " + value + "]");
        }
    }

    /**
     * A field of an object.
     *
     * @param name its key
     * @param type the type of its value
     */
    record Field(String name, Type type) {}

    /**
     * The union of types.
     *
     * @param options the alternatives; none means every value
     */
    record AnyOf(List<Type> options) implements Type {
        @Override
        public String toString() {
            return options.isEmpty()
                    ? "any"
                    : options.stream().map(Type::toString).collect(Collectors.joining(", ", "any<", ">"));
        }
    }
}
