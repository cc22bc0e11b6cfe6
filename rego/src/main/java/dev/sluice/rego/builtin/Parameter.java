package dev.sluice.rego.builtin;

/**
 * An operand or the result of a built-in function.
 *
 * @param name its name in documentation and error texts; empty if it has none
 * @param type the values it takes
 */
public record Parameter(String name, Type type) {
    /** As error texts print it: {@code x: number}, or only the type. */
    @Override
    public String toString() {
        return name.isEmpty() ? type.toString() : name + ": " + type;
    }
}
