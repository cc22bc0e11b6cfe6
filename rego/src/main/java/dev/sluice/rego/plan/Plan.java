package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.analysis.CallSites;
import dev.sluice.rego.analysis.DataUse;
import dev.sluice.rego.analysis.RuleNode;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The executable form of an analysed program. Rules are compiled when first needed. Safe to share between threads. */
public final class Plan {
    private static final Location NOWHERE = new Location("query", 1, 1);

    private final Analysis analysis;
    private final boolean traced;
    private final AtomicReferenceArray<@Nullable RulePlan> rules;
    /** The nodes whose rules depend on data alone; empty when tracing, as what is kept was read by somebody else. */
    private final BitSet lasting;
    /** The functions that are called at more than one place. */
    private final BitSet calledOften;
    /** The data of the last evaluation that had other data than what is kept is about. */
    private volatile WeakReference<@Nullable Value> seen = new WeakReference<>(null);

    private volatile @Nullable Kept kept;
    /** The same of evaluations whose failures somebody hears of: nothing that failed is in it. */
    private volatile @Nullable Kept heard;

    /** @param traced whether evaluations can record reads and steps; slower */
    public Plan(Analysis analysis, boolean traced) {
        this.analysis = analysis;
        this.traced = traced;
        this.rules = new AtomicReferenceArray<>(analysis.nodeCount());
        this.lasting = traced ? new BitSet() : DataUse.alone(analysis);
        this.calledOften = CallSites.several(analysis);
    }

    Analysis analysis() {
        return analysis;
    }

    boolean traced() {
        return traced;
    }

    boolean isLasting(RuleNode node) {
        return lasting.get(node.id());
    }

    boolean isCalledOften(RuleNode function) {
        return calledOften.get(function.id());
    }

    /**
     * What was found with the same data before. Nothing is kept of a document until it comes a second time, so that hosts
     * whose data is always new pay nothing; nor where errors of builtins matter, as what is kept may hide some.
     */
    private @Nullable Kept kept(Evaluation.Request request) {
        if (lasting.isEmpty() || request.strictErrors() || request.data().dependsOnClock()) {
            return null;
        }
        Value data = request.data();
        boolean listening = request.failures() != null;
        Kept latest = listening ? heard : kept;
        if (latest != null && latest.isOf(data)) {
            return latest;
        }
        if (!seen.refersTo(data)) {
            seen = new WeakReference<>(data);
            return null;
        }
        Kept fresh = new Kept(data, analysis.nodeCount());
        if (listening) {
            heard = fresh;
        } else {
            kept = fresh;
        }
        return fresh;
    }

    /** The plan of the rules at a node. Two threads may both make it; either will do. */
    RulePlan rule(RuleNode node) {
        RulePlan plan = rules.get(node.id());
        if (plan == null) {
            plan = RulePlan.of(this, node);
            rules.set(node.id(), plan);
        }
        return plan;
    }

    /** The value of a path below data or input, the root first. */
    public Evaluation.Result evaluate(List<String> path, Evaluation.Request request) {
        Trace trace = traced ? new Trace(request) : null;
        Shared shared = new Shared(request, trace, kept(request));
        State state = new State(shared, request.input(), request.data(), analysis.nodeCount());
        Value value;
        if (path.getFirst().equals("input")) {
            List<Value> keys = new ArrayList<>();
            path.subList(1, path.size()).forEach(p -> keys.add(StringValue.ofName(p)));
            value = Values.lookup(request.input(), keys.toArray(Value[]::new));
            if (trace != null) {
                trace.wholeInput(keys);
            }
        } else {
            value = document(path.subList(1, path.size()), state);
        }
        if (value != null) {
            value = Values.frozen(value, shared);
            shared.checkResult(value);
        }
        return new Evaluation.Result(
                value,
                instant(shared.horizon()),
                trace == null ? List.of() : trace.reads(),
                trace == null ? List.of() : trace.steps());
    }

