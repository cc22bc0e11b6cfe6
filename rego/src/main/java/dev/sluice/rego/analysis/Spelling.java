package dev.sluice.rego.analysis;

import org.jspecify.annotations.Nullable;

/** Compares words that may be misspelt. */
final class Spelling {
    private Spelling() {}

    /** The word that a misspelt one was meant to be, or null where none is near. */
    static @Nullable String nearest(String given, Iterable<String> words) {
        String best = null;
        int distance = 3;
        for (String word : words) {
            int d = distance(given, word, distance);
            if (d < distance) {
                distance = d;
                best = word;
            }
        }
        return best;
    }

    /** How many letters must be added, removed or replaced; {@code limit} when it is that many or more. */
    static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > 60) {
            return limit;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return Math.min(row[b.length()], limit);
    }
}
