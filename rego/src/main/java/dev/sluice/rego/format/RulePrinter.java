package dev.sluice.rego.format;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Spans;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.value.BooleanValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rules, their branches and their literals. */
final class RulePrinter {
    private final Lines lines;
    private final Spans spans;
    private final TermPrinter terms;
    private final ChainPrinter chains;
    private final boolean bracketed;

    /** @param bracketed whether names of rules are written {@code p["q"]} rather than {@code p.q} */
    RulePrinter(Lines lines, Spans spans, boolean bracketed) {
        this.bracketed = bracketed;
        this.lines = lines;
        this.spans = spans;
        this.terms = new TermPrinter(lines, spans, this::literal);
        this.chains = new ChainPrinter(lines, spans, terms, this::literal, this::operand);
    }

    private Spans.Span span(Object node) {
        Spans.Span span = spans.of(node);
        if (span == null) {
            throw new IllegalStateException("a node without a place");
        }
        return span;
    }

    private Spans.Span head(Object rule) {
        Spans.Span span = spans.head(rule);
        if (span == null) {
            throw new IllegalStateException("a rule without a head");
        }
        return span;
    }

    /** Whether a rule is one line and may stand directly above another one. */
    static boolean isOneLine(Rule rule) {
        return !rule.isDefault()
                && rule.otherwise() == null
                && rule.body().literals().size() < 2
                && !(rule.body().literals().size() == 1
                        && isSet(rule.body().literals().getFirst()));
    }

    /** Whether a literal is nothing but an object or a comprehension, which nobody takes for a body. */
    private static boolean isAlone(Expr literal) {
        return !literal.negated()
                && literal.withs().isEmpty()
                && literal.statement() instanceof Expr.Truth truth
                && (truth.term() instanceof Term.ObjectTerm || truth.term() instanceof Term.Comprehension);
    }

    private static boolean isSet(Expr literal) {
        return !literal.negated()
                && literal.statement() instanceof Expr.Truth truth
                && truth.term() instanceof Term.SetTerm;
    }

    /** Writes a rule; the line after it is not begun. */
    void rule(Rule rule) {
        lines.write(rule.isDefault() ? "default " : "");
        lines.write(rule.name());
        // OPA also takes if["x"] for the name of a rule, here it is if.x alone
        terms.path(rule.ref().subList(1, rule.ref().size()), bracketed && !Parser.isKeyword(rule.name()));
        if (rule.args() != null) {
            Term last = rule.args().getLast();
            int end = lines.source().indexOf(')', endOf(last)) + 1;
            terms.arguments(rule.args(), head(rule).start(), end);
        }
        if (rule.key() != null) {
            lines.write(" contains ");
            terms.term(rule.key());
        }
        boolean constant = isAlways(rule.body()) && rule.otherwise() == null;
        boolean dispensable = rule.value() instanceof Term.Constant c && c.value() == BooleanValue.TRUE && !constant;
        if (rule.key() == null && !dispensable) {
            value(rule.value());
        }
        lines.reached(head(rule).end());
        if (!constant) {
            body(rule.body(), head(rule).end());
        }
        otherwise(rule, rule.otherwise());
        lines.reached(span(rule).end());
        lines.endLine();
    }

    /** Whether a body always holds: there is none, or it is {@code true}. */
    private static boolean isAlways(Body body) {
        if (body.literals().size() != 1) {
            return body.literals().isEmpty();
        }
        Expr only = body.literals().getFirst();
        return !only.negated()
                && only.withs().isEmpty()
                && only.statement() instanceof Expr.Truth truth
                && truth.term() instanceof Term.Constant c
                && c.value() == BooleanValue.TRUE;
    }

    private int endOf(Term term) {
        Spans.Span span = spans.withParentheses(term);
        return span == null ? 0 : span.end();
    }

    private void value(Term value) {
        lines.write(" := ");
        if (spans.of(value) == null) {
            lines.write("true"); // nobody wrote it: the rule is a reference alone
        } else {
            terms.term(value);
        }
    }

    private void body(Body body, int headEnd) {
        List<Expr> literals = body.literals();
        if (literals.isEmpty()) {
            return;
        }
        lines.write(" if");
        Spans.@Nullable Span braces = spans.of(body);
        Expr first = literals.getFirst();
        int start = span(first).start();
        boolean leads = lines.source().charAt(start) == '{' && !isAlone(first);
        boolean sameLine = lines.row(start) == lines.row(headEnd - 1) && !isSet(first);
        if (literals.size() == 1 && (braces == null || !leads) && (sameLine || (braces == null && leads))) {
            lines.write(" ");
            literal(first);
            return;
        }
        lines.write(" {");
        int close = braces == null ? span(first).end() : braces.end() - 1;
        if (braces != null) {
            lines.reached(braces.start() + 1);
        }
        lines.endLine();
        lines.up();
        terms.block(body, close);
        lines.down();
        lines.reached(braces == null ? close : braces.end());
        lines.write("}");
    }

