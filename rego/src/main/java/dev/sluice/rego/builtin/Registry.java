package dev.sluice.rego.builtin;

import java.util.LinkedHashMap;
import java.util.Map;

/** Collects the declarations while the catalogue of built-in functions is made. */
final class Registry {
    private final Map<String, BuiltinDeclaration> declarations = new LinkedHashMap<>();

    void add(String name, String signature, Builtin body) {
        add(name, signature, false, false, false, body);
    }

    /** A function that tells the context itself when the clock changes its result. */
    void addClockAware(String name, String signature, Builtin body) {
        add(name, signature, false, false, true, body);
    }

    /** A function that returns the array of its alternative results. */
    void addRelation(String name, String signature, Builtin body) {
        add(name, signature, true, false, false, body);
    }

    void addNondeterministic(String name, String signature, Builtin body) {
        add(name, signature, false, true, true, body);
    }

    private void add(
            String name,
            String signature,
            boolean relation,
            boolean nondeterministic,
            boolean clockAware,
            Builtin body) {
        SignatureParser.Signature parsed = new SignatureParser(signature).signature();
        BuiltinDeclaration declaration = new BuiltinDeclaration(
                name, parsed.parameters(), parsed.result(), relation, nondeterministic, clockAware, body);
        if (declarations.put(name, declaration) != null) {
            throw new IllegalStateException("declared twice: " + name);
        }
    }

    Map<String, BuiltinDeclaration> declarations() {
        return declarations;
    }
}
