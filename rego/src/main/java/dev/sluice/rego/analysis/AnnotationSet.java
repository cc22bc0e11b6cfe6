package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.syntax.Annotations;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The METADATA of all modules, by what it applies to. */
final class AnnotationSet {
    private final Map<List<String>, Annotations> packages = new HashMap<>();
    private final Map<List<String>, Annotations> documents = new HashMap<>();
    private final Map<List<String>, Annotations> subpackages = new HashMap<>();

    AnnotationSet(List<Module> modules, List<RegoError> errors) {
        for (Module module : modules) {
            for (Annotations one : module.annotations()) {
                add(one.scope().equals("package") ? packages : subpackages, module.packagePath(), one, errors);
            }
            for (Rule rule : module.rules()) {
                for (Annotations one : rule.annotations()) {
                    if (one.scope().equals("document")) {
                        add(documents, path(module, rule), one, errors);
                    }
                }
            }
        }
    }

    private static void add(
            Map<List<String>, Annotations> to, List<String> path, Annotations one, List<RegoError> errors) {
        Annotations before = to.putIfAbsent(path, one);
        if (before != null) {
            errors.add(one.location()
                    .error(
                            RegoError.TYPE,
                            one.scope() + " annotation redeclared: "
                                    + before.location().file() + ":"
                                    + before.location().row()));
        }
    }

    /** The names of a rule, the package's first, up to the first that is no constant. */
    private static List<String> path(Module module, Rule rule) {
        List<String> path = new ArrayList<>(module.packagePath());
        for (Term part : rule.ref()) {
            String name = Term.constantString(part);
            if (name == null) {
                break;
            }
            path.add(name);
        }
        return path;
    }

    /** A METADATA block and the path it speaks of. */
    record Applied(List<String> path, Annotations annotations) {}

    /** What applies to a rule, from the nearest to the farthest. */
    List<Applied> applying(Module module, Rule rule) {
        List<Applied> out = new ArrayList<>();
        List<String> path = path(module, rule);
        for (Annotations one : rule.annotations().reversed()) {
            if (one.scope().equals("rule")) {
                out.add(new Applied(path, one));
            }
        }
        add(documents, path, out);
        add(packages, module.packagePath(), out);
        for (int length = module.packagePath().size(); length > 0; length--) {
            add(subpackages, module.packagePath().subList(0, length), out);
        }
        return out;
    }

    private static void add(Map<List<String>, Annotations> from, List<String> path, List<Applied> out) {
        Annotations found = from.get(path);
        if (found != null) {
            out.add(new Applied(path, found));
        }
    }

    /** What {@code rego.metadata.chain()} gives in a rule. */
    Value chain(Module module, Rule rule) {
        List<Value> links = new ArrayList<>();
        if (rule.annotations().stream().noneMatch(a -> a.scope().equals("rule"))) {
            links.add(ObjectValue.builder()
                    .put("path", strings(path(module, rule)))
                    .build());
        }
        for (Applied one : applying(module, rule)) {
            links.add(ObjectValue.builder()
                    .put("path", strings(one.path()))
                    .put("annotations", one.annotations().fields())
                    .build());
        }
        return ArrayValue.of(links);
    }

    private static ArrayValue strings(List<String> path) {
        return ArrayValue.of(path.stream().map(StringValue::of).toList());
    }

    /** What {@code rego.metadata.rule()} gives in a rule. */
    Value ofRule(Module module, Rule rule) {
        for (Applied one : applying(module, rule)) {
            if (one.annotations().scope().equals("rule")
                    || one.annotations().scope().equals("document")) {
                return one.annotations().fields();
            }
        }
        return ObjectValue.EMPTY;
    }
}
