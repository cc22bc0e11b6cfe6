package dev.sluice.rego.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One definition of a rule or function.
 *
 * @param isDefault whether it is a {@code default} definition
 * @param ref the name as a path; the first part is a string constant, later ones may be any term
 * @param args the parameters, null when it is no function
 * @param key the term after {@code contains}, null when it is no partial set
 * @param value the value, the constant true when not written
 * @param body the condition; empty when there is none
 * @param otherwise the {@code else} branch
 * @param annotations the METADATA blocks above it
 */
public record Rule(
        Location location,
        boolean isDefault,
        List<Term> ref,
        @Nullable List<Term> args,
        @Nullable Term key,
        Term value,
        Body body,
        @Nullable Else otherwise,
        List<Annotations> annotations) {
    public Rule {
        annotations = List.copyOf(annotations);
    }

    /** {@code else := value if body}. */
    public record Else(
            Location location,
            Term value,
            Body body,
            @Nullable Else otherwise) {}

    /** The first part of the name. */
    public String name() {
        String name = Term.constantString(ref.getFirst());
        return name == null ? "" : name;
    }
}
