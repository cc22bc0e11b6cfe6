package dev.sluice.feeds;

import java.util.Locale;
import java.util.regex.Pattern;

/** Identifiers of the CVE list. */
final class Cves {

    private static final Pattern SHAPE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,19}");

    private Cves() {}

    /** The identifier in its own spelling, refused where it is none. */
    static String checked(String text) throws RecordException {
        String cve = text.strip().toUpperCase(Locale.ROOT);
        if (!SHAPE.matcher(cve).matches()) {
            throw new RecordException("not a CVE identifier: " + text);
        }
        return cve;
    }
}
