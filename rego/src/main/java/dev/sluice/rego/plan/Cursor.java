package dev.sluice.rego.plan;

import dev.sluice.rego.analysis.RuleNode;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A place below data that is only known while running: a node of the rule tree with the base data there, or a value.
 *
 * @param node where rules may be, or null once below them
 * @param base the base data, or the value
 */
record Cursor(@Nullable RuleNode node, @Nullable Value base) {

    static Cursor root(State state, RuleNode root) {
        return new Cursor(root, state.data);
    }

    /** The place at a key below this one, or null where there is nothing. */
    @Nullable
    Cursor step(Plan plan, State state, Value key, Location location) {
        RuleNode here = node;
        if (here != null && Replaced.covers(state.replaced, here.path())) {
            here = null;
        }
        Value below = base == null ? null : Values.lookup(base, key);
        if (here != null && !here.definitions().isEmpty()) {
            Value value = plan.nodeValue(state, here, base, location);
            below = value == null ? null : Values.lookup(value, key);
            here = null;
        }
        RuleNode child = here == null || !(key instanceof StringValue name) ? null : here.child(name.value());
        return child == null && below == null ? null : new Cursor(child, below);
    }

    /** The names directly below a node, in order. */
    static List<Value> keys(RuleNode node) {
        List<Value> keys = new ArrayList<>(node.children().size());
        node.children().keySet().forEach(k -> keys.add(StringValue.ofName(k)));
        keys.sort(null);
        return keys;
    }

    /** The keys below, in order. */
    List<Value> keys(Plan plan, State state, Location location) {
        TreeSet<Value> keys = new TreeSet<>();
        Value value = base;
        RuleNode here = node;
        if (here != null && !Replaced.covers(state.replaced, here.path())) {
            if (here.definitions().isEmpty()) {
                here.children().keySet().forEach(k -> keys.add(StringValue.ofName(k)));
            } else {
                value = plan.nodeValue(state, here, base, location);
            }
        }
        switch (value) {
            case ObjectValue object -> keys.addAll(object.keys());
            case SetValue set -> set.forEach(keys::add);
            case ArrayValue array -> {
                for (int i = 0; i < array.size(); i++) {
                    keys.add(NumberValue.of(i));
                }
            }
            case null, default -> {}
        }
        return new ArrayList<>(keys);
    }

    /** The whole document at this place, or null when undefined. */
    @Nullable
    Value value(Plan plan, State state, Location location) {
        return node == null ? base : plan.nodeValue(state, node, base, location);
    }
}
