package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells, by one look at the input or an argument, which of many definitions can succeed at all.
 *
 * <p>Looks at literals that compare a place with constants: {@code ==}, {@code =}, {@code in}, {@code startswith} and
 * {@code endswith}. A place is a path below {@code input} or a parameter, with constant keys. A definition that has no
 * such literal for a place, or has an {@code else}, is always a candidate. Candidates are bits of a long array, in source
 * order.
 */
final class RuleIndex {
    private static final int WORTHWHILE = 3;

    private final Level[] levels;

    private RuleIndex(Level[] levels) {
        this.levels = levels;
    }

    /** Where a value comes from: the input when {@code argument} is negative, else that argument; and the keys below. */
    private record Place(int argument, List<Value> keys) {}

    /** What the definitions say of one place, while it is being found out. */
    private static final class Draft {
        final long[] free;
        final Map<Value, long[]> equal = new HashMap<>();
        final Map<String, long[]> prefixes = new HashMap<>();
        final Map<String, long[]> suffixes = new HashMap<>();

        Draft(int words) {
            this.free = new long[words];
        }

        long[] bits(Test test, int words) {
            return switch (test.kind) {
                case EQUAL -> equal.computeIfAbsent(test.constant, c -> new long[words]);
                case PREFIX -> prefixes.computeIfAbsent(test.text(), t -> new long[words]);
                case SUFFIX -> suffixes.computeIfAbsent(test.text(), t -> new long[words]);
            };
        }

        Level at(Place place) {
            return new Level(
                    place.argument,
                    place.keys.toArray(Value[]::new),
                    free,
                    equal,
                    Affixes.of(prefixes, true),
                    Affixes.of(suffixes, false));
        }
    }

    /** What the definitions say of one place: those that do not care, and those that want what. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Level(
            int argument,
            Value[] keys,
            long[] free,
            Map<Value, long[]> equal,
            @Nullable Affixes prefixes,
            @Nullable Affixes suffixes) {

        @Nullable
        Value value(State state, Value @Nullable [] args) {
            if (argument < 0) {
                return Values.lookup(state.input, keys);
            }
            return args == null ? null : Values.lookup(args[argument], keys);
        }

        /** Whether looking for an affix of it fails, which is not the same as not finding one. */
        boolean fails(Value value) {
            return (prefixes != null || suffixes != null) && !(value instanceof StringValue);
        }

