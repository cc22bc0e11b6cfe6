package dev.sluice.rego.analysis;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which rules need the values of others, themselves or through others. */
final class Needs {
    private final RuleNode root;
    private final Map<RuleNode, Set<RuleNode>> users = new HashMap<>();

    Needs(RuleNode root) {
        this.root = root;
        collect(root);
    }

    private void collect(RuleNode node) {
        Set<RuleNode> needed = new LinkedHashSet<>();
        for (RuleNode.Definition definition : node.definitions()) {
            Dependencies.of(definition.rule(), ref -> Dependencies.reached(root, ref, needed), call -> {
                RuleNode function = Dependencies.functionNode(root, call.operator());
                if (function != null) {
                    needed.add(function);
                }
            });
        }
        needed.forEach(n -> users.computeIfAbsent(n, _ -> new LinkedHashSet<>()).add(node));
        node.children().values().forEach(this::collect);
    }

    /** The rules that need any of some rules, and those themselves. */
    Set<RuleNode> of(Collection<RuleNode> some) {
        Set<RuleNode> found = new HashSet<>(some);
        Deque<RuleNode> next = new ArrayDeque<>(some);
        while (!next.isEmpty()) {
            for (RuleNode user : users.getOrDefault(next.pop(), Set.of())) {
                if (found.add(user)) {
                    next.push(user);
                }
            }
        }
        return found;
    }
}
