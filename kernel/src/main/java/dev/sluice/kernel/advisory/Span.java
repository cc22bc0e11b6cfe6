package dev.sluice.kernel.advisory;

import dev.sluice.kernel.advisory.AffectedRange.Event;
import dev.sluice.kernel.advisory.AffectedRange.Kind;
import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of affected versions on a {@link VersionLine}.
 *
 * @param from first affected position
 * @param to last affected position
 * @param text the stretch for people, for example {@code >=1.0.0 <1.4.2}
 */
record Span(int from, int to, String text) {

    /** Told to people behind a range that reaches further than the record may mean. */
    private static final String WIDENED = " (the record says more that cannot be read)";

    boolean contains(int position) {
        return from <= position && position <= to;
    }

    /**
     * The stretches a range means (OSV schema, section "Evaluation").
     *
     * <p>Where events meet at one version, a range that is open there is closed before it is opened anew, and one that is
     * not is opened first: so {@code introduced} and {@code last_affected} at one version mean that version.
     */
    static List<Span> of(AffectedRange range, VersionLine line) {
        List<Span> spans = new ArrayList<>();
        if (range.type() == AffectedRange.Type.GIT) {
            return spans;
        }
        int limit = limit(range, line);
        List<Event> events = range.events().stream()
                .filter(event -> event.kind() != Kind.LIMIT)
                .sorted(Comparator.comparingInt(event -> position(event, line)))
                .toList();
        Event opened = null;
        int at = 0;
        while (at < events.size()) {
            int position = position(events.get(at), line);
            Event introduced = null;
            Event closing = null;
            for (; at < events.size() && position(events.get(at), line) == position; at++) {
                Event event = events.get(at);
                if (event.kind() == Kind.INTRODUCED) {
                    introduced = event;
                } else if (closing == null || event.kind() == Kind.FIXED) {
                    closing = event;
                }
            }
            if (opened != null && closing != null) {
                add(spans, opened, closing, line, limit, range.widened());
                opened = introduced;
            } else if (introduced != null && opened == null) {
                if (closing == null) {
                    opened = introduced;
                } else {
                    add(spans, introduced, closing, line, limit, range.widened());
                }
            }
        }
        if (opened != null) {
            add(spans, opened, null, line, limit, range.widened());
        }
        return spans;
    }

    /**
     * The range as that order can tell its versions apart: an event whose version it cannot place makes the range as wide as it
     * could mean, for what cannot be ordered must not be taken for clean.
     */
    static AffectedRange placed(AffectedRange range, VersionOrder order) {
        List<Event> odd = range.type() == AffectedRange.Type.GIT
                ? List.of()
                : range.events().stream()
                        .filter(event ->
                                !isFromTheFirst(event) && !isUnlimited(event) && !order.isVersion(event.version()))
                        .toList();
        if (odd.isEmpty()) {
            return range;
        }
        if (odd.stream().anyMatch(event -> event.kind() == Kind.INTRODUCED)) {
            return AffectedRange.everything(); // it may begin anew anywhere
        }
        boolean limited = odd.stream().noneMatch(event -> event.kind() == Kind.LIMIT);
        return new AffectedRange(
                range.type(),
                range.events().stream()
                        .filter(event -> !odd.contains(event) && (limited || event.kind() != Kind.LIMIT))
                        .toList(),
                true);
    }

    /** Whether a range has a beginning after the first version and an end: what a report of single bad releases looks like. */
    static boolean isBounded(AffectedRange range) {
        return range.type() != AffectedRange.Type.GIT
                && !range.widened()
                && range.events().stream().noneMatch(Span::isFromTheFirst)
                && range.events().stream()
                        .anyMatch(event -> event.kind() == Kind.FIXED || event.kind() == Kind.LAST_AFFECTED);
    }

    /** Whether a range covers every version there is or ever will be. */
    static boolean isEverything(AffectedRange range) {
        return range.type() != AffectedRange.Type.GIT
                && range.events().stream()
                        .allMatch(event -> event.kind() == Kind.INTRODUCED
                                || (event.kind() == Kind.LIMIT
                                        && event.version().equals("*")))
                && range.events().stream().anyMatch(Span::isFromTheFirst);
    }

    /** Every version a range's evaluation needs on the line. */
    static List<String> marks(AffectedRange range) {
        return range.type() == AffectedRange.Type.GIT
                ? List.of()
                : range.events().stream()
                        .filter(event -> !isFromTheFirst(event) && !isUnlimited(event))
                        .map(Event::version)
                        .toList();
    }

    private static void add(
            List<Span> spans, Event opened, @Nullable Event closing, VersionLine line, int limit, boolean widened) {
        String from = isFromTheFirst(opened) ? "" : ">=" + opened.version();
        int last = VersionLine.END;
        String to = "";
        if (closing != null) {
            boolean fixed = closing.kind() == Kind.FIXED;
            last = line.of(closing.version()) - (fixed ? 1 : 0);
            to = (fixed ? "<" : "<=") + closing.version();
        }
        last = Math.min(last, limit);
        int first = position(opened, line);
        if (first <= last) {
            String text = (from + " " + to).strip();
            spans.add(new Span(first, last, (text.isEmpty() ? ">=0" : text) + (widened ? WIDENED : "")));
        }
    }

    /** The last position below any limit; with several limits, below the highest. */
    private static int limit(AffectedRange range, VersionLine line) {
        int limit = -1;
        for (Event event : range.events()) {
            if (event.kind() == Kind.LIMIT) {
                limit = Math.max(limit, isUnlimited(event) ? VersionLine.END : line.of(event.version()) - 1);
            }
        }
        return limit < 0 ? VersionLine.END : limit;
    }

    private static int position(Event event, VersionLine line) {
        return isFromTheFirst(event) ? VersionLine.START : line.of(event.version());
    }

    private static boolean isFromTheFirst(Event event) {
        return event.kind() == Kind.INTRODUCED && event.version().equals("0");
    }

    private static boolean isUnlimited(Event event) {
        return event.kind() == Kind.LIMIT && event.version().equals("*");
    }
}
