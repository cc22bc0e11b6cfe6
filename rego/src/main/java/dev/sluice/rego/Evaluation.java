package dev.sluice.rego;

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
     * @param data the base documents below {@code data}, an object
     * @param now the instant {@code time.now_ns} tells
     * @param strictErrors whether a failing builtin ends the evaluation instead of being undefined
     * @param trace whether reads and steps are recorded; costs nothing when off
     * @param limits bounds on the work
     */
    public record Request(
            @Nullable Value input, Value data, Instant now, boolean strictErrors, boolean trace, Limits limits) {
        public Request {
            Objects.requireNonNull(data);
            Objects.requireNonNull(now);
            Objects.requireNonNull(limits);
        }

        /** A request without trace, strictness or special limits. */
        public static Request of(@Nullable Value input, Value data, Instant now) {
            return new Request(input, data, now, false, false, Limits.STANDARD);
        }

        /** The same request with reads and steps recorded. */
        public Request traced() {
            return new Request(input, data, now, strictErrors, true, limits);
        }

        /** The same request with failing builtins as errors. */
        public Request strict() {
            return new Request(input, data, now, true, trace, limits);
        }
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
     * The answer of an ad-hoc query.
     *
     * @param bindings one map per distinct solution: variable name to value
     * @param horizon see {@link Result#horizon()}
     */
    public record Bindings(List<Map<String, Value>> bindings, Instant horizon) {}

    /**
     * One location of input or data that the result depends on. As long as every read still gives what it gave, the
     * evaluation gives the same result up to its horizon.
     *
     * @param path the root ({@code input} or {@code data}) and the keys below it
     * @param extent how much of what stands there counts
     * @param value what stood there, null when nothing did
     */
    public record Read(
            List<Value> path, Extent extent, @Nullable Value value) {}

    /** How much of a location was read. */
    public enum Extent {
        /** The value with everything beneath it, or that there is none. */
        WHOLE,
        /** Only which keys there are, or how many elements; the elements read have entries of their own. */
        KEYS,
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
