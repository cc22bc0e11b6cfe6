package dev.sluice.rego.plan;

import dev.sluice.rego.value.Value;
import org.jspecify.annotations.Nullable;

/** The variables of one evaluation of one rule body. */
final class Frame {
    private static final Place[] NONE = {};

    final @Nullable Value[] slots;
    /** Builders of the comprehensions and cursors into the data tree that are being worked on. */
    final @Nullable Object[] work;
    /** Where the values of the variables stand; as long as {@link #slots} when tracing, else empty. */
    final @Nullable Place[] places;

    State state;
    /** The value of a complete rule or function found so far. */
    @Nullable
    Value result;
    /** Where a partial rule or a query puts what it finds. */
    @Nullable
    Object sink;
    /** How many literals of the body have held at the same time, at most; kept when tracing. */
    int reached;
    /** The variables with which the body held first, as text; kept when tracing. */
    @Nullable
    String witness;
    /** The values at which the literal after those last failed; kept when tracing. */
    String detail = "";

    Frame(State state, int slots, int work) {
        this.state = state;
        this.slots = new Value[slots];
        this.work = new Object[work];
        this.places = state.shared.trace == null ? NONE : new Place[slots];
    }
}
