package dev.sluice.rego.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Loops that hold what does not depend on them, and comprehensions that look up what the loop around them has found: what an
 * engine may evaluate once instead of in every turn, with all that can go wrong there. It may be undefined, conflict, never be
 * reached, or stand under {@code with}, {@code not}, {@code every} or in another comprehension.
 */
final class RandomLoop {
    private static final List<String> FIELDS = List.of("a", "b", "n");

    private final RandomProgram program;
    private final Random random;

    RandomLoop(RandomProgram program, Random random) {
        this.program = program;
        this.random = random;
    }

    /** The head of a loop and up to three literals after it, one a line. */
    String literals(List<String> bound, int depth) {
        List<String> before = List.copyOf(bound);
        StringBuilder text = new StringBuilder(head(bound));
        int inside = 1 + random.nextInt(3);
        for (int i = 0; i < inside; i++) {
            text.append('\n').append("\t".repeat(depth + 1)).append(inside(before, bound, depth));
        }
        return text.toString();
    }

    private String head(List<String> bound) {
        String collection = random.nextInt(3) == 0 ? program.open(bound) : rows();
        String key = program.fresh();
        String value = program.fresh();
        bound.add(value);
        switch (random.nextInt(4)) {
            case 0 -> {
                bound.add(key);
                return "some " + key + ", " + value + " in " + collection;
            }
            case 1 -> {
                bound.add(key);
                String base = collection.contains(".") ? collection : rows();
                return "some " + key + "; " + value + " := " + base + "[" + key + "]";
            }
            default -> {
                return "some " + value + " in " + collection;
            }
        }
    }

    private String rows() {
        return switch (random.nextInt(5)) {
            case 0 -> "input.xs";
            case 1, 2 -> "data.d.rows";
            default -> "input.rows";
        };
    }

    /** One literal in a loop that had these bound before it. */
    private String inside(List<String> before, List<String> bound, int depth) {
        return switch (random.nextInt(14)) {
            case 0, 1 -> program.assigned(bound, program.call(before));
            case 2 -> program.call(before) + program.compared() + program.open(bound);
            case 3 ->
                "not " + program.call(before) + (random.nextBoolean() ? "" : program.compared() + program.open(bound));
            case 4 -> every(before, bound, depth);
            case 5, 6 -> joined(bound, depth);
            case 7 -> program.assigned(bound, program.comprehension(before, depth + 1));
            case 8 -> with(before, bound, depth);
            case 9 -> ofRules(before, bound);
            case 10 -> {
                String call = program.call(before);
                yield program.assigned(bound, "[" + call + ", " + call + "]");
            }
            case 11, 12 -> {
                String call = program.ownCall(bound, field(program.variable(bound)));
                if (call.isEmpty()) {
                    yield program.literal(bound, depth);
                }
                // At two places, so that what it gave for one row may serve for others.
                yield program.assigned(bound, random.nextInt(3) == 0 ? call : "[" + call + ", " + call + "]");
            }
            default -> program.literal(bound, depth);
        };
    }

    private String every(List<String> before, List<String> bound, int depth) {
        String key = program.fresh();
        String value = program.fresh();
        String collection = random.nextBoolean() ? program.open(before) : program.open(bound);
        List<String> inside = new ArrayList<>(bound);
        inside.add(value);
        String names = value;
        String use = value + " != " + program.constant();
        if (random.nextInt(3) == 0) {
            inside.add(key);
            names = key + ", " + value;
            use += "\n" + "\t".repeat(depth + 2) + key + " != " + program.constant();
        }
        String test = random.nextBoolean()
                ? program.call(before) + program.compared() + program.open(inside)
                : program.literal(inside, RandomProgram.MAX_DEPTH);
        String indent = "\n" + "\t".repeat(depth + 1);
        return "every " + names + " in " + collection + " {" + indent + "\t" + use + indent + "\t" + test + indent
                + "}";
    }

    /** A literal under one or two changes, of which at least the target may not depend on the loop. */
    private String with(List<String> before, List<String> bound, int depth) {
        String literal = switch (random.nextInt(5)) {
            case 0 -> program.assigned(bound, program.call(before));
            case 1 -> program.assigned(bound, program.comprehension(before, depth + 1));
            case 2 -> program.open(bound) + program.compared() + program.open(before);
            case 3 -> "not " + program.call(before);
            default -> ofRules(before, bound);
        };
        StringBuilder text = new StringBuilder(literal);
        int changes = 1 + random.nextInt(2);
        List<String> targets = new ArrayList<>(List.of("input." + program.key(), "data.d." + program.key()));
        for (int i = 0; i < changes; i++) {
            String target = targets.remove(random.nextInt(targets.size()));
            String value = switch (random.nextInt(3)) {
                case 0 -> program.constant();
                case 1 -> program.open(before);
                default -> program.open(literal.contains(" := ") ? before : bound);
            };
            text.append(" with ").append(target).append(" as ").append(value);
        }
        return text.toString();
    }

