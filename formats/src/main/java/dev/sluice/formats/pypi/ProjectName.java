package dev.sluice.formats.pypi;

import java.util.regex.Pattern;

/** The rules of project names: which texts are names (PEP 508) and their canonical spelling (PEP 503). */
final class ProjectName {

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");
    private static final int MAX_LENGTH = 200;

    private ProjectName() {}

    /** Whether the text can be a project's name. */
    static boolean isLegal(String text) {
        return text.length() <= MAX_LENGTH && LEGAL.matcher(text).matches();
    }

    /** The text in lower case with every run of dots, dashes and underscores as one dash. */
    static String normalise(String text) {
        StringBuilder normal = new StringBuilder(text.length());
        boolean separator = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '-' || c == '_' || c == '.') {
                if (!separator) {
                    normal.append('-');
                }
                separator = true;
            } else {
                normal.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
                separator = false;
            }
        }
        return normal.toString();
    }
}
