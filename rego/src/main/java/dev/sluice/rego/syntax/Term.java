package dev.sluice.rego.syntax;

import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the tree that stands for a value: literals, variables, references, collections, calls. Immutable. */
public sealed interface Term {
    /** Where the term begins. */
    Location location();

    /** A scalar, or any other constant. */
    record Constant(Location location, Value value) implements Term {}

    /**
     * A variable as written, or after analysis one with a name unique in its rule. Wildcards have names that begin with
     * {@code $}.
     */
    record Var(Location location, String name) implements Term {
        /** Whether it was written as an underscore. */
        public boolean isWildcard() {
            return name.startsWith("$");
        }
    }

    /** A head followed by keys: {@code input.a[x]}. The head is a variable, a call or a composite term. */
    record Ref(Location location, Term head, List<Term> path) implements Term {
        public Ref {
            path = List.copyOf(path);
        }
    }

    /** {@code [a, b]}. */
    record ArrayTerm(Location location, List<Term> items) implements Term {
        public ArrayTerm {
            items = List.copyOf(items);
        }
    }

    /** {@code {a, b}} or {@code set()}. */
    record SetTerm(Location location, List<Term> items) implements Term {
        public SetTerm {
            items = List.copyOf(items);
        }
    }

    /** {@code {k: v}}. */
    record ObjectTerm(Location location, List<Entry> entries) implements Term {
        public ObjectTerm {
            entries = List.copyOf(entries);
        }
    }

    /** One key and value of an {@link ObjectTerm}. */
    record Entry(Term key, Term value) {}

    /** {@code [v | body]}, {@code {v | body}} or {@code {k: v | body}}. */
    record Comprehension(
            Location location, Kind kind, @Nullable Term key, Term value, Body body) implements Term {
        /** What a comprehension builds. */
        public enum Kind {
            ARRAY,
            SET,
            OBJECT
        }
    }

    /**
     * A call. The operator is the dotted name as written; after analysis it begins with {@code data} when it is a
     * function defined by a rule and is a builtin's name otherwise. Operators such as {@code +} appear under their
     * builtin's name ({@code plus}).
     */
    record Call(Location location, List<String> operator, List<Term> args) implements Term {
        public Call {
            operator = List.copyOf(operator);
            args = List.copyOf(args);
        }

        /** The dotted name. */
        public String name() {
            return operator.size() == 1 ? operator.getFirst() : String.join(".", operator);
        }
    }

    /** {@code $"text {term}"}; parts are constants and terms in order. */
    record TemplateString(Location location, List<Term> parts) implements Term {
        public TemplateString {
            parts = List.copyOf(parts);
        }
    }

    /** The names of a reference without variables, its head first; null for any other term. */
    static @Nullable List<String> constantPath(Term term) {
        List<String> path = new ArrayList<>();
        Term head = term instanceof Ref ref ? ref.head() : term;
        if (!(head instanceof Var root)) {
            return null;
        }
        path.add(root.name());
        if (term instanceof Ref ref) {
            for (Term part : ref.path()) {
                String name = constantString(part);
                if (name == null) {
                    return null;
                }
                path.add(name);
            }
        }
        return path;
    }

    /** The text of a string constant, or null. */
    static @Nullable String constantString(Term term) {
        return term instanceof Constant c && c.value() instanceof StringValue s ? s.value() : null;
    }
}
