package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code strings.render_template}: the part of Go's text templates that only reads. Fields ({@code {{.a.b}}}), the dot,
 * variables of a range, {@code range}, {@code if}, {@code with}, {@code else}, {@code end}, comments and trim markers;
 * pipelines and functions are errors. What is missing reads {@code <undefined>}.
 */
final class Templates {
    private static final int MAX_DEPTH = 64;

    private final CallContext ctx;
    private final String template;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private Templates(CallContext ctx, String template) {
        this.ctx = ctx;
        this.template = template;
    }

    static void declare(Registry registry) {
        registry.add(
                "strings.render_template",
                "(value: string, vars: object[string: any]) -> result: string",
                (ctx, args) -> {
                    Templates rendering = new Templates(ctx, Operands.string(args, 0));
                    ObjectValue fields = Operands.object(args, 1);
                    String stopped = rendering.block(fields, Map.of(), true, 0);
                    if (!stopped.isEmpty()) {
                        throw BuiltinException.value("template: template: unexpected {{" + stopped + "}}");
                    }
                    return StringValue.of(rendering.out.toString());
                });
    }

    /** Renders, or with {@code live} off only skips, up to the action that ends the block; its word, or nothing at the end. */
    private String block(@Nullable Value dot, Map<String, Value> variables, boolean live, int depth)
            throws BuiltinException {
        if (depth > MAX_DEPTH) {
            throw BuiltinException.value("template nested too deeply");
        }
        while (at < template.length()) {
            ctx.checkDeadline();
            int open = template.indexOf("{{", at);
            int textEnd = open < 0 ? template.length() : open;
            boolean trim = open >= 0 && template.startsWith("- ", open + 2);
            String text = template.substring(at, textEnd);
            append(trim ? text.stripTrailing() : text, live);
            if (open < 0) {
                at = template.length();
                break;
            }
            String action = action(open);
            int space = action.indexOf(' ');
            String word = space < 0 ? action : action.substring(0, space);
            String rest = space < 0 ? "" : action.substring(space + 1).strip();
            switch (word) {
                case "end", "else" -> {
                    return action;
                }
                case "if", "with" -> choice(word.equals("with"), rest, dot, variables, live, depth);
                case "range" -> range(rest, dot, variables, live, depth);
                default -> {
                    if (live && !action.startsWith("/*")) {
                        append(print(value(action, dot, variables)), true);
                    }
                }
            }
        }
        return "";
    }

    private void append(String text, boolean live) throws BuiltinException {
        if (live) {
            out.append(text);
            Texts.checkLength(ctx, out.length());
        }
    }

    /** The inside of the action that opens at {@code open}; moves behind it and what it trims. */
    private String action(int open) throws BuiltinException {
        int close = template.indexOf("}}", open);
        if (close < 0) {
            throw BuiltinException.value("template: template: unclosed action");
        }
        String inner = template.substring(open + 2, close);
        at = close + 2;
        if (inner.endsWith(" -")) {
            inner = inner.substring(0, inner.length() - 2);
            while (at < template.length() && Character.isWhitespace(template.charAt(at))) {
                at++;
            }
        }
        return (inner.startsWith("- ") ? inner.substring(2) : inner).strip();
    }

    private void choice(
            boolean with, String condition, @Nullable Value dot, Map<String, Value> variables, boolean live, int depth)
            throws BuiltinException {
        Value value = live ? value(condition, dot, variables) : null;
        boolean holds = live && isTrue(value);
        String stopped = block(with ? value : dot, variables, holds, depth + 1);
        if (stopped.startsWith("else if ")) {
            choice(false, stopped.substring(8).strip(), dot, variables, live && !holds, depth + 1);
            return;
        }
        if (stopped.equals("else")) {
            stopped = block(dot, variables, live && !holds, depth + 1);
        }
        ended(stopped);
    }

    private static void ended(String stopped) throws BuiltinException {
        if (!stopped.equals("end")) {
            throw BuiltinException.value(
                    "template: template: unexpected " + (stopped.isEmpty() ? "EOF" : "{{" + stopped + "}}"));
        }
    }

