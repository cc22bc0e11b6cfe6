package dev.sluice.inspect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Python's core metadata (PEP 566, 639): METADATA of a wheel, PKG-INFO of a source distribution.
 *
 * @param license the licence expression, else the first line of the free text, else the classifiers; may be empty
 * @param requiresPython the versions of Python it runs on; empty where it names none
 */
record CoreMetadata(String license, String requiresPython) {

    private static final int MAX_VALUE = 300;
    private static final int MAX_CLASSIFIERS = 20;

    /** Reads the headers; what follows the first empty line is the description. */
    static CoreMetadata of(byte[] document) {
        String expression = "";
        String free = "";
        String python = "";
        List<String> classifiers = new ArrayList<>();
        for (String line : new String(document, StandardCharsets.UTF_8).lines().toList()) {
            if (line.isEmpty()) {
                break;
            }
            int colon = line.indexOf(':');
            if (colon <= 0 || Character.isWhitespace(line.charAt(0))) {
                continue;
            }
            String value = cut(line.substring(colon + 1));
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "license-expression" -> expression = value;
                case "license" -> free = value.equals("UNKNOWN") ? "" : value;
                case "requires-python" -> python = value;
                case "classifier" -> {
                    if (value.startsWith("License ::") && classifiers.size() < MAX_CLASSIFIERS) {
                        String name =
                                value.substring(value.lastIndexOf("::") + 2).strip();
                        if (!name.equals("OSI Approved")) {
                            classifiers.add(name);
                        }
                    }
                }
                default -> {
                    // Any other field is of no interest.
                }
            }
        }
        String license = !expression.isEmpty() ? expression : !free.isEmpty() ? free : String.join(" OR ", classifiers);
        return new CoreMetadata(license, python);
    }

    private static String cut(String value) {
        String text = value.strip();
        return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE);
    }
}
