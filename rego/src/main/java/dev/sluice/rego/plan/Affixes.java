package dev.sluice.rego.plan;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which of many beginnings, or ends, a text has; each stands for a set of bits. Sorted, so that one binary search finds
 * the longest, and every one knows the longest other one that it begins with itself. Immutable.
 */
final class Affixes {
    private final boolean start;
    private final String[] texts;
    /** The bits of the text at the same position and of all that it begins with. */
    private final long[][] bits;
    /** Where the longest text stands that the one at the same position begins with; -1 for none. */
    private final int[] shorter;

    private Affixes(boolean start, String[] texts, long[][] bits, int[] shorter) {
        this.start = start;
        this.texts = texts;
        this.bits = bits;
        this.shorter = shorter;
    }

    /**
     * The beginnings (or ends) with their bits.
     *
     * @return null where there are none
     */
    static @Nullable Affixes of(Map<String, long[]> byText, boolean start) {
        if (byText.isEmpty()) {
            return null;
        }
        TreeMap<String, long[]> sorted = new TreeMap<>();
        byText.forEach((text, own) -> sorted.put(start ? text : reversed(text), own.clone()));
        String[] texts = sorted.keySet().toArray(String[]::new);
        long[][] bits = sorted.values().toArray(long[][]::new);
        int[] shorter = new int[texts.length];
        for (int i = 0; i < texts.length; i++) {
            int at = i - 1;
            while (at >= 0 && !texts[i].startsWith(texts[at])) {
                at = shorter[at];
            }
            shorter[i] = at;
            if (at >= 0) {
                or(bits[i], bits[at]);
            }
        }
        return new Affixes(start, texts, bits, shorter);
    }

    /** Adds the bits of everything that the text begins (or ends) with. */
    void collect(String text, long[] into) {
        String whole = start ? text : reversed(text);
        int at = Arrays.binarySearch(texts, whole);
        if (at < 0) {
            // What the text begins with sorts before it, and only texts that begin so too stand between.
            at = -at - 2;
        }
        while (at >= 0 && !whole.startsWith(texts[at])) {
            at = shorter[at];
        }
        if (at >= 0) {
            or(into, bits[at]);
        }
    }

    private static void or(long[] into, long[] more) {
        for (int i = 0; i < into.length; i++) {
            into[i] |= more[i];
        }
    }

    private static String reversed(String text) {
        char[] chars = new char[text.length()];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = text.charAt(chars.length - 1 - i);
        }
        return new String(chars);
    }
}
