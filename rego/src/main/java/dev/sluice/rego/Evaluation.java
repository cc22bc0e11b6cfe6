package dev.sluice.rego;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The question put to a {@link PreparedQuery} and its answer. */
public final class Evaluation {
    private Evaluation() {}

    /**
     * What an evaluation depends on. Equal requests give equal results.
     *
     * @param input the {@code input} document, absent when null
     * @param data the base documents below {@code data}, an object; hosts that give the same one again save what rules that
     *     depend on data alone cost
     * @param now the instant {@code time.now_ns} tells
     * @param strictErrors whether a failing builtin ends the evaluation instead of being undefined
     * @param trace whether reads and steps are recorded; costs nothing when off
     * @param limits bounds on the work
     * @param observer who follows the evaluation, which then is a traced one; null for nobody
     * @param failures who hears of builtins that fail while the evaluation goes on without them; null for nobody
     */
    public record Request(
            @Nullable Value input,
            Value data,
            Instant now,
            boolean strictErrors,
            boolean trace,
            Limits limits,
            @Nullable Observer observer,
            @Nullable Failures failures) {
        public Request {
            Objects.requireNonNull(data);
            Objects.requireNonNull(now);
            Objects.requireNonNull(limits);
        }

        /** A request that nobody follows. */
        public Request(
                @Nullable Value input, Value data, Instant now, boolean strictErrors, boolean trace, Limits limits) {
            this(input, data, now, strictErrors, trace, limits, null, null);
        }

        /** A request that somebody follows. */
        public Request(
                @Nullable Value input,
                Value data,
                Instant now,
                boolean strictErrors,
                boolean trace,
                Limits limits,
                @Nullable Observer observer) {
            this(input, data, now, strictErrors, trace, limits, observer, null);
        }

        /** A request without trace, strictness or special limits. */
        public static Request of(@Nullable Value input, Value data, Instant now) {
            return new Request(input, data, now, false, false, Limits.STANDARD);
        }

        /** The same request with reads and steps recorded. */
        public Request traced() {
            return new Request(input, data, now, strictErrors, true, limits, observer, failures);
        }

        /** The same request, followed by somebody while it is evaluated. */
        public Request observedBy(Observer somebody) {
            return new Request(input, data, now, strictErrors, true, limits, somebody, failures);
        }

        /** The same request about another input. */
        public Request about(@Nullable Value other) {
            return new Request(other, data, now, strictErrors, trace, limits, observer, failures);
        }

        /** The same request about other documents at another instant. */
        Request about(@Nullable Value otherInput, Value otherData, Instant then) {
            return new Request(otherInput, otherData, then, strictErrors, false, limits);
        }

        /** The same request with failing builtins as errors. */
        public Request strict() {
            return new Request(input, data, now, true, trace, limits, observer, failures);
        }

        /** The same request; somebody hears of builtins that fail. */
        public Request heardBy(Failures somebody) {
            return new Request(input, data, now, strictErrors, trace, limits, observer, somebody);
        }
    }

    /**
     * Hears of builtins that fail on the way to a result, where the evaluation goes on as if they were undefined: whether that
     * can be taken for an answer is for the host to say. Called by the thread that evaluates.
     */
    @FunctionalInterface
    public interface Failures {
        /** A call failed. What only repeats a call that failed before in the same evaluation may go unsaid. */
        void failed(Failure failure);
    }

    /**
     * A builtin that failed.
     *
     * @param code OPA's error code, {@code eval_type_error} or {@code eval_builtin_error}
     * @param text what was wrong; begins with the name of the function
     * @param file the module
     * @param row the line, from 1
     * @param column the column, from 1
     * @param operands what it was given
     */
    public record Failure(String code, String text, String file, int row, int column, List<Value> operands) {
        public Failure {
            operands = List.copyOf(operands);
        }

        /** Where and what, as errors of strict evaluations say it. */
        public String message() {
            return file + ":" + row + ": " + code + ": " + text;
        }
    }

    /** Follows an evaluation while it runs; called by the thread that evaluates. */
    public interface Observer {
        /**
         * A literal is about to be evaluated, or a definition (or one of its {@code else} branches) gave its value; the place
         * is where the literal or the definition begins.
         */
        void reached(String file, int row, int column);

        /** {@code print} was called; the text is that of its operands, separated by blanks. */
        void printed(String file, int row, String text);
    }

    /**
     * What came out.
     *
     * @param value the value of the query path, null when undefined
     * @param horizon the earliest instant at which the result could differ by time alone; {@link Instant#MAX} = never
     * @param reads what was read of input and data, empty without trace
     * @param steps what made the rules succeed or fail, empty without trace
     */
    public record Result(@Nullable Value value, Instant horizon, List<Read> reads, List<Step> steps) {}

    /**
     * The answer for one of many inputs: a result or a failure.
     *
     * @param result null where the evaluation failed
     * @param failure null where it did not
     */
    public record Answer(
            Value input, @Nullable Result result, @Nullable RegoEvaluationException failure) {}

