package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads terms, literals and bodies. */
abstract sealed class TermParser permits Parser, TermParser.Embedded {
    private static final int MAX_DEPTH = 400;
    private static final Map<String, String> RELATIONS =
            Map.of("==", "equal", "!=", "neq", "<", "lt", "<=", "lte", ">", "gt", ">=", "gte");
    private static final Map<String, String> SUMS = Map.of("+", "plus", "-", "minus");
    private static final Map<String, String> PRODUCTS = Map.of("*", "mul", "/", "div", "%", "rem");

    private final String text;
    private final List<Token> tokens;
    private final Set<String> keywords;
    private final Spans spans;
    private int at;
    private int depth;
    /** A term that has been read already and is the next primary one. */
    private @Nullable Term pending;

    private final Set<Integer> unions = new HashSet<>();
    private final Set<Integer> terms = new HashSet<>();
    private int wildcards;

    TermParser(String text, List<Token> tokens) {
        this(text, tokens, new HashSet<>(), new Spans());
    }

    private TermParser(String text, List<Token> tokens, Set<String> keywords, Spans spans) {
        this.text = text;
        this.tokens = tokens;
        this.keywords = keywords;
        this.spans = spans;
    }

    /** Reads the terms inside a template string. */
    static final class Embedded extends TermParser {
        private Embedded(TermParser outer, List<Token> tokens) {
            super(outer.text, tokens, outer.keywords, outer.spans);
        }
    }

    final Token peek() {
        return tokens.get(at);
    }

    /** Whether a keyword stands here; before a dot it is the name of a document instead. */
    final boolean atWord(String word) {
        return peek().isName(word) && !isNamedDocument(0);
    }

    /** Whether a word {@code ahead} of here is directly followed by a dot. */
    private boolean isNamedDocument(int ahead) {
        Token word = tokens.get(Math.min(at + ahead, tokens.size() - 1));
        Token after = tokens.get(Math.min(at + ahead + 1, tokens.size() - 1));
        return after.is(".") && after.start() == word.end();
    }

    /** Whether the token just read is directly followed by a dot. */
    final boolean namedDocument() {
        return isNamedDocument(-1);
    }

    final Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    final int previousEnd() {
        return at == 0 ? 0 : tokens.get(at - 1).end();
    }

    /** Where the nodes read so far stand. */
    final Spans spans() {
        return spans;
    }

    /** Notes that a node ends here. */
    final <T> T from(int start, T node) {
        spans.put(node, start, previousEnd());
        return node;
    }

    private int startOf(Term term) {
        Spans.Span span = spans.withParentheses(term);
        return span == null ? previousEnd() : span.start();
    }

    final String slice(int start, int end) {
        return text.substring(start, end);
    }

    /** Makes a word an operator from here on: {@code and}, {@code or}, or the {@code not} that takes bodies. */
    final void enableKeyword(String keyword) {
        keywords.add(keyword);
    }

    final boolean isActiveOperator(Token token) {
        return (token.isName("and") || token.isName("or")) && keywords.contains(token.text());
    }

    final ParseFailure failure(Location location, String message) {
        return new ParseFailure(location.error(RegoError.PARSE, message));
    }

    final Token expect(String symbol) {
        Token token = next();
        if (!token.is(symbol)) {
            throw failure(token.location(), "unexpected " + token.describe() + ": expected \"" + symbol + "\"");
        }
        return token;
    }

    final Term constant(Location location, String value) {
        return new Term.Constant(location, StringValue.ofName(value));
    }

    final Term truth(Location location) {
        return new Term.Constant(location, BooleanValue.TRUE);
    }

    /** A body in braces. */
    final Body braced() {
        Token open = expect("{");
        Body body = body("}");
        expect("}");
        if (body.literals().isEmpty()) {
            throw failure(open.location(), "found empty body");
        }
        return from(open.start(), body);
    }

    /** The braces after {@code if}: the rule's body, or the first operand of a chain. */
    final Body ifBraces() {
        Mark start = mark();
        ParseFailure noBody = null;
        Body body = Body.EMPTY;
        try {
            body = braced();
        } catch (ParseFailure failure) {
            noBody = failure;
        }
        if (noBody == null && !isActiveOperator(peek())) {
            return body;
        }
        rewind(start);
        try {
            return new Body(List.of(literal()));
        } catch (ParseFailure failure) {
            throw noBody == null ? failure : noBody;
        }
    }

