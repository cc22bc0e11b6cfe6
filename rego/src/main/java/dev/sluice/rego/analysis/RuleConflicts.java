package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import java.util.List;
import java.util.stream.Collectors;

/** Finds rules that cannot stand beside each other under one name. */
final class RuleConflicts {
    private enum Form {
        COMPLETE,
        SET,
        OBJECT,
        FUNCTION
    }

    private final RuleNode root;
    private final List<RegoError> errors;

    RuleConflicts(RuleNode root, List<RegoError> errors) {
        this.root = root;
        this.errors = errors;
    }

    void check() {
        check(root);
    }

    private void check(RuleNode node) {
        List<RuleNode.Definition> definitions = node.definitions();
        if (!definitions.isEmpty()) {
            conflicts(node, definitions);
        }
        node.children().values().forEach(this::check);
    }

    private void conflicts(RuleNode node, List<RuleNode.Definition> definitions) {
        Rule first = definitions.getFirst().rule();
        Form form = form(definitions.getFirst());
        int defaults = 0;
        boolean differ = false;
        for (RuleNode.Definition definition : definitions) {
            Rule rule = definition.rule();
            List<Term> args = rule.args();
            List<Term> firstArgs = first.args();
            differ |=
                    form(definition) != form || (args != null && firstArgs != null && args.size() != firstArgs.size());
            defaults += rule.isDefault() ? 1 : 0;
        }
        if (differ) {
            errors.add(first.location().error(RegoError.TYPE, "conflicting rules " + node.name() + " found"));
        }
        if (defaults > 1) {
            errors.add(first.location()
                    .error(
                            RegoError.TYPE,
                            "multiple default rules " + node.name() + " found at " + defaults(definitions)));
        }
        if (node.isPackage()) {
            errors.add(first.location()
                    .error(
                            RegoError.TYPE,
                            "package " + String.join(".", node.path()) + " conflicts with rule " + node.name()));
        } else if (!node.children().isEmpty() && (form == Form.COMPLETE || form == Form.FUNCTION || form == Form.SET)) {
            StringBuilder text = new StringBuilder("rule " + node.name() + " conflicts with:");
            node.children().values().forEach(c -> below(c, text));
            errors.add(first.location().error(RegoError.TYPE, text.toString()));
        }
    }

    private static String defaults(List<RuleNode.Definition> definitions) {
        return definitions.stream()
                .map(RuleNode.Definition::rule)
                .filter(Rule::isDefault)
                .map(r -> r.location().file() + ":" + r.location().row())
                .collect(Collectors.joining(", "));
    }

    private static void below(RuleNode node, StringBuilder out) {
        for (RuleNode.Definition d : node.definitions()) {
            out.append("\n  rule ")
                    .append(node.name())
                    .append(" at ")
                    .append(d.rule().location().file())
                    .append(':')
                    .append(d.rule().location().row());
        }
        node.children().values().forEach(c -> below(c, out));
    }

    private static Form form(RuleNode.Definition definition) {
        if (definition.rule().args() != null) {
            return Form.FUNCTION;
        }
        if (!definition.suffix().isEmpty()) {
            return Form.OBJECT;
        }
        return definition.rule().key() != null ? Form.SET : Form.COMPLETE;
    }
}
