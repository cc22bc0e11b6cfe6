package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Functions on strings. Positions and lengths count code points. */
final class Texts {
    /** No function makes a string longer than this many characters. */
    static final int MAX_LENGTH = 64 << 20;

    /** Roughly the bytes that a part of a text takes beside its characters. */
    static final int PART = 64;

    private static final String STRINGS = "any<string, array[string], set[string]>";

    private Texts() {}

    static void declare(Registry registry) {
        registry.add("contains", "(haystack: string, needle: string) -> result: boolean", (_, args) -> {
            String text = Operands.string(args, 0);
            return BooleanValue.of(text.contains(Operands.string(args, 1)));
        });
        registry.add("startswith", "(search: string, base: string) -> result: boolean", (_, args) -> {
            String text = Operands.string(args, 0);
            return BooleanValue.of(text.startsWith(Operands.string(args, 1)));
        });
        registry.add("endswith", "(search: string, base: string) -> result: boolean", (_, args) -> {
            String text = Operands.string(args, 0);
            return BooleanValue.of(text.endsWith(Operands.string(args, 1)));
        });
        registry.add("lower", "(x: string) -> y: string", (_, args) -> {
            String text = Operands.string(args, 0);
            return mapped(args[0], text, GoStrings.lower(text));
        });
        registry.add("upper", "(x: string) -> y: string", (_, args) -> {
            String text = Operands.string(args, 0);
            return mapped(args[0], text, GoStrings.upper(text));
        });
        registry.add(
                "concat",
                "(delimiter: string, collection: any<array[string], set[string]>) -> output: string",
                Texts::concat);
        registry.add("format_int", "(number: number, base: number) -> output: string", Texts::formatInt);
        registry.add("indexof", "(haystack: string, needle: string) -> output: number", (_, args) -> {
            String text = Operands.string(args, 0);
            int at = text.indexOf(needle(args));
            return NumberValue.of(at < 0 ? -1 : text.codePointCount(0, at));
        });
        registry.add("indexof_n", "(haystack: string, needle: string) -> output: array[number]", Texts::indexesOf);
        registry.add(
                "substring", "(value: string, offset: number, length: number) -> output: string", Texts::substring);
        registry.add("strings.count", "(search: string, substring: string) -> output: number", (_, args) -> {
            String text = Operands.string(args, 0);
            return NumberValue.of(GoStrings.count(text, Operands.string(args, 1)));
        });
        registry.add("split", "(x: string, delimiter: string) -> ys: array[string]", (ctx, args) -> {
            String text = Operands.string(args, 0);
            return array(parts(ctx, text, Operands.string(args, 1)));
        });
        registry.add(
                "strings.split_n", "(x: string, delimiter: string, n: number) -> ys: array[string]", (ctx, args) -> {
                    String text = Operands.string(args, 0);
                    List<String> parts = parts(ctx, text, Operands.string(args, 1));
                    long n = Operands.integer(args, 2);
                    int size = parts.size();
                    return array(
                            n >= 0
                                    ? parts.subList(0, (int) Math.min(n, size))
                                    : parts.subList((int) Math.max(size + n, 0), size));
                });
        registry.add("replace", "(x: string, old: string, new: string) -> y: string", (ctx, args) -> {
            String text = Operands.string(args, 0);
            String old = Operands.string(args, 1);
            String replaced = GoStrings.replace(ctx, text, List.of(old), List.of(Operands.string(args, 2)));
            return mapped(args[0], text, replaced);
        });
        registry.add(
                "strings.replace_n",
                "(patterns: object[string: string], value: string) -> output: string",
                Texts::replaceAll);
        registry.add("trim", "(value: string, cutset: string) -> output: string", (_, args) -> trim(args, true, true));
        registry.add(
                "trim_left", "(value: string, cutset: string) -> output: string", (_, args) -> trim(args, true, false));
        registry.add(
                "trim_right",
                "(value: string, cutset: string) -> output: string",
                (_, args) -> trim(args, false, true));
        registry.add("trim_prefix", "(value: string, prefix: string) -> output: string", (_, args) -> {
            String text = Operands.string(args, 0);
            String prefix = Operands.string(args, 1);
            return text.startsWith(prefix) ? StringValue.of(text.substring(prefix.length())) : args[0];
        });
        registry.add("trim_suffix", "(value: string, suffix: string) -> output: string", (_, args) -> {
            String text = Operands.string(args, 0);
            String suffix = Operands.string(args, 1);
            return text.endsWith(suffix) ? StringValue.of(text.substring(0, text.length() - suffix.length())) : args[0];
        });
        registry.add("trim_space", "(value: string) -> output: string", (_, args) -> {
            String text = Operands.string(args, 0);
            return mapped(args[0], text, GoStrings.trim(text, GoStrings::isSpace, true, true));
        });
        registry.add(
                "strings.reverse",
                "(x: string) -> y: string",
                (_, args) -> StringValue.of(
                        new StringBuilder(Operands.string(args, 0)).reverse().toString()));
        registry.add(
                "strings.any_prefix_match",
                "(search: " + STRINGS + ", base: " + STRINGS + ") -> result: boolean",
                (ctx, args) -> anyMatch(ctx, args, false));
        registry.add(
                "strings.any_suffix_match",
                "(search: " + STRINGS + ", base: " + STRINGS + ") -> result: boolean",
                (ctx, args) -> anyMatch(ctx, args, true));
        registry.add("sprintf", "(format: string, values: array[any]) -> output: string", (ctx, args) -> {
            String format = Operands.string(args, 0);
            return StringValue.of(new GoFormat(format, Operands.array(args, 1)).format(ctx));
        });
        registry.add("internal.template_string", "(array[any]) -> string", Texts::templateString);
    }

