package dev.sluice.rego.builtin;

import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A format of {@code sprintf} taken apart beforehand: nothing but {@code %s}, {@code %v} and {@code %d} between texts, one for
 * each value. Gives what {@link GoFormat} gives, or nothing where that needs to look closer. Immutable.
 */
public final class PlainFormat {
    /** The characters that a value which is no string may take. */
    private static final int GUESS = 8;

    private static final int MAX_LENGTH = 100_000;

    private final String[] texts;
    private final char[] verbs;
    private final int length;

    private PlainFormat(String[] texts, char[] verbs) {
        this.texts = texts;
        this.verbs = verbs;
        int sum = 0;
        for (String text : texts) {
            sum += text.length();
        }
        this.length = sum;
    }

    /** The format, or null where it is not plain or does not take that many values. */
    public static @Nullable PlainFormat of(String format, int values) {
        List<String> texts = new ArrayList<>();
        StringBuilder verbs = new StringBuilder();
        int at = 0;
        for (int percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', at)) {
            char verb = percent + 1 < format.length() ? format.charAt(percent + 1) : 0;
            if (verb != 's' && verb != 'v' && verb != 'd') {
                return null;
            }
            texts.add(format.substring(at, percent));
            verbs.append(verb);
            at = percent + 2;
        }
        texts.add(format.substring(at));
        return verbs.length() == values
                ? new PlainFormat(texts.toArray(String[]::new), verbs.toString().toCharArray())
                : null;
    }

    /** The text for these values; null where one of them is printed otherwise than it is written, or there is much to print. */
    public @Nullable Value apply(Value[] values) {
        int room = length;
        for (Value value : values) {
            room += value instanceof StringValue string ? string.value().length() : GUESS;
        }
        StringBuilder out = new StringBuilder(room);
        for (int i = 0; i < verbs.length; i++) {
            out.append(texts[i]);
            if (!append(values[i], verbs[i], out)) {
                return null;
            }
            if (out.length() > MAX_LENGTH) {
                return null;
            }
        }
        return StringValue.of(out.append(texts[verbs.length]).toString());
    }

    private static boolean append(Value value, char verb, StringBuilder out) {
        if (value instanceof StringValue string && verb != 'd') {
            out.append(string.value());
            return true;
        }
        if (!(value instanceof NumberValue number) || verb == 's' || !number.isWrittenAsGoPrints()) {
            return false;
        }
        if (verb == 'd' && !number.isWrittenAsInteger()) {
            return false;
        }
        out.append(number.text());
        return true;
    }
}
