package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The versions that the advisories of one package name, in version order, as a line of whole numbers.
 *
 * <p>The {@code i}-th distinct version is at position {@code 2i+1}; what lies between it and the next one is at position
 * {@code 2i+2}. So after one binary search every question about ranges is a comparison of numbers. Immutable.
 */
final class VersionLine {

    /** Before every version. */
    static final int START = 0;

    /** After every version. */
    static final int END = Integer.MAX_VALUE;

    private final VersionOrder order;
    private final List<String> marks = new ArrayList<>();
    private final Map<String, Integer> positions = new HashMap<>();

    /** Positions of public versions of which a labelled build is named: there the label counts. */
    private final Set<Integer> labelled = new HashSet<>();

    VersionLine(VersionOrder order, Collection<String> named) {
        this.order = order;
        List<String> sorted = new ArrayList<>(new HashSet<>(named));
        sorted.sort(order);
        for (String version : sorted) {
            if (marks.isEmpty() || order.compare(marks.getLast(), version) != 0) {
                marks.add(version);
            }
            positions.put(version, 2 * marks.size() - 1);
        }
        for (String version : sorted) {
            String open = order.publicVersion(version);
            if (!open.equals(version)) {
                labelled.add(search(open));
            }
        }
    }

    /** Where a version lies; one with a label that ranges do not see lies where the version without it does. */
    int position(String version) {
        String open = order.publicVersion(version);
        if (!open.equals(version)) {
            int position = search(open);
            if (!labelled.contains(position)) {
                return position;
            }
        }
        return search(version);
    }

    /** Position of a version the line was made of. */
    int of(String named) {
        Integer position = positions.get(named);
        if (position == null) {
            throw new IllegalArgumentException("not on the line: " + named);
        }
        return position;
    }

    private int search(String version) {
        Integer known = positions.get(version);
        if (known != null) {
            return known;
        }
        int low = 0;
        int high = marks.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int comparison = order.compare(marks.get(middle), version);
            if (comparison == 0) {
                return 2 * middle + 1;
            }
            if (comparison < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return 2 * low;
    }
}