        long[] candidates(@Nullable Value value) {
            long[] found = free.clone();
            if (value == null) {
                return found;
            }
            long[] same = equal.get(value);
            if (same != null) {
                for (int i = 0; i < found.length; i++) {
                    found[i] |= same[i];
                }
            }
            if (value instanceof StringValue text) {
                if (prefixes != null) {
                    prefixes.collect(text.value(), found);
                }
                if (suffixes != null) {
                    suffixes.collect(text.value(), found);
                }
            }
            return found;
        }
    }

    /** The index of these definitions, or null where it would not pay. */
    static @Nullable RuleIndex of(List<Rule> rules) {
        if (rules.size() < WORTHWHILE) {
            return null;
        }
        int words = (rules.size() + 63) >> 6;
        Map<Place, Draft> drafts = new LinkedHashMap<>();
        List<Map<Place, List<Test>>> all = new ArrayList<>();
        for (Rule rule : rules) {
            Map<Place, List<Test>> tests = rule.otherwise() == null ? tests(rule) : Map.of();
            all.add(tests);
            tests.keySet().forEach(place -> drafts.computeIfAbsent(place, p -> new Draft(words)));
        }
        for (int i = 0; i < all.size(); i++) {
            for (Map.Entry<Place, Draft> draft : drafts.entrySet()) {
                List<Test> tests = all.get(i).get(draft.getKey());
                if (tests == null) {
                    draft.getValue().free[i >> 6] |= 1L << i;
                } else {
                    for (Test test : tests) {
                        draft.getValue().bits(test, words)[i >> 6] |= 1L << i;
                    }
                }
            }
        }
        List<Level> useful = new ArrayList<>();
        drafts.forEach((place, draft) -> {
            int free = 0;
            for (long word : draft.free) {
                free += Long.bitCount(word);
            }
            if (rules.size() - free >= WORTHWHILE) {
                useful.add(draft.at(place));
            }
        });
        return useful.isEmpty() ? null : new RuleIndex(useful.toArray(Level[]::new));
    }

    /** Whether skipping goes unseen: in strict mode errors must show, and a stand-in may replace what is looked at here. */
    static boolean applies(State state) {
        return !state.shared.strict && state.mocks == null;
    }

    /** The candidates; null when all are. */
    long @Nullable [] candidates(State state, Value @Nullable [] args) {
        long[] all = null;
        for (Level level : levels) {
            Value value = level.value(state, args);
            if (value != null && (value.dependsOnClock() || (state.shared.failures != null && level.fails(value)))) {
                continue;
            }
            long[] found = level.candidates(value);
            if (all == null) {
                all = found;
            } else {
                for (int i = 0; i < all.length; i++) {
                    all[i] &= found[i];
                }
            }
        }
        return all;
    }

    // --- what a definition requires ---

    /** One alternative: the place holds this constant, or a string that begins or ends so. */
    private record Test(Kind kind, Value constant) {
        private enum Kind {
            EQUAL,
            PREFIX,
            SUFFIX
        }

        String text() {
            return ((StringValue) constant).value();
        }
    }

    /** Per place the alternatives of its first literal; one of them must hold for the definition to succeed. */
    private static Map<Place, List<Test>> tests(Rule rule) {
        Map<Place, List<Test>> out = new HashMap<>();
        for (Expr literal : rule.body().literals()) {
            if (literal.negated() || !literal.withs().isEmpty()) {
                continue;
            }
            if (literal.statement() instanceof Expr.Truth truth
                    && truth.term() instanceof Term.Call call
                    && call.args().size() == 2) {
                Term left = call.args().get(0);
                Term right = call.args().get(1);
                switch (call.name()) {
                    case "equal" -> equality(rule, left, right, out);
                    case "internal.member_2" -> {
                        Value collection = constant(right);
                        if (collection != null) {
                            add(place(rule, left), members(collection), out);
                        }
                    }
                    case "startswith" -> affix(rule, left, right, Test.Kind.PREFIX, out);
                    case "endswith" -> affix(rule, left, right, Test.Kind.SUFFIX, out);
                    default -> {}
                }
            } else if (literal.statement() instanceof Expr.Unify unify) {
                equality(rule, unify.left(), unify.right(), out);
            }
        }
        if (rule.args() != null) {
            for (int i = 0; i < rule.args().size(); i++) {
                Value value = constant(rule.args().get(i));
                if (value != null) {
                    out.putIfAbsent(new Place(i, List.of()), List.of(new Test(Test.Kind.EQUAL, value)));
                }
            }
        }
        return out;
    }

    private static void equality(Rule rule, Term left, Term right, Map<Place, List<Test>> out) {
        Value value = constant(right);
        Place place = place(rule, left);
        if (value == null) {
            value = constant(left);
            place = place(rule, right);
        }
        add(place, value == null ? null : List.of(new Test(Test.Kind.EQUAL, value)), out);
    }

    private static void affix(Rule rule, Term text, Term affix, Test.Kind kind, Map<Place, List<Test>> out) {
        if (constant(affix) instanceof StringValue constant) {
            add(place(rule, text), List.of(new Test(kind, constant)), out);
        }
    }

    private static void add(@Nullable Place place, @Nullable List<Test> tests, Map<Place, List<Test>> out) {
        if (place != null && tests != null) {
            out.putIfAbsent(place, tests);
        }
    }

    private static @Nullable List<Test> members(Value collection) {
        List<Test> out = new ArrayList<>();
        switch (collection) {
            case SetValue set -> set.forEach(v -> out.add(new Test(Test.Kind.EQUAL, v)));
            case ArrayValue array -> array.forEach(v -> out.add(new Test(Test.Kind.EQUAL, v)));
            case ObjectValue object -> object.entries().forEach(e -> out.add(new Test(Test.Kind.EQUAL, e.value())));
            default -> {
                return null;
            }
        }
        return out;
    }

    private static @Nullable Place place(Rule rule, Term term) {
        Term head = term instanceof Term.Ref ref ? ref.head() : term;
        List<Value> keys = new ArrayList<>();
        if (term instanceof Term.Ref ref) {
            for (Term part : ref.path()) {
                // Numbers are looked up in other ways in arrays and objects: not worth the trouble.
                if (!(part instanceof Term.Constant c) || c.value() instanceof NumberValue) {
                    return null;
                }
                keys.add(c.value());
            }
        }
        if (!(head instanceof Term.Var v)) {
            return null;
        }
        if (v.name().equals("input")) {
            return new Place(-1, List.copyOf(keys));
        }
        for (int i = 0; rule.args() != null && i < rule.args().size(); i++) {
            if (rule.args().get(i) instanceof Term.Var parameter
                    && parameter.name().equals(v.name())) {
                return new Place(i, List.copyOf(keys));
            }
        }
        return null;
    }

    /** The value of a term without variables, or null. */
    static @Nullable Value constant(Term term) {
        return switch (term) {
            case Term.Constant c -> c.value();
            case Term.ArrayTerm a -> {
                List<Value> items = constants(a.items());
                yield items == null ? null : ArrayValue.of(items);
            }
            case Term.SetTerm s -> {
                List<Value> items = constants(s.items());
                yield items == null ? null : SetValue.of(items);
            }
            default -> null;
        };
    }

    private static @Nullable List<Value> constants(List<Term> terms) {
        List<Value> out = new ArrayList<>();
        for (Term term : terms) {
            Value value = constant(term);
            if (value == null) {
                return null;
            }
            out.add(value);
        }
        return out;
    }
}
