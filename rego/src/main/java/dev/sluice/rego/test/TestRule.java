package dev.sluice.rego.test;

import dev.sluice.rego.analysis.Vars;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.StringValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One definition of a test, as a rule of its own: the second of a name is called {@code test_x#01}, and one whose name goes on
 * with variables ({@code test_x[case]}) tells which case it is at, by a call that stands as early in its body as it can.
 *
 * @param module the module it is in
 * @param rule the definition as it is run
 * @param size how many parts of the rule's reference name the test; those behind it name its cases
 */
record TestRule(Module module, Rule rule, int size) {
    /** The function that tells the case, which tests may also call themselves. */
    static final String CASE = "internal.test_case";

    private static final String TODO = "todo_test_";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** The tests of a module, in source order. Functions are none. */
    static List<TestRule> of(Module module) {
        List<TestRule> tests = new ArrayList<>();
        for (Rule rule : module.rules()) {
            int size = size(rule);
            if (size > 0) {
                tests.add(new TestRule(module, rule, size));
            }
        }
        return tests;
    }

    /**
     * The module with a rule of its own for each definition of a test.
     *
     * @param count how many there are already of each path
     */
    static Module apart(Module module, Map<String, Integer> count) {
        List<Rule> rules = new ArrayList<>();
        for (Rule rule : module.rules()) {
            int size = size(rule);
            TestRule test = new TestRule(module, rule, size);
            if (size == 0 || test.isTodo()) {
                rules.add(rule);
                continue;
            }
            int before = count.merge(test.path(), 1, Integer::sum) - 1;
            rules.add(test.tellingCases(before == 0 ? "" : String.format(Locale.ROOT, "#%02d", before)));
        }
        return new Module(
                module.file(),
                module.location(),
                module.packagePath(),
                module.annotations(),
                module.imports(),
                rules,
                module.annotationErrors());
    }

    /** How many parts of the rule's name there are up to the one that makes it a test; 0 when it is none. */
    private static int size(Rule rule) {
        if (rule.args() != null) {
            return 0;
        }
        for (int i = 0; i < rule.ref().size(); i++) {
            String part = Term.constantString(rule.ref().get(i));
            if (part == null) {
                return 0;
            }
            if (part.startsWith("test_") || part.startsWith(TODO)) {
                return i + 1;
            }
        }
        return 0;
    }

    private Rule tellingCases(String suffix) {
        List<Term> ref = new ArrayList<>(rule.ref());
        Term last = ref.get(size - 1);
        ref.set(size - 1, new Term.Constant(last.location(), StringValue.of(Term.constantString(last) + suffix)));
        return new Rule(
                rule.location(),
                rule.isDefault(),
                ref,
                null,
                rule.key(),
                rule.value(),
                hasCases() ? tellingCases(rule.body()) : rule.body(),
                rule.otherwise(),
                rule.annotations());
    }

    private Body tellingCases(Body body) {
        List<Term> names = rule.ref().subList(size, rule.ref().size());
        Location at = names.getFirst().location();
        Expr tell = new Expr(
                at,
                "",
                false,
                new Expr.Truth(new Term.Call(at, List.of(CASE.split("\\.")), List.of(new Term.ArrayTerm(at, names)))),
                List.of());
        List<Expr> literals = new ArrayList<>(body.literals());
        if (literals.stream().anyMatch(TestRule::tells)) {
            return body;
        }
        int place = 0;
        for (String name : variables(tell)) {
            for (int i = 0; i < literals.size(); i++) {
                if (variables(literals.get(i)).contains(name)) {
                    place = Math.max(place, i + 1);
                    break;
                }
            }
        }
        literals.add(place, tell);
        return new Body(literals);
    }

    /** Whether a literal is the call that tells the case. */
    static boolean tells(Expr literal) {
        return literal.statement() instanceof Expr.Truth s
                && s.term() instanceof Term.Call c
                && c.name().equals(CASE);
    }

    private static Set<String> variables(Expr literal) {
        Set<String> names = new HashSet<>();
        Vars.all(new Body(List.of(literal)), v -> names.add(v.name()));
        return names;
    }

    /** Whether it is only planned: its name begins with {@code todo_test_}. */
    boolean isTodo() {
        String last = Term.constantString(rule.ref().get(size - 1));
        return last != null && last.startsWith(TODO);
    }

    /** Whether its value is an object of cases rather than one verdict. */
    boolean hasCases() {
        return rule.key() == null
                && rule.ref().subList(size, rule.ref().size()).stream().anyMatch(t -> !(t instanceof Term.Constant));
    }

    /** The package, for example {@code data.cloudsmith_test}. */
    String packagePath() {
        return text(parts().subList(0, module.packagePath().size() + 1), false);
    }

    /** Its name in the package, for example {@code test_x} or {@code a.test_x}. */
    String name() {
        return text(parts().subList(module.packagePath().size() + 1, parts().size()), false);
    }

    /** Package and name. */
    String path() {
        return packagePath() + "." + name();
    }

    /** The path as a query. */
    String query() {
        return text(parts(), true);
    }

    /** Whether a rule of that dotted path is this one. */
    boolean is(String rulePath) {
        String path = String.join(".", parts());
        return rulePath.equals(path) || rulePath.startsWith(path + ".");
    }

    private List<String> parts() {
        List<String> parts = new ArrayList<>(List.of("data"));
        parts.addAll(module.packagePath());
        rule.ref().subList(0, size).forEach(t -> parts.add(String.valueOf(Term.constantString(t))));
        return parts;
    }

    private static String text(List<String> parts, boolean strict) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            if (text.isEmpty() && !strict) {
                text.append(part);
            } else if (NAME.matcher(part).matches()) {
                text.append(text.isEmpty() ? "" : ".").append(part);
            } else {
                text.append('[').append(StringValue.of(part)).append(']');
            }
        }
        return text.toString();
    }
}
