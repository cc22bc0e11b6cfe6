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

    private final List<Level> levels;
    private final int words;

    private RuleIndex(List<Level> levels, int words) {
        this.levels = levels;
        this.words = words;
    }

    /** Where a value comes from: the input when {@code argument} is negative, else that argument; and the keys below. */
    private record Place(int argument, List<Value> keys) {
        @Nullable
        Value in(State state, Value @Nullable [] args) {
            if (argument >= 0) {
                return args == null ? null : Values.lookup(args[argument], keys);
            }
            return Values.lookup(state.input, keys);
        }
    }

    /** What the definitions say of one place. */
    private static final class Level {
        final Place place;
        final long[] free;
        final Map<Value, long[]> equal = new HashMap<>();
        final Affixes prefixes = new Affixes(true);
        final Affixes suffixes = new Affixes(false);

        Level(Place place, int words) {
            this.place = place;
            this.free = new long[words];
        }
    }

    /** Beginnings or ends of strings. */
    private static final class Affixes {
        private final boolean start;
        private final Map<String, long[]> byText = new HashMap<>();
        private final List<Integer> lengths = new ArrayList<>();

        Affixes(boolean start) {
            this.start = start;
        }

        long[] of(String text, int words) {
            if (!lengths.contains(text.length())) {
                lengths.add(text.length());
            }
            return byText.computeIfAbsent(text, t -> new long[words]);
        }

        void collect(String text, long[] into) {
            for (int length : lengths) {
                if (length <= text.length()) {
                    long[] found =
                            byText.get(start ? text.substring(0, length) : text.substring(text.length() - length));
                    or(into, found);
                }
            }
        }
    }

    /** The index of these definitions, or null where it would not pay. */
    static @Nullable RuleIndex of(List<Rule> rules) {
        if (rules.size() < WORTHWHILE) {
            return null;
        }
        int words = (rules.size() + 63) >> 6;
        Map<Place, Level> levels = new LinkedHashMap<>();
        List<Map<Place, List<Test>>> all = new ArrayList<>();
        for (Rule rule : rules) {
            Map<Place, List<Test>> tests = rule.otherwise() == null ? tests(rule) : Map.of();
            all.add(tests);
            tests.keySet().forEach(place -> levels.computeIfAbsent(place, p -> new Level(p, words)));
        }
        for (int i = 0; i < all.size(); i++) {
            for (Level level : levels.values()) {
                List<Test> tests = all.get(i).get(level.place);
                if (tests == null) {
                    level.free[i >> 6] |= 1L << i;
                } else {
                    for (Test test : tests) {
                        test.in(level, words)[i >> 6] |= 1L << i;
                    }
                }
            }
        }
        List<Level> useful = new ArrayList<>();
        for (Level level : levels.values()) {
            int free = 0;
            for (long word : level.free) {
                free += Long.bitCount(word);
            }
            if (rules.size() - free >= WORTHWHILE) {
                useful.add(level);
            }
        }
        return useful.isEmpty() ? null : new RuleIndex(useful, words);
    }

    /** Whether skipping goes unseen: in strict mode errors must show, and a stand-in may replace what is looked at here. */
    static boolean applies(State state) {
        return !state.shared.strict && state.mocks == null;
    }

    /** The candidates; null when all are. */
    long @Nullable [] candidates(State state, Value @Nullable [] args) {
        long[] all = null;
        for (Level level : levels) {
            Value value = level.place.in(state, args);
            long[] found = level.free.clone();
            if (value != null) {
                if (value.dependsOnClock()) {
                    continue;
                }
                or(found, level.equal.get(value));
                if (value instanceof StringValue text) {
                    level.prefixes.collect(text.value(), found);
                    level.suffixes.collect(text.value(), found);
                }
            }
            if (all == null) {
                all = found;
            } else {
                for (int i = 0; i < words; i++) {
                    all[i] &= found[i];
                }
            }
        }
        return all;
    }

    private static void or(long[] into, long @Nullable [] more) {
        if (more != null) {
            for (int i = 0; i < into.length; i++) {
                into[i] |= more[i];
            }
        }
    }

    // --- what a definition requires ---

    /** One alternative: the place holds this constant, or a string that begins or ends so. */
    private record Test(Kind kind, Value constant) {
        private enum Kind {
            EQUAL,
            PREFIX,
            SUFFIX
        }

        long[] in(Level level, int words) {
            return switch (kind) {
                case EQUAL -> level.equal.computeIfAbsent(constant, c -> new long[words]);
                case PREFIX -> level.prefixes.of(((StringValue) constant).value(), words);
                case SUFFIX -> level.suffixes.of(((StringValue) constant).value(), words);
            };
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
