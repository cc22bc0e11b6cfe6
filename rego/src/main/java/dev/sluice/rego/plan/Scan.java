package dev.sluice.rego.plan;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Column;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Iteration over collections. The key of a set's element is the element; an array's are its indices. */
final class Scan {
    private Scan() {}

    /** Runs what follows for each element; a slot of -1 is not wanted. */
    static UnaryOperator<Node> over(Plan plan, Ev collection, int keySlot, int valueSlot) {
        if (plan.traced()) {
            return next -> frame -> {
                Value found = collection.eval(frame);
                return found != null && anyTraced(frame, found, keySlot, valueSlot, next);
            };
        }
        return next -> frame -> {
            Value found = collection.eval(frame);
            return found != null && any(frame, found, keySlot, valueSlot, next);
        };
    }

    /**
     * As {@link #over} where what follows only holds for elements that have a certain value at a path; for evaluations that
     * record no reads. A large collection that is searched often keeps an index, see {@link ArrayValue#isWorthIndexing}.
     */
    static UnaryOperator<Node> search(Ev collection, int keySlot, int valueSlot, Value[] path, Ev wanted) {
        return next -> frame -> {
            Value found = collection.eval(frame);
            if (found == null) {
                return false;
            }
            ArrayValue elements = elements(found);
            if (elements != null && elements.isLarge()) {
                Value value = wanted.eval(frame);
                if (value == null) {
                    return false;
                }
                Column column = value.dependsOnClock() ? null : column(frame.state.shared, elements, path);
                if (column != null) {
                    return anyWith(frame, found, elements, column, value, keySlot, valueSlot, next);
                }
            }
            return any(frame, found, keySlot, valueSlot, next);
        };
    }

    /** The elements of a collection in the order of a scan, in an array that lasts as long as the collection; or null. */
    private static @Nullable ArrayValue elements(Value collection) {
        return switch (collection) {
            case ArrayValue array -> array;
            case SetValue set -> set.toSortedArray();
            case ObjectValue object -> object.valuesByKey();
            default -> null;
        };
    }

    private static @Nullable Column column(Shared shared, ArrayValue array, Value[] path) {
        Column known = array.column(path);
        if (known == null && array.isWorthIndexing(path)) {
            shared.charge(array.size());
            shared.allocate(array.indexBytes());
            return array.index(path);
        }
        return known;
    }

    private static boolean anyWith(
            Frame frame,
            Value collection,
            ArrayValue elements,
            Column column,
            Value value,
            int keySlot,
            int valueSlot,
            Node next) {
        for (int i = column.first(value); i >= 0; i = column.next(i)) {
            frame.state.shared.step();
            if (keySlot >= 0) {
                frame.slots[keySlot] = switch (collection) {
                    case ObjectValue object -> object.keyAt(i);
                    case SetValue set -> set.elementAt(i);
                    default -> NumberValue.of(i);
                };
            }
            frame.slots[valueSlot] = elements.get(i);
            if (next.exec(frame)) {
                return true;
            }
        }
        return false;
    }

    static boolean any(Frame frame, Value collection, int keySlot, int valueSlot, Node next) {
        if (collection instanceof ArrayValue array) {
            return anyElement(frame, array, keySlot, valueSlot, next);
        }
        if (collection instanceof ObjectValue object) {
            return anyEntry(frame, object, keySlot, valueSlot, next);
        }
        if (collection instanceof SetValue set) {
            Shared shared = frame.state.shared;
            for (int i = 0; i < set.size(); i++) {
                shared.step();
                Value element = set.elementAt(i);
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
        return false;
    }

    private static boolean anyElement(Frame frame, ArrayValue array, int keySlot, int valueSlot, Node next) {
        Shared shared = frame.state.shared;
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
        return false;
    }

    private static boolean anyEntry(Frame frame, ObjectValue object, int keySlot, int valueSlot, Node next) {
        Shared shared = frame.state.shared;
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
        return false;
    }

    /** As {@link #any} over the value evaluated last, recording which elements were looked at. */
    private static boolean anyTraced(Frame frame, Value collection, int keySlot, int valueSlot, Node next) {
        Trace trace = Trace.of(frame);
        Place place = trace.at;
        trace.iterated(collection, place);
        if (place == null || collection instanceof SetValue) {
            return any(frame, collection, keySlot, valueSlot, next);
        }
        int size = collection instanceof ArrayValue array
                ? array.size()
                : collection instanceof ObjectValue object ? object.size() : 0;
        for (int i = 0; i < size; i++) {
            frame.state.shared.step();
            Value key = collection instanceof ObjectValue object ? object.keyAt(i) : NumberValue.of(i);
            if (keySlot >= 0) {
                frame.slots[keySlot] = key;
            }
            if (valueSlot >= 0) {
                frame.slots[valueSlot] = trace.lookup(collection, place, key);
                frame.places[valueSlot] = trace.at;
            }
            if (next.exec(frame)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a body holds for every element; false for what is no collection. */
    static boolean all(Plan plan, Frame frame, Value collection, int keySlot, int valueSlot, Node body) {
        if (!(collection instanceof ArrayValue
                || collection instanceof ObjectValue
                || collection instanceof SetValue)) {
            if (plan.traced()) {
                Trace.of(frame).consume();
            }
            return false;
        }
        Node test = f -> !body.exec(f);
        return !(plan.traced()
                ? anyTraced(frame, collection, keySlot, valueSlot, test)
                : any(frame, collection, keySlot, valueSlot, test));
    }
}
