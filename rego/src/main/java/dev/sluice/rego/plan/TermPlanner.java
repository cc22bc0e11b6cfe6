package dev.sluice.rego.plan;

import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.analysis.RuleNode;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.BuiltinException;
import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.builtin.PlainFormat;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns terms whose variables are bound into expressions, and references that iterate into statements. */
final class TermPlanner {
    private static final Place[] NONE = {};
    /** What one more element of a collection being built takes. */
    static final int ADDED = 24;

    private final Plan plan;
    private final Analysis analysis;
    private final BodyPlanner planner;
    private final Loops loops;
    private final References references;

    TermPlanner(Plan plan, BodyPlanner planner, Loops loops) {
        this.plan = plan;
        this.analysis = plan.analysis();
        this.planner = planner;
        this.loops = loops;
        this.references = new References(plan, planner, this);
    }

    References references() {
        return references;
    }

    int arity(Term.Call call) {
        RuleNode function = analysis.function(call.operator());
        if (function != null) {
            List<Term> args = function.definitions().getFirst().rule().args();
            return args == null ? -1 : args.size();
        }
        BuiltinDeclaration builtin = analysis.builtin(call.name());
        return builtin == null ? -1 : builtin.arity();
    }

    /** Emits a reference with free variables as iteration; the variable returned holds its value. */
    Term iterate(Term.Ref ref) {
        return references.iterate(ref);
    }

    /** A term whose value is looked at as a whole: compared, put into a collection, given to a builtin or out. */
    Ev consumed(Term term) {
        Ev value = plan(term);
        if (!plan.traced() || value instanceof Ev.Constant) {
            return value;
        }
        return frame -> {
            Value found = value.eval(frame);
            if (found != null) {
                Trace.of(frame).consume();
            }
            return found;
        };
    }

    Ev[] consumedAll(List<Term> terms) {
        Ev[] out = new Ev[terms.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = consumed(terms.get(i));
        }
        return out;
    }

    Ev[] planAll(List<Term> terms) {
        Ev[] out = new Ev[terms.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = plan(terms.get(i));
        }
        return out;
    }

    /** A term; when tracing, its evaluation leaves in {@link Trace#at} where the value stands. */
    Ev plan(Term term) {
        return loops.plan(term, () -> planned(term));
    }

    private Ev planned(Term term) {
        return switch (term) {
            case Term.Var v -> {
                if (Roots.isRoot(v)) {
                    yield references.plan(new Term.Ref(v.location(), v, List.of()));
                }
                int slot = planner.slot(v.name());
                yield plan.traced()
                        ? frame -> {
                            Trace.of(frame).at = frame.places[slot];
                            return frame.slots[slot];
                        }
                        : new Ev.Slot(slot);
            }
            case Term.Ref r -> references.plan(r);
            default -> {
                Ev value = computed(term);
                yield plan.traced() && !(value instanceof Ev.Constant) ? nowhere(value) : value;
            }
        };
    }

    /** A term whose value was computed and stands at no place. */
    private static Ev nowhere(Ev value) {
        return frame -> {
            Value found = value.eval(frame);
            Trace.of(frame).at = null;
            return found;
        };
    }

    private Ev computed(Term term) {
        return switch (term) {
            case Term.Constant c -> constant(c.value());
            case Term.Var v -> plan(v);
            case Term.Ref r -> plan(r);
            case Term.ArrayTerm a -> array(consumedAll(a.items()));
            case Term.SetTerm s -> set(consumedAll(s.items()));
            case Term.ObjectTerm o -> {
                Ev[] keys =
                        consumedAll(o.entries().stream().map(Term.Entry::key).toList());
                Ev[] values =
                        consumedAll(o.entries().stream().map(Term.Entry::value).toList());
                yield object(keys, values);
            }
            case Term.Call c -> call(c);
            case Term.TemplateString t -> template(t);
            case Term.Comprehension c -> comprehension(c);
        };
    }

    private Ev constant(Value value) {
        return new Ev.Constant(value, plan.traced());
    }

