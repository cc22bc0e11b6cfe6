package dev.sluice.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a server was asked to change, and so what its things may be.
 *
 * <p>A thing is what the last answer said, or what a change that was never answered would have made of it: until it was looked at,
 * from when on it must stay what was found. One change of a thing at a time. Thread-safe.
 *
 * @param <S> what a thing can be
 */
final class Ledger<S> {

    private final String what;
    private final S absent;
    private final Map<String, Set<S>> possible = new ConcurrentHashMap<>();
    private final Set<String> fresh = ConcurrentHashMap.newKeySet();

    /** A change under way. */
    interface Change {
        void send() throws IOException, InterruptedException;
    }

    /**
     * A ledger of nothing.
     *
     * @param what things are called in messages
     * @param absent what a thing is that was never made, or was removed
     */
    Ledger(String what, S absent) {
        this.what = what;
        this.absent = absent;
    }

    /** Sends a change; when it returns the change counts as answered, when it throws the change may have happened. */
    void change(String thing, S to, Change change) throws IOException, InterruptedException {
        possible.compute(thing, (key, before) -> {
            Set<S> either = new HashSet<>(before == null ? Set.of(absent) : before);
            either.add(to);
            return Set.copyOf(either);
        });
        fresh.add(thing);
        change.send();
        possible.put(thing, Set.of(to));
    }

    /** Things that were changed since they were last {@link #found}. */
    List<String> fresh() {
        return new ArrayList<>(fresh);
    }

    /** Everything there ever was. */
    List<String> all() {
        return new ArrayList<>(possible.keySet());
    }

    /** Things that are for certain, and not absent. */
    List<String> certain() {
        return possible.entrySet().stream()
                .filter(entry ->
                        entry.getValue().size() == 1 && !entry.getValue().contains(absent))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether the last change of a thing was not answered. */
    boolean isUncertain(String thing) {
        return possible.getOrDefault(thing, Set.of(absent)).size() > 1;
    }

    /** What a thing was found to be, which must be possible. */
    void found(String thing, S is) {
        Set<S> allowed = possible.getOrDefault(thing, Set.of(absent));
        if (!allowed.contains(is)) {
            throw new AssertionError(what + " " + thing + " is " + is + ", but was acknowledged as " + allowed);
        }
        possible.put(thing, Set.of(is));
        fresh.remove(thing);
    }
}
