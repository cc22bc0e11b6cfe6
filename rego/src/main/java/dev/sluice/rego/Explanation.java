package dev.sluice.rego;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer is what it is, and what would change it.
 *
 * @param value the answer, null when undefined
 * @param horizon the earliest instant at which it could differ by time alone
 * @param steps the definitions that succeeded, and of those that did not the first expression that failed, with its values
 * @param changes single changes of what was read that give another answer; each was tried
 */
public record Explanation(@Nullable Value value, Instant horizon, List<Evaluation.Step> steps, List<Change> changes) {
    private static final int MAX_TRIED = 200;
    private static final int MAX_TEXT = 60;

    /**
     * A change that gives another answer.
     *
     * @param what what would have to be so, for example {@code input.score = 7 instead of 6.1}
     * @param value the answer then, null when undefined
     */
    public record Change(String what, @Nullable Value value) {}

    static Explanation of(PreparedQuery query, Evaluation.Request request) {
        Evaluation.Result result = query.evaluate(request.traced());
        List<Change> changes = new ArrayList<>();
        if (!result.horizon().equals(Instant.MAX)) {
            attempt(
                    query,
                    request.about(request.input(), request.data(), result.horizon()),
                    result.value(),
                    "from " + result.horizon() + " on",
                    changes);
        }
        int tried = 0;
        for (Evaluation.Read read : result.reads()) {
            for (Value other : alternatives(read)) {
                if (tried++ == MAX_TRIED) {
                    break;
                }
                boolean ofInput = read.path().getFirst().equals(StringValue.ofName("input"));
                List<Value> below = read.path().subList(1, read.path().size());
                Value input = ofInput ? replaced(request.input(), below, other) : request.input();
                Value data = ofInput ? request.data() : replaced(request.data(), below, other);
                if (data != null) {
                    attempt(
                            query,
                            request.about(input, data, request.now()),
                            result.value(),
                            shown(read, other),
                            changes);
                }
            }
        }
        return new Explanation(result.value(), result.horizon(), result.steps(), List.copyOf(changes));
    }

    private static void attempt(
            PreparedQuery query,
            Evaluation.Request request,
            @Nullable Value before,
            String what,
            List<Change> changes) {
        try {
            Value value = query.evaluate(request).value();
            if (!Objects.equals(value, before)) {
                changes.add(new Change(what, value));
            }
        } catch (RegoEvaluationException failed) {
            // A change that leads to a failure is no way to another answer.
        }
    }

    /** Values at which something may turn: just outside an interval, the other truth, something where nothing is. */
    private static List<Value> alternatives(Evaluation.Read read) {
        List<Value> out = new ArrayList<>();
        Evaluation.Interval interval = read.interval();
        if (interval != null) {
            NumberValue low = interval.low();
            NumberValue high = interval.high();
            if (low != null) {
                out.add(interval.includesLow() ? low.minus(NumberValue.ONE) : low);
            }
            if (high != null) {
                out.add(interval.includesHigh() ? high.plus(NumberValue.ONE) : high);
            }
        } else if (read.extent() == Evaluation.Extent.WHOLE) {
            switch (read.value()) {
                case BooleanValue truth -> out.add(truth == BooleanValue.TRUE ? BooleanValue.FALSE : BooleanValue.TRUE);
                case null -> out.add(BooleanValue.TRUE);
                case NullValue nothing -> out.add(BooleanValue.TRUE);
                default -> out.add(NullValue.NULL);
            }
        }
        return out;
    }

    /** A copy with another value at a path, or null where the path leads through what is no collection. */
    private static @Nullable Value replaced(@Nullable Value base, List<Value> path, Value value) {
        if (path.isEmpty()) {
            return value;
        }
        List<Value> rest = path.subList(1, path.size());
        if (base instanceof ArrayValue array
                && path.getFirst() instanceof NumberValue index
                && index.isLong()
                && index.longValue() >= 0
                && index.longValue() < array.size()) {
            Value[] items = array.toArray();
            Value below = replaced(items[(int) index.longValue()], rest, value);
            if (below == null) {
                return base;
            }
            items[(int) index.longValue()] = below;
            return ArrayValue.of(items);
        }
        if (base == null || base instanceof ObjectValue) {
            ObjectValue.Builder builder = ObjectValue.builder();
            if (base instanceof ObjectValue object) {
                builder.putAll(object);
            }
            Value below =
                    replaced(base instanceof ObjectValue object ? object.get(path.getFirst()) : null, rest, value);
            return below == null ? base : builder.put(path.getFirst(), below).build();
        }
        return base;
    }

    private static String shown(Evaluation.Read read, Value other) {
        StringBuilder out = new StringBuilder();
        for (Value key : read.path()) {
            if (key instanceof StringValue name
                    && (out.isEmpty() || name.value().matches("[A-Za-z_][A-Za-z0-9_]*"))) {
                out.append(out.isEmpty() ? "" : ".").append(name.value());
            } else {
                out.append('[').append(key).append(']');
            }
        }
        Value now = read.value();
        return out + " = " + other + " instead of " + (now == null ? "nothing" : cut(now.toString()));
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    }

    /** The explanation for people, one line each. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("the answer is " + (value == null ? "undefined" : value) + "\n");
        if (!horizon.equals(Instant.MAX)) {
            out.append("until ").append(horizon).append('\n');
        }
        for (Evaluation.Step step : steps) {
            out.append(step.file()).append(':').append(step.row()).append(": ").append(step.rule());
            out.append(
                    switch (step.outcome()) {
                        case SUCCEEDED -> " holds";
                        case DEFAULTED -> " has its default value";
                        case FAILED ->
                            " fails at: " + step.text().lines().findFirst().orElse("");
                    });
            if (!step.detail().isEmpty()) {
                out.append(" (").append(step.detail()).append(')');
            }
            out.append('\n');
        }
        for (Change change : changes) {
            out.append("it would be ").append(change.value() == null ? "undefined" : change.value());
            out.append(change.what().startsWith("from ") ? " " : " with ")
                    .append(change.what())
                    .append('\n');
        }
        return out.toString();
    }
}