    /** A literal about an earlier rule, whose type the compiler knows. */
    private String ofRules(List<String> before, List<String> bound) {
        String value = program.earlier();
        if (value.isEmpty()) {
            return program.assigned(bound, program.call(before));
        }
        return switch (random.nextInt(3)) {
            case 0 -> "not " + value;
            case 1 -> program.open(bound) + program.compared() + value;
            default -> program.assigned(bound, value);
        };
    }

    /** A literal about a comprehension that looks up a variable of the body around it. */
    String joined(List<String> bound, int depth) {
        String comprehension = lookedUp(bound, depth);
        return switch (random.nextInt(6)) {
            case 0 -> "count(" + comprehension + ")" + program.compared() + random.nextInt(3);
            case 1 -> "not count(" + comprehension + ") == " + random.nextInt(2);
            case 2 -> {
                // A reference here that iterates over just what the comprehension closes over is unsafe to OPA.
                String sought = program.variable(bound);
                yield (sought.isEmpty() ? "input.a" : sought) + " in " + comprehension;
            }
            default -> program.assigned(bound, comprehension);
        };
    }

    /** The comprehension. */
    String lookedUp(List<String> bound, int depth) {
        List<String> inside = new ArrayList<>(bound);
        String body = lookup(inside);
        int others = depth < RandomProgram.MAX_DEPTH ? random.nextInt(2) : 0;
        for (int i = 0; i < others; i++) {
            body = random.nextBoolean()
                    ? body + "; " + program.literal(inside, RandomProgram.MAX_DEPTH)
                    : program.literal(new ArrayList<>(bound), RandomProgram.MAX_DEPTH) + "; " + body;
        }
        String value = program.open(inside);
        return switch (random.nextInt(3)) {
            case 0 -> "[" + value + " | " + body + "]";
            case 1 -> "{" + value + " | " + body + "}";
            default -> "{" + program.open(inside) + ": " + value + " | " + body + "}";
        };
    }

    /** A variable, or what a row that it stands for may have. */
    private String field(String variable) {
        return variable.isEmpty() || random.nextBoolean()
                ? variable
                : variable + "." + FIELDS.get(random.nextInt(FIELDS.size()));
    }

    private String lookup(List<String> inside) {
        String sought = program.variable(inside);
        if (sought.isEmpty() || random.nextInt(8) == 0) {
            sought = random.nextBoolean() ? program.open(inside) : program.call(inside);
        } else {
            sought = field(sought);
        }
        String rows = random.nextInt(6) == 0 ? program.open(inside) : rows();
        String row = program.fresh();
        String found = program.fresh();
        String part = random.nextInt(6) == 0 ? "" : "." + FIELDS.get(random.nextInt(FIELDS.size()));
        String other = "." + FIELDS.get(random.nextInt(FIELDS.size()));
        String also = program.variable(inside);
        String text = switch (random.nextInt(7)) {
            case 0 -> "some " + row + " in " + rows + "; " + sought + " == " + row + part;
            case 1 -> {
                String at = program.fresh();
                String base = rows.contains(".") ? rows : rows();
                inside.add(at);
                yield "some " + at + "; " + base + "[" + at + "]" + part + " == " + sought + "; " + row + " := " + base
                        + "[" + at + "]";
            }
            case 2 -> {
                String base = rows.contains(".") ? rows : rows();
                yield row + " := " + base + "[_]; " + row + part + " = " + sought;
            }
            case 3 -> {
                String name = program.fresh();
                inside.add(name);
                yield "some " + row + " in " + rows + "; " + name + " := " + row + part + "; " + name + " == " + sought;
            }
            case 4 -> {
                String at = program.fresh();
                inside.add(at);
                yield "some " + at + ", " + row + " in " + rows + "; " + row + part + " == " + sought;
            }
            case 5 ->
                "some " + row + " in " + rows + "; " + row + part + " == " + sought
                        + (also.isEmpty() ? "" : "; " + row + other + " == " + also);
            default -> "some " + row + " in " + rows + "; " + row + part + " == " + sought;
        };
        inside.add(row);
        if (random.nextBoolean()) {
            inside.add(found);
            text += "; " + found + " := " + row + other;
        }
        return text;
    }
}
