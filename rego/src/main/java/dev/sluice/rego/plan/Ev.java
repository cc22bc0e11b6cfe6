package dev.sluice.rego.plan;

import dev.sluice.rego.value.Value;
import org.jspecify.annotations.Nullable;

/** A term whose variables are all bound. */
@FunctionalInterface
interface Ev {
    /** The value, or null when undefined. */
    @Nullable
    Value eval(Frame frame);

    /**
     * A term that is the same value always.
     *
     * @param traced whether evaluations record reads
     */
    record Constant(Value value, boolean traced) implements Ev {
        @Override
        public Value eval(Frame frame) {
            if (traced) {
                Trace.of(frame).at = null;
            }
            return value;
        }
    }

    /** A variable. */
    record Slot(int index) implements Ev {
        @Override
        public @Nullable Value eval(Frame frame) {
            return frame.slots[index];
        }
    }
}
