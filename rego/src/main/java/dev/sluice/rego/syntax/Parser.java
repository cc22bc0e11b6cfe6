package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a module into its tree. Rego v1: {@code if} and {@code contains} are required where OPA 1 requires
 * them, and policies written for v0 get an error that says what to write instead.
 *
 * <p>One instance reads one text, once. What stands inside rules (terms and bodies) is read by {@link TermParser}.
 */
public final class Parser extends TermParser {
    /** The words that cannot name variables or rules. */
    static final Set<String> KEYWORDS = Set.of(
            "as",
            "default",
            "else",
            "false",
            "import",
            "package",
            "not",
            "null",
            "true",
            "with",
            "some",
            "in",
            "every",
            "if",
            "contains");

    private static final int MAX_ERRORS = 10;
    private static final int MAX_TEXT = 4 * 1024 * 1024;

    private final String file;
    private final Metadata metadata;
    private final List<Comment> comments;
    private final List<RegoError> errors = new ArrayList<>();

    private Parser(String file, String text, List<Token> tokens, List<Comment> comments) {
        super(text, tokens);
        this.file = file;
        this.metadata = new Metadata(file, comments);
        this.comments = comments;
    }

    /**
     * The tree of a module.
     *
     * @throws RegoException when it cannot be parsed
     */
    public static Module parse(SourceFile source) {
        return open(source).module();
    }

    /**
     * The tree of a query, which is the body of a rule without the rule.
     *
     * @throws RegoException when it cannot be parsed
     */
    public static Body parseQuery(SourceFile source) {
        Parser parser = open(source);
        try {
            return parser.body("");
        } catch (ParseFailure failure) {
            throw new RegoException(failure.error());
        }
    }

    /**
     * The tree of a module with the places of its nodes and its comments.
     *
     * @throws RegoException when it cannot be parsed
     */
    public static Written parseWritten(SourceFile source) {
        Parser parser = open(source);
        return new Written(parser.module(), source.text(), parser.spans(), parser.comments);
    }

    /** Whether a word cannot name variables or rules. */
    public static boolean isKeyword(String word) {
        return KEYWORDS.contains(word);
    }

    private static Parser open(SourceFile source) {
        if (source.text().length() > MAX_TEXT) {
            throw new RegoException(new RegoError(RegoError.PARSE, "module is too large", source.name(), 1, 1));
        }
        try {
            Lexer lexer = new Lexer(source.name(), source.text());
            List<Token> tokens = lexer.tokens();
            return new Parser(source.name(), source.text(), tokens, lexer.comments());
        } catch (ParseFailure failure) {
            throw new RegoException(failure.error());
        }
    }

    private Module module() {
        List<Import> imports = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        List<String> path = List.of();
        Location start = peek().location();
        List<Annotations> annotations = List.of();
        try {
            if (peek().kind() == Token.Kind.END) {
                throw failure(start, "empty module");
            }
            if (!atWord("package")) {
                throw failure(start, "package expected");
            }
            annotations = metadata.above(start.row(), "package");
            next();
            path = packagePath();
            while (peek().kind() != Token.Kind.END) {
                if (peek().is(";")) {
                    next();
                } else if (atWord("import")) {
                    imports.add(importLine());
                } else {
                    rules(rules);
                }
                if (errors.size() >= MAX_ERRORS) {
                    break;
                }
            }
        } catch (ParseFailure failure) {
            errors.add(failure.error());
        }
        if (!errors.isEmpty()) {
            throw new RegoException(errors);
        }
        return new Module(file, start, path, annotations, imports, rules, metadata.errors());
    }

    private List<String> packagePath() {
        List<String> path = new ArrayList<>();
        Token first = next();
        if (first.kind() != Token.Kind.NAME) {
            throw failure(first.location(), "unexpected " + first.describe() + ": expected var");
        }
        path.add(first.text());
        int end = first.end();
        while (peek().start() == end && (peek().is(".") || peek().is("["))) {
            boolean bracket = next().is("[");
            Token part = next();
            if (part.kind() != (bracket ? Token.Kind.STRING : Token.Kind.NAME)) {
                throw failure(
                        part.location(),
                        "unexpected " + part.describe() + ": expected " + (bracket ? "string" : "ident"));
            }
            path.add(part.text());
            end = part.end();
            if (bracket) {
                end = expect("]").end();
            }
        }
        return path;
    }

