package dev.sluice.server;

import dev.sluice.kernel.access.TokenSecrets;

/** Text of a client as it may appear in a log, a trace or a message: bounded, printable, without secrets of tokens. */
final class Shown {

    private static final int LONGEST = 200;

    private Shown() {}

    /** The text; what cannot be shown becomes a question mark. */
    static String of(String text) {
        String open = TokenSecrets.masked(text);
        String cut = open.length() <= LONGEST ? open : open.substring(0, LONGEST) + "...";
        for (int i = 0; i < cut.length(); i++) {
            if (!plain(cut.charAt(i))) {
                return questioned(cut);
            }
        }
        return cut;
    }

    private static String questioned(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> plain.append(plain(c) ? (char) c : '?'));
        return plain.toString();
    }

    private static boolean plain(int character) {
        return character >= 0x20 && character <= 0x7e && character != '"';
    }
}
