package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.analysis.RuleNode;
import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules at one node, compiled. */
final class RulePlan {
    private static final int MAX_CONFLICT_LINES = 10;
    private static final int MAX_CONFLICT_TEXT = 80;
    private static final int MAX_WITNESS = 400;
    private static final Place[] NONE = {};

    private final Plan plan;
    private final RuleNode node;
    private final Form form;
    private final List<Clause> clauses;
    private final @Nullable Clause fallback;
    private final @Nullable RuleIndex index;
    /** Whether every definition gives the same value, so that one that succeeds is enough. */
    private final boolean uniform;
    /** Whether the value depends on data alone. */
    private final boolean lasting;
    /** Whether calls are remembered: of functions that do much, and are called at several places. */
    private final boolean remembered;

    private enum Form {
        COMPLETE,
        SET,
        TREE,
        FUNCTION
    }

    /** One definition, or one branch of it. */
    private record Clause(
            Location location,
            Node body,
            int slots,
            int work,
            boolean costly,
            @Nullable Clause otherwise,
            Progress progress) {}

    private static boolean isCostly(Clause clause) {
        return clause.costly || (clause.otherwise != null && isCostly(clause.otherwise));
    }

    private RulePlan(Plan plan, RuleNode node, Form form, List<Clause> clauses, @Nullable Clause fallback) {
        this.plan = plan;
        this.node = node;
        this.form = form;
        this.clauses = clauses;
        this.fallback = fallback;
        List<Rule> rules = node.definitions().stream()
                .map(RuleNode.Definition::rule)
                .filter(r -> !r.isDefault())
                .toList();
        this.lasting = plan.isLasting(node);
        this.remembered = form == Form.FUNCTION
                && plan.isCalledOften(node)
                && clauses.stream().anyMatch(RulePlan::isCostly);
        this.index = plan.traced() ? null : RuleIndex.of(rules);
        this.uniform =
                rules.stream().map(RulePlan::constant).distinct().count() == 1 && constant(rules.getFirst()) != null;
    }

    /** The value that a definition without else always gives, or null. */
    private static @Nullable Value constant(Rule rule) {
        return rule.otherwise() == null ? RuleIndex.constant(rule.value()) : null;
    }

    /** The definitions that can succeed, as bits; null for all. */
    private long @Nullable [] candidates(State state, Value @Nullable [] args) {
        return index == null || !RuleIndex.applies(state) ? null : index.candidates(state, args);
    }

    private static boolean among(long @Nullable [] candidates, int clause) {
        return candidates == null || (candidates[clause >> 6] & (1L << clause)) != 0;
    }

    static RulePlan of(Plan plan, RuleNode node) {
        Form form = node.isFunction() ? Form.FUNCTION : Form.COMPLETE;
        for (RuleNode.Definition definition : node.definitions()) {
            if (!definition.suffix().isEmpty()) {
                form = Form.TREE;
            } else if (definition.rule().key() != null && form != Form.TREE) {
                form = Form.SET;
            }
        }
        if (!node.children().isEmpty()) {
            form = Form.TREE;
        }
        List<Clause> clauses = new ArrayList<>();
        Clause fallback = null;
        for (RuleNode.Definition definition : node.definitions()) {
            Clause clause = clause(plan, definition, form);
            if (definition.rule().isDefault()) {
                fallback = clause;
            } else {
                clauses.add(clause);
            }
        }
        return new RulePlan(plan, node, form, clauses, fallback);
    }

    private static Clause clause(Plan plan, RuleNode.Definition definition, Form form) {
        Rule rule = definition.rule();
        BodyPlanner planner = new BodyPlanner(plan);
        Progress progress = new Progress(rule.body().literals());
        planner.track(true);
        parameters(planner, rule);
        planner.body(rule.body());
        planner.track(false);
        List<Ev> path = new ArrayList<>();
        for (Term part : definition.suffix()) {
            path.add(planner.head(part));
        }
        Ev key = rule.key() == null ? null : planner.head(rule.key());
        Ev value = planner.head(rule.value());
        Node end = switch (form) {
            case COMPLETE, FUNCTION -> completeEnd(value, planner.bindsNothing());
            case SET -> setEnd(Objects.requireNonNull(key));
            case TREE -> treeEnd(path, key, value, rule.location());
        };
        Node body = planner.link(plan.traced() ? witnessed(planner.names(), rule.location(), end) : end);
        return new Clause(
                rule.location(),
                body,
                planner.slotCount(),
                planner.workCount(),
                planner.isCostly(),
                otherwise(plan, rule, rule.otherwise()),
                progress);
    }

