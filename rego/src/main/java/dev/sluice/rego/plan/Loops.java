package dev.sluice.rego.plan;

import dev.sluice.rego.analysis.Vars;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The loops around what is being planned. A term that depends on none of the innermost ones is computed when it is first
 * needed and kept until the next round of the loop it does depend on begins, so that it is never computed where it would
 * not have been, and what it gives (undefined too) is the same.
 *
 * <p>Loops count from 1; level 0 is what depends on no loop. For one thread, as long as a body is being planned.
 */
final class Loops {
    /** Stands in a slot for a value that is known to be undefined. */
    private static final Value UNDEFINED = ArrayValue.of(NullValue.NULL);

    private final BodyPlanner planner;
    /** The level of the value of each variable that is or was bound. */
    private final Map<String, Integer> levels = new HashMap<>();

    private final List<Loop> open = new ArrayList<>();
    /** The level of whatever is being planned: its value is asked for once in each round of that loop. */
    private int frequency;
    /** How many literals with changed documents are being planned; nothing is kept inside them. */
    private int scopes;

    Loops(BodyPlanner planner) {
        this.planner = planner;
    }

    /** A loop, with the slots of what is kept while it runs. */
    static final class Loop {
        private final List<Integer> kept = new ArrayList<>();

        /** The statement that forgets what the loop kept when it ran before; belongs directly before the loop. */
        Node then(Node next) {
            int[] slots = kept.stream().mapToInt(i -> i).toArray();
            return switch (slots.length) {
                case 0 -> next;
                case 1 -> {
                    int only = slots[0];
                    yield frame -> {
                        frame.slots[only] = null;
                        return next.exec(frame);
                    };
                }
                default ->
                    frame -> {
                        for (int slot : slots) {
                            frame.slots[slot] = null;
                        }
                        return next.exec(frame);
                    };
            };
        }
    }

    /** Where planning stands, to return to at the end of a block. */
    record Mark(int depth, int frequency, int scopes) {}

    Mark mark() {
        return new Mark(open.size(), frequency, scopes);
    }

    void returnTo(Mark mark) {
        while (open.size() > mark.depth) {
            open.removeLast();
        }
        frequency = mark.frequency;
        scopes = mark.scopes;
    }

    /** Begins a loop; whatever is planned from here on is inside. */
    Loop begin() {
        Loop loop = new Loop();
        open.add(loop);
        frequency = open.size();
        return loop;
    }

    void enterScope() {
        scopes++;
    }

    void leaveScope() {
        scopes--;
    }

    /** A variable was bound to something that may be another value in each round of the innermost loop. */
    void bound(String name) {
        levels.put(name, open.size());
    }

    /** A variable was bound to the value of a term. */
    void bound(String name, Term value) {
        levels.put(name, scopes > 0 ? open.size() : level(value));
    }

    /** The innermost loop whose variables the term depends on. */
    private int level(Term term) {
        int[] deepest = {0};
        // Variables that are not bound yet belong to a comprehension inside the term.
        Vars.anywhere(term, v -> {
            if (planner.isBound(v.name())) {
                deepest[0] = Math.max(deepest[0], levels.getOrDefault(v.name(), open.size()));
            }
        });
        return deepest[0];
    }

    /** Plans a term, to be computed no more often than it can change. */
    Ev plan(Term term, Supplier<Ev> planned) {
        if (frequency == 0 || scopes > 0 || !isWorthKeeping(term)) {
            return planned.get();
        }
        int level = level(term);
        if (level >= frequency) {
            return planned.get();
        }
        int before = frequency;
        frequency = level;
        Ev value = planned.get();
        frequency = before;
        if (value instanceof Ev.Constant) {
            return value;
        }
        int slot = planner.temporarySlot();
        open.get(level).kept.add(slot);
        return planner.isTraced() ? keptWithPlace(value, slot) : kept(value, slot);
    }

    private static boolean isWorthKeeping(Term term) {
        return switch (term) {
            case Term.Constant c -> false;
            case Term.Var v -> false;
            case Term.Ref r -> true;
            case Term.ArrayTerm a -> true;
            case Term.SetTerm s -> true;
            case Term.ObjectTerm o -> true;
            case Term.Call c -> true;
            case Term.TemplateString t -> true;
            case Term.Comprehension c -> true;
        };
    }

    @SuppressWarnings("ReferenceEquality")
    private static Ev kept(Ev value, int slot) {
        return frame -> {
            Value known = frame.slots[slot];
            if (known == null) {
                known = value.eval(frame);
                frame.slots[slot] = known == null ? UNDEFINED : known;
            }
            return known == UNDEFINED ? null : known;
        };
    }

    @SuppressWarnings("ReferenceEquality")
    private static Ev keptWithPlace(Ev value, int slot) {
        return frame -> {
            Value known = frame.slots[slot];
            if (known == null) {
                known = value.eval(frame);
                frame.slots[slot] = known == null ? UNDEFINED : known;
                frame.places[slot] = Trace.of(frame).at;
            } else {
                Trace.of(frame).at = frame.places[slot];
            }
            return known == UNDEFINED ? null : known;
        };
    }
}
