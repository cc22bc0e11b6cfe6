package dev.sluice.rego.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads literals in modules that import the keywords {@code and}, {@code or} or the {@code not} that takes bodies:
 *
 * <pre>
 * literal = or-chain { "with" target "as" value }
 * or-chain = and-chain { "or" and-chain }
 * and-chain = operand { "and" operand }
 * operand = ["not"] ( "{" body "}" | "(" or-chain { with } ")" | expression )
 * </pre>
 */
final class ChainParser {
    private final TermParser terms;

    ChainParser(TermParser terms) {
        this.terms = terms;
    }

    Expr literal() {
        if (terms.atWord("some") || terms.atWord("every")) {
            return terms.plainLiteral();
        }
        Token first = terms.peek();
        return scoped(first, chain(true), terms.withs());
    }

    private Expr scoped(Token first, Expr chain, List<With> withs) {
        if (chain.withs().isEmpty()) {
            return finished(first, chain.negated(), chain.statement(), withs);
        }
        return withs.isEmpty() ? chain : finished(first, false, alone(single(chain)), withs);
    }

    /** A statement that holds where the operand does. */
    private Expr.Statement alone(Expr.Operand operand) {
        Location at = operand.location();
        Expr truth = new Expr(at, "", false, new Expr.Truth(terms.truth(at)), List.of());
        return new Expr.Logic(true, operand, single(truth));
    }

    private Expr finished(Token first, boolean negated, Expr.Statement statement, List<With> withs) {
        String text = terms.slice(first.start(), Math.max(first.start(), terms.previousEnd()));
        return terms.from(first.start(), new Expr(first.location(), text, negated, statement, withs));
    }

    private Expr chain(boolean outermost) {
        Token first = terms.peek();
        Expr.Operand left = conjunction(outermost);
        while (operator("or")) {
            terms.next();
            Expr.Operand right = conjunction(false);
            left = joined(first, false, left, right);
        }
        return unwrapped(left, first);
    }

    private Expr.Operand conjunction(boolean outermost) {
        Token first = terms.peek();
        Expr.Operand left = operand(outermost);
        while (operator("and")) {
            terms.next();
            left = joined(first, true, left, operand(false));
        }
        return left;
    }

    private boolean operator(String word) {
        return terms.atWord(word) && terms.isActiveOperator(terms.peek());
    }

    private Expr.Operand joined(Token first, boolean and, Expr.Operand left, Expr.Operand right) {
        Expr expr = finished(first, false, new Expr.Logic(and, left, right), List.of());
        return new Expr.Operand(first.location(), new Body(List.of(expr)), false);
    }

    /** A chain of one operand is that operand. */
    private Expr unwrapped(Expr.Operand operand, Token first) {
        if (!operand.braced() && operand.body().literals().size() == 1) {
            return operand.body().literals().getFirst();
        }
        return finished(first, false, alone(operand), List.of());
    }

    private Expr.Operand operand(boolean outermost) {
        Token first = terms.peek();
        if (terms.atWord("not")) {
            terms.next();
            if (terms.atWord("not") || terms.atWord("some") || terms.atWord("every")) {
                throw terms.failure(
                        terms.peek().location(),
                        "illegal negation of '" + terms.peek().text() + "'");
            }
            return negation(first);
        }
        if (terms.atWord("some") || terms.atWord("every")) {
            throw terms.failure(
                    terms.peek().location(), "unexpected " + terms.peek().text() + " keyword");
        }
        if (terms.peek().is("{")) {
            Expr.Operand braces = braces(first, outermost);
            if (braces != null) {
                return braces;
            }
        }
        return bare(first);
    }

    /** A body in braces; null where the braces are a set or object that begins an expression. */
    private Expr.@Nullable Operand braces(Token first, boolean outermost) {
        if (!outermost) {
            return new Expr.Operand(first.location(), terms.braced(), true);
        }
        TermParser.Mark start = terms.mark();
        if (terms.isKnownTerm(start)) {
            return null;
        }
        try {
            Body body = terms.braced();
            if (terms.isActiveOperator(terms.peek())) {
                return new Expr.Operand(first.location(), body, true);
            }
        } catch (ParseFailure noBody) {
            // Then it is a set or an object, or the expression parser says what is wrong.
        }
        terms.knownTerm(start);
        terms.rewind(start);
        return null;
    }

    private Expr.Operand bare(Token first) {
        TermParser.Mark start = terms.mark();
        if (terms.peek().is("(")) {
            try {
                Expr.Statement statement = terms.statement();
                return single(finished(first, false, statement, List.of()));
            } catch (ParseFailure noTerm) {
                terms.rewind(start);
                return single(group());
            }
        }
        return single(finished(first, false, terms.statement(), List.of()));
    }

    private static Expr.Operand single(Expr expr) {
        return new Expr.Operand(expr.location(), new Body(List.of(expr)), false);
    }

    /** A chain in parentheses. */
    private Expr group() {
        Token open = terms.expect("(");
        if (terms.peek().is(")")) {
            throw terms.failure(open.location(), "empty parenthesized group");
        }
        Expr chain = chain(false);
        List<With> withs = terms.withs();
        if (terms.peek().is(";")) {
            throw terms.failure(open.location(), "`(...)` in an operand position cannot contain a body");
        }
        terms.expect(")");
        return scoped(open, chain, withs);
    }

    private Expr.Operand negation(Token first) {
        if (!terms.keywordActive("not")) {
            return single(finished(first, true, terms.statement(), List.of()));
        }
        if (terms.peek().is("{")) {
            Body body = terms.braced();
            return single(finished(first, false, new Expr.NotBody(body, true), List.of()));
        }
        Expr.Operand inner = bare(terms.peek());
        return single(finished(first, false, new Expr.NotBody(inner.body(), false), List.of()));
    }
}
