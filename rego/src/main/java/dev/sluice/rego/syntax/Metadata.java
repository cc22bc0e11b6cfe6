package dev.sluice.rego.syntax;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads title and description from METADATA comment blocks. */
final class Metadata {
    private final Map<Integer, Annotations> byFollowingRow = new HashMap<>();

    Metadata(List<Lexer.Comment> comments) {
        int i = 0;
        while (i < comments.size()) {
            Lexer.Comment first = comments.get(i++);
            if (!first.ownLine() || !first.text().strip().equals("METADATA")) {
                continue;
            }
            String title = "";
            StringBuilder description = new StringBuilder();
            String block = "";
            int row = first.row();
            while (i < comments.size()
                    && comments.get(i).row() == row + 1
                    && !comments.get(i).text().strip().equals("METADATA")) {
                String line = comments.get(i++).text();
                row++;
                line = line.startsWith(" ") ? line.substring(1) : line;
                boolean indented = line.startsWith(" ") || line.isBlank();
                if (!indented) {
                    block = "";
                }
                if (line.startsWith("title:")) {
                    title = scalar(line.substring("title:".length()));
                } else if (line.startsWith("description:")) {
                    String value = line.substring("description:".length()).strip();
                    if (value.startsWith("|")) {
                        block = "\n";
                    } else if (value.startsWith(">")) {
                        block = " ";
                    } else {
                        description.append(scalar(value));
                        block = " ";
                    }
                } else if (indented && !block.isEmpty()) {
                    description.append(description.isEmpty() ? "" : block).append(line.strip());
                }
            }
            byFollowingRow.put(
                    row + 1, new Annotations(title, description.toString().strip()));
        }
    }

    /** The block that ends on the line above {@code row}. */
    Annotations above(int row) {
        return byFollowingRow.getOrDefault(row, Annotations.NONE);
    }

    private static String scalar(String text) {
        String value = text.strip();
        boolean quoted =
                (value.startsWith("\"") && value.endsWith("\"")) || (value.startsWith("'") && value.endsWith("'"));
        if (value.length() > 1 && quoted) {
            return value.substring(1, value.length() - 1);
        }
        return value;
    }
}
