package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.builtin.BuiltinException;
import dev.sluice.rego.builtin.CallContext;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all states of one evaluation have in common. */
final class Shared implements CallContext {
    private static final int CLOCK_INTERVAL = 1 << 12;

    final long nowNanos;
    final boolean strict;
    /** Who hears of builtins that fail; null for nobody. */
    final Evaluation.@Nullable Failures failures;

    final @Nullable Trace trace;
    /** The documents of the request. */
    final @Nullable Value input;

    final Value data;
    /** What earlier evaluations found with the same data; null where nothing is to be taken from them. */
    final @Nullable Kept kept;

    private final Limits limits;
    private final long started = System.nanoTime();
    private final long deadlineNanos;
    private long horizon = Long.MAX_VALUE;
    private long steps;
    private long bytes;
    private long checkpoint;
    private int depth;
    private boolean failed;

    Shared(Evaluation.Request request, @Nullable Trace trace, @Nullable Kept kept) {
        Instant now = request.now();
        this.nowNanos = Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
        this.input = request.input();
        this.data = request.data();
        this.kept = kept;
        this.strict = request.strictErrors();
        this.failures = request.failures();
        this.limits = request.limits();
        this.checkpoint = Math.min(CLOCK_INTERVAL, limits.maxSteps() + 1);
        this.trace = trace;
        long nanos;
        try {
            nanos = limits.deadline().toNanos();
        } catch (ArithmeticException tooLong) {
            nanos = Long.MAX_VALUE;
        }
        this.deadlineNanos = nanos;
    }

    @Override
    public void changesAt(long epochNanos) {
        if (epochNanos > nowNanos && epochNanos < horizon) {
            horizon = epochNanos;
        }
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public boolean strict() {
        return strict;
    }

    /** A builtin failed and the evaluation goes on. */
    void failed(BuiltinException failure, Value[] operands, Location location) {
        if (failures != null) {
            failed = true;
            String text = failure.getMessage();
            failures.failed(new Evaluation.Failure(
                    failure.code(),
                    text == null ? "" : text,
                    location.file(),
                    location.row(),
                    location.column(),
                    List.of(operands)));
        }
    }

    /** Whether what was found may be kept for other evaluations: what hides a failure from who hears of them must not. */
    boolean mayKeep() {
        return !failed;
    }

    @Override
    public void reserve(long amount) {
        if (amount > limits.maxBytes() - bytes) {
            throw tooMuch();
        }
    }

    private RegoEvaluationException tooMuch() {
        return cancelled("the evaluation needed more than " + limits.maxBytes() + " bytes");
    }

    long horizon() {
        return horizon;
    }

    void step() {
        charge(1);
    }

    /** Counts memory taken. */
    void allocate(long amount) {
        bytes += amount;
        if (bytes > limits.maxBytes()) {
            throw tooMuch();
        }
    }

    /** Counts the memory of a value that was made, its elements not included. */
    Value made(Value value) {
        long weight = Weights.bytes(value);
        allocate(weight);
        charge((int) (weight >> 6));
        return value;
    }

    /** Ends the evaluation where its result is too large or too deep. */
    void checkResult(Value result) {
        long size = Weights.size(result, limits.maxResult(), limits.maxDepth());
        if (size < 0) {
            throw cancelled("the result is nested more than " + limits.maxDepth() + " deep");
        }
        if (size > limits.maxResult()) {
            throw cancelled("the result is larger than " + limits.maxResult());
        }
    }

    /** Counts work done. */
    void charge(int amount) {
        steps += amount;
        if (steps >= checkpoint) {
            checkpoint = Math.min(steps + CLOCK_INTERVAL, limits.maxSteps() + 1);
            checkDeadline();
        }
    }

    @Override
    public void checkDeadline() {
        if (steps > limits.maxSteps()) {
            throw cancelled("the evaluation took more than " + limits.maxSteps() + " steps");
        }
        if (System.nanoTime() - started > deadlineNanos) {
            throw cancelled(
                    "the evaluation took longer than " + limits.deadline().toMillis() + " ms");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled("the evaluation was interrupted");
        }
    }

    void enter(Location location) {
        if (++depth > limits.maxDepth()) {
            throw new RegoEvaluationException(
                    RegoEvaluationException.CANCEL,
                    "rules call each other more than " + limits.maxDepth() + " deep",
                    location.file(),
                    location.row(),
                    location.column());
        }
        step();
    }

    void leave() {
        depth--;
    }

    private static RegoEvaluationException cancelled(String text) {
        return new RegoEvaluationException(RegoEvaluationException.CANCEL, text, "", 0, 0);
    }
}
