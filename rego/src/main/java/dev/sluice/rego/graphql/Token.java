package dev.sluice.rego.graphql;

import java.util.List;

/**
 * A word of a document.
 *
 * @param comments the comments directly before it, each with its {@code #}
 */
record Token(Kind kind, String value, Position position, List<String> comments) {
    enum Kind {
        INVALID("<Invalid>"),
        EOF("<EOF>"),
        BANG("!"),
        DOLLAR("$"),
        AMP("&"),
        PAREN_L("("),
        PAREN_R(")"),
        SPREAD("..."),
        COLON(":"),
        EQUALS("="),
        AT("@"),
        BRACKET_L("["),
        BRACKET_R("]"),
        BRACE_L("{"),
        BRACE_R("}"),
        PIPE("|"),
        NAME("Name"),
        INT("Int"),
        FLOAT("Float"),
        STRING("String"),
        BLOCK_STRING("BlockString");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isName(String name) {
        return kind == Kind.NAME && value.equals(name);
    }

    /** How errors show it. */
    String describe() {
        return value.isEmpty() ? kind.toString() : kind + " \"" + value + "\"";
    }
}
