package dev.sluice.rego.analysis;

import java.util.BitSet;

/** Counts where functions are called. */
public final class CallSites {
    private final RuleNode root;
    private final BitSet once = new BitSet();
    private final BitSet several = new BitSet();

    private CallSites(RuleNode root) {
        this.root = root;
    }

    /** The ids of the functions that are called at more than one place. */
    public static BitSet several(Analysis analysis) {
        CallSites sites = new CallSites(analysis.root());
        sites.visit(analysis.root());
        return sites.several;
    }

    private void visit(RuleNode node) {
        for (RuleNode.Definition definition : node.definitions()) {
            Dependencies.of(definition.rule(), ref -> {}, call -> {
                RuleNode function = Dependencies.functionNode(root, call.operator());
                if (function != null && once.get(function.id())) {
                    several.set(function.id());
                } else if (function != null) {
                    once.set(function.id());
                }
            });
        }
        node.children().values().forEach(this::visit);
    }
}
