package dev.sluice.rego.builtin;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.JsonFault;
import dev.sluice.rego.value.Value;

/** JSON text as Go's encoder writes it, which escapes the characters that matter in HTML. */
final class GoJson {
    private GoJson() {}

    static String compact(Value value) {
        return escaped(Json.write(value));
    }

    private static String escaped(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            switch (c) {
                case '<' -> out.append("\\u003c");
                case '>' -> out.append("\\u003e");
                case '&' -> out.append("\\u0026");
                case '\u2028' -> out.append("\\u2028");
                case '\u2029' -> out.append("\\u2029");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** One element a line: each line but the first begins with the prefix and one indent per level. */
    static String indented(Value value, String prefix, String indent) {
        String compact = compact(value);
        StringBuilder out = new StringBuilder();
        int depth = 0;
        boolean string = false;
        for (int i = 0; i < compact.length(); i++) {
            char c = compact.charAt(i);
            if (string) {
                out.append(c);
                if (c == '\\') {
                    out.append(compact.charAt(++i));
                } else if (c == '"') {
                    string = false;
                }
                continue;
            }
            switch (c) {
                case '"' -> {
                    string = true;
                    out.append(c);
                }
                case '{', '[' -> {
                    out.append(c);
                    char next = compact.charAt(i + 1);
                    if (next == '}' || next == ']') {
                        out.append(next);
                        i++;
                    } else {
                        newLine(out, prefix, indent, ++depth);
                    }
                }
                case '}', ']' -> {
                    newLine(out, prefix, indent, --depth);
                    out.append(c);
                }
                case ',' -> {
                    out.append(c);
                    newLine(out, prefix, indent, depth);
                }
                case ':' -> out.append(": ");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static void newLine(StringBuilder out, String prefix, String indent, int depth) {
        out.append('\n').append(prefix).repeat(indent, depth);
    }

    static boolean isValid(String text) {
        try {
            Json.read(text);
            return true;
        } catch (JsonFault fault) {
            return false;
        }
    }
}
