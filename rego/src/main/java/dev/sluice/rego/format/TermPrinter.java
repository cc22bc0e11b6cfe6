package dev.sluice.rego.format;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Spans;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes terms: infix operators with blanks and brackets where they are nested, collections broken where the source broke them. */
final class TermPrinter {
    private static final Map<String, String> INFIX = Map.ofEntries(
            Map.entry("plus", "+"),
            Map.entry("minus", "-"),
            Map.entry("mul", "*"),
            Map.entry("div", "/"),
            Map.entry("rem", "%"),
            Map.entry("and", "&"),
            Map.entry("or", "|"),
            Map.entry("equal", "=="),
            Map.entry("neq", "!="),
            Map.entry("lt", "<"),
            Map.entry("lte", "<="),
            Map.entry("gt", ">"),
            Map.entry("gte", ">="));
    private static final String MEMBER = "internal.member_2";
    private static final String MEMBER_WITH_KEY = "internal.member_3";

    private final Lines lines;
    private final Spans spans;
    private final Consumer<Expr> literals;

    /** @param literals writes a literal of a comprehension */
    TermPrinter(Lines lines, Spans spans, Consumer<Expr> literals) {
        this.lines = lines;
        this.spans = spans;
        this.literals = literals;
    }

    int start(Term term) {
        return outer(term).start();
    }

    int row(Term term) {
        return lines.row(start(term));
    }

    private Spans.Span outer(Object node) {
        Spans.Span span = spans.withParentheses(node);
        if (span == null) {
            throw new IllegalStateException("a node without a place");
        }
        return span;
    }

    private Spans.Span inner(Object node) {
        Spans.Span span = spans.of(node);
        if (span == null) {
            throw new IllegalStateException("a node without a place");
        }
        return span;
    }

    private boolean wasInParentheses(Term term) {
        return !outer(term).equals(inner(term));
    }

    /** Writes a term where it is no operand. */
    void term(Term term) {
        boolean keeps = term instanceof Term.Call call && isInfix(call) && keepsParentheses(call);
        bracketed(term, keeps && !((Term.Call) term).name().equals(MEMBER));
    }

    /** Unions are read as comprehensions in some places, and memberships bind less than all else. */
    private boolean keepsParentheses(Term.Call call) {
        String name = call.name();
        return name.equals(MEMBER_WITH_KEY) || ((name.equals("or") || name.equals(MEMBER)) && wasInParentheses(call));
    }

    private void operand(Term term) {
        boolean nested =
                term instanceof Term.Call call && isInfix(call) && !call.name().equals(MEMBER) && !isNegation(call);
        bracketed(term, nested || (term instanceof Term.Call call && isInfix(call) && keepsParentheses(call)));
    }

    private void bracketed(Term term, boolean brackets) {
        if (brackets) {
            lines.write("(");
        }
        plain(term);
        if (brackets) {
            lines.write(")");
        }
        lines.reached(outer(term).end());
    }

    /** Whether a call was written with an operator between its operands, or before its only one. */
    boolean isInfix(Term.Call call) {
        String name = call.name();
        if (name.equals(MEMBER) || name.equals(MEMBER_WITH_KEY)) {
            return true;
        }
        if (!INFIX.containsKey(name) || call.args().size() != 2) {
            return false;
        }
        if (!name.equals("or")) {
            return true; // plus(a, b) is a + b
        }
        Spans.Span first = spans.withParentheses(call.args().getFirst());
        return first == null || first.start() == inner(call).start();
    }

    /** Writes a call that is a literal by itself: its operands are nested one level less. */
    void statement(Term term) {
        if (term instanceof Term.Call call
                && isInfix(call)
                && !isNegation(call)
                && !(call.name().equals("or") && wasInParentheses(call))) {
            if (call.name().equals(MEMBER) || call.name().equals(MEMBER_WITH_KEY)) {
                membership(call);
            } else {
                side(call.args().get(0), call, false);
                lines.write(" " + INFIX.get(call.name()) + " ");
                side(call.args().get(1), call, true);
            }
            lines.reached(outer(term).end());
            return;
        }
        term(term);
    }

