package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Term;

/** Tells input and data from variables. */
final class Roots {
    private Roots() {}

    static boolean isRoot(Term.Var v) {
        return v.name().equals("data") || v.name().equals("input");
    }

    static boolean isData(Term term) {
        return term instanceof Term.Var v && v.name().equals("data");
    }

    static boolean isInput(Term term) {
        return term instanceof Term.Var v && v.name().equals("input");
    }
}
