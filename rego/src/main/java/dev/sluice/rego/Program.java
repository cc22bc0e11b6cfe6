package dev.sluice.rego;

import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.syntax.Annotations;
import dev.sluice.rego.syntax.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compiled modules. Immutable and safe to share between threads. */
public final class Program {
    private final Analysis analysis;
    private final PreparedQuery.Plans plans;
    private final List<RegoError> warnings;

    Program(Analysis analysis, List<RegoError> warnings) {
        this.analysis = analysis;
        this.warnings = List.copyOf(warnings);
        this.plans = PreparedQuery.Plans.of(analysis);
    }

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
        return PreparedQuery.ofPath(plans, path);
    }

    /**
     * Prepares a query: literals whose variables are to be found, for example {@code data.a.b[x] = 1; x > 2}.
     *
     * @throws RegoException when the query does not compile
     */
    public PreparedQuery prepareQuery(String query) {
        return PreparedQuery.ofBody(plans, query);
    }

    /** The packages of all modules, for example {@code cloudsmith}, in the modules' order and without repetition. */
    public List<String> packagePaths() {
        return analysis.modules().stream()
                .map(m -> String.join(".", m.packagePath()))
                .distinct()
                .toList();
    }

    /** The names of the rules in a package, for example {@code match} for {@code cloudsmith}; sorted. */
    public Set<String> ruleNames(String packagePath) {
        Set<String> names = new TreeSet<>();
        for (RuleName rule : rules()) {
            if (rule.path().equals("data." + packagePath + "." + rule.name())) {
                names.add(rule.name());
            }
        }
        return names;
    }

    /** What is accepted and can hardly be meant, such as a comparison that never holds; at most ten. */
    public List<RegoError> warnings() {
        return warnings;
    }

    /**
     * Whether the rule of a package may have a boolean value; true where nothing is known of it, false for functions.
     */
    public boolean mayBeBoolean(String packagePath, String name) {
        List<String> path = new ArrayList<>(List.of("data"));
        path.addAll(List.of(packagePath.split("\\.", -1)));
        path.add(name);
        return analysis.mayBeBoolean(path);
    }

    /** Every definition of every rule, in source order. */
    public List<RuleName> rules() {
        List<RuleName> out = new ArrayList<>();
        for (Module module : analysis.modules()) {
            String prefix = "data." + String.join(".", module.packagePath()) + ".";
            module.rules()
                    .forEach(rule -> out.add(new RuleName(
                            prefix + rule.name(),
                            rule.name(),
                            module.file(),
                            rule.location().row(),
                            rule.args() != null)));
        }
        return List.copyOf(out);
    }

    /** The METADATA above the package line of the first module of the package that has one. */
    public Description describe(String packagePath) {
        for (Module module : analysis.modules()) {
            if (String.join(".", module.packagePath()).equals(packagePath)
                    && !module.annotations().isEmpty()) {
                Annotations first = module.annotations().getFirst();
                return new Description(first.title(), first.description());
            }
        }
        return new Description("", "");
    }
}
