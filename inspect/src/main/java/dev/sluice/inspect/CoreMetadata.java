package dev.sluice.inspect;

import dev.sluice.kernel.license.License;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Python's core metadata (PEP 566, 639): METADATA of a wheel, PKG-INFO of a source distribution.
 *
 * @param license the declared licence, as {@link License#weighed} puts it together; may be empty
 * @param requiresPython the versions of Python it runs on; empty where it names none
 */
record CoreMetadata(String license, String requiresPython) {

    private static final int MAX_VALUE = 300;
    private static final int MAX_CLASSIFIERS = 50;

    /** Reads the headers, folded lines included; what follows the first empty line is the description. */
    static CoreMetadata of(byte[] document) {
        String expression = "";
        String free = "";
        String python = "";
        List<String> classifiers = new ArrayList<>();
        for (Field field : fields(document)) {
            switch (field.name()) {
                case "license-expression" -> expression = field.text();
                case "license" -> free = field.text();
                case "requires-python" -> python = cut(field.text());
                case "classifier" -> {
                    if (field.text().startsWith("License ::") && classifiers.size() < MAX_CLASSIFIERS) {
                        classifiers.add(field.text());
                    }
                }
                default -> {
                    // Any other field is of no interest.
                }
            }
        }
        return new CoreMetadata(License.weighed(expression, classifiers, free), python);
    }

    private record Field(String name, StringBuilder value) {

        String text() {
            return value.toString().strip();
        }

        /** A folded line; older builds mark its beginning with a bar. */
        void fold(String line) {
            if (value.length() < License.MAX_LENGTH) {
                String text = line.strip();
                value.append(' ').append(text.startsWith("|") ? text.substring(1) : text);
            }
        }
    }

    private static List<Field> fields(byte[] document) {
        List<Field> fields = new ArrayList<>();
        String text = new String(document, StandardCharsets.UTF_8);
        for (String line :
                (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList()) {
            if (line.isEmpty()) {
                break;
            }
            int colon = line.indexOf(':');
            if (Character.isWhitespace(line.charAt(0))) {
                if (!fields.isEmpty()) {
                    fields.getLast().fold(line);
                }
            } else if (colon > 0) {
                fields.add(new Field(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        new StringBuilder(line.substring(colon + 1))));
            }
        }
        return fields;
    }

    private static String cut(String value) {
        return value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE);
    }
}
