package dev.sluice.rego.format;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Spans;
import dev.sluice.rego.syntax.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes chains of {@code and} and {@code or}, and the operand of {@code not}: on the lines the source has their operands on,
 * with those parentheses without which they would be read as something else.
 */
final class ChainPrinter {
    private final Lines lines;
    private final Spans spans;
    private final TermPrinter terms;
    private final Consumer<Expr> literals;
    private final Consumer<Body> braces;

    /**
     * @param literals writes a literal
     * @param braces writes a body from behind its opening brace to behind its closing one
     */
    ChainPrinter(Lines lines, Spans spans, TermPrinter terms, Consumer<Expr> literals, Consumer<Body> braces) {
        this.lines = lines;
        this.spans = spans;
        this.terms = terms;
        this.literals = literals;
        this.braces = braces;
    }

    /** Whether a chain has an operand that nobody wrote, which makes it another statement when it is written. */
    static boolean isWritten(Expr.Logic chain) {
        return isWritten(chain.left()) && isWritten(chain.right());
    }

    private static boolean isWritten(Expr.Operand operand) {
        return operand.braced()
                || operand.body().literals().stream()
                        .allMatch(e -> !e.text().isEmpty()
                                && !(e.statement() instanceof Expr.Logic inner && !isWritten(inner)));
    }

    /** An operand with what stands before it. */
    private record Link(boolean and, Expr.Operand operand) {}

    void chain(Expr.Logic chain) {
        List<Link> links = new ArrayList<>();
        Expr.Operand first = flat(chain, links);
        boolean indented = false;
        operand(first, chain.and(), false);
        for (Link link : links) {
            lines.write(link.and ? " and" : " or");
            int start = start(link.operand);
            indented = lines.goOn(start, lines.row(start) > lines.row(lines.reached() - 1), indented);
            operand(link.operand, link.and, true);
        }
        if (indented) {
            lines.down();
        }
    }

    /** Collects the operands that need no parentheses of their own; the one that is left is the first. */
    private Expr.Operand flat(Expr.Logic chain, List<Link> links) {
        Expr.Operand left = chain.left();
        Expr.Operand first = left;
        if (!left.braced()
                && left.body().literals().getFirst().statement() instanceof Expr.Logic inner
                && !isGroup(left.body().literals().getFirst(), chain.and(), false)) {
            first = flat(inner, links);
        }
        links.add(new Link(chain.and(), chain.right()));
        return first;
    }

    private int start(Expr.Operand operand) {
        Spans.Span span = spans.of(
                operand.braced() ? operand.body() : operand.body().literals().getFirst());
        if (span == null) {
            throw new IllegalStateException("an operand without a place");
        }
        return span.start();
    }

    private void operand(Expr.Operand operand, boolean and, boolean right) {
        if (operand.braced()) {
            lines.write("{");
            braces.accept(operand.body());
        } else {
            Expr literal = operand.body().literals().getFirst();
            grouped(literal, isGroup(literal, and, right));
        }
    }

    /** Writes what is negated. */
    void negated(Expr literal) {
        boolean group = !literal.withs().isEmpty()
                || literal.statement() instanceof Expr.Logic
                || literal.statement() instanceof Expr.NotBody
                || leadsWithBrace(literal);
        grouped(literal, group);
    }

    private void grouped(Expr literal, boolean group) {
        lines.write(group ? "(" : "");
        literals.accept(literal);
        lines.write(group ? ")" : "");
    }

    private boolean isGroup(Expr literal, boolean and, boolean right) {
        if (!literal.withs().isEmpty()) {
            return true;
        }
        return literal.statement() instanceof Expr.Logic inner
                ? (inner.and() ? and && right : and || right)
                : leadsWithBrace(literal);
    }

    /** Whether a literal begins with a brace, which would be taken for that of a body. */
    private boolean leadsWithBrace(Expr literal) {
        return !literal.negated()
                && switch (literal.statement()) {
                    case Expr.Truth s -> leadsWithBrace(s.term());
                    case Expr.Unify s -> leadsWithBrace(s.left());
                    case Expr.Assign s -> leadsWithBrace(s.left());
                    default -> false;
                };
    }

    private boolean leadsWithBrace(Term term) {
        return switch (term) {
            case Term.SetTerm s -> !s.items().isEmpty();
            case Term.ObjectTerm o -> true;
            case Term.Comprehension c -> c.kind() != Term.Comprehension.Kind.ARRAY;
            case Term.Ref r -> leadsWithBrace(r.head());
            case Term.Call c -> terms.isInfix(c) && leadsWithBrace(c.args().getFirst());
            default -> false;
        };
    }
}
