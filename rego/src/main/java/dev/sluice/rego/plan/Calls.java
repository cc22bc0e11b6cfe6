package dev.sluice.rego.plan;

import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What functions gave for which arguments. Strings and numbers are the same argument when they are written the same,
 * everything else when it is one object, so that a look costs little whatever the arguments are. For one evaluation; holds a
 * thousand calls at most.
 */
final class Calls {
    private static final int MAX = 1000;
    private static final int BYTES = 100;

    private final Map<Call, @Nullable Value> results = new HashMap<>();

    /**
     * A call.
     *
     * @param function the id of its rule node
     * @param places where the arguments stand, as what is read of them is told by place; empty without trace
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Call(int function, Value[] args, @Nullable Place[] places) {
        @Override
        public boolean equals(@Nullable Object other) {
            if (!(other instanceof Call that) || function != that.function || !Arrays.equals(places, that.places)) {
                return false;
            }
            for (int i = 0; i < args.length; i++) {
                if (!isSame(args[i], that.args[i])) {
                    return false;
                }
            }
            return true;
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean isSame(Value a, Value b) {
            if (a == b) {
                return true;
            }
            if (a instanceof NumberValue x && b instanceof NumberValue y) {
                // 1 and 1.0 are equal, yet a function that gives its argument gives back what was written.
                return isWritten(x) && isWritten(y) && x.text().equals(y.text());
            }
            return a instanceof StringValue && a.equals(b);
        }

        /** Whether the value is compared as it is written. */
        private static boolean isWritten(Value value) {
            return value instanceof StringValue || (value instanceof NumberValue && !value.dependsOnClock());
        }

        @Override
        public int hashCode() {
            int hash = function;
            for (Value arg : args) {
                hash = hash * 31 + (isWritten(arg) ? arg.hashCode() : System.identityHashCode(arg));
            }
            return hash;
        }
    }

    boolean isKnown(Call call) {
        return results.containsKey(call);
    }

    /** What the call gave, null where that was undefined or the call is not known. */
    @Nullable
    Value known(Call call) {
        return results.get(call);
    }

    void remember(Call call, @Nullable Value result, Shared shared) {
        if (results.size() < MAX) {
            shared.allocate(BYTES);
            results.put(call, result);
        }
    }
}
