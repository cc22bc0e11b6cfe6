package dev.sluice.formats.protocol;

import dev.sluice.kernel.format.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The media types that a client would take (RFC 9110, section 12.5.1).
 *
 * @param ranges in the order of the headers, at most {@value #MOST}; what comes after them is passed over
 */
public record Accept(List<Range> ranges) {

    private static final int MOST = 64;

    /**
     * A media type or wildcard, and how gladly it is taken.
     *
     * @param type lower-case, without parameters: {@code application/json}, {@code text/*}
     * @param quality between 0 (never) and 1, in thousandths; 0 also for a weight that is no such number
     */
    public record Range(String type, double quality) {}

    /** Copies the list. */
    public Accept {
        ranges = List.copyOf(ranges);
    }

    /** What the request says. */
    public static Accept of(Request request) {
        return of(request.headers("Accept"));
    }

    /** What the values of all Accept headers say. */
    public static Accept of(List<String> values) {
        List<Range> ranges = new ArrayList<>();
        for (String value : values) {
            for (String range : value.split(",", MOST + 1)) {
                if (ranges.size() == MOST) {
                    return new Accept(ranges);
                }
                String[] parts = range.toLowerCase(Locale.ROOT).split(";", 16);
                ranges.add(new Range(parts[0].strip(), quality(parts)));
            }
        }
        return new Accept(ranges);
    }

    /** How gladly this very type is taken: 0 where no range names it, whatever wildcards say. */
    public double named(String type) {
        double best = 0;
        for (Range range : ranges) {
            if (range.type().equals(type)) {
                best = Math.max(best, range.quality());
            }
        }
        return best;
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                try {
                    double q = Double.parseDouble(parameter.substring(2).strip());
                    return q >= 0 && q <= 1 ? Math.rint(q * 1000) / 1000 : 0;
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
