package dev.sluice.rego.analysis;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What stands in a body and the bodies of its {@code every}, {@code not}, {@code and} and {@code or}.
 *
 * @param comprehensions the outermost ones
 * @param looks checks of the references outside comprehensions, an inner one before the one it is part of
 */
record Closures(List<Term.Comprehension> comprehensions, List<BiConsumer<RefTypes, TypeEnv>> looks) {

    static Closures of(Body body) {
        Closures found = new Closures(new ArrayList<>(), new ArrayList<>());
        found.add(body);
        return found;
    }

    private void add(Body body) {
        body.literals().forEach(this::add);
    }

    private void add(Expr expr) {
        expr.withs().forEach(with -> add(with.value()));
        switch (expr.statement()) {
            case Expr.Truth s -> add(s.term());
            case Expr.Unify s -> {
                add(s.right());
                add(s.left());
            }
            case Expr.Assign s -> {
                add(s.right());
                add(s.left());
            }
            case Expr.Some _ -> {}
            case Expr.SomeIn s -> {
                add(s.collection());
                looks.add((refs, env) -> refs.iterated(s, env));
            }
            case Expr.Every s -> {
                add(s.domain());
                add(s.body());
            }
            case Expr.NotBody s -> add(s.body());
            case Expr.Logic s -> {
                add(s.left().body());
                add(s.right().body());
            }
        }
    }

    private void add(Term term) {
        switch (term) {
            case Term.Constant _ -> {}
            case Term.Var _ -> {}
            case Term.Ref r -> {
                add(r.head());
                r.path().forEach(this::add);
                looks.add((refs, env) -> refs.check(r, env));
            }
            case Term.ArrayTerm a -> a.items().forEach(this::add);
            case Term.SetTerm s -> s.items().forEach(this::add);
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    add(e.key());
                    add(e.value());
                });
            case Term.Call c -> c.args().forEach(this::add);
            case Term.TemplateString t -> t.parts().forEach(this::add);
            case Term.Comprehension c -> comprehensions.add(c);
        }
    }
}
