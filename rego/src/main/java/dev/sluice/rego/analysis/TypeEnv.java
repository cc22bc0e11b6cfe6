package dev.sluice.rego.analysis;

import dev.sluice.rego.builtin.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the types of variables and documents at one place. */
final class TypeEnv {
    private final @Nullable TypeEnv outer;
    private final Map<String, Type> variables;
    private final Map<List<String>, Type> documents;

    private final @Nullable Replaced replaced;

    private TypeEnv(
            @Nullable TypeEnv outer,
            Map<String, Type> variables,
            Map<List<String>, Type> documents,
            @Nullable Replaced replaced) {
        this.outer = outer;
        this.variables = variables;
        this.documents = documents;
        this.replaced = replaced;
    }

    /** @param documents the types that schemas give to places, the root first */
    static TypeEnv of(Map<List<String>, Type> documents) {
        return new TypeEnv(null, new HashMap<>(), documents, null);
    }

    /** For a closure: what it learns of its own variables stays there. */
    TypeEnv inner() {
        return new TypeEnv(this, new HashMap<>(), documents, replaced);
    }

    /** For a literal with {@code with}. */
    TypeEnv replacing(Replaced under) {
        return new TypeEnv(outer, variables, documents, under);
    }

    /** What {@code with} has replaced, innermost first. */
    @Nullable
    Replaced replaced() {
        return replaced;
    }

    /** The types that schemas give to places. */
    Map<List<String>, Type> documents() {
        return documents;
    }

    /** Whether a schema gives a type to any place. */
    boolean isDescribed() {
        return !documents.isEmpty();
    }

    @Nullable
    Type variable(String name) {
        Type type = variables.get(name);
        return type != null || outer == null ? type : outer.variable(name);
    }

    void learn(String name, Type type) {
        variables.put(name, type);
    }

    /** The longest prefix of a path for which a schema gives a type. */
    @Nullable
    List<String> described(List<String> path) {
        for (int length = path.size(); length > 0; length--) {
            List<String> prefix = path.subList(0, length);
            if (documents.containsKey(prefix)) {
                return new ArrayList<>(prefix);
            }
        }
        return null;
    }

    Type document(List<String> path) {
        return documents.getOrDefault(path, Type.ANY);
    }
}
