package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;
import java.util.ArrayList;
import java.util.List;

/** Cuts a module's text into tokens. Comments are kept aside for METADATA. */
final class Lexer {
    private static final String[] TWO = {":=", "==", "!=", "<=", ">="};
    private static final String ONE = "{}[](),.;:|&=<>+-*/%";
    private static final int MAX_TEMPLATE_DEPTH = 50;

    private final String file;
    private final String text;
    private final List<Comment> comments = new ArrayList<>();
    private int at;
    private int row = 1;
    private int lineStart;
    private int surrogates;
    private boolean freshLine;
    private boolean lineHasToken;
    private int templateDepth;

    Lexer(String file, String text) {
        this.file = file;
        this.text = text;
        if (text.startsWith("\uFEFF")) {
            at = 1;
            lineStart = 1;
        }
    }

    List<Comment> comments() {
        return comments;
    }

    List<Token> tokens() {
        List<Token> out = new ArrayList<>();
        while (true) {
            skipBlank();
            if (at >= text.length()) {
                out.add(new Token(Token.Kind.END, "", List.of(), here(), at, at, true));
                return out;
            }
            out.add(next());
        }
    }

    private Location here() {
        return new Location(file, row, at - lineStart - surrogates + 1);
    }

    private ParseFailure failure(Location location, String message) {
        return new ParseFailure(location.error(RegoError.PARSE, message));
    }

    private void skipBlank() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                at++;
                newLine();
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
            } else if (c == '#') {
                int end = text.indexOf('\n', at);
                end = end < 0 ? text.length() : end;
                String comment = text.substring(at + 1, end);
                comments.add(new Comment(row, at, comment.stripTrailing(), !lineHasToken));
                at = end;
            } else if (c == '\u00a0') {
                throw failure(here(), "illegal non-breaking space character, use a regular space instead");
            } else {
                return;
            }
        }
    }

    private void newLine() {
        row++;
        lineStart = at;
        surrogates = 0;
        freshLine = true;
        lineHasToken = false;
    }

    private Token token(Token.Kind kind, String value, List<Object> parts, Location location, int start) {
        Token token = new Token(kind, value, parts, location, start, at, freshLine);
        freshLine = false;
        lineHasToken = true;
        return token;
    }

    private Token next() {
        Location location = here();
        int start = at;
        char c = text.charAt(at);
        if (isLetter(c)) {
            while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
                at++;
            }
            return token(Token.Kind.NAME, text.substring(start, at), List.of(), location, start);
        }
        if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)) && !afterTerm(start))) {
            return number(location, start);
        }
        if (c == '"') {
            boolean fresh = freshLine;
            String value = quoted(location);
            freshLine = fresh;
            return token(Token.Kind.STRING, value, List.of(), location, start);
        }
        if (c == '`') {
            return raw(location, start);
        }
        if (c == '$' && at + 1 < text.length() && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '`')) {
            return template(location, start);
        }
        for (String symbol : TWO) {
            if (text.startsWith(symbol, at)) {
                at += 2;
                return token(Token.Kind.SYMBOL, symbol, List.of(), location, start);
            }
        }
        if (ONE.indexOf(c) >= 0) {
            at++;
            return token(Token.Kind.SYMBOL, String.valueOf(c), List.of(), location, start);
        }
        if (c == '!') {
            throw failure(location, "illegal ! character");
        }
        throw failure(location, "illegal token");
    }

    private boolean afterTerm(int start) {
        if (start == 0) {
            return false;
        }
        char before = text.charAt(start - 1);
        return isLetter(before) || isDigit(before) || before == ')' || before == ']' || before == '}' || before == '"';
    }

    private Token number(Location location, int start) {
        digits();
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            if (at >= text.length() || !isDigit(text.charAt(at))) {
                throw failure(location, "expected fraction");
            }
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            if (at >= text.length() || !isDigit(text.charAt(at))) {
                throw failure(location, "expected exponent");
            }
            digits();
        }
        String value = text.substring(start, at);
        if (at < text.length() && isLetter(text.charAt(at))) {
            throw failure(location, "illegal number format");
        }
        if (value.length() > 1 && value.charAt(0) == '0' && isDigit(value.charAt(1))) {
            throw failure(location, "expected number without leading zero");
        }
        return token(Token.Kind.NUMBER, value, List.of(), location, start);
    }

    private void digits() {
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
    }

    private String quoted(Location location) {
        at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            if (at >= text.length() || text.charAt(at) == '\n') {
                throw failure(location, "non-terminated string");
            }
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c == '\\') {
                escape(out, location, false);
            } else {
                plain(out, c);
            }
        }
    }

    private void plain(StringBuilder out, char c) {
        if (Character.isLowSurrogate(c)) {
            surrogates++;
        }
        out.append(c);
        at++;
        if (c == '\n') {
            boolean had = lineHasToken;
            newLine();
            lineHasToken = had;
        }
    }

    private void escape(StringBuilder out, Location location, boolean braces) {
        at++;
        if (at >= text.length()) {
            throw failure(location, "non-terminated string");
        }
        char c = text.charAt(at++);
        switch (c) {
            case '"', '\\', '/' -> out.append(c);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
                    if (digit < 0) {
                        throw failure(location, "illegal escape sequence");
                    }
                    code = code * 16 + digit;
                    at++;
                }
                out.append((char) code);
            }
            case '{' -> {
                if (!braces) {
                    throw failure(location, "illegal escape sequence");
                }
                out.append(c);
            }
            default -> throw failure(location, "illegal escape sequence");
        }
    }

    private Token raw(Location location, int start) {
        boolean fresh = freshLine;
        at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            if (at >= text.length()) {
                throw failure(location, "non-terminated string");
            }
            char c = text.charAt(at);
            if (c == '`') {
                at++;
                break;
            }
            plain(out, c);
        }
        freshLine = fresh;
        return token(Token.Kind.STRING, out.toString(), List.of(), location, start);
    }

    private Token template(Location location, int start) {
        if (++templateDepth > MAX_TEMPLATE_DEPTH) {
            throw failure(location, "template strings are nested too deep");
        }
        boolean fresh = freshLine;
        at++;
        char quote = text.charAt(at++);
        List<Object> parts = new ArrayList<>();
        StringBuilder out = new StringBuilder();
        while (true) {
            if (at >= text.length() || (quote == '"' && text.charAt(at) == '\n')) {
                throw failure(location, "non-terminated string");
            }
            char c = text.charAt(at);
            if (c == quote) {
                at++;
                break;
            }
            if (c == '{') {
                parts.add(out.toString());
                out.setLength(0);
                parts.add(embedded(location));
            } else if (c == '\\' && quote == '"') {
                escape(out, location, true);
            } else if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '{') {
                out.append('{');
                at += 2;
            } else {
                plain(out, c);
            }
        }
        parts.add(out.toString());
        templateDepth--;
        freshLine = fresh;
        return token(Token.Kind.TEMPLATE, "", parts, location, start);
    }

    private List<Token> embedded(Location location) {
        at++;
        freshLine = false;
        List<Token> tokens = new ArrayList<>();
        int depth = 0;
        while (true) {
            skipBlank();
            if (at >= text.length()) {
                throw failure(location, "non-terminated string");
            }
            char c = text.charAt(at);
            if (c == '}' && depth == 0) {
                tokens.add(new Token(Token.Kind.END, "", List.of(), here(), at, at, true));
                at++;
                return tokens;
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            tokens.add(next());
        }
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
