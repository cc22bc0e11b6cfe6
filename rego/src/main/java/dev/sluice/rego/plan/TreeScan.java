package dev.sluice.rego.plan;

import dev.sluice.rego.analysis.RuleNode;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reference whose last free key goes over packages: {@code data.policies[p].deny}. One {@link RuleIndex} over the rules
 * of all the packages tells which of them need to be looked at.
 */
final class TreeScan {
    private final Plan plan;
    private final Location location;
    private final List<Value> tail;
    private final int from;
    private final int keySlot;
    private final int valueSlot;
    private final List<Child> children = new ArrayList<>();
    private final boolean indexable;
    private final @Nullable RuleIndex index;

    /** A package with the rules the reference ends at; {@code first} is the number of the first of them. */
    private record Child(StringValue key, RuleNode rules, int first, int count) {}

    /**
     * A scan.
     *
     * @param node where the free key is, if that is known
     * @param tail the constant keys after it
     * @param from the work register of the {@link Cursor} at the node
     */
    TreeScan(
            Plan plan,
            @Nullable RuleNode node,
            List<Value> tail,
            Location location,
            int from,
            int keySlot,
            int valueSlot) {
        this.plan = plan;
        this.location = location;
        this.tail = tail;
        this.from = from;
        this.keySlot = keySlot;
        this.valueSlot = valueSlot;
        List<Rule> rules = new ArrayList<>();
        this.indexable = !plan.traced() && node != null && collect(node, rules);
        this.index = indexable ? RuleIndex.of(rules) : null;
    }

    private boolean collect(RuleNode node, List<Rule> rules) {
        if (!node.definitions().isEmpty()) {
            return false;
        }
        for (Value key : Cursor.keys(node)) {
            RuleNode below = node.child(((StringValue) key).value());
            for (Value name : tail) {
                below = below == null || !below.definitions().isEmpty() || !(name instanceof StringValue text)
                        ? null
                        : below.child(text.value());
            }
            if (below == null || below.definitions().isEmpty() || below.isFunction()) {
                return false;
            }
            int first = rules.size();
            for (RuleNode.Definition definition : below.definitions()) {
                if (!definition.rule().isDefault()) {
                    rules.add(definition.rule());
                }
            }
            children.add(new Child((StringValue) key, below, first, rules.size() - first));
        }
        return true;
    }

    Node then(Node next) {
        return frame -> {
            if (!(frame.work[from] instanceof Cursor cursor)) {
                return false;
            }
            State state = frame.state;
            boolean onlyRules = cursor.base() == null && state.replaced == null;
            return (indexable && onlyRules) ? overPackages(frame, next) : overAnything(frame, cursor, next);
        };
    }

    private boolean overPackages(Frame frame, Node next) {
        State state = frame.state;
        long[] candidates = index == null || !RuleIndex.applies(state) ? null : index.candidates(state, null);
        for (int i = 0; i < children.size(); i++) {
            Child child = children.get(i);
            state.shared.step();
            RulePlan rules = plan.rule(child.rules);
            boolean candidate = candidates == null || any(candidates, child);
            Value found = candidate ? rules.value(state, location) : rules.valueOfNone(state, location);
            if (found != null) {
                frame.slots[keySlot] = child.key;
                frame.slots[valueSlot] = found;
                if (next.exec(frame)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean any(long[] candidates, Child child) {
        for (int i = child.first; i < child.first + child.count; i++) {
            if ((candidates[i >> 6] & (1L << i)) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean overAnything(Frame frame, Cursor cursor, Node next) {
        for (Value key : cursor.keys(plan, frame.state, location)) {
            frame.state.shared.step();
            frame.slots[keySlot] = key;
            Cursor at = cursor.step(plan, frame.state, key, location);
            for (int i = 0; at != null && i < tail.size(); i++) {
                at = at.step(plan, frame.state, tail.get(i), location);
            }
            Value found = at == null ? null : at.value(plan, frame.state, location);
            if (found != null) {
                frame.slots[valueSlot] = found;
                if (next.exec(frame)) {
                    return true;
                }
            }
        }
        return false;
    }
}
