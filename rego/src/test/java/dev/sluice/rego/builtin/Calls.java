package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.Value;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls functions at a fixed instant and keeps the horizon they tell. */
final class Calls implements CallContext {
    private final long now;
    private long horizon = Long.MAX_VALUE;

    Calls(long now) {
        this.now = now;
    }

    /** The result of a function on JSON operands, as JSON; {@code undefined}; or the code and text of the failure. */
    static String call(String name, String... operands) {
        Value[] args = new Value[operands.length];
        for (int i = 0; i < args.length; i++) {
            args[i] = Json.read(operands[i]);
        }
        try {
            Value result = new Calls(0).apply(name, args);
            return result == null ? "undefined" : Json.write(result);
        } catch (BuiltinException failure) {
            return failure.code() + ": " + failure.getMessage();
        }
    }

    @Nullable
    Value apply(String name, Value... args) throws BuiltinException {
        return Objects.requireNonNull(Builtins.find(name), name).call(this, args);
    }

    /** The result of a function that must have one. */
    Value get(String name, Value... args) {
        try {
            return Objects.requireNonNull(apply(name, args));
        } catch (BuiltinException failure) {
            throw new AssertionError(failure);
        }
    }

    static ArrayValue array(Value... elements) {
        return ArrayValue.of(elements);
    }

    long horizon() {
        return horizon;
    }

    @Override
    public long nowNanos() {
        return now;
    }

    @Override
    public void changesAt(long epochNanos) {
        horizon = Math.min(horizon, epochNanos);
    }

    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public void checkDeadline() {}
}
