package dev.sluice.rego.value;

/**
 * A value of the policy language.
 *
 * <p>Values are immutable and safe to share between threads. Undefined is not a value: it is Java {@code null}.
 *
 * <p>The order is OPA's: null, booleans (false first), numbers by exact numeric value, strings by code point (which is
 * UTF-8 byte order), arrays and sets element by element, objects entry by entry with keys sorted. {@code equals} agrees
 * with it, so {@code 10.0} equals {@code 10}.
 *
 * <p>{@link Object#toString} prints the value as a term of the language: {@code {"a": [1, "x"]}}, {@code {1, 2}},
 * {@code set()}.
 */
public sealed interface Value extends Comparable<Value>
        permits NullValue, BooleanValue, NumberValue, StringValue, ArrayValue, ObjectValue, SetValue {

    /** Which of the seven kinds this value is of. */
    Kind kind();

    /** Whether this value is, or holds at any depth, a {@link ClockNumber}. Constant time. */
    default boolean dependsOnClock() {
        return false;
    }

    /** Appends the value as a term of the language, as {@code toString} prints it. */
    void appendTo(StringBuilder out);
}