    private void side(Term term, Term.Call whole, boolean right) {
        if (term instanceof Term.Call call && isInfix(call)) {
            int binds = precedence(call);
            int least = precedence(whole) + (right ? 1 : 0);
            if (binds < least) {
                bracketed(term, true);
                return;
            }
        }
        term(term);
    }

    private static int precedence(Term.Call call) {
        return switch (call.name()) {
            case MEMBER, MEMBER_WITH_KEY -> 0;
            case "or" -> 2;
            case "and" -> 3;
            case "plus", "minus" -> 4;
            case "mul", "div", "rem" -> 5;
            default -> 1;
        };
    }

    private static boolean isGenerated(Spans spans, Term term) {
        return spans.withParentheses(term) == null;
    }

    private boolean isNegation(Term.Call call) {
        return call.name().equals("minus") && isGenerated(spans, call.args().getFirst());
    }

    private void plain(Term term) {
        switch (term) {
            case Term.Constant c -> raw(c);
            case Term.TemplateString t -> template(t);
            case Term.Var v -> lines.write(v.isWildcard() ? "_" : v.name());
            case Term.Ref r -> {
                bracketed(r.head(), wasInParentheses(r.head()));
                path(r.path(), false);
            }
            case Term.ArrayTerm a -> collection("[", a.items(), "]", inner(a));
            case Term.SetTerm s -> {
                if (s.items().isEmpty()) {
                    lines.write("set()");
                } else {
                    collection("{", s.items(), "}", inner(s));
                }
            }
            case Term.ObjectTerm o -> object(o);
            case Term.Call c -> call(c);
            case Term.Comprehension c -> comprehension(c);
        }
    }

    private void object(Term.ObjectTerm object) {
        List<Elements.Element> elements = new ArrayList<>();
        for (Term.Entry entry : object.entries()) {
            elements.add(new Elements.Element(start(entry.key()), () -> {
                term(entry.key());
                lines.write(": ");
                term(entry.value());
            }));
        }
        lines.write("{");
        Elements.write(lines, elements, inner(object).start(), inner(object).end() - 1);
        lines.write("}");
    }

    /** Writes a template string: its text as it is, the terms in it laid out. */
    private void template(Term.TemplateString template) {
        Spans.Span span = inner(template);
        String source = lines.source();
        lines.write("$");
        int from = span.start() + 1;
        for (Term part : template.parts()) {
            if (part instanceof Term.Constant) {
                continue;
            }
            List<With> withs = List.of();
            Term term;
            if (part instanceof Term.Comprehension scoped) {
                Expr only = scoped.body().literals().getFirst();
                withs = only.withs();
                term = ((Expr.Assign) only.statement()).right();
            } else {
                term = ((Term.ArrayTerm) part).items().getFirst();
            }
            lines.writeOn(source.substring(from, source.lastIndexOf('{', start(term) - 1) + 1));
            lines.up();
            statement(term);
            for (With with : withs) {
                lines.write(" with ");
                term(with.target());
                lines.write(" as ");
                term(with.value());
                lines.reached(inner(with).end());
            }
            lines.down();
            from = source.indexOf('}', lines.reached());
        }
        lines.writeOn(source.substring(from, span.end()));
    }

    private void raw(Term term) {
        Spans.Span span = inner(term);
        lines.write(lines.source(span.start(), span.end()));
    }

    /** Writes the keys that follow a head; those that can be names without brackets, unless all are to have them. */
    void path(List<Term> path, boolean bracketed) {
        for (Term part : path) {
            String name = Term.constantString(part);
            if (name != null && bracketed) {
                lines.write("[" + StringValue.of(name) + "]");
            } else if (name != null && !keepsBrackets(name, part)) {
                lines.write("." + name);
            } else {
                lines.write("[");
                term(part);
                lines.write("]");
            }
        }
    }

    private boolean keepsBrackets(String name, Term part) {
        return !name.matches("[A-Za-z_][A-Za-z0-9_]*")
                || (Parser.isKeyword(name)
                        && lines.source(start(part), start(part) + 1).equals("\""));
    }