    private static @Nullable Clause otherwise(Plan plan, Rule rule, Rule.@Nullable Else branch) {
        if (branch == null) {
            return null;
        }
        BodyPlanner planner = new BodyPlanner(plan);
        Progress progress = new Progress(branch.body().literals());
        planner.track(true);
        parameters(planner, rule);
        planner.body(branch.body());
        planner.track(false);
        Ev value = planner.head(branch.value());
        Node end = completeEnd(value, planner.bindsNothing());
        Node body = planner.link(plan.traced() ? witnessed(planner.names(), branch.location(), end) : end);
        return new Clause(
                branch.location(),
                body,
                planner.slotCount(),
                planner.workCount(),
                planner.isCostly(),
                otherwise(plan, rule, branch.otherwise()),
                progress);
    }

    private static void parameters(BodyPlanner planner, Rule rule) {
        List<Term> args = rule.args();
        if (args != null) {
            planner.parameters(args);
        }
    }

    private static Node completeEnd(Ev value, boolean once) {
        boolean constant = once || value instanceof Ev.Constant;
        return frame -> {
            Value found = value.eval(frame);
            if (found == null) {
                return false;
            }
            Value before = frame.result;
            if (before == null) {
                frame.result = found;
                return constant;
            }
            if (!Clocks.equal(frame.state.shared, before, found)) {
                throw new Conflict();
            }
            return false;
        };
    }

    /** The end of a body that remembers under which bindings the body held first. */
    private static Node witnessed(Map<String, Integer> names, Location location, Node end) {
        return frame -> {
            Trace.of(frame).reached(location);
            if (frame.witness == null) {
                StringBuilder out = new StringBuilder();
                names.forEach((name, slot) -> {
                    Value value = frame.slots[slot];
                    if (value != null && out.length() < MAX_WITNESS) {
                        String text = value.toString();
                        out.append(out.isEmpty() ? "" : ", ").append(name).append(" = ");
                        out.append(
                                text.length() > MAX_CONFLICT_TEXT ? text.substring(0, MAX_CONFLICT_TEXT) + "…" : text);
                    }
                });
                frame.witness = out.toString();
            }
            return end.exec(frame);
        };
    }

    private static Node setEnd(Ev key) {
        return frame -> {
            Value found = key.eval(frame);
            if (found != null && frame.sink instanceof SetValue.Builder sink) {
                frame.state.shared.allocate(TermPlanner.ADDED);
                sink.add(Values.frozen(found, frame.state.shared));
            }
            return false;
        };
    }

    private static Node treeEnd(List<Ev> path, @Nullable Ev key, Ev value, Location location) {
        return frame -> {
            List<Value> keys = new ArrayList<>(path.size());
            for (Ev part : path) {
                Value found = part.eval(frame);
                if (found == null) {
                    return false;
                }
                keys.add(Values.frozen(found, frame.state.shared));
            }
            Value found = (key == null ? value : key).eval(frame);
            if (found != null && frame.sink instanceof Tree tree) {
                frame.state.shared.allocate(2 * TermPlanner.ADDED);
                tree.add(keys, Values.frozen(found, frame.state.shared), key != null, location);
            }
            return false;
        };
    }

    /** The value of the rules, computed once per state, and once per data document where it depends on nothing else. */
    @Nullable
    Value value(State state, Location location) {
        if (state.replaced != null && Replaced.covers(state.replaced, node.path())) {
            return Values.lookup(
                    state.data, node.path().stream().map(StringValue::ofName).toArray(Value[]::new));
        }
        if (state.isKnown(node.id())) {
            return state.known(node.id());
        }
        Kept kept = lasting ? state.kept() : null;
        if (kept != null && kept.isKnown(node.id())) {
            return kept.known(node.id());
        }
        state.shared.enter(location);
        Value value;
        try {
            value = switch (form) {
                case COMPLETE -> complete(state, null, NONE);
                case SET -> set(state);
                case TREE -> tree(state, location);
                case FUNCTION -> null;
            };
        } catch (RegoEvaluationException limit) {
            Location own = node.definitions().getFirst().rule().location();
            throw limit.at(own.file(), own.row(), own.column());
        }
        state.shared.leave();
        state.remember(node.id(), value);
        if (kept != null && state.shared.mayKeep()) {
            kept.keep(node.id(), value);
        }
        return value;
    }

