package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.syntax.Term;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds rules that depend on themselves. */
final class Recursion {
    private final RuleNode root;
    private final List<RegoError> errors;
    private final Map<Integer, Set<RuleNode>> edges = new TreeMap<>();
    private final Map<Integer, Boolean> done = new TreeMap<>();

    Recursion(RuleNode root, List<RegoError> errors) {
        this.root = root;
        this.errors = errors;
    }

    void check() {
        collect(root);
        visitAll(root);
    }

    private void collect(RuleNode node) {
        if (!node.definitions().isEmpty()) {
            Set<RuleNode> targets = new LinkedHashSet<>();
            for (RuleNode.Definition d : node.definitions()) {
                Dependencies.of(d.rule(), ref -> referenced(ref, targets), call -> called(call, targets));
            }
            edges.put(node.id(), targets);
        }
        node.children().values().forEach(this::collect);
    }

    private void called(Term.Call call, Set<RuleNode> out) {
        RuleNode node = Dependencies.functionNode(root, call.operator());
        if (node != null) {
            out.add(node);
        }
    }

    private void referenced(Term.Ref ref, Set<RuleNode> out) {
        Dependencies.reached(root, ref, out);
    }

    private void visitAll(RuleNode node) {
        if (edges.containsKey(node.id())) {
            visit(node, new ArrayList<>());
        }
        node.children().values().forEach(this::visitAll);
    }

    private void visit(RuleNode node, List<RuleNode> path) {
        int at = path.indexOf(node);
        if (at >= 0) {
            report(path.subList(at, path.size()));
            return;
        }
        if (done.containsKey(node.id())) {
            return;
        }
        path.add(node);
        for (RuleNode target : edges.getOrDefault(node.id(), Set.of())) {
            visit(target, path);
        }
        path.removeLast();
        done.put(node.id(), true);
    }

    private void report(List<RuleNode> cycle) {
        for (int i = 0; i < cycle.size(); i++) {
            List<RuleNode> turned = new ArrayList<>(cycle.subList(i, cycle.size()));
            turned.addAll(cycle.subList(0, i));
            turned.add(cycle.get(i));
            String text = turned.stream().map(RuleNode::name).collect(Collectors.joining(" -> "));
            errors.add(cycle.get(i)
                    .definitions()
                    .getFirst()
                    .rule()
                    .location()
                    .error(RegoError.RECURSION, "rule " + cycle.get(i).name() + " is recursive: " + text));
        }
    }
}