    private void range(String clause, @Nullable Value dot, Map<String, Value> variables, boolean live, int depth)
            throws BuiltinException {
        int assign = clause.indexOf(":=");
        String[] names =
                assign < 0 ? new String[0] : clause.substring(0, assign).split(",");
        Value collection =
                live ? value(clause.substring(assign < 0 ? 0 : assign + 2).strip(), dot, variables) : null;
        ObjectValue entries = entries(collection);
        int body = at;
        String stopped = "";
        for (int i = 0; i < entries.size(); i++) {
            at = body;
            Map<String, Value> inner = new HashMap<>(variables);
            if (names.length > 0) {
                inner.put(names[names.length - 1].strip(), entries.valueAt(i));
            }
            if (names.length > 1) {
                inner.put(names[0].strip(), entries.keyAt(i));
            }
            stopped = block(entries.valueAt(i), inner, true, depth + 1);
        }
        if (entries.size() == 0) {
            stopped = block(dot, variables, false, depth + 1);
        }
        if (stopped.equals("else")) {
            stopped = block(dot, variables, live && entries.size() == 0, depth + 1);
        }
        ended(stopped);
    }

    private static ObjectValue entries(@Nullable Value collection) throws BuiltinException {
        ObjectValue.Builder entries = ObjectValue.builder();
        switch (collection) {
            case null -> {}
            case NullValue _ -> {}
            case ObjectValue object -> {
                return object;
            }
            case ArrayValue array -> {
                for (int i = 0; i < array.size(); i++) {
                    entries.put(NumberValue.of(i), array.get(i));
                }
            }
            case SetValue set -> {
                return entries(set.toSortedArray());
            }
            default -> throw BuiltinException.value("template: range can't iterate over " + print(collection));
        }
        return entries.build();
    }

    private static @Nullable Value value(String operand, @Nullable Value dot, Map<String, Value> variables)
            throws BuiltinException {
        @Nullable Value value = dot;
        String path = operand;
        if (operand.startsWith("$")) {
            int end = operand.indexOf('.');
            value = variables.get(end < 0 ? operand : operand.substring(0, end));
            path = end < 0 ? "." : operand.substring(end);
        }
        if (!path.startsWith(".")
                || path.chars().anyMatch(c -> c != '.' && c != '_' && !Character.isLetterOrDigit(c))) {
            throw BuiltinException.value("template: template: unsupported action {{" + operand + "}}");
        }
        for (String field : GoStrings.split(path.substring(1), ".")) {
            if (!field.isEmpty()) {
                value = value instanceof ObjectValue object ? object.get(field) : null;
            }
        }
        return value;
    }

    private static boolean isTrue(@Nullable Value value) {
        return switch (value) {
            case null -> false;
            case NullValue _ -> false;
            case BooleanValue bool -> bool.value();
            case NumberValue number -> number.signum() != 0;
            case StringValue text -> !text.value().isEmpty();
            case ArrayValue array -> array.size() > 0;
            case ObjectValue object -> object.size() > 0;
            case SetValue set -> set.size() > 0;
        };
    }

    /** As Go prints it: {@code [a b]}, {@code map[k:v]}. */
    private static String print(@Nullable Value value) {
        return switch (value) {
            case null -> "<undefined>";
            case NullValue _ -> "<undefined>";
            case StringValue text -> text.value();
            case ArrayValue array -> {
                StringBuilder list = new StringBuilder("[");
                for (Value element : array) {
                    list.append(list.length() > 1 ? " " : "").append(print(element));
                }
                yield list.append(']').toString();
            }
            case SetValue set -> print(set.toSortedArray());
            case ObjectValue object -> {
                StringBuilder map = new StringBuilder("map[");
                for (ObjectValue.Entry entry : object.entries()) {
                    map.append(map.length() > 4 ? " " : "");
                    map.append(Json.key(entry.key())).append(':').append(print(entry.value()));
                }
                yield map.append(']').toString();
            }
            default -> value.toString();
        };
    }
}
