package dev.sluice.rego.fuzz;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A random module {@code t} whose rules say {@code data.t.out}.
 *
 * <p>Modules are well-formed: variables are bound before they are used, rules only refer to earlier rules, and constants are
 * only compared with what comes from a document, whose type nobody knows. Some are refused by the compiler all the same.
 */
final class RandomProgram {
    static final List<String> KEYS = List.of("a", "b", "c", "xs", "n");
    private static final Pattern NAME = Pattern.compile("\\b(?:[vt][0-9]+|arg)\\b");
    private static final List<String> COMPARE = List.of("==", "!=", "<", "<=", ">", ">=");
    static final int MAX_DEPTH = 2;

    private final Random random;
    private final StringBuilder out = new StringBuilder("package t\n");
    private final List<String> values = new ArrayList<>();
    private final List<String> sets = new ArrayList<>();
    private final List<String> objects = new ArrayList<>();
    private final List<String> functions = new ArrayList<>();
    private final List<Said> said = new ArrayList<>();
    private final @Nullable RandomClock clock;
    private final RandomLoop loops;
    private int variables;

    /** A call, and the variables that have to be bound where it is said again. */
    private record Said(String call, List<String> variables) {}

    private RandomProgram(Random random, @Nullable RandomClock clock) {
        this.random = random;
        this.clock = clock;
        this.loops = new RandomLoop(this, random);
    }

    /** The module with this seed. */
    static String module(long seed) {
        return new RandomProgram(new Random(seed), null).module();
    }

    /** The module with this seed that asks what time it is in many ways, around an instant. */
    static String module(long seed, Instant around) {
        Random random = new Random(seed);
        return new RandomProgram(random, new RandomClock(random, around)).module();
    }

    private String module() {
        int rules = 1 + random.nextInt(5);
        for (int i = 0; i < rules; i++) {
            rule(i);
        }
        out.append("\nout[\"r\"] := x if x := [");
        List<String> all = new ArrayList<>(values);
        all.addAll(sets);
        all.addAll(objects);
        out.append(all.isEmpty() ? "" : all.get(random.nextInt(all.size()))).append("]\n");
        for (String name : all) {
            out.append("\nout[\"").append(name).append("\"] := ").append(name).append('\n');
        }
        return out.toString();
    }

    private void rule(int number) {
        switch (random.nextInt(5)) {
            case 0 -> {
                String name = "p" + number;
                boolean fallback = random.nextBoolean();
                if (fallback) {
                    out.append("\ndefault ")
                            .append(name)
                            .append(" := ")
                            .append(constant())
                            .append('\n');
                }
                int definitions = random.nextInt(4) == 0 ? 4 : 1;
                for (int i = 0; i < definitions; i++) {
                    // Definitions that agree do not conflict; a single one may say what it found.
                    List<String> bound = new ArrayList<>();
                    String body = body(bound, 0);
                    out.append('\n').append(name);
                    if (definitions == 1) {
                        out.append(" := ").append(term(bound, 0));
                    }
                    out.append(" if {\n").append(body).append("}");
                    if (random.nextInt(3) == 0 && definitions == 1) {
                        List<String> inside = new ArrayList<>();
                        String second = body(inside, 0);
                        out.append(" else := ")
                                .append(term(inside, 0))
                                .append(" if {\n")
                                .append(second)
                                .append('}');
                    }
                    out.append('\n');
                }
                values.add(name);
            }
            case 1 -> {
                String name = "s" + number;
                int definitions = 1 + random.nextInt(4);
                for (int i = 0; i < definitions; i++) {
                    List<String> bound = new ArrayList<>();
                    String body = body(bound, 0);
                    out.append('\n').append(name).append(" contains ").append(term(bound, 0));
                    out.append(" if {\n").append(body).append("}\n");
                }
                sets.add(name);
            }
            case 2 -> {
                String name = "o" + number;
                List<String> bound = new ArrayList<>();
                String body = body(bound, 0);
                out.append('\n').append(name).append("[").append(term(bound, 0)).append("] := ");
                out.append(term(bound, 0)).append(" if {\n").append(body).append("}\n");
                objects.add(name);
            }
            case 3 -> {
                String name = "f" + number;
                if (random.nextInt(3) == 0) {
                    String rows = loops.lookedUp(List.of("arg"), 0);
                    out.append('\n')
                            .append(name)
                            .append("(arg) := ")
                            .append(rows)
                            .append('\n');
                    functions.add(name);
                    return;
                }
                int definitions = List.of(1, 1, 2, 4).get(random.nextInt(4));
                for (int i = 0; i < definitions; i++) {
                    // Comparing it with a constant tells the compiler its type.
                    List<String> bound = new ArrayList<>(definitions < 4 ? List.of("arg") : List.of());
                    String guard = definitions < 4 ? "" : "\targ == " + constant() + "\n";
                    String body = body(bound, 0);
                    out.append('\n')
                            .append(name)
                            .append("(arg) := ")
                            .append(definitions < 4 ? term(bound, 0) : "\"f\"");
                    out.append(" if {\n").append(guard).append(body).append("}");
                    if (definitions < 4 && random.nextInt(4) == 0) {
                        List<String> inside = new ArrayList<>(List.of("arg"));
                        String second = body(inside, 0);
                        out.append(" else := ").append(term(inside, 0));
                        out.append(" if {\n").append(second).append("}");
                    }
                    out.append('\n');
                }
                functions.add(name);
            }
            default -> {
                String name = "p" + number;
                out.append('\n')
                        .append(name)
                        .append(" := ")
                        .append(comprehension(new ArrayList<>(), 0))
                        .append('\n');
                values.add(name);
            }
        }
    }

