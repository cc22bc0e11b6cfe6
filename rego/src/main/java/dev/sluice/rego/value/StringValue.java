package dev.sluice.rego.value;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A string of Unicode code points.
 *
 * <p>A byte that is not part of valid UTF-8 (the result of decoding binary data) is carried as the lone surrogate
 * {@code U+DC00 + byte}; JSON writes such a character as U+FFFD.
 */
public final class StringValue implements Value {
    /** The empty string. */
    public static final StringValue EMPTY = new StringValue("");

    private static final int RECENT = 2048;
    // A direct-mapped cache; racing writers only cost a second equal object. Safe without fences: the field is final.
    private static final @Nullable StringValue[] RECENT_NAMES = new @Nullable StringValue[RECENT];

    private static final Comparator<Value> BY_UNITS =
            (a, b) -> ((StringValue) a).value.compareTo(((StringValue) b).value);

    private final String value;

    private StringValue(String value) {
        this.value = value;
    }

    /** The string with this text. */
    public static StringValue of(String value) {
        return value.isEmpty() ? EMPTY : new StringValue(value);
    }

    /** The string with this text, shared with earlier equal ones where possible: for names of fields. */
    public static StringValue ofName(String name) {
        int slot = (name.hashCode() * 0x9E3779B9) >>> 21;
        StringValue recent = RECENT_NAMES[slot];
        if (recent != null && recent.value.equals(name)) {
            return recent;
        }
        StringValue fresh = of(name);
        RECENT_NAMES[slot] = fresh;
        return fresh;
    }

    /** The text. */
    public String value() {
        return value;
    }

    @Override
    public Kind kind() {
        return Kind.STRING;
    }

    @Override
    public int compareTo(Value other) {
        return other instanceof StringValue that ? compare(value, that.value) : Kind.STRING.compareTo(other.kind());
    }

    /** Compares by code point, which is the order of the UTF-8 bytes. */
    public static int compare(String a, String b) {
        if (hasNoPairs(a) && hasNoPairs(b)) {
            return a.compareTo(b);
        }
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Pairs stand for code points above U+FFFF, so they sort after every other character.
                boolean xHigh = isOfPair(a, i);
                boolean yHigh = isOfPair(b, i);
                return xHigh == yHigh ? Character.compare(x, y) : Boolean.compare(xHigh, yHigh);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static boolean isOfPair(String text, int i) {
        char c = text.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    /** Sorts values. */
    static void sort(Value[] values) {
        Arrays.sort(values, areStringsWithoutPairs(values) ? BY_UNITS : null);
    }

    private static boolean areStringsWithoutPairs(Value[] values) {
        for (Value value : values) {
            if (!(value instanceof StringValue string) || !hasNoPairs(string.value)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the order of UTF-16 units is also that of code points, which Java sees at once where all fit in a byte. */
    private static boolean hasNoPairs(String text) {
        return text.codePointCount(0, text.length()) == text.length();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof StringValue that && value.equals(that.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public void appendTo(StringBuilder out) {
        Quoting.quote(value, out);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(value.length() + 2);
        Quoting.quote(value, out);
        return out.toString();
    }
}
