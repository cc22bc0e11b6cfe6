package dev.sluice.rego.value;

import java.util.ArrayList;
import java.util.List;

/** Values to YAML, in the form of OPA's {@code yaml.marshal}: blocks, sorted keys, sequences indented by two. */
public final class YamlWriter {
    private final StringBuilder out = new StringBuilder();

    private YamlWriter() {}

    /** The document that holds a value. Sets become sequences. */
    public static String write(Value value) {
        YamlWriter writer = new YamlWriter();
        writer.block(value, 0, false);
        return writer.out.toString();
    }

    /** @param inline whether the value follows something on its line */
    private void block(Value value, int indent, boolean inline) {
        switch (value) {
            case ArrayValue array when array.size() > 0 -> items(List.of(array.toArray()), indent, inline);
            case SetValue set
            when set.size() > 0 -> items(List.of(set.toSortedArray().toArray()), indent, inline);
            case ObjectValue object when object.size() > 0 -> entries(object, indent, inline);
            case ArrayValue _ -> scalar("[]", inline);
            case SetValue _ -> scalar("[]", inline);
            case ObjectValue _ -> scalar("{}", inline);
            case StringValue text -> string(text.value(), indent, inline);
            default -> scalar(Json.write(value), inline);
        }
    }

    private void scalar(String text, boolean inline) {
        out.append(inline ? " " : "").append(text).append('\n');
    }

    private void items(List<Value> items, int indent, boolean inline) {
        if (inline) {
            out.append('\n');
        }
        for (Value item : items) {
            out.append(" ".repeat(indent)).append('-');
            nested(item, indent);
        }
    }

    /** A value after a dash: a collection begins on the same line. */
    private void nested(Value item, int indent) {
        boolean collection = (item instanceof ObjectValue o && o.size() > 0)
                || (item instanceof ArrayValue a && a.size() > 0)
                || (item instanceof SetValue s && s.size() > 0);
        if (!collection) {
            block(item, indent + 2, true);
            return;
        }
        int start = out.length();
        block(item, indent + 2, false);
        // The first line gives its indentation to the dash.
        out.replace(start, start + indent + 2, " ");
    }

    private void entries(ObjectValue object, int indent, boolean inline) {
        if (inline) {
            out.append('\n');
        }
        List<ObjectValue.Entry> entries = new ArrayList<>(object.entries());
        entries.sort((a, b) -> StringValue.compare(Json.key(a.key()), Json.key(b.key())));
        for (ObjectValue.Entry entry : entries) {
            out.append(" ".repeat(indent)).append(quoted(Json.key(entry.key()))).append(':');
            block(entry.value(), indent + 2, true);
        }
    }

    private void string(String text, int indent, boolean inline) {
        if (text.indexOf('\n') >= 0 && text.chars().noneMatch(c -> c < ' ' && c != '\n') && !text.startsWith(" ")) {
            boolean ends = text.endsWith("\n");
            out.append(inline ? " " : "")
                    .append(ends ? text.endsWith("\n\n") ? "|+" : "|" : "|-")
                    .append('\n');
            for (String line : (ends ? text.substring(0, text.length() - 1) : text).split("\n", -1)) {
                out.append(line.isEmpty() ? "" : " ".repeat(Math.max(indent, 2)))
                        .append(line)
                        .append('\n');
            }
            return;
        }
        scalar(quoted(text), inline);
    }

    /** The text as it is where it reads as itself, else in quotes. */
    private static String quoted(String text) {
        if (!(Yaml.plain(text) instanceof StringValue) || isOldBoolean(text)) {
            return '"' + text + '"';
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            return Json.write(StringValue.of(text));
        }
        boolean plain = "-?:,[]{}#&*!|>'\"%@` ".indexOf(text.charAt(0)) < 0
                && !text.endsWith(" ")
                && !text.endsWith(":")
                && !text.contains(": ")
                && !text.contains(" #");
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }

    private static boolean isOldBoolean(String text) {
        return text.matches("(?i)y|n|yes|no|on|off");
    }
}
