package dev.sluice.rego.plan;

import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.analysis.RuleNode;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns references into lookups and scans. */
final class References {
    private final Plan plan;
    private final Analysis analysis;
    private final BodyPlanner planner;
    private final TermPlanner terms;

    References(Plan plan, BodyPlanner planner, TermPlanner terms) {
        this.plan = plan;
        this.analysis = plan.analysis();
        this.planner = planner;
        this.terms = terms;
    }

    /** How far a reference below data is known while compiling. */
    private record Start(@Nullable Ev value, @Nullable RuleNode node, int depth) {}

    private Start start(Term.Ref ref) {
        if (Roots.isInput(ref.head())) {
            int depth = constantPrefix(ref.path());
            return new Start(input(keys(ref.path(), depth)), null, depth);
        }
        if (!Roots.isData(ref.head())) {
            return new Start(terms.plan(ref.head()), null, 0);
        }
        RuleNode node = analysis.root();
        List<Term> path = ref.path();
        for (int i = 0; i < path.size(); i++) {
            if (!node.definitions().isEmpty()) {
                return new Start(rule(node, ref.location()), null, i);
            }
            if (!(path.get(i) instanceof Term.Constant c)) {
                return new Start(null, node, i);
            }
            RuleNode child = c.value() instanceof StringValue s ? node.child(s.value()) : null;
            if (child == null) {
                int depth = constantPrefix(path);
                return new Start(base(keys(path, depth)), null, depth);
            }
            node = child;
        }
        if (!node.definitions().isEmpty()) {
            return new Start(rule(node, ref.location()), null, path.size());
        }
        RuleNode whole = node;
        Location location = ref.location();
        List<Value> keys = keys(path, path.size());
        Value[] place = keys.toArray(Value[]::new);
        return new Start(
                frame -> {
                    if (frame.state.shared.trace != null) {
                        frame.state.shared.trace.wholeData(keys);
                    }
                    return plan.document(frame.state, whole, Values.lookup(frame.state.data, place), location);
                },
                null,
                path.size());
    }

    /** Whether the reference only looks into values that are there: variables, the input, or data that no rule defines. */
    boolean readsNoRule(Term.Ref ref) {
        for (Term part : ref.path()) {
            if (!(part instanceof Term.Constant || part instanceof Term.Var)) {
                return false;
            }
        }
        if (!(ref.head() instanceof Term.Var head)) {
            return false;
        }
        if (!Roots.isData(head)) {
            return true;
        }
        RuleNode node = analysis.root();
        for (Term part : ref.path()) {
            if (!node.definitions().isEmpty() || !(part instanceof Term.Constant c)) {
                return false;
            }
            RuleNode child = c.value() instanceof StringValue s ? node.child(s.value()) : null;
            if (child == null) {
                return true;
            }
            node = child;
        }
        return false;
    }

    private static int constantPrefix(List<Term> path) {
        int depth = 0;
        while (depth < path.size() && path.get(depth) instanceof Term.Constant) {
            depth++;
        }
        return depth;
    }

    private static List<Value> keys(List<Term> path, int depth) {
        List<Value> keys = new ArrayList<>(depth);
        for (Term part : path.subList(0, depth)) {
            keys.add(((Term.Constant) part).value());
        }
        return keys;
    }

    private Ev input(List<Value> path) {
        Value[] keys = path.toArray(Value[]::new);
        if (plan.traced()) {
            return frame -> Trace.of(frame).followInput(keys, frame.state);
        }
        return frame -> Values.lookup(frame.state.input, keys);
    }

    private Ev base(List<Value> path) {
        Value[] keys = path.toArray(Value[]::new);
        if (plan.traced()) {
            return frame -> Trace.of(frame).followData(keys, frame.state);
        }
        for (Value key : keys) {
            if (!(key instanceof StringValue)) {
                return frame -> Values.lookupData(frame.state.data, path);
            }
        }
        return frame -> Values.lookup(frame.state.data, keys);
    }