    private Import importLine() {
        Token word = next();
        Location location = word.location();
        metadata.above(location.row(), "import");
        Token first = peek();
        List<String> path = packagePath();
        String alias = "";
        if (atWord("as")) {
            next();
            Token name = next();
            if (name.kind() != Token.Kind.NAME || KEYWORDS.contains(name.text())) {
                throw failure(name.location(), "unexpected import alias, expected var");
            }
            if (name.text().equals("input") || name.text().equals("data")) {
                throw failure(
                        name.location(), "unexpected import alias, must not be a reserved name, got: " + name.text());
            }
            alias = name.text();
        }
        switch (path.getFirst()) {
            case "data", "input" -> {}
            case "rego" -> regoImport(path, alias, first.location());
            case "future" -> futureImport(path, alias, first.location());
            default ->
                throw new ParseFailure(first.location()
                        .error(
                                RegoError.PARSE,
                                "unexpected import path, must begin with one of: {data, future, input, rego}, got: "
                                        + path.getFirst())
                        .withHint("write `import data." + String.join(".", path) + "` for another package"));
        }
        String last = path.getLast();
        return from(word.start(), new Import(location, path, alias.isEmpty() ? last : alias));
    }

    private void regoImport(List<String> path, String alias, Location at) {
        if (!alias.isEmpty()) {
            throw failure(at, "`rego` imports cannot be aliased");
        }
        if (path.size() != 2 || !Set.of("v1", "v2").contains(path.get(1))) {
            throw failure(at, "invalid import `" + String.join(".", path) + "`, must be one of: `rego.v1`, `rego.v2`");
        }
        if (path.get(1).equals("v2")) {
            enableKeyword("and");
            enableKeyword("or");
            enableKeyword("not");
        }
    }

    private void futureImport(List<String> path, String alias, Location at) {
        if (path.size() < 2 || !path.get(1).equals("keywords") || path.size() > 3) {
            throw failure(at, "invalid import, must be `future.keywords`");
        }
        if (!alias.isEmpty()) {
            throw failure(at, "`future` imports cannot be aliased");
        }
        if (path.size() == 2) {
            enableKeyword("and");
            enableKeyword("or");
            enableKeyword("not");
            return;
        }
        String keyword = path.get(2);
        switch (keyword) {
            case "and", "or", "not" -> enableKeyword(keyword);
            case "contains", "every", "if", "in" -> {}
            default -> throw failure(at, "unexpected keyword, must be one of [and contains every if in not or]");
        }
    }

    private void rules(List<Rule> out) {
        int start = peek().start();
        Location location = peek().location();
        List<Annotations> annotations = metadata.above(location.row(), "rule");
        boolean isDefault = atWord("default");
        if (isDefault) {
            next();
        }
        Head head = head();
        if (isDefault) {
            defaultRule(out, location, head, annotations);
            spans().putHead(from(start, out.getLast()), start, previousEnd());
            return;
        }
        if (atWord("with")) {
            throw failure(location, "expressions using with keyword cannot be used for rule head");
        }
        int headEnd = previousEnd();
        boolean hasIf = atWord("if");
        boolean hasBody = false;
        Body body = Body.EMPTY;
        if (hasIf) {
            next();
            body = ifBody();
            hasBody = true;
        } else if (peek().is("{")) {
            v0(
                    location,
                    "`if` keyword is required before " + (head.args != null ? "function" : "rule") + " body",
                    head);
            body = braced();
            hasBody = true;
        }
        if (head.key == null && head.value == null && head.args == null && head.bracketed && !hasIf) {
            v0(location, "`contains` keyword is required for partial set rules", head);
        } else if (!hasBody && head.key == null && head.value == null) {
            if (head.args != null || head.ref.size() == 1) {
                throw new ParseFailure(location.error(RegoError.PARSE, "var cannot be used for rule name")
                        .withHint("a rule needs a value (`:=`), `contains` or `if`"));
            }
        }
        if (atWord("else") && !hasBody) {
            throw failure(peek().location(), "unexpected else keyword");
        }
        Rule.Else otherwise = atWord("else") ? elseBranch(head) : null;
        Term value = head.value == null ? truth(location) : head.value;
        out.add(new Rule(location, false, head.ref, head.args, head.key, value, body, otherwise, annotations));
        spans().putHead(from(start, out.getLast()), start, headEnd);
        while (peek().is("{") && hasBody) {
            if (!errors.isEmpty()) {
                braced();
            } else {
                throw failure(peek().location(), "unexpected { token: a rule has one body, write the rule again");
            }
        }
    }

    private void defaultRule(List<Rule> out, Location location, Head head, List<Annotations> annotations) {
        Term value = head.value;
        if (head.key != null) {
            throw failure(location, "illegal default rule (must have a value)");
        }
        if (atWord("if") || peek().is("{") || value == null) {
            throw failure(peek().location(), "unexpected " + peek().describe());
        }
        String dynamic = DefaultValues.dynamicPart(value);
        if (dynamic != null) {
            throw failure(location, "illegal default rule (value cannot contain " + dynamic + ")");
        }
        out.add(new Rule(location, true, head.ref, head.args, null, value, Body.EMPTY, null, annotations));
    }

