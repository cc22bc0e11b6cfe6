package dev.sluice.rego.analysis;

import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells whether operands written in a module can be of the kinds a builtin takes. Says yes when it does not know. */
final class OperandTypes {
    private final Analysis analysis;

    OperandTypes(Analysis analysis) {
        this.analysis = analysis;
    }

    /** How error texts show the operands. */
    String describe(List<Term> args) {
        StringBuilder out = new StringBuilder("(");
        for (Term arg : args) {
            Set<Kind> known = kinds(arg);
            out.append(out.length() > 1 ? ", " : "")
                    .append(
                            known == null || known.size() != 1
                                    ? "any"
                                    : known.iterator().next().word());
        }
        return out.append(')').toString();
    }

    private @Nullable Set<Kind> kinds(Term term) {
        return switch (term) {
            case Term.Constant c -> EnumSet.of(c.value().kind());
            case Term.ArrayTerm a -> EnumSet.of(Kind.ARRAY);
            case Term.SetTerm s -> EnumSet.of(Kind.SET);
            case Term.ObjectTerm o -> EnumSet.of(Kind.OBJECT);
            case Term.TemplateString t -> EnumSet.of(Kind.STRING);
            case Term.Comprehension c ->
                EnumSet.of(
                        switch (c.kind()) {
                            case ARRAY -> Kind.ARRAY;
                            case SET -> Kind.SET;
                            case OBJECT -> Kind.OBJECT;
                        });
            case Term.Call c -> {
                BuiltinDeclaration builtin = analysis.builtin(c.name());
                yield builtin == null || builtin.relation() ? null : kinds(builtin.resultType());
            }
            case Term.Ref r -> null;
            case Term.Var v -> null;
        };
    }

    private static Set<Kind> kinds(Type type) {
        return switch (type) {
            case Type.Scalar s ->
                EnumSet.of(
                        switch (s) {
                            case NULL -> Kind.NULL;
                            case BOOLEAN -> Kind.BOOLEAN;
                            case NUMBER -> Kind.NUMBER;
                            case STRING -> Kind.STRING;
                        });
            case Type.Choice c -> EnumSet.of(Kind.STRING);
            case Type.ArrayType a -> EnumSet.of(Kind.ARRAY);
            case Type.SetType s -> EnumSet.of(Kind.SET);
            case Type.ObjectType o -> EnumSet.of(Kind.OBJECT);
            case Type.AnyOf any -> {
                if (any.options().isEmpty()) {
                    yield EnumSet.allOf(Kind.class);
                }
                Set<Kind> kinds = EnumSet.noneOf(Kind.class);
                any.options().forEach(option -> kinds.addAll(kinds(option)));
                yield kinds;
            }
        };
    }
}
