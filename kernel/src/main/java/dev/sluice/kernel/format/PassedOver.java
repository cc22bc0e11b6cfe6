package dev.sluice.kernel.format;

import java.lang.System.Logger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What of an upstream's document was passed over because clients pass over it too: counted for the whole process, and logged once for
 * each document. An instance is for one document and not thread-safe.
 */
public final class PassedOver {

    private static final Logger LOG = System.getLogger(PassedOver.class.getName());
    private static final int MAX_SHOWN = 5;
    private static final int MAX_WHICH = 40;
    private static final int MAX_REMEMBERED = 10_000;
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();
    private static final Map<String, LongAdder> TOTALS = new ConcurrentHashMap<>();

    private final String format;
    private final String document;
    private final Map<String, Integer> shown = new LinkedHashMap<>();
    private int count;

    /**
     * Nothing yet.
     *
     * @param format id of the format
     * @param document what it is, for people: {@code packument of lodash}
     */
    public PassedOver(String format, String document) {
        this.format = format;
        this.document = document;
    }

    /**
     * Notes something that was passed over.
     *
     * @param kind what it is, one of few words: {@code version}, {@code file}
     * @param which which one, for people; may be empty, and is cut
     */
    public void add(String kind, String which) {
        count++;
        TOTALS.computeIfAbsent(format + " " + kind, key -> new LongAdder()).increment();
        String each = kind
                + (which.isEmpty() ? "" : " ")
                + (which.length() <= MAX_WHICH ? which : which.substring(0, MAX_WHICH) + "…");
        if (shown.containsKey(each) || shown.size() < MAX_SHOWN) {
            shown.merge(each, 1, Integer::sum);
        }
    }

    /** How much was passed over. */
    public int count() {
        return count;
    }

    /** Logs it, unless the same was logged before. */
    public void tell() {
        if (count == 0) {
            return;
        }
        String line = document + ": passed over " + count + ", first " + String.join(", ", shown.keySet());
        if (TOLD.size() >= MAX_REMEMBERED) {
            TOLD.clear();
        }
        if (TOLD.add(line)) {
            LOG.log(Logger.Level.WARNING, line.replaceAll("\\p{Cntrl}", "?"));
        }
    }

    /** How much was passed over since the process began, by format and kind: {@code npm version}. Thread-safe. */
    public static Map<String, Long> totals() {
        Map<String, Long> totals = new TreeMap<>();
        TOTALS.forEach((what, count) -> totals.put(what, count.sum()));
        return totals;
    }
}
