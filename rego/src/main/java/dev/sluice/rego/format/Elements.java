package dev.sluice.rego.format;

import java.util.List;

/** Writes what stands between two brackets, on one line or on several as the source has it. */
final class Elements {

    private Elements() {}

    /**
     * One of several.
     *
     * @param start where it begins in the source
     */
    record Element(int start, Runnable written) {}

    /**
     * Writes elements; the caller writes the brackets. Those that begin on one line of the source stay on one line.
     *
     * @param open where the opening bracket stands in the source
     * @param close where the closing bracket stands
     */
    static void write(Lines lines, List<Element> elements, int open, int close) {
        if (elements.isEmpty()) {
            return;
        }
        boolean broken = lines.row(elements.getFirst().start) > lines.row(open);
        for (int i = 1; i < elements.size(); i++) {
            broken |= isBroken(lines, elements, i);
        }
        if (broken) {
            lines.reached(open + 1);
            lines.endLine();
            lines.up();
        }
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                lines.write(isBroken(lines, elements, i) ? "," : ", ");
            }
            if (i > 0 && isBroken(lines, elements, i)) {
                lines.endLine();
            }
            if (broken && (i == 0 || isBroken(lines, elements, i))) {
                lines.commentsBefore(elements.get(i).start);
            }
            elements.get(i).written.run();
        }
        if (broken) {
            lines.write(",");
            lines.endLine();
            lines.commentsBefore(close);
            lines.down();
        }
    }

    private static boolean isBroken(Lines lines, List<Element> elements, int i) {
        return lines.row(elements.get(i).start) > lines.row(elements.get(i - 1).start);
    }
}
