package dev.sluice.rego;

/**
 * Thrown when an evaluation cannot give a result: two values for one rule, a failing builtin in strict mode, or a limit
 * reached. The code is OPA's ({@code eval_conflict_error}, {@code eval_builtin_error}, {@code eval_type_error},
 * {@code eval_cancel_error}, {@code eval_internal_error}).
 */
public final class RegoEvaluationException extends RuntimeException {
    public static final String CONFLICT = "eval_conflict_error";
    public static final String BUILTIN = "eval_builtin_error";
    public static final String TYPE = "eval_type_error";
    public static final String CANCEL = "eval_cancel_error";
    public static final String INTERNAL = "eval_internal_error";
    public static final String WITH_MERGE = "eval_with_merge_error";

    private final String code;
    private final String text;
    private final String file;
    private final int row;
    private final int column;

    public RegoEvaluationException(String code, String text, String file, int row, int column) {
        super((file.isEmpty() && row == 0 ? "" : file + ":" + row + ": ") + code + ": " + text);
        this.code = code;
        this.text = text;
        this.file = file;
        this.row = row;
        this.column = column;
    }

    /** The same with a place, where it has none. */
    public RegoEvaluationException at(String file, int row, int column) {
        if (this.row > 0) {
            return this;
        }
        RegoEvaluationException placed = new RegoEvaluationException(code, text, file, row, column);
        placed.setStackTrace(getStackTrace());
        return placed;
    }

    /** OPA's code, for example {@code eval_conflict_error}. */
    public String code() {
        return code;
    }

    /** The message without code and place. */
    public String text() {
        return text;
    }

    /** The module's name, or the empty string. */
    public String file() {
        return file;
    }

    /** The line from 1, or 0 when unknown. */
    public int row() {
        return row;
    }

    /** The column from 1, or 0 when unknown. */
    public int column() {
        return column;
    }
}