    /** Notes an error about old syntax and lets parsing go on, so that all of them are shown at once. */
    private void v0(Location location, String message, Head head) {
        String name = head.text;
        String hint;
        if (head.args == null && head.bracketed && head.value == null && head.ref.getLast() instanceof Term.Var v) {
            hint = "this is Rego v0; in v1 write `" + name.substring(0, Math.max(0, name.lastIndexOf('[')))
                    + " contains " + v.name() + " if { ... }`";
        } else {
            hint = "this is Rego v0; in v1 write `" + name + " if { ... }`";
        }
        errors.add(location.error(RegoError.PARSE, message).withHint(hint));
    }

    private Rule.Else elseBranch(Head head) {
        Token word = next();
        Location location = word.location();
        Term value = null;
        if (head.key != null) {
            throw failure(location, "unexpected else keyword");
        }
        if (peek().is(":=") || peek().is("=")) {
            next();
            value = term();
        }
        int headEnd = previousEnd();
        Body body = Body.EMPTY;
        if (atWord("if")) {
            next();
            body = ifBody();
        } else if (peek().is("{")) {
            v0(location, "`if` keyword is required before rule body", head);
            body = braced();
        } else if (value == null) {
            throw failure(location, "else clause requires `if` and a body, or a value");
        }
        Rule.Else otherwise = atWord("else") ? elseBranch(head) : null;
        Rule.Else branch =
                from(word.start(), new Rule.Else(location, value == null ? truth(location) : value, body, otherwise));
        spans().putHead(branch, word.start(), headEnd);
        return branch;
    }

    private Body ifBody() {
        if (peek().is("{")) {
            return ifBraces();
        }
        return new Body(List.of(literal()));
    }

    /** What stands before a body. */
    private static final class Head {
        final List<Term> ref = new ArrayList<>();
        String text = "";

        @Nullable
        List<Term> args;

        @Nullable
        Term key;

        @Nullable
        Term value;

        boolean bracketed;
    }

    private Head head() {
        Head head = new Head();
        Token name = next();
        if (name.kind() != Token.Kind.NAME) {
            throw failure(
                    name.location(),
                    name.kind() == Token.Kind.SYMBOL || name.kind() == Token.Kind.END
                            ? "unexpected " + name.describe()
                            : name.describe().replace(" token", "") + " cannot be used for rule name");
        }
        if (!namedDocument() && (KEYWORDS.contains(name.text()) || isActiveOperator(name))) {
            throw failure(name.location(), name.text() + " keyword cannot be used for rule name");
        }
        head.ref.add(from(name.start(), constant(name.location(), name.text())));
        int end = name.end();
        while (peek().start() == end) {
            if (peek().is(".")) {
                next();
                Token part = next();
                if (part.kind() != Token.Kind.NAME) {
                    throw failure(part.location(), "unexpected " + part.describe() + ": expected var");
                }
                head.ref.add(from(part.start(), constant(part.location(), part.text())));
                head.bracketed = false;
                end = part.end();
            } else if (peek().is("[")) {
                next();
                head.ref.add(term());
                head.bracketed = true;
                end = expect("]").end();
            } else if (peek().is("(")) {
                next();
                List<Term> args = terms(")");
                head.args = args.isEmpty() ? null : args;
                head.bracketed = false;
                end = previousEnd();
                break;
            } else {
                break;
            }
        }
        if (name.isName("data") || name.isName("input")) {
            throw new ParseFailure(name.location()
                    .error(RegoError.COMPILE, "rules must not shadow " + name.text() + " (use a different rule name)"));
        }
        head.text = slice(name.start(), end);
        if (atWord("contains")) {
            if (head.args != null) {
                throw failure(
                        peek().location(),
                        "the contains keyword can only be used with multi-value rule definitions (e.g., p contains <VALUE> { ... })");
            }
            next();
            head.key = term();
        }
        if (peek().is(":=") || peek().is("=")) {
            Token operator = next();
            if (head.key != null) {
                throw failure(operator.location(), "contains keyword cannot be used with a value");
            }
            head.value = term();
        }
        if (head.args == null && head.value == null && head.key == null && !atWord("if") && !peek().is("{")) {
            Token found = peek();
            if (!head.bracketed || (found.kind() == Token.Kind.SYMBOL && !found.freshLine())) {
                throw new ParseFailure((found.freshLine() ? name : found)
                        .location()
                        .error(
                                RegoError.PARSE,
                                found.freshLine()
                                        ? "var cannot be used for rule name"
                                        : "unexpected " + found.describe())
                        .withHint("a rule is `" + head.text + " := value`, `" + head.text + " contains value` or `"
                                + head.text + " if { ... }`"));
            }
        }
        return head;
    }
}
