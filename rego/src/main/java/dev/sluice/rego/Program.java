package dev.sluice.rego;

import java.util.List;
import java.util.Set;

/** Compiled modules. Immutable and safe to share between threads. */
@SuppressWarnings("DoNotCallSuggester")
public final class Program {
    Program() {}

    /**
     * Title and description of a module's METADATA block.
     *
     * @param title or the empty string
     * @param description or the empty string
     */
    public record Description(String title, String description) {}

    /**
     * A rule as its module names it.
     *
     * @param path for example {@code data.cloudsmith.match}
     * @param name the part below the package, for example {@code match}
     */
    public record RuleName(String path, String name, String file, int row, boolean function) {}

    /**
     * Prepares the evaluation of a path, for example {@code data.cloudsmith.match}.
     *
     * @throws RegoException when the path is not a reference without variables below {@code data} or {@code input}
     */
    public PreparedQuery prepare(String path) {
        throw new UnsupportedOperationException("follows in the next commit");
    }

    /**
     * Prepares a query: literals whose variables are to be found, for example {@code data.a.b[x] = 1; x > 2}.
     *
     * @throws RegoException when the query does not compile
     */
    public PreparedQuery prepareQuery(String query) {
        throw new UnsupportedOperationException("follows in the next commit");
    }

    /** The packages of all modules, for example {@code cloudsmith}, in the modules' order and without repetition. */
    public List<String> packagePaths() {
        throw new UnsupportedOperationException("follows in the next commit");
    }

    /** The names of the rules in a package, for example {@code match} for {@code cloudsmith}; sorted. */
    public Set<String> ruleNames(String packagePath) {
        throw new UnsupportedOperationException("follows in the next commit");
    }

    /** Every definition of every rule, in source order. */
    public List<RuleName> rules() {
        throw new UnsupportedOperationException("follows in the next commit");
    }

    /** The METADATA above the package line of the first module of the package that has one. */
    public Description describe(String packagePath) {
        throw new UnsupportedOperationException("follows in the next commit");
    }
}
