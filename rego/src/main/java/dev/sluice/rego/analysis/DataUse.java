package dev.sluice.rego.analysis;

import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Builtins;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds the rules whose value depends on nothing but the base data: neither themselves nor through others on the input, on
 * time, on chance or on functions of the host's own.
 */
public final class DataUse {
    /** Compare the dates of certificates with the clock without being declared to. */
    private static final String CERTIFICATE_CHAINS = "crypto.x509.parse_and_verify_certificates";

    private final Analysis analysis;
    private final Map<RuleNode, Boolean> known = new HashMap<>();
    private final BitSet found = new BitSet();

    private DataUse(Analysis analysis) {
        this.analysis = analysis;
    }

    /** The ids of the nodes whose rules depend on data alone; functions are not among them. */
    public static BitSet alone(Analysis analysis) {
        DataUse use = new DataUse(analysis);
        use.visit(analysis.root());
        return use.found;
    }

    private void visit(RuleNode node) {
        if (!node.definitions().isEmpty() && !node.isFunction() && isAlone(node)) {
            found.set(node.id());
        }
        node.children().values().forEach(this::visit);
    }

    /** Ends because rules that depend on themselves do not compile. */
    private boolean isAlone(RuleNode node) {
        Boolean before = known.get(node);
        if (before != null) {
            return before;
        }
        // What is defined below is part of the value.
        Set<RuleNode> needed = new HashSet<>(node.children().values());
        boolean alone = true;
        for (RuleNode.Definition definition : node.definitions()) {
            alone = alone && collect(definition.rule(), needed);
        }
        for (RuleNode other : needed) {
            alone = alone && isAlone(other);
        }
        known.put(node, alone);
        return alone;
    }

    /** Adds the nodes that a rule needs the values of; false where it needs something else than data. */
    private boolean collect(Rule rule, Set<RuleNode> needed) {
        boolean[] alone = {true};
        Dependencies.of(
                rule,
                ref -> {
                    alone[0] &= !(ref.head() instanceof Term.Var v && v.name().equals("input"));
                    Dependencies.reached(analysis.root(), ref, needed);
                },
                call -> {
                    RuleNode function = Dependencies.functionNode(analysis.root(), call.operator());
                    if (function != null) {
                        needed.add(function);
                    } else {
                        alone[0] &= isFixed(call.name());
                    }
                });
        return alone[0];
    }

    /** Whether a builtin gives the same for the same operands, whenever it is asked. */
    private boolean isFixed(String name) {
        BuiltinDeclaration builtin = analysis.builtin(name);
        return builtin != null
                && builtin.equals(Builtins.find(name))
                && !builtin.nondeterministic()
                && !name.startsWith(CERTIFICATE_CHAINS);
    }
}
