package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Term;
import java.util.ArrayList;
import java.util.List;

/** Emits what is evaluated before a negated literal is tested. */
final class Negation {
    private final BodyPlanner planner;
    private final TermPlanner terms;

    Negation(BodyPlanner planner, TermPlanner terms) {
        this.planner = planner;
        this.terms = terms;
    }

    /**
     * Takes calls and, for calls, also references among the operands out of a negated literal: they are evaluated before
     * the negation, and where they are undefined so is the literal.
     */
    Expr.Statement hoisted(Expr.Statement statement) {
        return switch (statement) {
            case Expr.Truth s -> new Expr.Truth(negatedOperand(s.term(), false));
            case Expr.Unify s -> new Expr.Unify(negatedOperand(s.left(), true), negatedOperand(s.right(), true));
            default -> statement;
        };
    }

    private Term negatedOperand(Term term, boolean nested) {
        return switch (term) {
            case Term.Call c -> {
                if (nested) {
                    yield beforeNegation(c);
                }
                boolean equality = c.name().equals("equal") && c.args().size() == 2;
                List<Term> args = new ArrayList<>();
                for (Term arg : c.args()) {
                    args.add(equality ? negatedOperand(arg, true) : beforeNegation(arg));
                }
                yield new Term.Call(c.location(), c.operator(), args);
            }
            case Term.Ref r -> {
                List<Term> path = new ArrayList<>();
                for (Term part : r.path()) {
                    path.add(beforeNegation(part));
                }
                yield new Term.Ref(
                        r.location(), r.head() instanceof Term.Call ? beforeNegation(r.head()) : r.head(), path);
            }
            case Term.ArrayTerm a -> beforeNegation(a);
            case Term.SetTerm s -> beforeNegation(s);
            case Term.ObjectTerm o -> beforeNegation(o);
            default -> term;
        };
    }

    private Term beforeNegation(Term term) {
        if (term instanceof Term.Constant || term instanceof Term.Var || term instanceof Term.Comprehension) {
            return term;
        }
        if (term instanceof Term.TemplateString || !planner.isEvaluable(term)) {
            return term;
        }
        Ev value = terms.plan(term);
        if (value instanceof Ev.Constant) {
            return term;
        }
        String name = planner.freshName();
        planner.assign(planner.bind(name, term), value);
        return new Term.Var(term.location(), name);
    }
}
