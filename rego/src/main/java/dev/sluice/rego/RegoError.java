package dev.sluice.rego;

import org.jspecify.annotations.Nullable;

/**
 * One reason why modules do not compile, in the words and with the codes of OPA.
 *
 * @param code one of {@code rego_parse_error}, {@code rego_compile_error}, {@code rego_unsafe_var_error},
 *     {@code rego_recursion_error}, {@code rego_type_error}
 * @param message what is wrong
 * @param file the name of the module
 * @param row the line, from 1
 * @param column the column in code points, from 1
 * @param hint how to repair it, when that is known
 * @param line the line of the module it is on, when that is known
 */
public record RegoError(
        String code,
        String message,
        String file,
        int row,
        int column,
        @Nullable String hint,
        @Nullable String line) {
    public static final String PARSE = "rego_parse_error";
    public static final String COMPILE = "rego_compile_error";
    public static final String UNSAFE_VAR = "rego_unsafe_var_error";
    public static final String RECURSION = "rego_recursion_error";
    public static final String TYPE = "rego_type_error";

    private static final int MAX_LINE = 160;

    /** An error without the line it is on. */
    public RegoError(String code, String message, String file, int row, int column, @Nullable String hint) {
        this(code, message, file, row, column, hint, null);
    }

    /** An error without advice and the line it is on. */
    public RegoError(String code, String message, String file, int row, int column) {
        this(code, message, file, row, column, null, null);
    }

    /** The same error with advice. */
    public RegoError withHint(@Nullable String advice) {
        return new RegoError(code, message, file, row, column, advice, line);
    }

    /** The same error with its line of the module's text, where the text has one. */
    public RegoError in(String text) {
        int start = 0;
        for (int i = 1; i < row && start >= 0; i++) {
            start = text.indexOf('\n', start) + 1;
            start = start == 0 ? -1 : start;
        }
        if (row < 1 || start < 0 || start >= text.length()) {
            return this;
        }
        int end = text.indexOf('\n', start);
        String found = text.substring(start, end < 0 ? text.length() : end).stripTrailing();
        return new RegoError(code, message, file, row, column, hint, found);
    }

    /**
     * The line with a caret below the place, as compilers show it; at most 160 characters of the line, which may have lost its
     * control characters. The empty string when the line is not known.
     */
    public String excerpt() {
        if (line == null) {
            return "";
        }
        int[] characters = line.codePoints()
                .map(c -> c != '\t' && Character.isISOControl(c) ? '?' : c)
                .toArray();
        int at = Math.clamp(column - 1L, 0, characters.length);
        int from = at < MAX_LINE ? 0 : at - MAX_LINE / 2;
        int to = Math.min(characters.length, from + MAX_LINE);
        StringBuilder out = new StringBuilder(new String(characters, from, to - from)).append('\n');
        for (int i = from; i < at; i++) {
            out.append(characters[i] == '\t' ? '\t' : ' ');
        }
        return out.append('^').toString();
    }

    /** As {@link #toString()}, with the {@link #excerpt()} below it, both lines of which begin with a tab. */
    public String shown() {
        return this + (line == null ? "" : "\n\t" + excerpt().replace("\n", "\n\t"));
    }

    /** One line: {@code file:row:column: code: message}, with the hint in brackets when there is one. */
    @Override
    public String toString() {
        return file + ":" + row + ":" + column + ": " + code + ": " + message + (hint == null ? "" : " [" + hint + "]");
    }
}