    /**
     * The answer of an ad-hoc query.
     *
     * @param bindings one map per distinct solution: variable name to value
     * @param horizon see {@link Result#horizon()}
     * @param reads see {@link Result#reads()}
     */
    public record Bindings(List<Map<String, Value>> bindings, Instant horizon, List<Read> reads) {}

    /**
     * One location of input or data that the result depends on. As long as every read still gives what it gave, the
     * evaluation gives the same result up to its horizon.
     *
     * @param path the root ({@code input} or {@code data}) and the keys below it
     * @param extent how much of what stands there counts
     * @param value what stood there, null when nothing did
     * @param interval for {@link Extent#RANGE} where the number may lie, else null
     */
    public record Read(
            List<Value> path,
            Extent extent,
            @Nullable Value value,
            @Nullable Interval interval) {
        public Read {
            path = List.copyOf(path);
        }

        /** Whether other documents still give what was read here. */
        public boolean holds(@Nullable Value input, Value data) {
            Value now = path.getFirst().equals(StringValue.ofName("input")) ? input : data;
            for (int i = 1; i < path.size() && now != null; i++) {
                now = switch (now) {
                    case ObjectValue object -> object.get(path.get(i));
                    case ArrayValue array ->
                        path.get(i) instanceof NumberValue n
                                        && n.isLong()
                                        && n.longValue() >= 0
                                        && n.longValue() < array.size()
                                ? array.get((int) n.longValue())
                                : null;
                    default -> null;
                };
            }
            return switch (extent) {
                case WHOLE -> isWrittenTheSame(value, now);
                case PRESENCE -> now != null;
                case RANGE -> now instanceof NumberValue number && interval != null && interval.contains(number);
                case KEYS -> sameKeys(value, now);
            };
        }

        /** Numbers that are equal may be written differently, and what prints them gives something else then. */
        private static boolean isWrittenTheSame(@Nullable Value then, @Nullable Value now) {
            return Objects.equals(then, now) && String.valueOf(then).equals(String.valueOf(now));
        }

        private static boolean sameKeys(@Nullable Value then, @Nullable Value now) {
            if (then instanceof ObjectValue a) {
                return now instanceof ObjectValue b && a.keys().equals(b.keys());
            }
            if (then instanceof ArrayValue a) {
                return now instanceof ArrayValue b && a.size() == b.size();
            }
            return Objects.equals(then, now);
        }
    }

    /**
     * Where a number may lie without changing the outcome of any comparison made with it.
     *
     * @param low the lower end, null for none
     * @param includesLow whether the lower end itself lies within
     * @param high the upper end, null for none
     * @param includesHigh whether the upper end itself lies within
     */
    public record Interval(
            @Nullable NumberValue low,
            boolean includesLow,
            @Nullable NumberValue high,
            boolean includesHigh) {

        /** Whether a number lies within. */
        public boolean contains(NumberValue number) {
            int above = low == null ? 1 : number.compareTo(low);
            int below = high == null ? -1 : number.compareTo(high);
            return (above > 0 || (above == 0 && includesLow)) && (below < 0 || (below == 0 && includesHigh));
        }

        /** What lies within both. */
        public Interval and(Interval other) {
            int lower = low == null ? -1 : other.low == null ? 1 : low.compareTo(other.low);
            int upper = high == null ? 1 : other.high == null ? -1 : high.compareTo(other.high);
            return new Interval(
                    lower < 0 ? other.low : low,
                    lower < 0 ? other.includesLow : includesLow && (lower > 0 || low == null || other.includesLow),
                    upper > 0 ? other.high : high,
                    upper > 0 ? other.includesHigh : includesHigh && (upper < 0 || high == null || other.includesHigh));
        }

        /** In mathematical notation: {@code [0, 0.2)}. */
        @Override
        public String toString() {
            return (includesLow ? "[" : "(") + (low == null ? "-∞" : low) + ", " + (high == null ? "∞" : high)
                    + (includesHigh ? "]" : ")");
        }
    }

    /** How much of a location was read. */
    public enum Extent {
        /** The value with everything beneath it, or that there is none. */
        WHOLE,
        /** Only which keys there are, or how many elements; the elements read have entries of their own. */
        KEYS,
        /** Only in which interval the number lies. */
        RANGE,
        /** Only that there is something; what was read of it has entries of its own. */
        PRESENCE
    }

    /**
     * One expression or rule that decided.
     *
     * @param rule the rule's path, for example {@code data.cloudsmith.match}
     * @param file the module
     * @param row the line, from 1
     * @param column the column, from 1
     * @param text the expression as written
     * @param outcome how it went
     * @param detail the values that decided, for example {@code 6.1 >= 7}; empty when there is nothing to add
     */
    public record Step(String rule, String file, int row, int column, String text, Outcome outcome, String detail) {}

    /** How an expression or rule went. */
    public enum Outcome {
        /** The rule's body succeeded. */
        SUCCEEDED,
        /** No body succeeded and the rule's default value stands. */
        DEFAULTED,
        /** The first expression that was never satisfied. */
        FAILED
    }
}
