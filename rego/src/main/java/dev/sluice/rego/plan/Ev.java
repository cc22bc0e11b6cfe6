package dev.sluice.rego.plan;

import dev.sluice.rego.value.Value;
import org.jspecify.annotations.Nullable;

/** A term whose variables are all bound. */
@FunctionalInterface
interface Ev {
    /** The value, or null when undefined. */
    @Nullable
    Value eval(Frame frame);

    /** A term that is the same value always. */
    record Constant(Value value) implements Ev {
        @Override
        public Value eval(Frame frame) {
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
