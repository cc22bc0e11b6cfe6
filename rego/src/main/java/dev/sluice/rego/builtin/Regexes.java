package dev.sluice.rego.builtin;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Regular expressions in RE2's syntax, matched in linear time, found and replaced as Go's {@code regexp} does. */
final class Regexes {
    private static final int MAX_CACHED = 1024;
    private static final int MAX_PATTERN = 64 << 10;
    /** A text this long is matched with an eye on the clock; a power of two. */
    private static final int POLLED = 1 << 11;
    // Policies use few patterns; one that makes up patterns from its input must not fill the memory.
    private static final Map<String, Pattern> CACHE = new ConcurrentHashMap<>();

    private Regexes() {}

    static void declare(Registry registry) {
        registry.add("regex.is_valid", "(pattern: string) -> result: boolean", (_, args) -> {
            if (!(args[0] instanceof StringValue text)) {
                return BooleanValue.FALSE;
            }
            try {
                compile(text.value());
                return BooleanValue.TRUE;
            } catch (BuiltinException invalid) {
                return BooleanValue.FALSE;
            }
        });
        registry.add("regex.match", "(pattern: string, value: string) -> result: boolean", Regexes::match);
        registry.add("re_match", "(string, string) -> boolean", Regexes::match);
        registry.add("regex.split", "(pattern: string, value: string) -> output: array[string]", (ctx, args) -> {
            String pattern = Operands.string(args, 0);
            String text = Operands.string(args, 1);
            return Texts.array(split(ctx, compile(pattern), text));
        });
        registry.add(
                "regex.find_n",
                "(pattern: string, value: string, number: number) -> output: array[string]",
                (ctx, args) -> {
                    List<Value> found = new ArrayList<>();
                    for (Match match : findAll(ctx, args)) {
                        found.add(StringValue.of(match.group(0)));
                    }
                    return ArrayValue.of(found);
                });
        registry.add(
                "regex.find_all_string_submatch_n",
                "(pattern: string, value: string, number: number) -> output: array[array[string]]",
                (ctx, args) -> {
                    List<Value> found = new ArrayList<>();
                    for (Match match : findAll(ctx, args)) {
                        Value[] groups = new Value[match.groups()];
                        for (int i = 0; i < groups.length; i++) {
                            groups[i] = StringValue.of(match.group(i));
                        }
                        found.add(ArrayValue.ofOwned(groups));
                    }
                    return ArrayValue.of(found);
                });
        registry.add(
                "regex.replace", "(s: string, pattern: string, value: string) -> output: string", Regexes::replace);
        registry.add("regex.globs_match", "(glob1: string, glob2: string) -> result: boolean", (ctx, args) -> {
            String one = Operands.string(args, 0);
            return BooleanValue.of(GlobIntersection.isNonEmpty(ctx, one, Operands.string(args, 1)));
        });
        registry.add(
                "regex.template_match",
                "(template: string, value: string, delimiter_start: string, delimiter_end: string) -> result: boolean",
                Regexes::matchTemplate);
    }

    static Pattern compile(String text) throws BuiltinException {
        Pattern known = CACHE.get(text);
        if (known != null) {
            return known;
        }
        if (text.length() > MAX_PATTERN) {
            throw BuiltinException.value("regular expression too long");
        }
        try {
            Pattern pattern = Pattern.compile(text);
            if (CACHE.size() >= MAX_CACHED) {
                CACHE.clear();
            }
            CACHE.put(text, pattern);
            return pattern;
        } catch (PatternSyntaxException invalid) {
            throw BuiltinException.value(String.valueOf(invalid.getMessage()));
        }
    }

    private static Value match(CallContext ctx, Value[] args) throws BuiltinException {
        String pattern = Operands.string(args, 0);
        String text = Operands.string(args, 1);
        return BooleanValue.of(compile(pattern).matcher(subject(ctx, text)).find());
    }

    /** The text for the matcher, which looks at the clock now and then where matching may take long. */
    private static CharSequence subject(CallContext ctx, String text) {
        return text.length() < POLLED ? text : new Polled(ctx, text, 0, text.length(), new int[1]);
    }

    /** A text that looks at the clock every few thousand characters read. */
    private record Polled(CallContext ctx, String text, int from, int to, int[] reads) implements CharSequence {
        @Override
        public int length() {
            return to - from;
        }