    private @Nullable Value document(List<String> path, State state) {
        RuleNode node = analysis.root();
        for (int i = 0; node != null && i < path.size() && node.definitions().isEmpty(); i++) {
            node = node.child(path.get(i));
            if (node != null && i == path.size() - 1 && !node.definitions().isEmpty()) {
                return nodeValue(state, node, null, NOWHERE);
            }
        }
        if (state.shared.trace != null) {
            List<Value> keys = new ArrayList<>();
            path.forEach(p -> keys.add(StringValue.ofName(p)));
            state.shared.trace.wholeData(keys);
        }
        Cursor cursor = Cursor.root(state, analysis.root());
        for (String name : path) {
            cursor = cursor.step(this, state, StringValue.ofName(name), NOWHERE);
            if (cursor == null) {
                return null;
            }
        }
        return cursor.value(this, state, NOWHERE);
    }

    private static Instant instant(long epochNanos) {
        return epochNanos == Long.MAX_VALUE
                ? Instant.MAX
                : Instant.ofEpochSecond(
                        Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
    }

    /** A query compiled by {@link #query}. */
    public static final class QueryPlan {
        private final Node body;
        private final int slots;
        private final int work;

        private QueryPlan(Node body, int slots, int work) {
            this.body = body;
            this.slots = slots;
            this.work = work;
        }
    }

    /** Compiles a query. */
    public QueryPlan query(Analysis.Query query) {
        BodyPlanner planner = new BodyPlanner(this);
        planner.body(query.body());
        Map<String, Ev> variables = new LinkedHashMap<>();
        query.variables().forEach((name, unique) -> {
            if (planner.isBound(unique)) {
                variables.put(name, planner.head(new Term.Var(NOWHERE, unique)));
            }
        });
        Node end = frame -> {
            Map<String, Value> binding = new LinkedHashMap<>();
            variables.forEach((name, variable) -> {
                Value value = variable.eval(frame);
                if (value != null) {
                    binding.put(name, Values.frozen(value, frame.state.shared));
                }
            });
            @SuppressWarnings("unchecked")
            Set<Map<String, Value>> sink = (Set<Map<String, Value>>) frame.sink;
            if (sink != null) {
                sink.add(binding);
            }
            return false;
        };
        Node body = planner.link(end);
        return new QueryPlan(body, planner.slotCount(), planner.workCount());
    }

    /** All distinct solutions of a query. */
    public Evaluation.Bindings solve(QueryPlan query, Evaluation.Request request) {
        Trace trace = traced ? new Trace(request) : null;
        Shared shared = new Shared(request, trace, kept(request));
        State state = new State(shared, request.input(), request.data(), analysis.nodeCount());
        Frame frame = new Frame(state, query.slots, query.work);
        Set<Map<String, Value>> sink = new LinkedHashSet<>();
        frame.sink = sink;
        query.body.exec(frame);
        return new Evaluation.Bindings(
                List.copyOf(sink), instant(shared.horizon()), trace == null ? List.of() : trace.reads());
    }

    /** The document at a node: base data with what the rules below define. */
    @Nullable
    Value document(State state, RuleNode node, @Nullable Value base, Location location) {
        if (Replaced.covers(state.replaced, node.path())) {
            return base;
        }
        ObjectValue.Builder builder = ObjectValue.builder();
        for (Map.Entry<String, RuleNode> child : node.children().entrySet()) {
            StringValue key = StringValue.ofName(child.getKey());
            Value below = base == null ? null : Values.lookup(base, key);
            Value value = nodeValue(state, child.getValue(), below, location);
            if (value != null) {
                builder.put(key, value);
            }
        }
        if (base instanceof ObjectValue object) {
            // Where both define a scalar the base data wins; objects below have been joined already.
            for (ObjectValue.Entry entry : object.entries()) {
                if (!(entry.value() instanceof ObjectValue) || builder.get(entry.key()) == null) {
                    builder.put(entry.key(), entry.value());
                }
            }
        }
        return builder.build();
    }

    /** The value of a node: of its rules where it has any, else of its document. */
    @Nullable
    Value nodeValue(State state, RuleNode node, @Nullable Value base, Location location) {
        if (node.definitions().isEmpty()) {
            return document(state, node, base, location);
        }
        if (node.isFunction()) {
            return Replaced.covers(state.replaced, node.path()) ? base : null;
        }
        return rule(node).value(state, location);
    }
}