    private static @Nullable Value lookup(Frame frame, Value value, Value key) {
        return Values.lookup(value, key.dependsOnClock() ? Values.frozen(key, frame.state.shared) : key);
    }

    private static Ev tracedLookups(Ev base, Ev[] keys) {
        return frame -> {
            Trace trace = Trace.of(frame);
            Value value = base.eval(frame);
            for (Ev key : keys) {
                Place place = trace.at;
                Value at = value == null ? null : key.eval(frame);
                if (value == null || at == null) {
                    return null;
                }
                value = trace.lookup(value, place, Values.frozen(at, frame.state.shared));
            }
            return value;
        };
    }

    private Ev rule(RuleNode node, Location location) {
        Ev value = ruleValue(node, location);
        return !plan.traced()
                ? value
                : frame -> {
                    Value found = value.eval(frame);
                    Trace.of(frame).at = null;
                    return found;
                };
    }

    private Ev ruleValue(RuleNode node, Location location) {
        if (node.isFunction()) {
            return frame -> plan.nodeValue(frame.state, node, null, location);
        }
        return frame -> plan.rule(node).value(frame.state, location);
    }

    /** The value of a reference whose keys are all bound. */
    Ev plan(Term.Ref ref) {
        Start start = start(ref);
        Ev[] keys = terms.consumedAll(ref.path().subList(start.depth, ref.path().size()));
        if (start.node != null) {
            return dynamic(ref, start, keys);
        }
        Ev base = start.value;
        if (base == null) {
            throw new IllegalStateException("reference without a start: " + ref.location());
        }
        if (plan.traced() && keys.length > 0) {
            return tracedLookups(base, keys);
        }
        return switch (keys.length) {
            case 0 -> base;
            case 1 -> {
                Ev key = keys[0];
                yield frame -> {
                    Value value = base.eval(frame);
                    Value at = value == null ? null : key.eval(frame);
                    return value == null || at == null ? null : lookup(frame, value, at);
                };
            }
            default ->
                frame -> {
                    Value value = base.eval(frame);
                    for (Ev key : keys) {
                        if (value == null) {
                            return null;
                        }
                        Value at = key.eval(frame);
                        if (at == null) {
                            return null;
                        }
                        value = lookup(frame, value, at);
                    }
                    return value;
                };
        };
    }

    private static Cursor cursor(Frame frame, @Nullable RuleNode node, Value[] prefix) {
        return new Cursor(node, Values.lookup(frame.state.data, prefix));
    }

    private Ev dynamic(Term.Ref ref, Start start, Ev[] keys) {
        List<Value> prefix = keys(ref.path(), start.depth);
        Value[] place = prefix.toArray(Value[]::new);
        RuleNode node = start.node;
        Location location = ref.location();
        return frame -> {
            Cursor cursor = cursor(frame, node, place);
            for (Ev key : keys) {
                Value at = key.eval(frame);
                cursor = at == null ? null : cursor.step(plan, frame.state, at, location);
                if (cursor == null) {
                    break;
                }
            }
            Value found = cursor == null ? null : cursor.value(plan, frame.state, location);
            if (frame.state.shared.trace != null) {
                frame.state.shared.trace.wholeData(prefix);
            }
            return found;
        };
    }

    /** Emits a reference with free variables as iteration; the variable returned holds its value. */
    Term.Var iterate(Term.Ref ref) {
        Start start = start(ref);
        if (start.node != null) {
            return iterateTree(ref, start);
        }
        Ev value = start.value;
        if (value == null) {
            throw new IllegalStateException("reference without a start: " + ref.location());
        }
        List<Ev> keys = new ArrayList<>();
        for (Term part : ref.path().subList(start.depth, ref.path().size())) {
            if (planner.isEvaluable(part)) {
                keys.add(terms.consumed(part));
                continue;
            }
            Ev collection = looked(value, keys);
            keys = new ArrayList<>();
            planner.loop();
            boolean wildcard = part instanceof Term.Var v && v.isWildcard();
            Term.Var key = wildcard ? null : planner.target(part);
            Term.Var element = planner.temporary(part.location());
            int slot = planner.slot(element.name());
            planner.emit(Scan.over(plan, collection, key == null ? -1 : planner.slot(key.name()), slot));
            if (key != null) {
                planner.settle(part, key);
            }
            value = terms.plan(element);
        }
        Ev result = looked(value, keys);
        Term.Var out = planner.temporary(ref.location());
        planner.assign(planner.slot(out.name()), result);
        return out;
    }

