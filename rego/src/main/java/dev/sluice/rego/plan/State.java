package dev.sluice.rego.plan;

import dev.sluice.rego.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents an expression sees, and the values of rules computed from them. {@code with} makes a new one. */
final class State {
    private static final Object UNDEFINED = new Object();

    final Shared shared;
    final @Nullable State outer;
    final @Nullable Value input;
    final Value data;
    /** Paths below data that {@code with} replaced, rules included; null when none. */
    final @Nullable Replaced replaced;
    /** Functions that {@code with} replaced, by name; null when none. */
    final @Nullable Map<String, Mock> mocks;

    private final int nodes;
    private @Nullable Object @Nullable [] memo;
    private @Nullable Calls calls;

    /** A stand-in for a function: a value, or another function. */
    record Mock(@Nullable Value value, List<String> function) {}

    State(Shared shared, @Nullable Value input, Value data, int nodes) {
        this(shared, null, input, data, null, null, nodes);
    }

    private State(
            Shared shared,
            @Nullable State outer,
            @Nullable Value input,
            Value data,
            @Nullable Replaced replaced,
            @Nullable Map<String, Mock> mocks,
            int nodes) {
        this.shared = shared;
        this.outer = outer;
        this.input = input;
        this.data = data;
        this.replaced = replaced;
        this.mocks = mocks;
        this.nodes = nodes;
    }

    /** Whether the documents are those of the request: no {@code with} changed them. */
    boolean isOriginal() {
        return input == shared.input && data == shared.data;
    }

    /** What earlier evaluations found in these documents, where {@code with} changed no data and no function. */
    @Nullable
    Kept kept() {
        return data == shared.data && replaced == null && mocks == null ? shared.kept : null;
    }

    State withInput(Value changed) {
        return new State(shared, outer, changed, data, replaced, mocks, nodes);
    }

    State withData(List<Value> path, Value value) {
        return new State(
                shared, outer, input, Values.put(data, path, value), Replaced.add(replaced, path, 0), mocks, nodes);
    }

    State withMock(String name, Mock mock) {
        Map<String, Mock> more = mocks == null ? new HashMap<>() : new HashMap<>(mocks);
        more.put(name, mock);
        return new State(shared, outer, input, data, replaced, more, nodes);
    }

    State withoutMocks() {
        return new State(shared, outer, input, data, replaced, null, nodes);
    }

    /** The same documents, entered from {@code from}, to which the end of the literal returns. */
    State enteredFrom(State from) {
        return new State(shared, from, input, data, replaced, mocks, nodes);
    }

    /** What functions gave with these documents. */
    Calls calls() {
        Calls known = calls;
        if (known == null) {
            known = new Calls();
            calls = known;
        }
        return known;
    }

    boolean isKnown(int node) {
        return memo != null && memo[node] != null;
    }

    @Nullable
    Value known(int node) {
        Object value = memo == null ? null : memo[node];
        return value instanceof Value known ? known : null;
    }

    void remember(int node, @Nullable Value value) {
        if (memo == null) {
            memo = new Object[nodes];
        }
        memo[node] = value == null ? UNDEFINED : value;
    }
}
