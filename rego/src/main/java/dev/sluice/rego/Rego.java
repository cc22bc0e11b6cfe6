package dev.sluice.rego;

import java.util.List;

/** The compiler of the policy language: Rego v1 as OPA 1.22.2 defines it. */
@SuppressWarnings("DoNotCallSuggester")
public final class Rego {
    private Rego() {}

    /**
     * Compiles modules that may call every builtin.
     *
     * @throws RegoException when a module is wrong; carries all errors of the first stage that found any
     */
    public static Program compile(List<SourceFile> modules) {
        return compile(modules, Capabilities.ALL);
    }

    /**
     * Compiles modules.
     *
     * @throws RegoException when a module is wrong; carries all errors of the first stage that found any
     */
    public static Program compile(List<SourceFile> modules, Capabilities capabilities) {
        throw new UnsupportedOperationException("compilation follows in the next commit: " + capabilities);
    }
}
