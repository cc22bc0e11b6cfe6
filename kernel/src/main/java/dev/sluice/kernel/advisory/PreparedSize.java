package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.PackageName;

/**
 * How many bytes a package takes among the prepared ones, roughly and rather too many, whatever is asked of it later.
 *
 * <p>The figures are those of a 64-bit JVM whose references take four bytes: an object's header 12, a string 24 and its array 16,
 * a hash table's entry 32 to 48. What a matcher remembers of answers is counted as if all it may remember were there.
 */
final class PreparedSize {

    /** The cache's own entry, the name and its two objects. */
    private static final long ENTRY = 200;

    /** An index of a package with an empty matcher. */
    private static final long PACKAGE = 400;

    /** A record without its texts: the objects, lists and dates of it, and what the matcher makes of one. */
    private static final long RECORD = 1_000;

    private static final long TEXT = 48;

    /** A place on the line of versions, and that it is listed, a bound or a fix. */
    private static final long MARK = 120;

    private static final long MATCH = 250;

    private PreparedSize() {}

    static int of(PackageName name, AdvisoryIndex.OfPackage prepared) {
        long bytes = ENTRY + 2L * name.name().length();
        if (!prepared.advisories().isEmpty()) {
            bytes += PACKAGE;
            long marks = 0;
            for (Advisory advisory : prepared.advisories()) {
                long listed = 0;
                long events = 0;
                for (Advisory.Affected affected : advisory.affected()) {
                    listed += affected.versions().size();
                    for (AffectedRange range : affected.ranges()) {
                        events += range.events().size();
                    }
                }
                marks += listed + events;
                bytes += of(advisory) + matches(listed, events);
            }
            long lists = (2 * marks + 1)
                    * (AdvisoryMatcher.LIST + prepared.advisories().size());
            bytes += 4 * Math.min(lists, AdvisoryMatcher.MOST_REMEMBERED);
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static long of(Advisory advisory) {
        long bytes = RECORD + text(advisory.id()) + text(advisory.summary()) + text(advisory.details());
        bytes += texts(advisory.aliases()) + texts(advisory.references()) + text(advisory.source());
        bytes += severities(advisory.severities());
        for (Advisory.Affected affected : advisory.affected()) {
            bytes += PACKAGE + text(affected.packageName().name()) + severities(affected.severities());
            bytes += texts(affected.versions()) + MARK * affected.versions().size();
            for (AffectedRange range : affected.ranges()) {
                bytes += MARK;
                for (AffectedRange.Event event : range.events()) {
                    bytes += MARK + 2 * text(event.version()); // once more in the range as people read it
                }
            }
        }
        return bytes;
    }

    /** The matches remembered of a record: there is another one after each event, and each tells ranges and fixes. */
    private static long matches(long listed, long events) {
        return Math.min(AffectedGroup.MOST_MATCHES, 1 + events)
                * (MATCH + 4 * Math.min(AffectedRecord.MAX_TEXTS, listed) + 8 * events);
    }

    private static long severities(Iterable<Advisory.Severity> severities) {
        long bytes = 0;
        for (Advisory.Severity severity : severities) {
            bytes += TEXT + text(severity.type()) + text(severity.vector());
        }
        return bytes;
    }

    private static long texts(Iterable<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            bytes += text(text);
        }
        return bytes;
    }

    /** One byte a character, as in most texts; those with characters beyond Latin-1 take twice that. */
    private static long text(String text) {
        return TEXT + text.length();
    }
}