    private String body(List<String> bound, int depth) {
        StringBuilder text = new StringBuilder();
        int literals = 1 + random.nextInt(3);
        for (int i = 0; i < literals; i++) {
            text.append("\t".repeat(depth + 1)).append(literal(bound, depth)).append('\n');
        }
        return text.toString();
    }

    String literal(List<String> bound, int depth) {
        if (clock != null && random.nextInt(3) == 0) {
            return random.nextInt(3) == 0 ? assigned(bound, clock.value()) : clock.test(fresh());
        }
        switch (random.nextInt(depth < MAX_DEPTH ? 18 : 10)) {
            case 0 -> {
                if (random.nextBoolean()) {
                    return assigned(bound, term(bound, depth));
                }
                String right = open(bound);
                String name = fresh();
                bound.add(name);
                return name + " := " + right;
            }
            case 1, 2 -> {
                return open(bound) + " " + COMPARE.get(random.nextInt(COMPARE.size())) + " "
                        + (random.nextBoolean() ? constant() : open(bound));
            }
            case 3 -> {
                return "not " + (random.nextBoolean() ? open(bound) : open(bound) + " == " + constant());
            }
            case 4 -> {
                String collection = open(bound);
                String value = fresh();
                if (random.nextBoolean()) {
                    bound.add(value);
                    return "some " + value + " in " + collection;
                }
                String key = fresh();
                bound.add(key);
                bound.add(value);
                return "some " + key + ", " + value + " in " + collection;
            }
            case 5 -> {
                String key = fresh();
                String base = open(bound);
                String value = fresh();
                bound.add(key);
                bound.add(value);
                return "some " + key + "; " + value + " := "
                        + (base.contains("[") || base.contains(".") ? base : "input.xs") + "[" + key + "]";
            }
            case 6 -> {
                return open(bound) + " in "
                        + (random.nextBoolean() ? "[" + constant() + ", " + constant() + "]" : open(bound));
            }
            case 7 -> {
                return open(bound);
            }
            case 8 -> {
                return "startswith(" + open(bound) + ", \"" + "ab".charAt(random.nextInt(2)) + "\")";
            }
            case 9 -> {
                String x = fresh();
                String y = fresh();
                String right = open(bound);
                bound.add(x);
                bound.add(y);
                return "[" + x + ", " + y + "] = " + right;
            }
            case 10 -> {
                String right = comprehension(bound, depth + 1);
                return assigned(bound, right);
            }
            case 11 -> {
                String value = fresh();
                String collection = open(bound);
                List<String> inside = new ArrayList<>(bound);
                inside.add(value);
                String use =
                        "\t".repeat(depth + 2) + value + " != " + constant() + "\n"; // unused, it would be an error
                return "every " + value + " in " + collection + " {\n" + use + body(inside, depth + 1)
                        + "\t".repeat(depth + 1) + "}";
            }
            case 12 -> {
                if (values.isEmpty()) {
                    return open(bound);
                }
                String right = values.get(random.nextInt(values.size())) + " with input."
                        + KEYS.get(random.nextInt(KEYS.size())) + " as "
                        + (random.nextBoolean() ? constant() : open(bound));
                return assigned(bound, right);
            }
            case 13 -> {
                return loops.joined(bound, depth);
            }
            case 14, 15, 16 -> {
                return loops.literals(bound, depth);
            }
            default -> {
                if (!sets.isEmpty() && random.nextBoolean()) {
                    return sets.get(random.nextInt(sets.size())) + "[" + open(bound) + "]";
                }
                String right = call(bound);
                return assigned(bound, right);
            }
        }
    }

    /** Binds a variable; one whose type the compiler may know is never compared with a constant. */
    String assigned(List<String> bound, String right) {
        String name = "t" + variables++;
        bound.add(name);
        return name + " := " + right;
    }

    String fresh() {
        return "v" + variables++;
    }

