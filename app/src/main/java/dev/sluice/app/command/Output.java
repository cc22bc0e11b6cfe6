package dev.sluice.app.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Prints answers: JSON for programs, aligned columns for people. */
public final class Output {

    /** An instant finer than a second, which nobody reads; JSON has it whole. */
    private static final Pattern INSTANT = Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)\\.\\d+Z$");

    /** Longest sentence in a table for people, in characters. */
    private static final int MOST = 60;

    private Output() {}

    /** The beginning of a sentence that may be of any length, for a table; JSON has it whole. */
    public static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= MOST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MOST - 1)) + "…";
    }

    /** Prints a document, indented. */
    public static void json(PrintWriter out, JsonNode node) {
        out.println(Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
        out.flush();
    }

    /** One row per element, its fields as text; control characters, which could steer a terminal, are replaced. */
    public static List<List<String>> rows(JsonNode list, String... fields) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode element : list) {
            List<String> row = new ArrayList<>();
            for (String field : fields) {
                row.add(text(element.path(field)));
            }
            rows.add(row);
        }
        return rows;
    }

    /** A value as a cell of a table shows it: a dash when there is none, lists with commas. */
    public static String text(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return "-";
        }
        String text = node.isArray()
                ? String.join(", ", node.valueStream().map(Output::text).toList())
                : node.isValueNode() ? node.asString("") : node.toString();
        return plain(INSTANT.matcher(text).replaceFirst("$1Z"));
    }

    /** The text with control characters, which could steer a terminal, replaced. */
    public static String plain(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return out.toString();
    }

    /** Prints aligned columns; nothing when there are no rows. */
    public static void table(PrintWriter out, List<String> heads, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int[] widths = new int[heads.size()];
        List<List<String>> all = new ArrayList<>();
        all.add(heads);
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                line.append(i == 0 ? "" : "  ").append(cell);
                if (i < row.size() - 1) {
                    line.append(" ".repeat(widths[i] - cell.length()));
                }
            }
            out.println(line);
        }
        out.flush();
    }

    /** A number of bytes for people, for example {@code 1.5 GiB}. */
    public static String bytes(long count) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
        double number = count;
        int unit = 0;
        while (number >= 1024 && unit < units.length - 1) {
            number /= 1024;
            unit++;
        }
        return unit == 0 ? count + " bytes" : String.format(Locale.ROOT, "%.1f %s", number, units[unit]);
    }

    /** Whether somebody looks on, so that progress may be shown in one line that changes. */
    @SuppressWarnings("SystemConsoleNull") // null is still allowed by its contract
    public static boolean isTerminal() {
        java.io.Console console = System.console();
        return console != null && console.isTerminal();
    }
}
