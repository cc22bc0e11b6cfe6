package dev.sluice.rego.builtin;

import com.google.re2j.Pattern;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Globs of gobwas/glob 1.0: {@code *} and {@code ?} stop at the delimiters, {@code **} does not; {@code [abc]},
 * {@code [a-c]}, {@code [!abc]}; alternatives {@code {a,b*,}}; a backslash takes the next character literally.
 *
 * <p>A glob becomes a regular expression, which matches in linear time.
 */
final class Globs {
    private static final int MAX_CACHED = 1024;
    private static final int MAX_PATTERN = 16 << 10;
    private static final Map<String, Pattern> CACHE = new ConcurrentHashMap<>();

    private final String glob;
    private final String notDelimiter;
    private final StringBuilder out = new StringBuilder("(?s)^(?:");
    private int at;

    private Globs(String glob, String delimiters) {
        this.glob = glob;
        StringBuilder set = new StringBuilder("[^");
        delimiters.codePoints().forEach(c -> set.append(literal(c)));
        this.notDelimiter = delimiters.isEmpty() ? "." : set.append(']').toString();
    }

    static void declare(Registry registry) {
        registry.add(
                "glob.match",
                "(pattern: string, delimiters: any<null, array[string]>, match: string) -> result: boolean",
                (_, args) -> {
                    String glob = Operands.string(args, 0);
                    String delimiters = delimiters(args);
                    String text = Operands.string(args, 2);
                    return BooleanValue.of(
                            compile(glob, delimiters).matcher(text).find());
                });
        registry.add("glob.quote_meta", "(pattern: string) -> output: string", (_, args) -> {
            StringBuilder quoted = new StringBuilder();
            String text = Operands.string(args, 0);
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                quoted.append("*?\\[]{}".indexOf(c) >= 0 ? "\\" : "").append(c);
            }
            return StringValue.of(quoted.toString());
        });
    }

    private static String delimiters(Value[] args) throws BuiltinException {
        return switch (args[1]) {
            case NullValue _ -> "";
            case ArrayValue array -> {
                StringBuilder delimiters = new StringBuilder();
                for (Value element : array) {
                    if (!(element instanceof StringValue text)) {
                        throw BuiltinException.wrongElement(2, array, element, "string");
                    }
                    if (text.value().codePointCount(0, text.value().length()) != 1) {
                        throw BuiltinException.wrongElement(2, array, element, "rune");
                    }
                    delimiters.append(text.value());
                }
                yield array.size() == 0 ? "." : delimiters.toString();
            }
            default -> throw BuiltinException.wrongType(2, args[1], Kind.ARRAY, Kind.NULL);
        };
    }

    private static Pattern compile(String glob, String delimiters) throws BuiltinException {
        String key = delimiters + "\u0000" + glob;
        Pattern known = CACHE.get(key);
        if (known == null) {
            if (glob.length() > MAX_PATTERN) {
                throw BuiltinException.value("glob too long");
            }
            known = Pattern.compile(new Globs(glob, delimiters).expression());
            if (CACHE.size() >= MAX_CACHED) {
                CACHE.clear();
            }
            CACHE.put(key, known);
        }
        return known;
    }

    private String expression() throws BuiltinException {
        Deque<Integer> open = new ArrayDeque<>();
        while (at < glob.length()) {
            int c = next();
            switch (c) {
                case '*' -> stars();
                case '?' -> out.append(notDelimiter);
                case '[' -> characterClass();
                case '{' -> {
                    open.push(at);
                    out.append("(?:");
                }
                case ',' -> out.append(open.isEmpty() ? "," : "|");
                case '}' -> {
                    if (open.isEmpty()) {
                        out.append(literal(c));
                    } else {
                        open.pop();
                        out.append(')');
                    }
                }
                case '\\' -> out.append(literal(escaped()));
                default -> out.append(literal(c));
            }
        }
        if (!open.isEmpty()) {
            throw malformed("unclosed `{`");
        }
        return out.append(")$").toString();
    }

    /** {@code **} is any text; what follows it is another wildcard. */
    private void stars() {
        if (at < glob.length() && glob.charAt(at) == '*') {
            at++;
            out.append(".*");
        } else {
            out.append(notDelimiter).append('*');
        }
    }

    /** Either one range or a list of characters, in which a minus is itself. */
    private void characterClass() throws BuiltinException {
        boolean not = at < glob.length() && glob.charAt(at) == '!';
        if (not) {
            at++;
        }
        out.append(not ? "[^" : "[");
        int first = classCharacter();
        if (at < glob.length() && glob.charAt(at) == '-' && at + 1 < glob.length()) {
            int mark = at;
            at++;
            int last = classCharacter();
            if (at < glob.length() && glob.charAt(at) == ']') {
                if (last < first) {
                    throw malformed("range hi character is less than lo");
                }
                at++;
                out.append(literal(first)).append('-').append(literal(last)).append(']');
                return;
            }
            at = mark;
            throw malformed("unexpected length of range hi character");
        }
        out.append(literal(first));
        while (at < glob.length() && glob.charAt(at) != ']') {
            out.append(literal(classCharacter()));
        }
        if (at >= glob.length()) {
            throw malformed("unclosed `[`");
        }
        at++;
        out.append(']');
    }

    private int classCharacter() throws BuiltinException {
        if (at >= glob.length()) {
            throw malformed("unclosed `[`");
        }
        if (glob.charAt(at) == ']') {
            throw malformed("could not parse range");
        }
        int c = next();
        return c == '\\' ? escaped() : c;
    }

    private int escaped() throws BuiltinException {
        if (at >= glob.length()) {
            throw malformed("unexpected end of input after `\\`");
        }
        return next();
    }

    private int next() {
        int c = glob.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private static String literal(int c) {
        return GoUrls.isAlphanumeric(c) ? Character.toString(c) : "\\x{" + Integer.toHexString(c) + "}";
    }

    private BuiltinException malformed(String reason) {
        return BuiltinException.value("glob: syntax error at " + at + ": " + reason);
    }
}
