package dev.sluice.rego.plan;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.function.UnaryOperator;

/** Iteration over collections. The key of a set's element is the element; an array's are its indices. */
final class Scan {
    private Scan() {}

    /** Runs what follows for each element; a slot of -1 is not wanted. */
    static UnaryOperator<Node> over(Ev collection, int keySlot, int valueSlot) {
        return next -> frame -> {
            Value found = collection.eval(frame);
            return found != null && any(frame, found, keySlot, valueSlot, next);
        };
    }

    static boolean any(Frame frame, Value collection, int keySlot, int valueSlot, Node next) {
        Shared shared = frame.state.shared;
        switch (collection) {
            case ArrayValue array -> {
                for (int i = 0; i < array.size(); i++) {
                    shared.step();
                    if (keySlot >= 0) {
                        frame.slots[keySlot] = NumberValue.of(i);
                    }
                    if (valueSlot >= 0) {
                        frame.slots[valueSlot] = array.get(i);
                    }
                    if (next.exec(frame)) {
                        return true;
                    }
                }
            }
            case ObjectValue object -> {
                for (int i = 0; i < object.size(); i++) {
                    shared.step();
                    if (keySlot >= 0) {
                        frame.slots[keySlot] = object.keyAt(i);
                    }
                    if (valueSlot >= 0) {
                        frame.slots[valueSlot] = object.valueAt(i);
                    }
                    if (next.exec(frame)) {
                        return true;
                    }
                }
            }
            case SetValue set -> {
                for (Value element : set) {
                    shared.step();
                    if (keySlot >= 0) {
                        frame.slots[keySlot] = element;
                    }
                    if (valueSlot >= 0) {
                        frame.slots[valueSlot] = element;
                    }
                    if (next.exec(frame)) {
                        return true;
                    }
                }
            }
            default -> {}
        }
        return false;
    }

    /** Whether a body holds for every element; false for what is no collection. */
    static boolean all(Frame frame, Value collection, int keySlot, int valueSlot, Node body) {
        if (!(collection instanceof ArrayValue
                || collection instanceof ObjectValue
                || collection instanceof SetValue)) {
            return false;
        }
        return !any(frame, collection, keySlot, valueSlot, f -> !body.exec(f));
    }
}
