package dev.sluice.rego.plan;

import dev.sluice.rego.value.Value;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What rules that depend on data alone gave for one data document, kept for later evaluations with the same document. The
 * document is held weakly, the values take 8 MiB at most together. Safe to share between threads, without locks.
 */
final class Kept {
    private static final long MAX_BYTES = 8L << 20;
    private static final Object UNDEFINED = new Object();
    private static final Object TOO_LARGE = new Object();

    private final WeakReference<Value> data;
    private final AtomicReferenceArray<@Nullable Object> values;
    private final AtomicLong room = new AtomicLong(MAX_BYTES);

    /** @param nodes how many rule nodes there are */
    Kept(Value data, int nodes) {
        this.data = new WeakReference<>(data);
        this.values = new AtomicReferenceArray<>(nodes);
    }

    /** Whether this is about that very document. */
    boolean isOf(Value document) {
        return data.refersTo(document);
    }

    boolean isKnown(int node) {
        Object value = values.get(node);
        return value != null && value != TOO_LARGE;
    }

    @Nullable
    Value known(int node) {
        return values.get(node) instanceof Value value ? value : null;
    }

    /** Keeps the value of the rules at a node, null where they are undefined, unless there is no room for it. */
    void keep(int node, @Nullable Value value) {
        if (values.get(node) != null) {
            return;
        }
        long left = room.get();
        long weight = value == null ? 0 : Weights.whole(value, left);
        if (weight > left) {
            values.compareAndSet(node, null, TOO_LARGE);
        } else if (room.compareAndSet(left, left - weight)
                && !values.compareAndSet(node, null, value == null ? UNDEFINED : value)) {
            room.addAndGet(weight);
        }
    }
}
