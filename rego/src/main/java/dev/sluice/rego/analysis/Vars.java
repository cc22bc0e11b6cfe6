package dev.sluice.rego.analysis;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks the variables of terms and literals. Bodies nested in a term (closures) are walked only when asked for. */
public final class Vars {
    private Vars() {}

    /** Every variable in a term, those of closures included; {@code input} and {@code data} are none. */
    public static void anywhere(Term term, Consumer<Term.Var> out) {
        walk(term, out, out);
    }

    /** Variables outside closures. */
    static void direct(Expr expr, Consumer<Term.Var> out) {
        walk(expr, out, null);
    }

    static void direct(@Nullable Term term, Consumer<Term.Var> out) {
        if (term != null) {
            walk(term, out, null);
        }
    }

    /** Variables inside closures only, at any depth. */
    static void closed(Expr expr, Consumer<Term.Var> out) {
        walk(expr, v -> {}, out);
    }

    static void closed(@Nullable Term term, Consumer<Term.Var> out) {
        if (term != null) {
            walk(term, v -> {}, out);
        }
    }

    /** All of them. */
    public static void all(Body body, Consumer<Term.Var> out) {
        body.literals().forEach(e -> walk(e, out, out));
    }

    static boolean isRoot(Term head) {
        return head instanceof Term.Var v
                && (v.name().equals("data") || v.name().equals("input"));
    }

    private static void walk(Expr expr, Consumer<Term.Var> out, @Nullable Consumer<Term.Var> inner) {
        for (With with : expr.withs()) {
            walk(with.value(), out, inner);
            if (with.target() instanceof Term.Ref r) {
                r.path().forEach(p -> walk(p, out, inner));
            }
        }
        switch (expr.statement()) {
            case Expr.Truth s -> walk(s.term(), out, inner);
            case Expr.Unify s -> {
                walk(s.left(), out, inner);
                walk(s.right(), out, inner);
            }
            case Expr.Assign s -> {
                walk(s.left(), out, inner);
                walk(s.right(), out, inner);
            }
            case Expr.Some s -> {}
            case Expr.SomeIn s -> {
                if (s.key() != null) {
                    walk(s.key(), out, inner);
                }
                walk(s.value(), out, inner);
                walk(s.collection(), out, inner);
            }
            case Expr.Every s -> {
                walk(s.domain(), out, inner);
                if (inner != null) {
                    if (s.key() != null) {
                        walk(s.key(), inner, inner);
                    }
                    walk(s.value(), inner, inner);
                    all(s.body(), inner);
                }
            }
            case Expr.NotBody s -> {
                if (inner != null) {
                    all(s.body(), inner);
                }
            }
            case Expr.Logic s -> {
                if (inner != null) {
                    all(s.left().body(), inner);
                    all(s.right().body(), inner);
                }
            }
        }
    }

    private static void walk(Term term, Consumer<Term.Var> out, @Nullable Consumer<Term.Var> inner) {
        switch (term) {
            case Term.Constant c -> {}
            case Term.Var v -> {
                if (!isRoot(v)) {
                    out.accept(v);
                }
            }
            case Term.Ref r -> {
                walk(r.head(), out, inner);
                r.path().forEach(p -> walk(p, out, inner));
            }
            case Term.ArrayTerm a -> walk(a.items(), out, inner);
            case Term.SetTerm s -> walk(s.items(), out, inner);
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    walk(e.key(), out, inner);
                    walk(e.value(), out, inner);
                });
            case Term.Call c -> walk(c.args(), out, inner);
            case Term.TemplateString t -> walk(t.parts(), out, inner);
            case Term.Comprehension c -> {
                if (inner != null) {
                    if (c.key() != null) {
                        walk(c.key(), inner, inner);
                    }
                    walk(c.value(), inner, inner);
                    all(c.body(), inner);
                }
            }
        }
    }

    private static void walk(List<Term> terms, Consumer<Term.Var> out, @Nullable Consumer<Term.Var> inner) {
        for (Term term : terms) {
            walk(term, out, inner);
        }
    }
}
