package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one evaluation read and which expressions decided.
 *
 * <p>A collection that is only looked into is not itself read: what counts is the keys that are asked for, or the set of
 * its keys when it is iterated. It is read as a whole once something looks at all of it: a builtin, a comparison, the
 * output. So every term that is evaluated leaves in {@link #at} where its value stands, and whoever uses the value says
 * how much of the place counts.
 */
final class Trace {
    private static final int MAX_PLACES = 100_000;
    private static final int MAX_STEPS = 10_000;

    /** Where the value of the term evaluated last stands; null when it was computed. */
    @Nullable
    Place at;

    private final @Nullable Value input;
    private final Value data;
    private final Place inputPlace = Place.root(this, "input");
    private final Place dataPlace = Place.root(this, "data");
    private final Evaluation.@Nullable Observer observer;
    private final Set<Evaluation.Step> steps = new LinkedHashSet<>();
    private int places;

    Trace(Evaluation.Request request) {
        this.input = request.input();
        this.data = request.data();
        this.observer = request.observer();
    }

    static Trace of(Frame frame) {
        return Objects.requireNonNull(frame.state.shared.trace);
    }

    /** Whether one more place may be told apart; if not, the place above it counts as a whole. */
    boolean isRoomFor(Place above) {
        if (places >= MAX_PLACES) {
            above.whole();
            return false;
        }
        places++;
        return true;
    }

    /** Follows a path below input. */
    @Nullable
    Value followInput(Value[] path, State state) {
        Value value = state.input;
        Place place = inputPlace;
        for (Value key : path) {
            if (value == null) {
                break;
            }
            place = place == null ? null : place.below(key);
            value = Values.lookup(value, key);
        }
        return found(place, value);
    }

    /** Follows a path below data, where a number also finds the key that is its text. */
    @Nullable
    Value followData(Value[] path, State state) {
        Value value = state.data;
        Place place = dataPlace;
        for (Value key : path) {
            if (value == null) {
                break;
            }
            Value name = key;
            Value below = Values.lookup(value, key);
            if (below == null && value instanceof ObjectValue object && key instanceof NumberValue number) {
                name = StringValue.of(number.text());
                below = object.get(name);
            }
            place = place == null ? null : place.below(name);
            value = below;
        }
        return found(place, value);
    }

    /** Looks into a value that stands at a place, if any. */
    @Nullable
    Value lookup(Value base, @Nullable Place place, Value key) {
        Value value = Values.lookup(base, key);
        if (place == null) {
            at = null;
            return value;
        }
        if (base instanceof SetValue) {
            place.whole();
            at = null;
            return value;
        }
        return found(place.below(key), value);
    }

    private @Nullable Value found(@Nullable Place place, @Nullable Value value) {
        at = value == null ? null : place;
        if (place != null) {
            if (value == null) {
                place.whole();
            } else {
                place.seen();
            }
        }
        return value;
    }

    /** Notes that the keys of a collection at a place were all seen. */
    void iterated(Value collection, @Nullable Place place) {
        if (place != null) {
            if (collection instanceof ArrayValue || collection instanceof ObjectValue) {
                place.iterated();
            } else {
                place.whole();
            }
        }
    }

    /** Notes that all of the value of the term evaluated last was looked at. */
    void consume() {
        if (at != null) {
            at.whole();
            at = null;
        }
    }

    /** Notes the outcome of a comparison of two values where they stand. */
    void compared(Comparison test, Value a, @Nullable Place left, Value b, @Nullable Place right, State state) {
        at = null;
        if (left == null && right == null) {
            return;
        }
        boolean numbers = a instanceof NumberValue && b instanceof NumberValue;
        boolean moving = a.dependsOnClock() || b.dependsOnClock();
        // A number that `with` put there says nothing of the number that really stands there.
        if (numbers && !moving && state.isOriginal() && (left == null || right == null)) {
            if (left != null) {
                left.within(test.interval((NumberValue) a, (NumberValue) b));
            } else if (right != null) {
                right.within(test.swapped().interval((NumberValue) b, (NumberValue) a));
            }
            return;
        }
        if (left != null) {
            left.whole();
        }
        if (right != null) {
            right.whole();
        }
    }

    /** Notes that everything below a place of the base data was looked at. */
    void wholeData(List<Value> path) {
        Place place = dataPlace;
        for (Value key : path) {
            place = place == null ? null : place.below(key);
        }
        if (place != null) {
            place.whole();
        }
        at = null;
    }

    /** Notes that everything below a place of the input was looked at. */
    void wholeInput(List<Value> path) {
        Place place = inputPlace;
        for (Value key : path) {
            place = place == null ? null : place.below(key);
        }
        if (place != null) {
            place.whole();
        }
        at = null;
    }

    boolean isObserved() {
        return observer != null;
    }

    void reached(Location location) {
        if (observer != null) {
            observer.reached(location.file(), location.row(), location.column());
        }
    }

    void printed(Location location, String text) {
        if (observer != null) {
            observer.printed(location.file(), location.row(), text);
        }
    }

    void step(Evaluation.Step step) {
        if (steps.size() < MAX_STEPS) {
            steps.add(step);
        }
    }

    /** The reads, without those that others imply. */
    List<Evaluation.Read> reads() {
        List<Evaluation.Read> out = new ArrayList<>();
        inputPlace.collect(input, out);
        dataPlace.collect(data, out);
        return out;
    }

    List<Evaluation.Step> steps() {
        return List.copyOf(steps);
    }
}