    private static List<String> parts(CallContext ctx, String text, String delimiter) {
        ctx.reserve((long) PART * GoStrings.count(text, delimiter) + text.length());
        return GoStrings.split(text, delimiter);
    }

    private static Value mapped(Value original, String before, String after) {
        return before.equals(after) ? original : StringValue.of(after);
    }

    static ArrayValue array(List<String> texts) {
        Value[] elements = new Value[texts.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = StringValue.of(texts.get(i));
        }
        return ArrayValue.ofOwned(elements);
    }

    private static Value concat(CallContext ctx, Value[] args) throws BuiltinException {
        String separator = Operands.string(args, 0);
        Iterable<Value> elements = switch (args[1]) {
            case ArrayValue array -> array;
            case SetValue set -> set;
            default -> throw BuiltinException.wrongType(2, args[1], Kind.SET, Kind.ARRAY);
        };
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Value element : elements) {
            if (!(element instanceof StringValue string)) {
                throw BuiltinException.wrongElement(2, args[1], element, "string");
            }
            if (!first) {
                out.append(separator);
            }
            first = false;
            out.append(string.value());
            checkLength(ctx, out.length());
        }
        return StringValue.of(out.toString());
    }

    /** Fails, or ends the evaluation, where a string that is being made has become too long. */
    static void checkLength(CallContext ctx, long length) throws BuiltinException {
        ctx.reserve(length);
        if (length > MAX_LENGTH) {
            throw BuiltinException.value("string too long");
        }
    }

    private static Value formatInt(CallContext ctx, Value[] args) throws BuiltinException {
        NumberValue number = Operands.number(args, 0);
        int radix = switch (Operands.number(args, 1).text()) {
            case "2" -> 2;
            case "8" -> 8;
            case "10" -> 10;
            case "16" -> 16;
            default -> throw BuiltinException.operand(2, "must be one of {2, 8, 10, 16}");
        };
        return StringValue.of(number.truncated().toString(radix));
    }

    private static String needle(Value[] args) throws BuiltinException {
        String needle = Operands.string(args, 1);
        if (needle.isEmpty()) {
            throw BuiltinException.value("empty search character");
        }
        return needle;
    }

    private static Value indexesOf(CallContext ctx, Value[] args) throws BuiltinException {
        String text = Operands.string(args, 0);
        String needle = needle(args);
        List<Value> found = new ArrayList<>();
        int points = 0;
        int counted = 0;
        for (int at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
            points += text.codePointCount(counted, at);
            counted = at;
            found.add(NumberValue.of(points));
        }
        return ArrayValue.of(found);
    }

    private static Value substring(CallContext ctx, Value[] args) throws BuiltinException {
        String text = Operands.string(args, 0);
        long offset = Operands.integer(args, 1);
        long length = Operands.integer(args, 2);
        if (offset < 0) {
            throw BuiltinException.value("negative offset");
        }
        int points = text.codePointCount(0, text.length());
        if (offset >= points) {
            return StringValue.EMPTY;
        }
        long count = length < 0 ? points - offset : Math.min(length, points - offset);
        int from = text.offsetByCodePoints(0, (int) offset);
        return StringValue.of(text.substring(from, text.offsetByCodePoints(from, (int) count)));
    }

    private static Value trim(Value[] args, boolean left, boolean right) throws BuiltinException {
        String text = Operands.string(args, 0);
        String cutset = Operands.string(args, 1);
        return mapped(args[0], text, GoStrings.trim(text, c -> cutset.indexOf(c) >= 0, left, right));
    }

    private static Value replaceAll(CallContext ctx, Value[] args) throws BuiltinException {
        ObjectValue patterns = Operands.object(args, 0);
        String text = Operands.string(args, 1);
        List<String> olds = new ArrayList<>();
        List<String> news = new ArrayList<>();
        for (int i = 0; i < patterns.size(); i++) {
            if (!(patterns.keyAt(i) instanceof StringValue key)) {
                throw BuiltinException.operand(1, "non-string key found in pattern object");
            }
            if (!(patterns.valueAt(i) instanceof StringValue value)) {
                throw BuiltinException.operand(1, "non-string value found in pattern object");
            }
            olds.add(key.value());
            news.add(value.value());
        }
        return StringValue.of(GoStrings.replace(ctx, text, olds, news));
    }

    private static Value anyMatch(CallContext ctx, Value[] args, boolean suffix) throws BuiltinException {
        List<String> texts = oneOrMany(args, 0);
        List<String> affixes = oneOrMany(args, 1);
        boolean found = false;
        for (String text : texts) {
            ctx.checkDeadline();
            for (String affix : affixes) {
                found |= suffix ? text.endsWith(affix) : text.startsWith(affix);
            }
        }
        return BooleanValue.of(found);
    }

    private static List<String> oneOrMany(Value[] args, int i) throws BuiltinException {
        return switch (args[i]) {
            case StringValue string -> List.of(string.value());
            case ArrayValue _, SetValue _ -> Operands.strings(args, i);
            default -> throw BuiltinException.wrongType(i + 1, args[i], Kind.STRING, Kind.SET, Kind.ARRAY);
        };
    }

    /** Operands of a template string: scalars as they are, anything else wrapped in a set, empty where undefined. */
    private static Value templateString(CallContext ctx, Value[] args) throws BuiltinException {
        StringBuilder out = new StringBuilder();
        for (Value part : Operands.array(args, 0)) {
            if (!(part instanceof SetValue set)) {
                appendRaw(part, out);
            } else if (set.size() == 0) {
                out.append("<undefined>");
            } else {
                appendRaw(set.iterator().next(), out);
            }
            checkLength(ctx, out.length());
        }
        return StringValue.of(out.toString());
    }

    private static void appendRaw(Value value, StringBuilder out) {
        if (value instanceof StringValue string) {
            out.append(string.value());
        } else {
            value.appendTo(out);
        }
    }
}
