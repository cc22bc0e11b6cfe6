package dev.sluice.inspect;

import dev.sluice.kernel.license.License;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Python's core metadata (PEP 566, 639): METADATA of a wheel, PKG-INFO of a source distribution.
 *
 * @param name of the project, as it writes it; may be empty
 * @param license the declared licence, as {@link License#weighed} puts it together; may be empty
 * @param requiresPython the versions of Python it runs on; empty where it names none
 * @param dependencies what it requires and its extras, sorted, in one line; where that is long, its beginning and the SHA-256 of all
 */
record CoreMetadata(String name, String license, String requiresPython, String dependencies) {

    private static final int MAX_VALUE = 300;
    private static final String REQUIRES = "requires-dist";
    private static final int MAX_CLASSIFIERS = 50;

    /** Reads the headers, folded lines included; what follows the first empty line is the description. */
    static CoreMetadata of(byte[] document) {
        String name = "";
        String expression = "";
        String free = "";
        String python = "";
        List<String> classifiers = new ArrayList<>();
        SortedSet<String> dependencies = new TreeSet<>();
        for (Field field : fields(document)) {
            switch (field.name()) {
                case "name" -> name = cut(field.text());
                case "license-expression" -> expression = field.text();
                case "license" -> free = field.text();
                case "requires-python" -> python = cut(field.text());
                case REQUIRES -> dependencies.add(field.text());
                case "provides-extra" -> dependencies.add("[" + field.text() + "]");
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
        return new CoreMetadata(name, License.weighed(expression, classifiers, free), python, line(dependencies));
    }

    private record Field(String name, StringBuilder value) {

        String text() {
            return value.toString().strip();
        }

        /** A folded line; older builds mark its beginning with a bar. */
        void fold(String line) {
            if (value.length() < License.MAX_LENGTH || name.equals(REQUIRES)) {
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

    private static String line(SortedSet<String> dependencies) {
        String line = String.join(", ", dependencies);
        try {
            return line.length() <= MAX_VALUE
                    ? line
                    : cut(line) + "\u2026 (" + dependencies.size() + " in all, SHA-256 "
                            + HexFormat.of()
                                    .formatHex(MessageDigest.getInstance("SHA-256")
                                            .digest(line.getBytes(StandardCharsets.UTF_8)))
                            + ")";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String cut(String value) {
        return value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE);
    }
}