    /** A value, perhaps computed. */
    private String term(List<String> bound, int depth) {
        return switch (random.nextInt(depth < MAX_DEPTH ? 10 : 8)) {
            case 0 -> constant();
            case 1, 2, 3 -> open(bound);
            case 4 -> call(bound);
            case 5 ->
                bound.isEmpty() || random.nextBoolean()
                        ? "[" + open(bound) + ", " + constant() + "]"
                        : bound.get(random.nextInt(bound.size()));
            case 6, 7 -> // what was found last, so that it is seen
                bound.isEmpty() ? open(bound) : bound.get(bound.size() - 1 - random.nextInt(Math.min(2, bound.size())));
            case 8 -> "{" + "\"k\": " + open(bound) + "}";
            default -> comprehension(bound, depth + 1);
        };
    }

    /** A call, perhaps one that was made before. */
    String call(List<String> bound) {
        if (random.nextInt(4) == 0) {
            List<Said> again = said.stream()
                    .filter(each -> bound.containsAll(each.variables))
                    .toList();
            if (!again.isEmpty()) {
                return again.get(random.nextInt(again.size())).call;
            }
        }
        String call = newCall(bound);
        said.add(new Said(
                call,
                NAME.matcher(call).results().map(MatchResult::group).distinct().toList()));
        return call;
    }

    /** A call of a function of the module, mostly with this argument; empty where there is none. */
    String ownCall(List<String> bound, String arg) {
        if (functions.isEmpty()) {
            return "";
        }
        String given = arg.isEmpty() || random.nextInt(4) == 0 ? open(bound) : arg;
        return functions.get(random.nextInt(functions.size())) + "(" + given + ")";
    }

    private String newCall(List<String> bound) {
        if (!functions.isEmpty() && random.nextInt(3) == 0) {
            return functions.get(random.nextInt(functions.size())) + "(" + open(bound) + ")";
        }
        String x = open(bound);
        return switch (random.nextInt(9)) {
            case 0 -> "count(" + x + ")";
            case 1 -> "sum(" + x + ")";
            case 2 -> "max(" + x + ")";
            case 3 -> "sort(" + x + ")";
            case 4 -> "object.get(" + x + ", \"a\", " + constant() + ")";
            case 5 -> "(" + x + " + " + open(bound) + ")"; // without the parentheses no head of a comprehension
            case 6 -> "(" + x + " * 3 - 1)";
            case 7 -> "sprintf(\"%v\", [" + x + "])";
            default -> "concat(\",\", " + x + ")";
        };
    }

    String comprehension(List<String> bound, int depth) {
        List<String> inside = new ArrayList<>(bound);
        String body = body(inside, depth).strip().replace("\n", "\n\t");
        String value = term(inside, MAX_DEPTH);
        return switch (random.nextInt(3)) {
            case 0 -> "[" + value + " | " + body + "]";
            case 1 -> "{" + value + " | " + body + "}";
            default -> "{" + open(inside) + ": " + value + " | " + body + "}";
        };
    }

    /** An earlier rule, or something in one; empty where there is none. */
    String earlier() {
        List<String> rules = new ArrayList<>(values);
        rules.addAll(sets);
        rules.addAll(objects);
        return rules.isEmpty() ? "" : rules.get(random.nextInt(rules.size()));
    }

    /** A name of a field. */
    String key() {
        return KEYS.get(random.nextInt(KEYS.size()));
    }

    /** An operator that compares, between spaces. */
    String compared() {
        return " " + COMPARE.get(random.nextInt(COMPARE.size())) + " ";
    }

    private static List<String> untyped(List<String> bound) {
        return bound.stream().filter(name -> !name.startsWith("t")).toList();
    }

    /** A variable of a type that the compiler does not know; empty where there is none. */
    String variable(List<String> bound) {
        List<String> known = untyped(bound);
        return known.isEmpty() ? "" : known.get(random.nextInt(known.size()));
    }

    /** Something of a type that the compiler does not know: a variable, or a place in a document. */
    String open(List<String> bound) {
        List<String> known = untyped(bound);
        if (!known.isEmpty() && random.nextInt(5) < 3) {
            String name = known.get(random.nextInt(known.size()));
            return random.nextInt(4) == 0 && name.equals("arg")
                    ? name + "." + KEYS.get(random.nextInt(KEYS.size()))
                    : name;
        }
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "data.d" : "input");
        int depth = 1 + random.nextInt(2);
        for (int i = 0; i < depth; i++) {
            if (!known.isEmpty() && random.nextInt(6) == 0) {
                text.append('[').append(known.get(random.nextInt(known.size()))).append(']');
            } else if (random.nextInt(8) == 0) {
                text.append('[').append(random.nextInt(2)).append(']');
            } else {
                text.append('.').append(KEYS.get(random.nextInt(KEYS.size())));
            }
        }
        return text.toString();
    }

    String constant() {
        return switch (random.nextInt(7)) {
            case 0 -> "\"a\"";
            case 1 -> "\"b\"";
            case 2 -> "true";
            case 3 -> "null";
            case 4 -> "1.5";
            default -> Integer.toString(random.nextInt(3));
        };
    }
}
