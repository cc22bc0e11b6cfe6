package dev.sluice.rego.analysis;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds what rules refer to. */
public final class Dependencies {
    private final Consumer<Term.Ref> refs;
    private final Consumer<Term.Call> calls;

    private Dependencies(Consumer<Term.Ref> refs, Consumer<Term.Call> calls) {
        this.refs = refs;
        this.calls = calls;
    }

    /** Gives every reference to input or data and every call in a rule. */
    public static void of(Rule rule, Consumer<Term.Ref> refs, Consumer<Term.Call> calls) {
        Dependencies walk = new Dependencies(refs, calls);
        walk.terms(rule.ref());
        if (rule.key() != null) {
            walk.term(rule.key());
        }
        walk.term(rule.value());
        walk.body(rule.body());
        for (Rule.Else branch = rule.otherwise(); branch != null; branch = branch.otherwise()) {
            walk.term(branch.value());
            walk.body(branch.body());
        }
    }

    /** Gives every reference to input or data and every call in a body. */
    public static void of(Body body, Consumer<Term.Ref> refs, Consumer<Term.Call> calls) {
        new Dependencies(refs, calls).body(body);
    }

    /** The function called, or null for a builtin. */
    public static @Nullable RuleNode functionNode(RuleNode root, List<String> operator) {
        if (!operator.getFirst().equals("data")) {
            return null;
        }
        RuleNode node = root;
        for (String name : operator.subList(1, operator.size())) {
            node = node == null ? null : node.child(name);
        }
        return node;
    }

    /** Adds every node with rules whose value a reference below {@code data} may read. */
    public static void reached(RuleNode root, Term.Ref ref, Collection<RuleNode> out) {
        if (!(ref.head() instanceof Term.Var v) || !v.name().equals("data")) {
            return;
        }
        reached(root, ref.path(), 0, out);
    }

    private static void reached(RuleNode node, List<Term> path, int at, Collection<RuleNode> out) {
        if (!node.definitions().isEmpty()) {
            if (node.isFunction()) {
                return;
            }
            out.add(node);
        }
        if (at == path.size()) {
            node.children().values().forEach(c -> reached(c, path, at, out));
            return;
        }
        if (path.get(at) instanceof Term.Constant c) {
            String name = Term.constantString(c);
            RuleNode child = name == null ? null : node.child(name);
            if (child != null) {
                reached(child, path, at + 1, out);
            }
            return;
        }
        node.children().values().forEach(c -> reached(c, path, at + 1, out));
    }

    private void body(Body body) {
        body.literals().forEach(this::expr);
    }

    private void expr(Expr expr) {
        for (With with : expr.withs()) {
            if (with.target() instanceof Term.Call call) {
                calls.accept(call);
            } else if (with.target() instanceof Term.Ref target
                    && target.head() instanceof Term.Var root
                    && root.name().equals("data")) {
                term(target);
            }
            term(with.value());
        }
        switch (expr.statement()) {
            case Expr.Truth s -> term(s.term());
            case Expr.Unify s -> {
                term(s.left());
                term(s.right());
            }
            case Expr.Assign s -> {
                term(s.left());
                term(s.right());
            }
            case Expr.Some s -> {}
            case Expr.SomeIn s -> {
                if (s.key() != null) {
                    term(s.key());
                }
                term(s.value());
                term(s.collection());
            }
            case Expr.Every s -> {
                term(s.domain());
                body(s.body());
            }
            case Expr.NotBody s -> body(s.body());
            case Expr.Logic s -> {
                body(s.left().body());
                body(s.right().body());
            }
        }
    }

    private void terms(List<Term> terms) {
        terms.forEach(this::term);
    }

    private void term(Term term) {
        switch (term) {
            case Term.Constant c -> {}
            case Term.Var v -> {}
            case Term.Ref r -> {
                if (Vars.isRoot(r.head())) {
                    refs.accept(r);
                } else {
                    term(r.head());
                }
                terms(r.path());
            }
            case Term.ArrayTerm a -> terms(a.items());
            case Term.SetTerm s -> terms(s.items());
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    term(e.key());
                    term(e.value());
                });
            case Term.Call c -> {
                calls.accept(c);
                terms(c.args());
            }
            case Term.TemplateString t -> terms(t.parts());
            case Term.Comprehension c -> {
                if (c.key() != null) {
                    term(c.key());
                }
                term(c.value());
                body(c.body());
            }
        }
    }
}
