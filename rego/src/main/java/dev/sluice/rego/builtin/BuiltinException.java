package dev.sluice.rego.builtin;

import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.Value;

/**
 * A failed call of a built-in function.
 *
 * <p>Outside strict mode it only makes the call undefined, which is why it carries no stack trace. Its texts are OPA's:
 * {@code count: operand 1 must be one of {array, object, set, string} but got number}.
 */
public final class BuiltinException extends Exception {
    /** The two kinds of failure. */
    public enum Failure {
        /** An operand was of the wrong type. */
        TYPE("eval_type_error"),
        /** An operand had a value the function cannot work with. */
        VALUE("eval_builtin_error");

        private final String code;

        Failure(String code) {
            this.code = code;
        }

        /** OPA's error code. */
        public String code() {
            return code;
        }
    }

    private final Failure failure;

    private BuiltinException(Failure failure, String message) {
        super(message, null, false, false);
        this.failure = failure;
    }

    /** The kind of failure. */
    public Failure failure() {
        return failure;
    }

    /** OPA's error code: {@code eval_type_error} or {@code eval_builtin_error}. */
    public String code() {
        return failure.code();
    }

    static BuiltinException value(String message) {
        return new BuiltinException(Failure.VALUE, message);
    }

    static BuiltinException type(String message) {
        return new BuiltinException(Failure.TYPE, message);
    }

    /** Operand {@code position}, counted from 1, is not as it must be. */
    static BuiltinException operand(int position, String what) {
        return new BuiltinException(Failure.TYPE, "operand " + position + " " + what);
    }

    static BuiltinException wrongType(int position, Value got, Kind... expected) {
        String[] words = new String[expected.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = expected[i].word();
        }
        return wrongType(position, got, words);
    }

    static BuiltinException wrongType(int position, Value got, String... expected) {
        return operand(position, mustBe(expected) + " but got " + got.kind().word());
    }

    static BuiltinException wrongElement(int position, Value collection, Value got, String... expected) {
        String kind = collection.kind().word();
        String elements = expected.length == 1
                ? kind + " of " + expected[0] + "s"
                : kind + " of (any of) {" + String.join(", ", expected) + "}";
        return operand(
                position,
                "must be " + elements + " but got " + kind + " containing "
                        + got.kind().word());
    }

    private static String mustBe(String... expected) {
        return expected.length == 1 ? "must be " + expected[0] : "must be one of {" + String.join(", ", expected) + "}";
    }

    BuiltinException in(String function) {
        return new BuiltinException(failure, function + ": " + getMessage());
    }
}