    /** Literals up to the closing symbol, which is not consumed; the empty string means the end of the text. */
    final Body body(String closing) {
        enter();
        List<Expr> literals = new ArrayList<>();
        while (true) {
            while (peek().is(";")) {
                next();
            }
            if (closes(closing)) {
                break;
            }
            literals.add(literal());
            if (peek().is(";") || closes(closing)) {
                continue;
            }
            if (!peek().freshLine() || peek().kind() == Token.Kind.END) {
                throw new ParseFailure(peek().location()
                        .error(
                                RegoError.PARSE,
                                "unexpected " + peek().describe() + ": expected \\n or ; or "
                                        + (closing.isEmpty() ? "end of file" : closing))
                        .withHint(
                                peek().isName("and") || peek().isName("or")
                                        ? "`import future.keywords." + peek().text() + "` for `x " + peek().text()
                                                + " y` expressions"
                                        : null));
            }
        }
        if (literals.isEmpty() && !closing.equals("}")) {
            throw failure(peek().location(), "found empty body");
        }
        leave();
        return new Body(literals);
    }

    private boolean closes(String closing) {
        return closing.isEmpty() ? peek().kind() == Token.Kind.END : peek().is(closing);
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw failure(peek().location(), "max parser recursion depth exceeded");
        }
    }

    private void leave() {
        depth--;
    }

    /** One literal with its {@code with} modifiers. */
    final Expr literal() {
        if (!keywords.isEmpty()) {
            return new ChainParser(this).literal();
        }
        return plainLiteral();
    }

    final Expr plainLiteral() {
        Token first = peek();
        boolean negated = false;
        if (atWord("not")) {
            next();
            negated = true;
            if (atWord("some") || atWord("every") || atWord("not")) {
                throw failure(
                        peek().location(),
                        "unexpected " + peek().text() + " keyword: illegal negation of '" + peek().text() + "'");
            }
        }
        Expr.Statement statement = statement();
        List<With> withs = withs();
        return from(
                first.start(),
                new Expr(first.location(), slice(first.start(), previousEnd()), negated, statement, withs));
    }

    final List<With> withs() {
        List<With> withs = new ArrayList<>();
        while (atWord("with")) {
            Token word = next();
            Location location = word.location();
            Term target = primary();
            if (!(target instanceof Term.Var || target instanceof Term.Ref)) {
                throw failure(location, "with target must be a reference");
            }
            if (!atWord("as")) {
                throw failure(peek().location(), "unexpected " + peek().describe() + ": expected as keyword");
            }
            next();
            Term value = term();
            withs.add(from(word.start(), new With(location, target, value)));
        }
        return withs;
    }

    final Expr.Statement statement() {
        if (atWord("some")) {
            return some();
        }
        if (atWord("every")) {
            return every();
        }
        Term left = term();
        if (peek().is(":=")) {
            next();
            return new Expr.Assign(left, term());
        }
        if (peek().is("=")) {
            next();
            return new Expr.Unify(left, term());
        }
        return new Expr.Truth(left);
    }

    private Expr.Statement some() {
        Location location = next().location();
        List<Term> terms = new ArrayList<>();
        do {
            if (!terms.isEmpty()) {
                next();
            }
            terms.add(relation());
        } while (peek().is(","));
        if (atWord("in")) {
            next();
            if (terms.size() > 2) {
                throw failure(location, "illegal domain (bad arity)");
            }
            Term collection = relation();
            return terms.size() == 1
                    ? new Expr.SomeIn(null, terms.get(0), collection)
                    : new Expr.SomeIn(terms.get(0), terms.get(1), collection);
        }
        List<Term.Var> vars = new ArrayList<>();
        for (Term term : terms) {
            if (!(term instanceof Term.Var v)) {
                throw failure(term.location(), "unexpected term: expected var");
            }
            vars.add(v);
        }
        return new Expr.Some(vars);
    }

    private Expr.Statement every() {
        next();
        Term key = null;
        Term value = primary();
        if (peek().is(",")) {
            next();
            key = value;
            value = primary();
        }
        if (!(value instanceof Term.Var) || (key != null && !(key instanceof Term.Var))) {
            throw failure(value.location(), "unexpected every term: expected var");
        }
        if (!atWord("in")) {
            throw failure(
                    peek().location(),
                    "unexpected " + peek().describe() + ": expected `x[, y] in xs { ... }` expression");
        }
        next();
        Term domain = term();
        if (!peek().is("{")) {
            throw failure(peek().location(), "unexpected " + peek().describe() + ": missing body");
        }
        return new Expr.Every(key, value, domain, braced());
    }

    /** A term with any operator. */
    final Term term() {
        return membership(true);
    }

    /** Terms separated by commas up to the closing symbol, which is consumed. */
    final List<Term> terms(String closing) {
        List<Term> out = new ArrayList<>();
        while (pending != null || !peek().is(closing)) {
            out.add(membership(false));
            if (peek().is(",")) {
                next();
            } else if (!peek().is(closing)) {
                throw failure(
                        peek().location(),
                        "unexpected " + peek().describe() + ": expected \",\" or \"" + closing + "\"");
            }
        }
        next();
        return out;
    }

    private Term membership(boolean pairs) {
        enter();
        Term left = relation();
        if (pairs && peek().is(",")) {
            Mark start = mark();
            next();
            Term value = null;
            try {
                value = relation();
            } catch (ParseFailure notAPair) {
                rewind(start);
            }
            if (value != null && atWord("in")) {
                next();
                left = call(left, "internal.member_3", left, value, relation());
            } else {
                rewind(start);
            }
        }
        while (atWord("in")) {
            next();
            left = call(left, "internal.member_2", left, relation());
        }
        leave();
        return left;
    }

    private Term call(Term at, String name, Term... args) {
        return from(startOf(at), new Term.Call(at.location(), List.of(name.split("\\.")), List.of(args)));
    }

    private Term relation() {
        Term left = union();
        while (true) {
            String name = peek().kind() == Token.Kind.SYMBOL ? RELATIONS.get(peek().text()) : null;
            if (name == null) {
                return left;
            }
            next();
            left = call(left, name, left, union());
        }
    }

    private Term union() {
        Term left = intersection();
        while (peek().is("|")) {
            next();
            left = call(left, "or", left, intersection());
        }
        return left;
    }

    private Term intersection() {
        Term left = sum();
        while (peek().is("&")) {
            next();
            left = call(left, "and", left, sum());
        }
        return left;
    }

    private Term sum() {
        Term left = product();
        while (true) {
            String name = peek().kind() == Token.Kind.SYMBOL ? SUMS.get(peek().text()) : null;
            if (name == null) {
                return left;
            }
            next();
            left = call(left, name, left, product());
        }
    }

    private Term product() {
        Term left = primary();
        while (true) {
            String name = peek().kind() == Token.Kind.SYMBOL ? PRODUCTS.get(peek().text()) : null;
            if (name == null) {
                return left;
            }
            next();
            left = call(left, name, left, primary());
        }
    }

    /** A term without operators, with the keys and calls that follow it. */
    final Term primary() {
        Term known = pending;
        if (known != null) {
            pending = null;
            return known;
        }
        enter();
        int start = peek().start();
        Term atom = atom();
        if (spans.of(atom) == null) {
            from(start, atom);
        }
        Term term = follow(atom, start);
        leave();
        return term;
    }

    private Term atom() {
        Token token = next();
        Location location = token.location();
        switch (token.kind()) {
            case NUMBER -> {
                return new Term.Constant(location, number(token, ""));
            }
            case STRING -> {
                return new Term.Constant(location, StringValue.of(token.text()));
            }
            case TEMPLATE -> {
                return template(token);
            }
            case NAME -> {
                return name(token);
            }
            case END -> throw failure(location, "unexpected eof token");
            default -> {}
        }
        switch (token.text()) {
            case "[" -> {
                return array(location);
            }
            case "{" -> {
                return braces(location);
            }
            case "(" -> {
                Token open = token;
                Term inner = term();
                if (!peek().is(")")) {
                    throw failure(peek().location(), "unexpected " + peek().describe() + ": expected \")\"");
                }
                next();
                spans.putParentheses(inner, open.start(), previousEnd());
                return inner;
            }
            case "-" -> {
                if (peek().kind() == Token.Kind.NUMBER) {
                    return new Term.Constant(location, number(next(), "-"));
                }
                if (peek().kind() == Token.Kind.NAME && peek().start() == token.end()) {
                    Term operand = primary();
                    return call(operand, "minus", new Term.Constant(location, NumberValue.of(0)), operand);
                }
                throw failure(location, "unexpected minus token");
            }
            default -> {
                throw failure(location, "unexpected " + token.describe());
            }
        }
    }

    private Value number(Token token, String sign) {
        try {
            return NumberValue.parse(sign + (token.text().startsWith(".") ? "0" : "") + token.text());
        } catch (NumberFormatException unusable) {
            throw failure(token.location(), "number too big");
        }
    }

    private Term name(Token token) {
        Location location = token.location();
        if (namedDocument() && !token.text().equals("_")) {
            return new Term.Var(location, token.text());
        }
        switch (token.text()) {
            case "true" -> {
                return new Term.Constant(location, BooleanValue.TRUE);
            }
            case "false" -> {
                return new Term.Constant(location, BooleanValue.FALSE);
            }
            case "null" -> {
                return new Term.Constant(location, NullValue.NULL);
            }
            case "_" -> {
                return new Term.Var(location, "$" + location.row() + "_" + location.column() + "_" + wildcards++);
            }
            default -> {}
        }
        boolean called = peek().is("(") && peek().start() == token.end();
        boolean reserved = Parser.KEYWORDS.contains(token.text()) && !(token.isName("contains") && called);
        if (reserved || (isActiveOperator(token) && !called)) {
            throw failure(location, "unexpected " + token.text() + " keyword");
        }
        return new Term.Var(location, token.text());
    }

    private Term follow(Term head, int start) {
        Term term = head;
        int end = previousEnd();
        if (head instanceof Term.Constant c && peek().start() == end && (peek().is(".") || peek().is("["))) {
            throw failure(
                    head.location(),
                    "illegal ref (head cannot be " + c.value().kind().word() + ")");
        }
        List<Term> path = new ArrayList<>();
        while (peek().start() == end) {
            if (peek().is(".")) {
                next();
                Token part = next();
                if (part.kind() != Token.Kind.NAME) {
                    throw failure(part.location(), "unexpected " + part.describe() + ": expected var");
                }
                path.add(from(part.start(), constant(part.location(), part.text())));
            } else if (peek().is("[")) {
                next();
                path.add(term());
                expect("]");
            } else if (peek().is("(")) {
                List<String> operator = operator(term, path);
                next();
                List<Term> args = terms(")");
                term = operator.equals(List.of("set")) && args.isEmpty()
                        ? new Term.SetTerm(head.location(), List.of())
                        : new Term.Call(head.location(), operator, args);
                from(start, term);
                path = new ArrayList<>();
            } else {
                break;
            }
            end = previousEnd();
        }
        return path.isEmpty() ? term : from(start, new Term.Ref(head.location(), term, path));
    }

    private List<String> operator(Term head, List<Term> path) {
        if (!(head instanceof Term.Var v) || v.isWildcard()) {
            throw failure(head.location(), "illegal call: expected the name of a function");
        }
        List<String> operator = new ArrayList<>();
        operator.add(v.name());
        for (Term part : path) {
            String name = Term.constantString(part);
            if (name == null) {
                throw failure(part.location(), "illegal call: expected the name of a function");
            }
            operator.add(name);
        }
        return operator;
    }

    private Term array(Location location) {
        if (peek().is("]")) {
            next();
            return new Term.ArrayTerm(location, List.of());
        }
        Term head = primary();
        if (peek().is("|")) {
            Body body = comprehensionBody("]");
            if (body != null) {
                return new Term.Comprehension(location, Term.Comprehension.Kind.ARRAY, null, head, body);
            }
        }
        pending = head;
        return new Term.ArrayTerm(location, terms("]"));
    }

    /** The body after the bar, or null when it is none and the bar means union. */
    private @Nullable Body comprehensionBody(String closing) {
        int bar = at;
        if (unions.contains(bar)) {
            return null;
        }
        int level = depth;
        next();
        try {
            Body body = body(closing);
            if (body.literals().isEmpty()) {
                throw failure(tokens.get(bar).location(), "found empty body");
            }
            next();
            return body;
        } catch (ParseFailure failure) {
            if (!peek().is(",")) {
                throw failure;
            }
            unions.add(bar);
            at = bar;
            depth = level;
            pending = null;
            return null;
        }
    }

    private Term braces(Location location) {
        if (peek().is("}")) {
            next();
            return new Term.ObjectTerm(location, List.of());
        }
        Term head = primary();
        if (peek().is("|")) {
            Body body = comprehensionBody("}");
            if (body != null) {
                return new Term.Comprehension(location, Term.Comprehension.Kind.SET, null, head, body);
            }
        }
        pending = head;
        Term first = membership(false);
        if (!peek().is(":")) {
            pending = first;
            return new Term.SetTerm(location, terms("}"));
        }
        next();
        Term value = primary();
        if (peek().is("|")) {
            Body body = comprehensionBody("}");
            if (body != null) {
                return new Term.Comprehension(location, Term.Comprehension.Kind.OBJECT, first, value, body);
            }
        }
        pending = value;
        return object(location, first);
    }

    /** The entries of an object whose first key has been read, and the colon after it. */
    private Term object(Location location, Term firstKey) {
        List<Term.Entry> entries = new ArrayList<>();
        Term key = firstKey;
        while (true) {
            entries.add(new Term.Entry(key, membership(false)));
            if (peek().is(",")) {
                next();
            } else if (!peek().is("}")) {
                throw failure(peek().location(), "unexpected " + peek().describe() + ": expected \",\" or \"}\"");
            }
            if (peek().is("}")) {
                next();
                return new Term.ObjectTerm(location, entries);
            }
            key = membership(false);
            expect(":");
        }
    }

    /** A place to come back to. */
    record Mark(int at, int depth) {}

    final Mark mark() {
        return new Mark(at, depth);
    }

    final void rewind(Mark mark) {
        at = mark.at;
        depth = mark.depth;
        pending = null;
    }

    /** Whether the braces at a mark were found to be no body before; nested ones are not tried over and over. */
    final boolean isKnownTerm(Mark mark) {
        return terms.contains(mark.at);
    }

    final void knownTerm(Mark mark) {
        terms.add(mark.at);
    }

    final boolean keywordActive(String keyword) {
        return keywords.contains(keyword);
    }

    private static Term scoped(Term term, List<With> withs) {
        Term.Var value = new Term.Var(term.location(), "value of template");
        Expr literal = new Expr(term.location(), "", false, new Expr.Assign(value, term), withs);
        return new Term.Comprehension(
                term.location(), Term.Comprehension.Kind.SET, null, value, new Body(List.of(literal)));
    }

    @SuppressWarnings("unchecked")
    private Term template(Token token) {
        List<Term> parts = new ArrayList<>();
        for (Object part : token.parts()) {
            if (part instanceof String s) {
                if (!s.isEmpty()) {
                    parts.add(new Term.Constant(token.location(), StringValue.of(s)));
                }
                continue;
            }
            TermParser embedded = new Embedded(this, (List<Token>) part);
            embedded.wildcards = 1000 * (wildcards + 1);
            if (embedded.peek().kind() == Token.Kind.END) {
                throw failure(token.location(), "invalid template-string expression: empty expression");
            }
            Term term = embedded.term();
            List<With> withs = embedded.withs();
            if (embedded.peek().kind() != Token.Kind.END) {
                throw failure(
                        embedded.peek().location(),
                        "unexpected " + embedded.peek().describe());
            }
            // A one-element array keeps a computed part apart from literal text.
            parts.add(withs.isEmpty() ? new Term.ArrayTerm(term.location(), List.of(term)) : scoped(term, withs));
        }
        return new Term.TemplateString(token.location(), parts);
    }
}
