package dev.sluice.rego.value;

/** The value {@code true} or {@code false}. */
public final class BooleanValue implements Value {
    /** True. */
    public static final BooleanValue TRUE = new BooleanValue(true);
    /** False. */
    public static final BooleanValue FALSE = new BooleanValue(false);

    private final boolean value;

    private BooleanValue(boolean value) {
        this.value = value;
    }

    /** One of the two constants; they may be compared by identity. */
    public static BooleanValue of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /** The Java boolean. */
    public boolean value() {
        return value;
    }

    @Override
    public Kind kind() {
        return Kind.BOOLEAN;
    }

    @Override
    public int compareTo(Value other) {
        return other instanceof BooleanValue that
                ? Boolean.compare(value, that.value)
                : Kind.BOOLEAN.compareTo(other.kind());
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append(value);
    }

    @Override
    public String toString() {
        return Boolean.toString(value);
    }
}
