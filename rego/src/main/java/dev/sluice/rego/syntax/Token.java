package dev.sluice.rego.syntax;

import java.util.List;

/**
 * A word of a module.
 *
 * @param text the identifier, number, operator, or the decoded text of a string
 * @param parts of a template string: texts and token lists in turn
 * @param start offset of its first character
 * @param end offset after its last character
 * @param freshLine whether a line ended between the token before and this one
 */
record Token(Kind kind, String text, List<Object> parts, Location location, int start, int end, boolean freshLine) {

    enum Kind {
        NAME,
        NUMBER,
        STRING,
        TEMPLATE,
        SYMBOL,
        END
    }

    boolean is(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /** How errors call it. */
    String describe() {
        return switch (kind) {
            case END -> "eof token";
            case NAME -> Parser.KEYWORDS.contains(text) ? text + " keyword" : "identifier token";
            case NUMBER -> "number token";
            case STRING -> "string token";
            case TEMPLATE -> "template-string token";
            case SYMBOL -> text + " token";
        };
    }
}