    private void call(Term.Call call) {
        if (!isInfix(call)) {
            callArguments(call);
        } else if (call.name().equals(MEMBER) || call.name().equals(MEMBER_WITH_KEY)) {
            membership(call);
        } else if (isNegation(call)) {
            lines.write("-");
            term(call.args().get(1));
        } else {
            operand(call.args().get(0));
            lines.write(" " + INFIX.get(call.name()) + " ");
            operand(call.args().get(1));
        }
    }

    private void membership(Term.Call call) {
        List<Term> args = call.args();
        for (int i = 0; i < args.size(); i++) {
            lines.write(i == 0 ? "" : i == args.size() - 1 ? " in " : ", ");
            operand(args.get(i));
        }
    }

    /** Writes arguments or parameters in parentheses, which open behind {@code from} and close before {@code end}. */
    void arguments(List<Term> arguments, int from, int end) {
        int open = lines.source().indexOf('(', from);
        collection("(", arguments, ")", new Spans.Span(open, end));
    }

    /** Writes the arguments of a call. A line that is broken before the first of them alone does not count. */
    private void callArguments(Term.Call call) {
        List<Term> arguments = call.args();
        int open = lines.source().indexOf('(', inner(call).start());
        lines.write(lines.source(inner(call).start(), open));
        boolean together =
                !arguments.isEmpty() && arguments.stream().allMatch(a -> row(a) == row(arguments.getFirst()));
        int from = together ? start(arguments.getFirst()) : open;
        collection("(", arguments, ")", new Spans.Span(from, inner(call).end()));
    }

    private void collection(String open, List<Term> items, String close, Spans.Span span) {
        List<Elements.Element> elements = new ArrayList<>();
        items.forEach(item -> elements.add(new Elements.Element(start(item), () -> term(item))));
        lines.write(open);
        Elements.write(lines, elements, span.start(), span.end() - 1);
        lines.write(close);
    }

    private void comprehension(Term.Comprehension c) {
        boolean array = c.kind() == Term.Comprehension.Kind.ARRAY;
        Spans.Span span = inner(c);
        lines.write(array ? "[" : "{");
        @Nullable Term key = c.key();
        int headRow = lines.row(span.start());
        if (key != null) {
            term(key);
            lines.write(": ");
        } else if (row(c.value()) > headRow) {
            lines.reached(span.start() + 1);
            lines.endLine();
            headRow = row(c.value());
        }
        bracketed(c.value(), c.value() instanceof Term.Call call && isInfix(call) && wasInParentheses(call));
        lines.write(" |");
        body(c.body(), headRow, span.end() - 1, false);
        lines.write(array ? "]" : "}");
    }

    /**
     * Writes the literals between braces or after a bar: on one line where the source has them on one.
     *
     * @param row the line on which they would have to begin for that
     * @param close where the closing bracket stands
     * @param spaced whether a blank stands before the closing bracket on the same line
     */
    void body(Body body, int row, int close, boolean spaced) {
        List<Expr> all = body.literals();
        boolean oneLine = true;
        int last = row;
        for (Expr literal : all) {
            int here = lines.row(inner(literal).start());
            oneLine &= here <= last;
            last = here;
        }
        if (oneLine) {
            for (int i = 0; i < all.size(); i++) {
                lines.write(i == 0 ? " " : "; ");
                literals.accept(all.get(i));
            }
            lines.write(spaced ? " " : "");
            return;
        }
        lines.endLine();
        lines.up();
        block(body, close);
        lines.down();
    }

    /** Writes literals on lines of their own, with the comments up to {@code close}. */
    void block(Body body, int close) {
        int last = 0;
        for (Expr literal : body.literals()) {
            Spans.Span span = inner(literal);
            if (last > 0 && lines.row(span.start()) > last + 1) {
                lines.blankLine();
            }
            lines.commentsBefore(span.start());
            literals.accept(literal);
            lines.reached(span.end());
            lines.endLine();
            last = lines.row(span.end() - 1);
        }
        lines.commentsBefore(close);
    }
}