    /** The value of the rules when it is known that no definition succeeds. */
    @Nullable
    Value valueOfNone(State state, Location location) {
        return switch (form) {
            case SET -> SetValue.EMPTY;
            case COMPLETE -> fallback == null ? null : value(state, location);
            case TREE, FUNCTION -> value(state, location);
        };
    }

    /** The result of a function; {@code places} tells where the arguments stand, and is empty without trace. */
    @Nullable
    Value call(State state, Value[] args, @Nullable Place[] places, Location location) {
        if (!remembered) {
            return compute(state, args, places, location);
        }
        Calls calls = state.calls();
        Calls.Call call = new Calls.Call(node.id(), args, places);
        if (calls.isKnown(call)) {
            state.shared.step();
            return calls.known(call);
        }
        Value value = compute(state, args, places, location);
        calls.remember(call, value, state.shared);
        return value;
    }

    private @Nullable Value compute(State state, Value[] args, @Nullable Place[] places, Location location) {
        state.shared.enter(location);
        Value value = complete(state, args, places);
        state.shared.leave();
        return value;
    }

    private @Nullable Value complete(State state, Value @Nullable [] args, @Nullable Place[] places) {
        Value result = null;
        try {
            long[] candidates = candidates(state, args);
            for (int i = 0; i < clauses.size(); i++) {
                Value found = among(candidates, i) ? run(clauses.get(i), state, args, places) : null;
                if (found != null) {
                    if (result == null) {
                        result = found;
                        if (uniform) {
                            break;
                        }
                    } else if (!Clocks.equal(state.shared, result, found)) {
                        throw conflict(state, args);
                    }
                }
            }
            if (result == null && fallback != null) {
                result = run(fallback, state, args, places);
            }
        } catch (Conflict inside) {
            throw conflict(state, args);
        }
        return result;
    }

