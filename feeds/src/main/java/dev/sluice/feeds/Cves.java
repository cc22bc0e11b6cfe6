package dev.sluice.feeds;

import java.util.regex.Pattern;

/** Identifiers of the CVE list. */
final class Cves {

    private static final Pattern SHAPE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,19}");

    private Cves() {}

    /** The identifier itself, refused where it is none. */
    static String checked(String text) throws RecordException {
        if (!SHAPE.matcher(text).matches()) {
            throw new RecordException("not a CVE identifier: " + text);
        }
        return text;
    }
}
