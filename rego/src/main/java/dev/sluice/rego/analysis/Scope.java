package dev.sluice.rego.analysis;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables of one body, and through its parent those of the bodies around it. */
final class Scope {
    private final @Nullable Scope parent;
    private final Map<String, String> names = new HashMap<>();
    private final Set<String> declared = new HashSet<>();
    private final Set<String> arguments = new HashSet<>();
    private final Set<String> referenced = new HashSet<>();

    Scope(@Nullable Scope parent) {
        this.parent = parent;
    }

    /** The unique name of a variable, or null where no scope has it. */
    @Nullable
    String find(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            String unique = scope.names.get(name);
            if (unique != null) {
                return unique;
            }
        }
        return null;
    }

    void reference(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            scope.referenced.add(name);
            if (scope.names.containsKey(name)) {
                return;
            }
        }
    }

    void put(String name, String unique) {
        names.put(name, unique);
    }

    void declare(String name, String unique) {
        names.put(name, unique);
        declared.add(name);
    }

    void declareArgument(String name, String unique) {
        names.put(name, unique);
        arguments.add(name);
    }

    boolean isDeclaredHere(String name) {
        return declared.contains(name);
    }

    boolean isArgumentHere(String name) {
        return arguments.contains(name);
    }

    boolean isReferenced(String name) {
        return referenced.contains(name);
    }

    @Nullable
    Scope parent() {
        return parent;
    }
}