    private @Nullable Value run(Clause first, State state, Value @Nullable [] args, @Nullable Place[] places) {
        for (Clause clause = first; clause != null; clause = clause.otherwise) {
            Frame frame = new Frame(state, clause.slots, clause.work);
            if (args != null) {
                System.arraycopy(args, 0, frame.slots, 0, args.length);
                System.arraycopy(places, 0, frame.places, 0, places.length);
            }
            Value value;
            if (state.shared.trace == null) {
                clause.body.exec(frame);
                value = frame.result;
            } else {
                clause.body.exec(frame);
                value = frame.result;
                explain(clause, frame, value != null, state.shared.trace);
            }
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private void explain(Clause clause, Frame frame, boolean succeeded, Trace trace) {
        Location at = clause.location;
        if (succeeded) {
            Evaluation.Outcome outcome =
                    clause.equals(fallback) ? Evaluation.Outcome.DEFAULTED : Evaluation.Outcome.SUCCEEDED;
            trace.step(new Evaluation.Step(
                    node.name(),
                    at.file(),
                    at.row(),
                    at.column(),
                    "",
                    outcome,
                    outcome == Evaluation.Outcome.SUCCEEDED && frame.witness != null ? frame.witness : ""));
            return;
        }
        Expr failed = clause.progress.failed(frame);
        if (failed != null) {
            Location where = failed.location();
            trace.step(new Evaluation.Step(
                    node.name(),
                    where.file(),
                    where.row(),
                    where.column(),
                    failed.text(),
                    Evaluation.Outcome.FAILED,
                    frame.detail));
        }
    }

    private Value set(State state) {
        SetValue.Builder sink = SetValue.builder();
        fill(state, sink);
        return sink.size() == 0 ? SetValue.EMPTY : sink.build();
    }

    private void fill(State state, Object sink) {
        long[] candidates = candidates(state, null);
        if (candidates == null) {
            for (Clause clause : clauses) {
                fill(clause, state, sink);
            }
            return;
        }
        for (int word = 0; word < candidates.length; word++) {
            for (long bits = candidates[word]; bits != 0; bits &= bits - 1) {
                fill(clauses.get((word << 6) + Long.numberOfTrailingZeros(bits)), state, sink);
            }
        }
    }

    private void fill(Clause clause, State state, Object sink) {
        Frame frame = new Frame(state, clause.slots, clause.work);
        frame.sink = sink;
        Trace trace = state.shared.trace;
        if (trace == null) {
            clause.body.exec(frame);
            return;
        }
        int before = size(sink);
        clause.body.exec(frame);
        explain(clause, frame, size(sink) > before, trace);
    }

    private static int size(Object sink) {
        return sink instanceof SetValue.Builder set ? set.size() : sink instanceof Tree tree ? tree.size() : 0;
    }

    private @Nullable Value tree(State state, Location location) {
        Tree tree = new Tree();
        fill(state, tree);
        below(node, List.of(), tree, state, location);
        Value value = tree.build();
        if (fallback != null && value instanceof ObjectValue object && object.size() == 0) {
            Frame frame = new Frame(state, fallback.slots, fallback.work);
            Tree constant = new Tree();
            frame.sink = constant;
            fallback.body.exec(frame);
            return constant.build();
        }
        return value;
    }

    /** Adds what rules below this node define; they are part of the same object. */
    private void below(RuleNode from, List<Value> path, Tree tree, State state, Location location) {
        for (Map.Entry<String, RuleNode> child : from.children().entrySet()) {
            RuleNode here = child.getValue();
            List<Value> keys = new ArrayList<>(path);
            keys.add(StringValue.ofName(child.getKey()));
            if (here.definitions().isEmpty()) {
                below(here, keys, tree, state, location);
                continue;
            }
            Location at = here.definitions().getFirst().rule().location();
            Value value = plan.nodeValue(state, here, null, location);
            if (value instanceof SetValue set
                    && here.definitions().getFirst().rule().key() != null) {
                set.forEach(element -> tree.add(keys, element, true, at));
            } else if (value instanceof ObjectValue object
                    && !here.definitions().getFirst().suffix().isEmpty()) {
                tree.addAll(keys, object, at);
            } else if (value != null) {
                tree.add(keys, Values.frozen(value, state.shared), false, at);
            }
        }
    }

    /** The error that lists the values, in source order. */
    private RegoEvaluationException conflict(State state, Value @Nullable [] args) {
        List<String> lines = new ArrayList<>();
        Value first = null;
        Location at = clauses.getFirst().location;
        for (Clause clause : clauses) {
            for (Clause branch = clause; branch != null; branch = branch.otherwise) {
                Frame frame = new Frame(state, branch.slots, branch.work);
                if (args != null) {
                    System.arraycopy(args, 0, frame.slots, 0, args.length);
                }
                boolean inside = false;
                try {
                    branch.body.exec(frame);
                } catch (Conflict several) {
                    inside = true;
                }
                Value found = frame.result;
                if (found == null) {
                    continue;
                }
                boolean differs = first == null || !first.equals(found);
                if (differs) {
                    if (lines.size() == 1) {
                        at = branch.location;
                    }
                    String text = found.toString();
                    lines.add("  "
                            + (text.length() > MAX_CONFLICT_TEXT ? text.substring(0, MAX_CONFLICT_TEXT) : text) + " at "
                            + branch.location.file() + ":" + branch.location.row());
                }
                if (inside && lines.size() == 1) {
                    at = branch.location;
                }
                first = first == null ? found : first;
                break;
            }
        }
        if (lines.size() > MAX_CONFLICT_LINES) {
            lines = new ArrayList<>(lines.subList(0, MAX_CONFLICT_LINES));
            lines.add("  ...");
        }
        String text = form == Form.FUNCTION
                ? "function " + node.name() + " produced conflicting values for the same inputs:\n"
                : "rule " + node.name() + " produced conflicting values:\n";
        return new RegoEvaluationException(
                RegoEvaluationException.CONFLICT, text + String.join("\n", lines), at.file(), at.row(), at.column());
    }

    /** Says that one definition gave two values; turned into a {@link RegoEvaluationException} with their list. */
    private static final class Conflict extends RuntimeException {
        private Conflict() {
            super("conflict", null, false, false);
        }
    }
}
