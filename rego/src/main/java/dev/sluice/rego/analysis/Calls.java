package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Builtins;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks that every function called exists and gets as many arguments as it takes. */
final class Calls {
    private final Analysis analysis;
    private final List<RegoError> errors;
    private final OperandTypes types;

    Calls(Analysis analysis, List<RegoError> errors) {
        this.analysis = analysis;
        this.errors = errors;
        this.types = new OperandTypes(analysis);
    }

    void check(Rule rule) {
        rule.ref().forEach(t -> check(t, false));
        if (rule.key() != null) {
            check(rule.key(), false);
        }
        check(rule.value(), false);
        check(rule.body());
        for (Rule.Else branch = rule.otherwise(); branch != null; branch = branch.otherwise()) {
            check(branch.value(), false);
            check(branch.body());
        }
    }

    void check(Body body) {
        body.literals().forEach(this::check);
    }

    private void check(Expr expr) {
        for (With with : expr.withs()) {
            if (with.target() instanceof Term.Ref target) {
                replaced(target);
            }
            if (!(with.value() instanceof Term.Call call && call.args().isEmpty())) {
                check(with.value(), false);
            }
        }
        switch (expr.statement()) {
            case Expr.Truth s -> check(s.term(), true);
            case Expr.Unify s -> {
                check(s.left(), false);
                check(s.right(), false);
            }
            case Expr.Assign s -> check(s.right(), false);
            case Expr.Some s -> {}
            case Expr.SomeIn s -> {
                check(s.collection(), false);
                check(s.value(), false);
            }
            case Expr.Every s -> {
                check(s.domain(), false);
                check(s.body());
            }
            case Expr.NotBody s -> check(s.body());
            case Expr.Logic s -> {
                check(s.left().body());
                check(s.right().body());
            }
        }
    }

    /** @param statement whether the term is a literal by itself, so that a call may name its output */
    private void check(Term term, boolean statement) {
        switch (term) {
            case Term.Constant c -> {}
            case Term.Var v -> {}
            case Term.Ref r -> {
                check(r.head(), false);
                reference(r);
                r.path().forEach(t -> check(t, false));
            }
            case Term.ArrayTerm a -> a.items().forEach(t -> check(t, false));
            case Term.SetTerm s -> s.items().forEach(t -> check(t, false));
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    check(e.key(), false);
                    check(e.value(), false);
                });
            case Term.TemplateString t -> t.parts().forEach(p -> check(p, false));
            case Term.Comprehension c -> {
                if (c.key() != null) {
                    check(c.key(), false);
                }
                check(c.value(), false);
                check(c.body());
            }
            case Term.Call c -> {
                c.args().forEach(t -> check(t, false));
                int arity = analysis.arity(c);
                int given = c.args().size();
                if (arity < 0) {
                    String name = c.name();
                    errors.add(c.location()
                            .error(RegoError.TYPE, "undefined function " + name)
                            .withHint(nearest(name)));
                } else if (given != arity && !(statement && given == arity + 1)) {
                    arityError(c, arity);
                }
            }
        }
    }

    /** A rule can be replaced as a whole, not a part of its value. */
    private void replaced(Term.Ref target) {
        if (!(target.head() instanceof Term.Var v) || !v.name().equals("data")) {
            return;
        }
        RuleNode node = analysis.root();
        for (Term part : target.path()) {
            if (!node.definitions().isEmpty()) {
                errors.add(target.location()
                        .error(RegoError.COMPILE, "with keyword cannot partially replace virtual document(s)"));
                return;
            }
            String name = Term.constantString(part);
            RuleNode child = name == null ? null : node.child(name);
            if (child == null) {
                return;
            }
            node = child;
        }
    }

    private void reference(Term.Ref ref) {
        if (!(ref.head() instanceof Term.Var v) || !v.name().equals("data")) {
            return;
        }
        List<String> path = new ArrayList<>();
        path.add("data");
        for (Term part : ref.path()) {
            String name = Term.constantString(part);
            if (name == null) {
                return;
            }
            path.add(name);
        }
        if (analysis.function(path) != null) {
            errors.add(ref.location()
                    .error(RegoError.TYPE, "function " + String.join(".", path) + " used as reference, not called"));
        }
    }

    private void arityError(Term.Call call, int arity) {
        int given = call.args().size();
        BuiltinDeclaration builtin = analysis.builtin(call.name());
        String text = analysis.function(call.operator()) != null || builtin == null
                ? "function " + call.name() + " has arity " + arity + ", got " + given + " argument"
                        + (given == 1 ? "" : "s")
                : call.name() + ": arity mismatch\n\thave: " + types.describe(call.args()) + "\n\twant: "
                        + wanted(builtin);
        errors.add(call.location().error(RegoError.TYPE, text));
    }

    private static String wanted(BuiltinDeclaration builtin) {
        return builtin.parameters().stream().map(Object::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    private static @Nullable String nearest(String name) {
        if (Builtins.isHosted(name)) {
            return "this host does not grant `" + name + "`: what it would tell comes in as input or data";
        }
        String best = null;
        int distance = 3;
        for (BuiltinDeclaration builtin : Builtins.all()) {
            String known = builtin.name();
            int d = Spelling.distance(name, known, distance);
            if (d < distance) {
                distance = d;
                best = known;
            }
        }
        return best == null ? null : "did you mean `" + best + "`?";
    }
}
