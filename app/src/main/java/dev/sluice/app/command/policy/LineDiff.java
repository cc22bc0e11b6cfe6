package dev.sluice.app.command.policy;

import java.util.ArrayList;
import java.util.List;

/** What differs between two texts, line by line, as {@code diff -u} tells it. */
final class LineDiff {

    private static final int CONTEXT = 3;

    /** Larger differences are told as one block that goes and one that comes. */
    private static final long MAX_COMPARISONS = 4_000_000;

    private LineDiff() {}

    /** The difference; the empty string when there is none. */
    static String of(String name, String before, String after) {
        if (before.equals(after)) {
            return "";
        }
        List<String> edits = edits(lines(before), lines(after));
        StringBuilder out = new StringBuilder("--- " + name + "\n+++ " + name + "\n");
        int row = 1;
        int newRow = 1;
        int i = 0;
        while (i < edits.size()) {
            if (edits.get(i).charAt(0) == ' ') {
                i++;
                row++;
                newRow++;
                continue;
            }
            int start = Math.max(0, i - CONTEXT);
            int end = endOfHunk(edits, i);
            int back = i - start;
            List<String> hunk = edits.subList(start, end);
            int gone = (int) hunk.stream().filter(e -> e.charAt(0) != '+').count();
            int come = (int) hunk.stream().filter(e -> e.charAt(0) != '-').count();
            out.append("@@ -").append(row - back).append(',').append(gone);
            out.append(" +").append(newRow - back).append(',').append(come).append(" @@\n");
            hunk.forEach(edit -> out.append(edit).append('\n'));
            row += gone - back;
            newRow += come - back;
            i = end;
        }
        return out.toString();
    }

    private static List<String> lines(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        return lines.getLast().isEmpty() ? lines.subList(0, lines.size() - 1) : lines;
    }

    /** The end of the changes that begin here, with what stays behind them; changes close to each other are one hunk. */
    private static int endOfHunk(List<String> edits, int start) {
        int last = start;
        for (int i = start; i < edits.size() && i - last <= 2 * CONTEXT; i++) {
            if (edits.get(i).charAt(0) != ' ') {
                last = i;
            }
        }
        return Math.min(edits.size(), last + 1 + CONTEXT);
    }

    /** All lines, each after a blank, a minus or a plus. */
    private static List<String> edits(List<String> a, List<String> b) {
        int head = 0;
        while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < a.size() - head
                && tail < b.size() - head
                && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
            tail++;
        }
        List<String> out = new ArrayList<>();
        a.subList(0, head).forEach(line -> out.add(" " + line));
        middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail), out);
        a.subList(a.size() - tail, a.size()).forEach(line -> out.add(" " + line));
        return out;
    }

    private static void middle(List<String> a, List<String> b, List<String> out) {
        if ((long) a.size() * b.size() > MAX_COMPARISONS) {
            a.forEach(line -> out.add("-" + line));
            b.forEach(line -> out.add("+" + line));
            return;
        }
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = a.get(i).equals(b.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
                out.add(" " + a.get(i++));
                j++;
            } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
                out.add("-" + a.get(i++));
            } else {
                out.add("+" + b.get(j++));
            }
        }
    }
}
