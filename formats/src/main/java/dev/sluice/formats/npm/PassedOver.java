package dev.sluice.formats.npm;

import java.lang.System.Logger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What of a document was passed over because clients pass over it too: counted, and logged once for each document's name. */
final class PassedOver {

    private static final Logger LOG = System.getLogger(PassedOver.class.getName());
    private static final int MAX_SHOWN = 5;
    private static final int MAX_REMEMBERED = 10_000;
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final String document;
    private final Map<String, Integer> what = new LinkedHashMap<>();
    private int count;

    PassedOver(String document) {
        this.document = document;
    }

    /** Notes something that was passed over. */
    void add(String each) {
        count++;
        if (what.containsKey(each) || what.size() < MAX_SHOWN) {
            what.merge(each, 1, Integer::sum);
        }
    }

    /** How much was passed over. */
    int count() {
        return count;
    }

    /** Logs it, unless the same was logged before. */
    void tell() {
        if (count == 0) {
            return;
        }
        String line = document + ": passed over " + count + ", first " + String.join(", ", what.keySet());
        if (TOLD.size() >= MAX_REMEMBERED) {
            TOLD.clear();
        }
        if (TOLD.add(line)) {
            LOG.log(Logger.Level.WARNING, line.replaceAll("\\p{Cntrl}", "?"));
        }
    }
}
