package dev.sluice.rego.analysis;

import dev.sluice.rego.Capabilities;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.Schemas;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Import;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A set of modules whose names are resolved and whose rules are checked and ordered. Immutable once made. */
public final class Analysis {
    private static final int MAX_ERRORS = 10;

    private final List<Module> modules;
    private final Capabilities capabilities;
    private final Schemas schemas;
    private final RuleNode root = new RuleNode(0, List.of());
    private AnnotationSet annotations = new AnnotationSet(List.of(), new ArrayList<>());
    private final List<RegoError> warnings = new ArrayList<>();
    private @Nullable TypeChecker types;
    private int nodes = 1;

    private Analysis(List<Module> modules, Capabilities capabilities, Schemas schemas) {
        this.modules = List.copyOf(modules);
        this.capabilities = capabilities;
        this.schemas = schemas;
    }

    /**
     * Analyses modules.
     *
     * @throws RegoException with all errors of the first stage that found any
     */
    public static Analysis of(List<Module> modules, Capabilities capabilities, Schemas schemas) {
        Analysis analysis = new Analysis(modules, capabilities, schemas);
        analysis.run();
        return analysis;
    }

    /** The modules as parsed. */
    public List<Module> modules() {
        return modules;
    }

    /** What is accepted and can hardly be meant, in the order it was found; empty where types are not checked. */
    public List<RegoError> warnings() {
        return warnings.stream().distinct().limit(MAX_ERRORS).toList();
    }

    /** Whether the rules at a path may have a boolean value; true where that is not known, false for functions. */
    public boolean mayBeBoolean(List<String> path) {
        RuleNode node = find(path);
        if (node == null || types == null || node.definitions().isEmpty()) {
            return true;
        }
        Type type = types.value(node);
        return !node.isFunction() && (type == null || Types.unifies(type, Type.Scalar.BOOLEAN));
    }

    /** The tree of rules below {@code data}. */
    public RuleNode root() {
        return root;
    }

    /** How many rule nodes there are; their ids are smaller. */
    public int nodeCount() {
        return nodes;
    }

    /** The builtin of that name where there is one that may be called. */
    public @Nullable BuiltinDeclaration builtin(String name) {
        return capabilities.find(name);
    }

    /** The function at that path, or null. */
    public @Nullable RuleNode function(List<String> path) {
        RuleNode node = find(path);
        return node != null && node.isFunction() ? node : null;
    }

