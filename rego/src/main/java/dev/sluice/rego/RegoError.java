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
 */
public record RegoError(
        String code,
        String message,
        String file,
        int row,
        int column,
        @Nullable String hint) {
    public static final String PARSE = "rego_parse_error";
    public static final String COMPILE = "rego_compile_error";
    public static final String UNSAFE_VAR = "rego_unsafe_var_error";
    public static final String RECURSION = "rego_recursion_error";
    public static final String TYPE = "rego_type_error";

    public RegoError(String code, String message, String file, int row, int column) {
        this(code, message, file, row, column, null);
    }

    /** The same error with advice. */
    public RegoError withHint(@Nullable String advice) {
        return new RegoError(code, message, file, row, column, advice);
    }

    /** One line: {@code file:row:column: code: message}, with the hint in brackets when there is one. */
    @Override
    public String toString() {
        return file + ":" + row + ":" + column + ": " + code + ": " + message + (hint == null ? "" : " [" + hint + "]");
    }
}
