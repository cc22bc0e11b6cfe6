package dev.sluice.kernel.format;

/** Text for where HTTP allows printable ASCII only: reason phrases and headers that people read (RFC 9112, section 4). */
final class Printable {

    private Printable() {}

    /** At most {@code limit} characters of the text; control characters become spaces, others outside ASCII question marks. */
    static String ascii(String text, int limit) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), limit));
        for (int i = 0; i < text.length() && plain.length() < limit; i++) {
            char c = text.charAt(i);
            plain.append(c >= 32 && c < 127 ? c : c < 32 ? ' ' : '?');
        }
        return text.length() <= limit ? plain.toString() : plain.substring(0, limit - 3) + "...";
    }
}
