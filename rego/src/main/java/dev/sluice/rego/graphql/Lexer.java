package dev.sluice.rego.graphql;

import java.util.ArrayList;
import java.util.List;

/** Cuts a document into tokens (GraphQL, October 2021, section 2.1). */
final class Lexer {
    private static final String PUNCTUATION = "!$&():=@[]{}|";
    private static final Token.Kind[] PUNCTUATORS = {
        Token.Kind.BANG, Token.Kind.DOLLAR, Token.Kind.AMP, Token.Kind.PAREN_L, Token.Kind.PAREN_R,
        Token.Kind.COLON, Token.Kind.EQUALS, Token.Kind.AT, Token.Kind.BRACKET_L, Token.Kind.BRACKET_R,
        Token.Kind.BRACE_L, Token.Kind.BRACE_R, Token.Kind.PIPE
    };

    private final int[] text;
    private int at;
    private int line = 1;
    private int lineStart;

    Lexer(String text) {
        this.text = text.codePoints().toArray();
    }

    /** The next token; one of kind {@code INVALID} where there is none. */
    Token next() {
        List<String> comments = new ArrayList<>();
        try {
            return next(comments);
        } catch (Malformed none) {
            return new Token(Token.Kind.INVALID, "", here(), comments);
        }
    }

    private static final class Malformed extends Exception {
        private Malformed() {
            super(null, null, false, false);
        }
    }

    private Token next(List<String> comments) throws Malformed {
        skip();
        while (at < text.length && text[at] == '#') {
            int start = at;
            while (at < text.length && (text[at] > 0x1f || text[at] == '\t')) {
                at++;
            }
            comments.add(new String(text, start, at - start));
            skip();
        }
        Position position = here();
        if (at >= text.length) {
            return new Token(Token.Kind.EOF, "", position, comments);
        }
        int c = text[at];
        int punctuation = PUNCTUATION.indexOf(c);
        if (punctuation >= 0) {
            at++;
            return new Token(PUNCTUATORS[punctuation], "", position, comments);
        }
        if (c == '.' && startsWith("...")) {
            at += 3;
            return new Token(Token.Kind.SPREAD, "", position, comments);
        }
        if (isNameStart(c)) {
            int start = at;
            while (at < text.length && (isNameStart(text[at]) || isDigit(text[at]))) {
                at++;
            }
            return new Token(Token.Kind.NAME, new String(text, start, at - start), position, comments);
        }
        if (c == '-' || isDigit(c)) {
            return number(position, comments);
        }
        if (c == '"') {
            return startsWith("\"\"\"") ? block(position, comments) : string(comments);
        }
        throw new Malformed();
    }

    private Position here() {
        return new Position(line, at - lineStart + 1);
    }

    private void skip() {
        while (at < text.length) {
            int c = text[at];
            if (c == '\n' || c == '\r') {
                at++;
                line++;
                lineStart = at;
                if (c == '\r' && at < text.length && text[at] == '\n') {
                    at++;
                }
            } else if (c == '\t' || c == ' ' || c == ',' || c == 0xFEFF) {
                at++;
            } else {
                return;
            }
        }
    }

    private boolean startsWith(String word) {
        if (at + word.length() > text.length) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[at + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameStart(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private Token number(Position position, List<String> comments) throws Malformed {
        int start = at;
        boolean fraction = false;
        accept("-");
        if (accept("0")) {
            if (at < text.length && isDigit(text[at])) {
                throw new Malformed();
            }
        } else {
            digits();
        }
        if (accept(".")) {
            fraction = true;
            digits();
        }
        if (accept("eE")) {
            fraction = true;
            accept("+-");
            digits();
        }
        String value = new String(text, start, at - start);
        return new Token(fraction ? Token.Kind.FLOAT : Token.Kind.INT, value, position, comments);
    }

    private boolean accept(String any) {
        if (at < text.length && any.indexOf(text[at]) >= 0) {
            at++;
            return true;
        }
        return false;
    }

    private void digits() throws Malformed {
        int start = at;
        while (at < text.length && isDigit(text[at])) {
            at++;
        }
        if (at == start) {
            throw new Malformed();
        }
    }

    private Token string(List<String> comments) throws Malformed {
        at++;
        Position position = here();
        StringBuilder out = new StringBuilder();
        while (at < text.length && text[at] != '\n' && text[at] != '\r') {
            int c = text[at];
            if (c == '"') {
                at++;
                return new Token(Token.Kind.STRING, out.toString(), position, comments);
            }
            if (c < 0x20 && c != '\t') {
                throw new Malformed();
            }
            if (c == '\\') {
                escape(out);
            } else {
                out.appendCodePoint(c);
                at++;
            }
        }
        throw new Malformed();
    }

    private void escape(StringBuilder out) throws Malformed {
        at++;
        int c = at < text.length ? text[at] : -1;
        int plain = "\"/\\bfnrt".indexOf(c);
        if (plain >= 0 && c >= 0) {
            out.append("\"/\\\b\f\n\r\t".charAt(plain));
            at++;
            return;
        }
        if (c == 'u' && at + 4 < text.length) {
            int code = 0;
            for (int i = 1; i <= 4; i++) {
                int digit = Character.digit(text[at + i], 16);
                if (digit < 0) {
                    throw new Malformed();
                }
                code = code * 16 + digit;
            }
            out.append((char) code);
            at += 5;
            return;
        }
        throw new Malformed();
    }

    private Token block(Position position, List<String> comments) throws Malformed {
        at += 3;
        StringBuilder out = new StringBuilder();
        while (at < text.length) {
            int c = text[at];
            if (startsWith("\"\"\"")) {
                while (at + 3 < text.length && text[at + 3] == '"') {
                    out.append('"');
                    at++;
                }
                at += 3;
                return new Token(Token.Kind.BLOCK_STRING, dedented(out.toString()), position, comments);
            }
            if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
                throw new Malformed();
            }
            if (startsWith("\\\"\"\"")) {
                out.append("\"\"\"");
                at += 4;
            } else if (c == '\n' || c == '\r') {
                at += c == '\r' && at + 1 < text.length && text[at + 1] == '\n' ? 2 : 1;
                out.append('\n');
                line++;
                lineStart = at;
            } else {
                out.appendCodePoint(c);
                at++;
            }
        }
        throw new Malformed();
    }

    /** The value of a block string (section 2.9.4): common indentation and blank first and last lines are gone. */
    private static String dedented(String raw) {
        String[] lines = raw.split("\n", -1);
        int common = Integer.MAX_VALUE;
        for (String one : lines) {
            int indent = indent(one);
            if (indent < one.length()) {
                common = Math.min(common, indent);
            }
        }
        List<String> out = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            boolean cut = i > 0 && common != Integer.MAX_VALUE;
            out.add(cut ? lines[i].substring(Math.min(common, lines[i].length())) : lines[i]);
        }
        while (!out.isEmpty() && indent(out.getFirst()) == Integer.MAX_VALUE) {
            out.removeFirst();
        }
        while (!out.isEmpty() && indent(out.getLast()) == Integer.MAX_VALUE) {
            out.removeLast();
        }
        return String.join("\n", out);
    }

    private static int indent(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) != ' ' && line.charAt(i) != '\t') {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }
}
