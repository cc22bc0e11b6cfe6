package dev.sluice.rego.format;

import dev.sluice.rego.syntax.Comment;
import java.util.Arrays;
import java.util.List;

/**
 * The text that is being written, line by line, and the comments of the source that are still to be written. Whoever writes
 * tells up to where of the source it has come; comments follow from that: those on the line of what was written last end
 * the line, those before what comes next get lines of their own.
 */
final class Lines {
    private final String source;
    private final int[] lineStarts;
    private final List<Comment> comments;
    private final StringBuilder out = new StringBuilder();
    private int next;
    private int level;
    private int reached;

    /** Says that a comment stands where the layout has no place for it. */
    static final class NoPlace extends RuntimeException {
        private NoPlace() {
            super("a comment has no place", null, false, false);
        }
    }

    /** A state to return to. */
    record Mark(int length, int next, int level, int reached) {}

    /** @param from where in the source writing begins; comments before are not written */
    Lines(String source, List<Comment> comments, int from) {
        this.source = source;
        this.comments = comments;
        this.reached = from;
        this.lineStarts = starts(source);
        while (next < comments.size() && comments.get(next).start() < from) {
            next++;
        }
    }

    private static int[] starts(String text) {
        int[] starts = new int[(int) text.chars().filter(c -> c == '\n').count() + 1];
        int n = 1;
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            starts[n++] = i + 1;
        }
        return starts;
    }

    /** The line of the source that an offset is on, from 1. */
    int row(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    String source() {
        return source;
    }

    String source(int start, int end) {
        return source.substring(start, end);
    }

    Mark mark() {
        return new Mark(out.length(), next, level, reached);
    }

    void rewind(Mark mark) {
        out.setLength(mark.length);
        next = mark.next;
        level = mark.level;
        reached = mark.reached;
    }

    void write(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (atLineStart()) {
            out.append("\t".repeat(level));
        }
        out.append(text);
    }

    /** Writes text that goes on with what was written last, also where that ended a line. */
    void writeOn(String text) {
        out.append(text);
    }

    /** Writes a part of the source as it is, with the comments in it. */
    void copy(int start, int end) {
        write(source.substring(start, end));
        while (next < comments.size() && comments.get(next).start() < end) {
            next++;
        }
        reached(end);
    }

    /** Says that all of the source before this offset was written, or left out. */
    void reached(int offset) {
        reached = Math.max(reached, offset);
    }

    int reached() {
        return reached;
    }

    int length() {
        return out.length();
    }

    String since(int length) {
        return out.substring(length);
    }

    boolean endsWith(String text) {
        return out.length() >= text.length()
                && out.substring(out.length() - text.length()).equals(text);
    }

    /** Makes sure that no comment was passed over. */
    void checkComments() {
        if (hasCommentBefore(reached)) {
            throw new NoPlace();
        }
    }

    /** The comments before an offset, which the caller writes. */
    List<Comment> takeCommentsBefore(int offset) {
        int first = next;
        while (hasCommentBefore(offset)) {
            next++;
        }
        return comments.subList(first, next);
    }

    /** The comments written since then. */
    List<Comment> commentsSince(Mark mark) {
        return comments.subList(mark.next, next);
    }

    void up() {
        level++;
    }

    void down() {
        level--;
    }

    private boolean atLineStart() {
        return out.isEmpty() || out.charAt(out.length() - 1) == '\n';
    }

    /** Ends the line, if one was begun, with the comment that ends the line of what was written last. */
    void endLine() {
        if (atLineStart()) {
            return;
        }
        if (next < comments.size()) {
            Comment comment = comments.get(next);
            if (comment.start() < reached) {
                throw new NoPlace();
            }
            if (comment.row() == row(Math.max(0, reached - 1))) {
                out.append(" #").append(comment.text());
                next++;
            }
        }
        out.append('\n');
    }

    /** Ends the line as it is. */
    void breakLine() {
        out.append('\n');
    }

    /** An empty line, but never two. */
    void blankLine() {
        endLine();
        if (!out.isEmpty() && !endsWith("\n\n")) {
            out.append('\n');
        }
    }

    /** Whether there is a comment before this offset that was not written. */
    boolean hasCommentBefore(int offset) {
        return next < comments.size() && comments.get(next).start() < offset;
    }

    /** Writes the comments before an offset on lines of their own; the empty lines around them stay. */
    void commentsBefore(int offset) {
        int last = 0;
        boolean metadata = false;
        while (hasCommentBefore(offset)) {
            Comment comment = comments.get(next++);
            endLine();
            boolean header = comment.text().strip().equals("METADATA");
            if (last > 0 && (comment.row() > last + 1 || (metadata && header))) {
                blankLine();
                metadata = false;
            }
            metadata |= header;
            write("#" + comment.text());
            out.append('\n');
            last = comment.row();
        }
        if (last > 0 && offset < source.length() && row(offset) > last + 1) {
            blankLine();
        }
    }

    /** What was written. */
    @Override
    public String toString() {
        return out.toString();
    }

    /**
     * Goes on with what begins at a position: behind a blank, or on a line of its own where it was written so.
     *
     * @param broken whether it was written on a line of its own
     * @param indented whether something before it has a line of its own already, one step to the right
     * @return whether the lines are a step to the right now
     */
    boolean goOn(int start, boolean broken, boolean indented) {
        if (!broken) {
            write(" ");
            return indented;
        }
        if (!indented) {
            up();
        }
        endLine();
        commentsBefore(start);
        return true;
    }
}
