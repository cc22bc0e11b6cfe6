package dev.sluice.rego.syntax;

import java.util.List;

/** Tells which terms may be the value of a default rule: constants and comprehensions inside collections. */
final class DefaultValues {
    private DefaultValues() {}

    static boolean isConstant(Term term) {
        return switch (term) {
            case Term.Constant c -> true;
            case Term.ArrayTerm a -> all(a.items());
            case Term.SetTerm s -> all(s.items());
            case Term.ObjectTerm o -> o.entries().stream().allMatch(e -> isConstant(e.key()) && isConstant(e.value()));
            case Term.Comprehension c -> true;
            case Term.Var v -> false;
            case Term.Ref r -> false;
            case Term.Call c -> false;
            case Term.TemplateString t -> false;
        };
    }

    static String kindOf(Term term) {
        return switch (term) {
            case Term.Var v -> "var";
            case Term.Call c -> "call";
            default -> "ref";
        };
    }

    private static boolean all(List<Term> terms) {
        return terms.stream().allMatch(DefaultValues::isConstant);
    }
}