        @Override
        public char charAt(int index) {
            if ((++reads[0] & (POLLED - 1)) == 0) {
                ctx.checkDeadline();
            }
            return text.charAt(from + index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Polled(ctx, text, from + start, from + end, reads);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }

    /** One match: the bounds of the whole and of its groups, -1 for a group that took no part. */
    private record Match(String text, int[] bounds) {
        int start() {
            return bounds[0];
        }

        int end() {
            return bounds[1];
        }

        int groups() {
            return bounds.length / 2;
        }

        String group(int i) {
            return bounds[2 * i] < 0 ? "" : text.substring(bounds[2 * i], bounds[2 * i + 1]);
        }
    }

    private static List<Match> findAll(CallContext ctx, Value[] args) throws BuiltinException {
        String pattern = Operands.string(args, 0);
        String text = Operands.string(args, 1);
        long limit = Operands.integer(args, 2);
        return findAll(ctx, compile(pattern), text, limit < 0 ? Long.MAX_VALUE : limit);
    }

    /** Matches from left to right; an empty one right after another match does not count. */
    private static List<Match> findAll(CallContext ctx, Pattern pattern, String text, long limit) {
        List<Match> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(subject(ctx, text));
        int position = 0;
        int lastEnd = -1;
        while (position <= text.length() && found.size() < limit && matcher.find(position)) {
            ctx.checkDeadline();
            boolean accept = true;
            int end = matcher.end();
            if (end == position) {
                accept = matcher.start() != lastEnd;
                position += position < text.length() ? Character.charCount(text.codePointAt(position)) : 1;
            } else {
                position = end;
            }
            lastEnd = end;
            if (accept) {
                int[] bounds = new int[2 * (matcher.groupCount() + 1)];
                for (int i = 0; i < bounds.length; i += 2) {
                    bounds[i] = matcher.start(i / 2);
                    bounds[i + 1] = matcher.end(i / 2);
                }
                found.add(new Match(text, bounds));
                if ((found.size() & 0xfff) == 0) {
                    ctx.reserve((long) found.size() * (Texts.PART + 4L * bounds.length));
                }
            }
        }
        return found;
    }

    private static List<String> split(CallContext ctx, Pattern pattern, String text) {
        if (text.isEmpty() && !pattern.pattern().isEmpty()) {
            return List.of("");
        }
        List<String> parts = new ArrayList<>();
        int begin = 0;
        int end = 0;
        for (Match match : findAll(ctx, pattern, text, Long.MAX_VALUE)) {
            end = match.start();
            if (match.end() != 0) {
                parts.add(text.substring(begin, end));
            }
            begin = match.end();
        }
        if (end != text.length()) {
            parts.add(text.substring(begin));
        }
        return parts;
    }

    private static Value replace(CallContext ctx, Value[] args) throws BuiltinException {
        String text = Operands.string(args, 0);
        Pattern pattern = compile(Operands.string(args, 1));
        String template = Operands.string(args, 2);
        StringBuilder out = new StringBuilder();
        int copied = 0;
        for (Match match : findAll(ctx, pattern, text, Long.MAX_VALUE)) {
            out.append(text, copied, match.start());
            expand(template, match, pattern.namedGroups(), out);
            Texts.checkLength(ctx, out.length());
            copied = match.end();
        }
        out.append(text, copied, text.length());
        return StringValue.of(out.toString());
    }

    /** Fills {@code $1}, {@code ${1}}, {@code $name} and {@code $$}; an unknown group is empty, a lone dollar stays. */
    private static void expand(String template, Match match, Map<String, Integer> names, StringBuilder out) {
        int at = 0;
        while (at < template.length()) {
            int dollar = template.indexOf('$', at);
            if (dollar < 0 || dollar == template.length() - 1) {
                break;
            }
            out.append(template, at, dollar);
            at = dollar + 1;
            if (template.charAt(at) == '$') {
                out.append('$');
                at++;
                continue;
            }
            boolean braces = template.charAt(at) == '{';
            int start = braces ? at + 1 : at;
            int end = start;
            while (end < template.length() && isNamePart(template.charAt(end))) {
                end++;
            }
            boolean closed = !braces || (end < template.length() && template.charAt(end) == '}');
            if (end == start || !closed) {
                out.append('$');
                continue;
            }
            out.append(group(template.substring(start, end), match, names));
            at = braces ? end + 1 : end;
        }
        out.append(template, Math.min(at, template.length()), template.length());
    }

    private static boolean isNamePart(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private static String group(String name, Match match, Map<String, Integer> names) {
        boolean number = name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 9;
        if (number && (name.length() == 1 || name.charAt(0) != '0')) {
            int index = Integer.parseInt(name);
            return index < match.groups() ? match.group(index) : "";
        }
        Integer index = names.get(name);
        return index == null ? "" : match.group(index);
    }

    private static Value matchTemplate(CallContext ctx, Value[] args) throws BuiltinException {
        String template = Operands.string(args, 0);
        String text = Operands.string(args, 1);
        String open = Operands.string(args, 2);
        String close = Operands.string(args, 3);
        if (GoBytes.of(open).length != 1) {
            throw BuiltinException.value(
                    "start delimiter has to be exactly one character long but is " + GoBytes.of(open).length + " long");
        }
        if (GoBytes.of(close).length != 1) {
            throw BuiltinException.value(
                    "end delimiter has to be exactly one character long but is " + GoBytes.of(open).length + " long");
        }
        return BooleanValue.of(compile(templatePattern(template, open.charAt(0), close.charAt(0)))
                .matcher(subject(ctx, text))
                .find());
    }

    private static String templatePattern(String template, char open, char close) throws BuiltinException {
        StringBuilder pattern = new StringBuilder("^");
        int level = 0;
        int start = 0;
        int copied = 0;
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c == open && ++level == 1) {
                start = i;
            } else if (c == close && c != open) {
                level--;
                if (level < 0) {
                    throw unbalanced(template);
                }
                if (level == 0) {
                    String inner = template.substring(start + 1, i);
                    compile("^" + inner + "$");
                    pattern.append(Pattern.quote(template.substring(copied, start)))
                            .append('(')
                            .append(inner)
                            .append(')');
                    copied = i + 1;
                }
            }
        }
        if (level != 0) {
            throw unbalanced(template);
        }
        return pattern.append(Pattern.quote(template.substring(copied)))
                .append('$')
                .toString();
    }

    private static BuiltinException unbalanced(String template) {
        return BuiltinException.value("unbalanced braces in " + StringValue.of(template));
    }
}