    private static boolean allConstant(Ev[] parts) {
        for (Ev part : parts) {
            if (!(part instanceof Ev.Constant)) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #evalAll(Ev[], Frame)}; also where the values stand, unless there is no room for it. */
    private static Value @Nullable [] evalAll(Ev[] parts, @Nullable Place[] places, Frame frame) {
        if (places.length == 0) {
            return evalAll(parts, frame);
        }
        Value[] values = new Value[parts.length];
        for (int i = 0; i < parts.length; i++) {
            Value value = parts[i].eval(frame);
            if (value == null) {
                return null;
            }
            values[i] = value;
            places[i] = Trace.of(frame).at;
        }
        return values;
    }

    private static Value @Nullable [] evalAll(Ev[] parts, Frame frame) {
        Value[] values = new Value[parts.length];
        for (int i = 0; i < parts.length; i++) {
            Value value = parts[i].eval(frame);
            if (value == null) {
                return null;
            }
            values[i] = value;
        }
        return values;
    }

    private Ev array(Ev[] items) {
        if (allConstant(items)) {
            List<Value> values = new ArrayList<>();
            for (Ev item : items) {
                values.add(((Ev.Constant) item).value());
            }
            return constant(ArrayValue.of(values));
        }
        return frame -> {
            Value[] values = evalAll(items, frame);
            return values == null ? null : frame.state.shared.made(ArrayValue.ofOwned(values));
        };
    }

    private Ev set(Ev[] items) {
        if (allConstant(items)) {
            SetValue.Builder builder = SetValue.builder();
            for (Ev item : items) {
                builder.add(((Ev.Constant) item).value());
            }
            return constant(builder.build());
        }
        return frame -> {
            SetValue.Builder builder = SetValue.builder();
            for (Ev item : items) {
                Value value = item.eval(frame);
                if (value == null) {
                    return null;
                }
                builder.add(Values.frozen(value, frame.state.shared));
            }
            return frame.state.shared.made(builder.build());
        };
    }

    private Ev object(Ev[] keys, Ev[] values) {
        if (allConstant(keys) && allConstant(values)) {
            ObjectValue.Builder builder = ObjectValue.builder(keys.length);
            for (int i = 0; i < keys.length; i++) {
                builder.put(((Ev.Constant) keys[i]).value(), ((Ev.Constant) values[i]).value());
            }
            return constant(builder.build());
        }
        return frame -> {
            ObjectValue.Builder builder = ObjectValue.builder(keys.length);
            for (int i = 0; i < keys.length; i++) {
                Value key = keys[i].eval(frame);
                Value value = key == null ? null : values[i].eval(frame);
                if (value == null || key == null) {
                    return null;
                }
                builder.put(Values.frozen(key, frame.state.shared), value);
            }
            return frame.state.shared.made(builder.build());
        };
    }

    // --- calls ---

    private Ev call(Term.Call call) {
        RuleNode function = analysis.function(call.operator());
        Ev[] args = function == null ? consumedAll(call.args()) : planAll(call.args());
        Location location = call.location();
        String name = call.name();
        if (function != null) {
            planner.calls();
            return frame -> {
                Place[] places = plan.traced() ? new Place[args.length] : NONE;
                Value[] values = evalAll(args, places, frame);
                if (values == null) {
                    return null;
                }
                if (frame.state.mocks != null) {
                    State.Mock mock = frame.state.mocks.get(name);
                    if (mock != null) {
                        return mocked(mock, frame.state, values, places, location);
                    }
                }
                return plan.rule(function).call(frame.state, values, places, location);
            };
        }
        BuiltinDeclaration builtin = analysis.builtin(name);
        if (builtin == null) {
            throw new IllegalStateException("unknown function " + name);
        }
        if (name.equals("print")) {
            return constant(BooleanValue.TRUE);
        }
        if (name.equals("sprintf")
                && args[0] instanceof Ev.Constant(StringValue format, boolean _)
                && call.args().get(1) instanceof Term.ArrayTerm items) {
            PlainFormat plain = PlainFormat.of(format.value(), items.items().size());
            if (plain != null) {
                return formatted(builtin, format, plain, consumedAll(items.items()), location);
            }
        }
        return builtin(builtin, args, location);
    }

    /** A call of {@code sprintf} whose format and number of values are known. */
    private Ev formatted(
            BuiltinDeclaration builtin, StringValue format, PlainFormat plain, Ev[] items, Location location) {
        return frame -> {
            Value[] values = evalAll(items, frame);
            if (values == null) {
                return null;
            }
            Shared shared = frame.state.shared;
            State.Mock mock = frame.state.mocks == null ? null : frame.state.mocks.get("sprintf");
            if (mock == null) {
                shared.step();
                for (int i = 0; i < values.length; i++) {
                    values[i] = Values.frozen(values[i], shared);
                }
                Value result = plain.apply(values);
                if (result != null) {
                    return shared.made(result);
                }
            }
            Value[] operands = {format, shared.made(ArrayValue.ofOwned(values))};
            return mock == null
                    ? invoke(builtin, shared, operands, location)
                    : mocked(mock, frame.state, operands, NONE, location);
        };
    }

    private Ev builtin(BuiltinDeclaration builtin, Ev[] args, Location location) {
        String name = builtin.name();
        return frame -> {
            Value[] values = evalAll(args, frame);
            if (values == null) {
                return null;
            }
            if (frame.state.mocks != null) {
                State.Mock mock = frame.state.mocks.get(name);
                if (mock != null) {
                    return mocked(mock, frame.state, values, NONE, location);
                }
            }
            return invoke(builtin, frame.state.shared, values, location);
        };
    }

    private static @Nullable Value invoke(
            BuiltinDeclaration builtin, Shared shared, Value[] values, Location location) {
        shared.step();
        for (Value value : values) {
            shared.charge((int) (Weights.bytes(value) >> 8)); // whoever is given much works much
        }
        try {
            Value result = builtin.call(shared, values);
            return result == null ? null : shared.made(result);
        } catch (BuiltinException failure) {
            if (!shared.strict) {
                shared.failed(failure, values, location);
                return null;
            }
            String text = failure.getMessage();
            throw new RegoEvaluationException(
                    failure.code(), text == null ? "" : text, location.file(), location.row(), location.column());
        } catch (RegoEvaluationException limit) {
            throw limit.at(location.file(), location.row(), location.column());
        } catch (RuntimeException fault) {
            throw new RegoEvaluationException(
                    RegoEvaluationException.INTERNAL,
                    builtin.name() + ": " + fault,
                    location.file(),
                    location.row(),
                    location.column());
        }
    }

    private @Nullable Value mocked(
            State.Mock mock, State state, Value[] args, @Nullable Place[] places, Location location) {
        if (mock.value() != null) {
            return mock.value();
        }
        RuleNode function = analysis.function(mock.function());
        // The stand-in may call what it stands for, and sees no other stand-in.
        State inside = state.withoutMocks();
        if (function != null) {
            return plan.rule(function).call(inside, args, places, location);
        }
        for (Place place : places) {
            if (place != null) {
                place.whole();
            }
        }
        BuiltinDeclaration builtin = analysis.builtin(String.join(".", mock.function()));
        return builtin == null ? null : invoke(builtin, state.shared, args, location);
    }

    // --- template strings and comprehensions ---

    private Ev template(Term.TemplateString template) {
        List<Object> parts = new ArrayList<>();
        for (Term part : template.parts()) {
            if (part instanceof Term.Constant c && c.value() instanceof StringValue s) {
                parts.add(s.value());
            } else if (part instanceof Term.ArrayTerm computed) {
                parts.add(consumed(computed.items().getFirst()));
            } else {
                Ev set = plan(part);
                parts.add((Ev) frame -> set.eval(frame) instanceof SetValue found && found.size() > 0
                        ? found.iterator().next()
                        : null);
            }
        }
        return frame -> {
            StringBuilder out = new StringBuilder();
            for (Object part : parts) {
                if (part instanceof Ev term) {
                    Value value = term.eval(frame);
                    if (value == null) {
                        out.append("<undefined>");
                    } else if (value instanceof StringValue s) {
                        out.append(s.value());
                    } else {
                        Values.frozen(value, frame.state.shared).appendTo(out);
                    }
                } else {
                    out.append((String) part);
                }
            }
            return frame.state.shared.made(StringValue.of(out.toString()));
        };
    }

    private Ev comprehension(Term.Comprehension c) {
        int work = planner.newWork();
        Node body = planner.block(() -> {
            planner.body(c.body());
            Ev key = c.key() == null ? null : planner.head(c.key());
            Ev value = planner.head(c.value());
            return switch (c.kind()) {
                case ARRAY -> arrayEnd(value, work);
                case SET -> setEnd(value, work);
                case OBJECT -> objectEnd(Objects.requireNonNull(key), value, work, c.location());
            };
        });
        return switch (c.kind()) {
            case ARRAY ->
                frame -> {
                    List<Value> items = new ArrayList<>();
                    frame.work[work] = items;
                    body.exec(frame);
                    return ArrayValue.of(items);
                };
            case SET ->
                frame -> {
                    SetValue.Builder items = SetValue.builder();
                    frame.work[work] = items;
                    body.exec(frame);
                    return items.size() == 0 ? SetValue.EMPTY : items.build();
                };
            case OBJECT ->
                frame -> {
                    ObjectValue.Builder entries = ObjectValue.builder();
                    frame.work[work] = entries;
                    body.exec(frame);
                    return entries.size() == 0 ? ObjectValue.EMPTY : entries.build();
                };
        };
    }

    @SuppressWarnings("unchecked")
    private static Node arrayEnd(Ev value, int work) {
        return frame -> {
            Value found = value.eval(frame);
            if (found != null && frame.work[work] instanceof List<?> items) {
                frame.state.shared.allocate(ADDED);
                ((List<Value>) items).add(found);
            }
            return false;
        };
    }

    private static Node setEnd(Ev value, int work) {
        return frame -> {
            Value found = value.eval(frame);
            if (found != null && frame.work[work] instanceof SetValue.Builder items) {
                frame.state.shared.allocate(ADDED);
                items.add(Values.frozen(found, frame.state.shared));
            }
            return false;
        };
    }

    private static Node objectEnd(Ev key, Ev value, int work, Location location) {
        return frame -> {
            // The value first: a conflict in a function shows, as in OPA, also where there is no key.
            Value found = value.eval(frame);
            Value at = found == null ? null : key.eval(frame);
            if (at != null && found != null && frame.work[work] instanceof ObjectValue.Builder entries) {
                at = Values.frozen(at, frame.state.shared);
                Value before = entries.get(at);
                if (before != null && !Clocks.equal(frame.state.shared, before, found)) {
                    throw new RegoEvaluationException(
                            RegoEvaluationException.CONFLICT,
                            "object keys must be unique",
                            location.file(),
                            location.row(),
                            location.column());
                }
                frame.state.shared.allocate(ADDED);
                entries.put(at, found);
            }
            return false;
        };
    }
}