    private void otherwise(Object before, Rule.@Nullable Else branch) {
        if (branch == null) {
            return;
        }
        Spans.Span head = head(branch);
        int lineStart = lines.source().lastIndexOf('\n', head.start()) + 1;
        boolean begins = lines.source(lineStart, head.start()).isBlank()
                || lines.row(span(before).start()) == lines.row(head.start());
        if (lines.hasCommentBefore(head.start()) || begins || !lines.endsWith("}")) {
            lines.blankLine();
            lines.commentsBefore(head.start());
        } else {
            lines.write(" ");
        }
        lines.write("else");
        boolean written = spans.of(branch.value()) != null;
        boolean constant = isAlways(branch.body()) && branch.otherwise() == null;
        boolean dispensable = branch.value() instanceof Term.Constant c && c.value() == BooleanValue.TRUE && !constant;
        if ((written || constant) && !dispensable) {
            value(branch.value());
        }
        lines.reached(head.end());
        if (!constant) {
            body(branch.body(), head.end());
        }
        otherwise(branch, branch.otherwise());
    }

    /** Writes a literal where the line has come to; as it is where a comment in it has no other place. */
    void literal(Expr literal) {
        Lines.Mark mark = lines.mark();
        Spans.Span span = span(literal);
        if (isLeft(literal)) {
            lines.copy(span.start(), span.end());
            return;
        }
        try {
            if (literal.negated()) {
                lines.write("not ");
            }
            statement(literal, span);
            withs(literal);
            lines.reached(span.end());
            lines.checkComments();
        } catch (Lines.NoPlace commentInside) {
            lines.rewind(mark);
            lines.copy(span.start(), span.end());
        }
    }

    private void statement(Expr literal, Spans.Span span) {
        switch (literal.statement()) {
            case Expr.Truth s -> terms.statement(s.term());
            case Expr.Unify s -> sides(s.left(), " = ", s.right());
            case Expr.Assign s -> sides(s.left(), " := ", s.right());
            case Expr.Some s -> some(s, span);
            case Expr.SomeIn s -> {
                lines.write("some ");
                if (s.key() != null) {
                    terms.term(s.key());
                    lines.write(", ");
                }
                terms.term(s.value());
                lines.write(" in ");
                terms.term(s.collection());
            }
            case Expr.Every s -> every(s, span);
            case Expr.NotBody s
            when !s.braced() -> {
                lines.write("not ");
                chains.negated(s.body().literals().getFirst());
            }
            case Expr.NotBody s -> {
                lines.write("not {");
                Expr last = s.body().literals().getLast();
                braces(s.body(), span, lines.row(span(last).start()) == lines.row(span.start()));
            }
            case Expr.Logic s -> chains.chain(s);
        }
    }

    private void sides(Term left, String operator, Term right) {
        terms.term(left);
        lines.write(operator);
        terms.term(right);
    }

    private void some(Expr.Some some, Spans.Span span) {
        lines.write("some");
        int row = lines.row(span.start());
        boolean first = true;
        for (Term.Var variable : some.vars()) {
            lines.write(first ? "" : ",");
            if (terms.row(variable) > row) {
                row = terms.row(variable);
                lines.endLine();
                lines.write("\t");
            } else {
                lines.write(" ");
            }
            terms.term(variable);
            first = false;
        }
    }

    private void every(Expr.Every every, Spans.Span span) {
        lines.write("every ");
        if (every.key() != null) {
            terms.term(every.key());
            lines.write(", ");
        }
        terms.term(every.value());
        lines.write(" in ");
        terms.term(every.domain());
        lines.write(" {");
        braces(every.body(), span, every.body().literals().size() == 1);
    }

    private void braces(Body body, Spans.Span statement, boolean spaced) {
        Spans.Span braces = span(body);
        lines.reached(braces.start() + 1);
        terms.body(body, lines.row(statement.start()), braces.end() - 1, spaced);
        lines.write("}");
        lines.reached(braces.end());
    }

    /** Writes the body of an operand from behind its opening brace on. */
    private void operand(Body body) {
        Spans.Span braces = span(body);
        Expr last = body.literals().getLast();
        braces(body, braces, lines.row(span(last).start()) == lines.row(braces.start()));
    }

    /** Whether a literal is written as it stands, since it would be another one if it were not. */
    private static boolean isLeft(Expr literal) {
        return literal.statement() instanceof Expr.Logic chain && !ChainPrinter.isWritten(chain);
    }

    private void withs(Expr literal) {
        boolean indented = false;
        int row = -1;
        for (With with : literal.withs()) {
            int start = span(with).start();
            row = row < 0 ? lines.row(lines.reached() - 1) : row;
            indented = lines.goOn(start, lines.row(start) > row, indented);
            row = lines.row(start);
            lines.write("with ");
            terms.term(with.target());
            lines.write(" as ");
            terms.term(with.value());
            lines.reached(span(with).end());
        }
        if (indented) {
            lines.down();
        }
    }
}