    private Ev looked(Ev base, List<Ev> path) {
        if (path.isEmpty()) {
            return base;
        }
        Ev[] keys = path.toArray(Ev[]::new);
        if (plan.traced()) {
            return tracedLookups(base, keys);
        }
        return frame -> {
            Value value = base.eval(frame);
            for (Ev key : keys) {
                Value at = value == null ? null : key.eval(frame);
                if (value == null || at == null) {
                    return null;
                }
                value = lookup(frame, value, at);
            }
            return value;
        };
    }

    /** Iteration over packages, rules and base data, which are seen as one. */
    private Term.Var iterateTree(Term.Ref ref, Start start) {
        Location location = ref.location();
        List<Value> prefix = keys(ref.path(), start.depth);
        Value[] place = prefix.toArray(Value[]::new);
        RuleNode node = start.node;
        int first = planner.newWork();
        planner.emit(next -> frame -> {
            if (frame.state.shared.trace != null) {
                frame.state.shared.trace.wholeData(prefix);
            }
            frame.work[first] = cursor(frame, node, place);
            return next.exec(frame);
        });
        int at = first;
        List<Term> path = ref.path().subList(start.depth, ref.path().size());
        int free = path.size();
        while (free > 0 && path.get(free - 1) instanceof Term.Constant) {
            free--;
        }
        for (int i = 0; i < path.size(); i++) {
            Term part = path.get(i);
            int from = at;
            int to = planner.newWork();
            if (planner.isEvaluable(part)) {
                Ev key = terms.consumed(part);
                planner.emit(next -> frame -> {
                    Value found = key.eval(frame);
                    return found != null && step(frame, from, to, found, location) && next.exec(frame);
                });
            } else {
                planner.loop();
                Term.Var key = planner.target(part);
                int slot = planner.slot(key.name());
                if (i == free - 1 && key.equals(part)) {
                    Term.Var out = planner.temporary(location);
                    int valueSlot = planner.slot(out.name());
                    List<Value> tail = keys(path.subList(free, path.size()), path.size() - free);
                    TreeScan scan = new TreeScan(plan, i == 0 ? node : null, tail, location, from, slot, valueSlot);
                    planner.emit(scan::then);
                    return out;
                }
                planner.emit(next -> frame -> {
                    if (!(frame.work[from] instanceof Cursor cursor)) {
                        return false;
                    }
                    for (Value found : cursor.keys(plan, frame.state, location)) {
                        frame.state.shared.step();
                        frame.slots[slot] = found;
                        if (step(frame, from, to, found, location) && next.exec(frame)) {
                            return true;
                        }
                    }
                    return false;
                });
                planner.settle(part, key);
            }
            at = to;
        }
        int last = at;
        Term.Var out = planner.temporary(location);
        int slot = planner.slot(out.name());
        planner.emit(next -> frame -> {
            Value found = frame.work[last] instanceof Cursor cursor ? cursor.value(plan, frame.state, location) : null;
            if (found == null) {
                return false;
            }
            frame.slots[slot] = found;
            return next.exec(frame);
        });
        return out;
    }

    private boolean step(Frame frame, int from, int to, Value key, Location location) {
        if (!(frame.work[from] instanceof Cursor cursor)) {
            return false;
        }
        Cursor below = cursor.step(plan, frame.state, key, location);
        frame.work[to] = below;
        return below != null;
    }
}
