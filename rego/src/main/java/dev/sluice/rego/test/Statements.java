package dev.sluice.rego.test;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Spans;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.syntax.Written;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Finds what of a module can be reached: heads and literals, without declarations ({@code some}), as OPA does. */
final class Statements {
    private final Written module;
    private final BiConsumer<Location, Coverage.Range> found;

    private Statements(Written module, BiConsumer<Location, Coverage.Range> found) {
        this.module = module;
        this.found = found;
    }

    static void of(Written module, BiConsumer<Location, Coverage.Range> found) {
        Statements statements = new Statements(module, found);
        module.module().rules().forEach(statements::rule);
    }

    private void tell(Location location, Spans.@Nullable Span span) {
        if (span == null) {
            return;
        }
        int row = location.row();
        int column = location.column();
        for (int i = span.start(); i < span.end(); i++) {
            char c = module.text().charAt(i);
            if (c == '\n') {
                row++;
                column = 1;
            } else if (!Character.isLowSurrogate(c)) {
                column++;
            }
        }
        found.accept(location, new Coverage.Range(location.row(), location.column(), row, column));
    }

    private void rule(Rule rule) {
        tell(rule.location(), module.spans().head(rule));
        rule.ref().forEach(this::term);
        if (rule.args() != null) {
            rule.args().forEach(this::term);
        }
        if (rule.key() != null) {
            term(rule.key());
        }
        term(rule.value());
        body(rule.body());
        for (Rule.Else branch = rule.otherwise(); branch != null; branch = branch.otherwise()) {
            tell(branch.location(), module.spans().head(branch));
            term(branch.value());
            body(branch.body());
        }
    }

    private void body(Body body) {
        body.literals().forEach(this::literal);
    }

    private void literal(Expr expr) {
        if (!(expr.statement() instanceof Expr.Some) && !(expr.statement() instanceof Expr.SomeIn)) {
            tell(expr.location(), module.spans().of(expr));
        }
        switch (expr.statement()) {
            case Expr.Truth s -> term(s.term());
            case Expr.Unify s -> terms(List.of(s.left(), s.right()));
            case Expr.Assign s -> terms(List.of(s.left(), s.right()));
            case Expr.Some s -> {}
            case Expr.SomeIn s -> term(s.collection());
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
        for (With with : expr.withs()) {
            term(with.value());
        }
    }

    private void terms(List<Term> terms) {
        terms.forEach(this::term);
    }

    private void term(Term term) {
        switch (term) {
            case Term.Constant c -> {}
            case Term.Var v -> {}
            case Term.TemplateString t -> terms(t.parts());
            case Term.Ref r -> {
                term(r.head());
                terms(r.path());
            }
            case Term.ArrayTerm a -> terms(a.items());
            case Term.SetTerm s -> terms(s.items());
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    term(e.key());
                    term(e.value());
                });
            case Term.Call c -> terms(c.args());
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
