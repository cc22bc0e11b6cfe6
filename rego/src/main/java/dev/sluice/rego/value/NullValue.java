package dev.sluice.rego.value;

/** The value {@code null}. */
public final class NullValue implements Value {
    /** The only instance. */
    public static final NullValue NULL = new NullValue();

    private NullValue() {}

    @Override
    public Kind kind() {
        return Kind.NULL;
    }

    @Override
    public int compareTo(Value other) {
        return Kind.NULL.compareTo(other.kind());
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append("null");
    }

    @Override
    public String toString() {
        return "null";
    }
}
