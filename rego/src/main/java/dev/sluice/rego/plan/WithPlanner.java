package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Emits what {@code with} modifiers do: a changed state around the statements of a literal. */
final class WithPlanner {
    private final BodyPlanner planner;
    private final TermPlanner terms;

    WithPlanner(BodyPlanner planner, TermPlanner terms) {
        this.planner = planner;
        this.terms = terms;
    }

    /** One change of the state; null when its value is undefined. */
    private interface Change {
        @Nullable
        State apply(Frame frame, State state);
    }

    void enter(List<With> withs) {
        List<Change> changes = new ArrayList<>();
        for (With with : withs) {
            changes.add(change(with));
        }
        planner.emit(next -> frame -> {
            State before = frame.state;
            State state = before;
            for (Change change : changes) {
                state = change.apply(frame, state);
                if (state == null) {
                    return false;
                }
            }
            frame.state = state.enteredFrom(before);
            boolean stop = next.exec(frame);
            frame.state = before;
            return stop;
        });
    }

    /** What follows the literal sees the documents as they were before it. */
    static void leave(BodyPlanner planner) {
        planner.emit(next -> frame -> {
            State inside = frame.state;
            State outer = inside.outer;
            if (outer != null) {
                frame.state = outer;
            }
            boolean stop = next.exec(frame);
            frame.state = inside;
            return stop;
        });
    }

    private Change change(With with) {
        if (with.target() instanceof Term.Call target) {
            String name = target.name();
            if (with.value() instanceof Term.Call function && function.args().isEmpty() && terms.arity(function) != 0) {
                State.Mock mock = new State.Mock(null, function.operator());
                return (frame, state) -> state.withMock(name, mock);
            }
            Ev value = terms.consumed(planner.hoist(with.value()));
            return (frame, state) -> {
                Value found = value.eval(frame);
                return found == null ? null : state.withMock(name, new State.Mock(found, List.of()));
            };
        }
        if (!(with.target() instanceof Term.Ref target)) {
            throw new IllegalStateException("no with target: " + with.location());
        }
        Ev value = terms.consumed(planner.hoist(with.value()));
        List<Value> path = new ArrayList<>();
        for (Term part : target.path()) {
            if (part instanceof Term.Constant c) {
                path.add(c.value());
            }
        }
        boolean data = Roots.isData(target.head());
        return (frame, state) -> {
            Value found = value.eval(frame);
            if (found == null) {
                return null;
            }
            return data ? state.withData(path, found) : state.withInput(Values.put(state.input, path, found));
        };
    }
}
