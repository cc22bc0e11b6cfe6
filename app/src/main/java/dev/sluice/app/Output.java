package dev.sluice.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Prints answers: JSON for programs, aligned columns for people. */
final class Output {

    /** An instant finer than a second, which nobody reads; JSON has it whole. */
    private static final Pattern INSTANT = Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)\\.\\d+Z$");

    /** Longest sentence in a table for people, in characters. */
    private static final int MOST = 60;

    private Output() {}

    /** The beginning of a sentence that may be of any length, for a table; JSON has it whole. */
    static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= MOST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MOST - 1)) + "…";
    }

    static void json(PrintWriter out, JsonNode node) {
        out.println(Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
        out.flush();
    }

    /** One row per element, its fields as text; control characters, which could steer a terminal, are replaced. */
    static List<List<String>> rows(JsonNode list, String... fields) {
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

    static String text(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return "-";
        }
        String text = node.isArray()
                ? String.join(", ", node.valueStream().map(Output::text).toList())
                : node.isValueNode() ? node.asString("") : node.toString();
        return plain(INSTANT.matcher(text).replaceFirst("$1Z"));
    }

    static String plain(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return out.toString();
    }

    static void table(PrintWriter out, List<String> heads, List<List<String>> rows) {
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
}
