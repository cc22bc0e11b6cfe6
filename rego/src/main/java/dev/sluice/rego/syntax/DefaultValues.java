package dev.sluice.rego.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what in the value of a default rule is not constant. */
final class DefaultValues {
    private DefaultValues() {}

    /** What kind of part forbids it; null where there is none. Comprehensions are allowed. */
    static @Nullable String dynamicPart(Term term) {
        return switch (term) {
            case Term.Constant c -> null;
            case Term.Comprehension c -> null;
            case Term.ArrayTerm a -> first(a.items());
            case Term.SetTerm s -> first(s.items());
            case Term.ObjectTerm o -> {
                for (Term.Entry entry : o.entries()) {
                    String part = first(List.of(entry.key(), entry.value()));
                    if (part != null) {
                        yield part;
                    }
                }
                yield null;
            }
            case Term.Var v -> "var";
            case Term.Ref r -> "ref";
            case Term.Call c -> "call";
            case Term.TemplateString t -> "template-string";
        };
    }

    private static @Nullable String first(List<Term> terms) {
        for (Term term : terms) {
            String part = dynamicPart(term);
            if (part != null) {
                return part;
            }
        }
        return null;
    }
}