    private @Nullable RuleNode find(List<String> path) {
        if (!path.getFirst().equals("data")) {
            return null;
        }
        RuleNode node = root;
        for (String name : path.subList(1, path.size())) {
            node = node.child(name);
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private void run() {
        List<RegoError> errors = new ArrayList<>();
        modules.forEach(m -> errors.addAll(m.annotationErrors()));
        annotations = new AnnotationSet(modules, errors);
        if (schemas.checked()) {
            stop(errors);
        }
        errors.clear();
        buildTree();
        Map<List<String>, Set<String>> names = new HashMap<>();
        for (Module module : modules) {
            Set<String> inPackage = names.computeIfAbsent(module.packagePath(), p -> new HashSet<>());
            module.rules().forEach(r -> inPackage.add(r.name()));
        }
        IdentityHashMap<Rule, Rule> resolved = new IdentityHashMap<>();
        for (Module module : modules) {
            Map<String, List<String>> globals =
                    globals(module, names.getOrDefault(module.packagePath(), Set.of()), errors);
            Resolver resolver = new Resolver(globals, this::isFunction, errors);
            module.rules().forEach(r -> resolved.put(r, resolver.rule(r, metadata(module, r))));
        }
        stop(errors);
        replace(resolved);
        new RuleConflicts(root, errors).check();
        stop(errors);
        Calls calls = new Calls(this, errors);
        definitions().forEach(d -> calls.check(d.rule()));
        stop(errors);
        Safety safety = new Safety(this::arity, errors);
        IdentityHashMap<Rule, Rule> ordered = new IdentityHashMap<>();
        for (Module module : modules) {
            module.rules().forEach(r -> {
                Rule before = resolved.get(r);
                if (before != null) {
                    ordered.put(before, safety.rule(before));
                }
            });
        }
        stop(errors);
        replace(ordered);
        new Recursion(root, errors).check();
        stop(errors);
        if (schemas.checked()) {
            TypeChecker types = new TypeChecker(this, annotations, schemas, errors, warnings);
            types.check(root);
            stop(errors);
            this.types = types;
        }
    }

    private Map<String, Value> metadata(Module module, Rule rule) {
        Map<String, Value> says = new HashMap<>();
        if (capabilities.allows().test("rego.metadata.chain")) {
            says.put("rego.metadata.chain", annotations.chain(module, rule));
        }
        if (capabilities.allows().test("rego.metadata.rule")) {
            says.put("rego.metadata.rule", annotations.ofRule(module, rule));
        }
        return says;
    }

    private static void stop(List<RegoError> errors) {
        if (!errors.isEmpty()) {
            throw new RegoException(errors.stream().distinct().limit(MAX_ERRORS).toList());
        }
    }

    private void buildTree() {
        for (Module module : modules) {
            RuleNode node = root;
            for (String name : module.packagePath()) {
                node = descend(node, name);
            }
            node.markPackage();
            for (Rule rule : module.rules()) {
                RuleNode at = node;
                int depth = 0;
                for (Term part : rule.ref()) {
                    String name = Term.constantString(part);
                    if (name == null) {
                        break;
                    }
                    at = descend(at, name);
                    depth++;
                }
                at.definitions()
                        .add(new RuleNode.Definition(
                                rule, rule.ref().subList(depth, rule.ref().size()), module));
            }
        }
    }

    private RuleNode descend(RuleNode node, String name) {
        RuleNode child = node.child(name);
        if (child == null) {
            List<String> path = new ArrayList<>(node.path());
            path.add(name);
            child = new RuleNode(nodes++, path);
            node.children().put(name, child);
        }
        return child;
    }

    private void replace(IdentityHashMap<Rule, Rule> by) {
        replace(root, by);
    }

    private static void replace(RuleNode node, IdentityHashMap<Rule, Rule> by) {
        node.definitions().replaceAll(d -> {
            Rule rule = by.get(d.rule());
            if (rule == null) {
                return d;
            }
            int size = rule.ref().size();
            return new RuleNode.Definition(
                    rule, rule.ref().subList(size - d.suffix().size(), size), d.module());
        });
        node.children().values().forEach(c -> replace(c, by));
    }

    private List<RuleNode.Definition> definitions() {
        List<RuleNode.Definition> out = new ArrayList<>();
        collect(root, out);
        return out;
    }

    private static void collect(RuleNode node, List<RuleNode.Definition> out) {
        out.addAll(node.definitions());
        node.children().values().forEach(c -> collect(c, out));
    }

    private boolean isFunction(List<String> path) {
        return function(path) != null || (!path.getFirst().equals("data") && builtin(String.join(".", path)) != null);
    }

    /** How many inputs the function called takes, or -1 when there is no such function. */
    int arity(Term.Call call) {
        RuleNode function = function(call.operator());
        if (function != null) {
            List<Term> args = function.definitions().getFirst().rule().args();
            return args == null ? -1 : args.size();
        }
        BuiltinDeclaration builtin = builtin(call.name());
        if (builtin != null && call.name().equals("print")) {
            return call.args().size();
        }
        return builtin == null ? -1 : builtin.arity();
    }

    private static Map<String, List<String>> globals(Module module, Set<String> names, List<RegoError> errors) {
        Map<String, List<String>> globals = new LinkedHashMap<>();
        globals.put("input", List.of("input"));
        globals.put("data", List.of("data"));
        for (String name : names) {
            List<String> path = new ArrayList<>();
            path.add("data");
            path.addAll(module.packagePath());
            path.add(name);
            globals.put(name, path);
        }
        Map<String, Import> imports = new HashMap<>();
        for (Import line : module.imports()) {
            String root = line.path().getFirst();
            if (root.equals("rego") || root.equals("future")) {
                continue;
            }
            if (imports.containsKey(line.alias())) {
                errors.add(line.location()
                        .error(
                                RegoError.COMPILE,
                                "import must not shadow import "
                                        + String.join(
                                                ".", imports.get(line.alias()).path())));
                continue;
            }
            imports.put(line.alias(), line);
            if (line.path().size() > 1 || !line.alias().equals(root)) {
                globals.put(line.alias(), line.path());
            }
        }
        return globals;
    }

    /**
     * A query ready to be planned.
     *
     * @param variables the query's variables with the unique names they have in the body
     */
    public record Query(Body body, Map<String, String> variables) {}

    /**
     * Analyses a query.
     *
     * @throws RegoException when it is wrong
     */
    public Query query(Body body) {
        List<RegoError> errors = new ArrayList<>();
        Map<String, List<String>> globals = Map.of("input", List.of("input"), "data", List.of("data"));
        Resolver.Query query = new Resolver(globals, this::isFunction, errors).query(body);
        stop(errors);
        new Calls(this, errors).check(query.body());
        stop(errors);
        Body ordered = new Safety(this::arity, errors).body(query.body(), new HashSet<>());
        stop(errors);
        new TypeChecker(this, annotations, schemas, errors, new ArrayList<>()).check(ordered);
        stop(errors);
        return new Query(ordered, query.names());
    }
}
