package dev.sluice.feeds;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of an import.
 *
 * @param revision the store's revision after it
 * @param feeds the feeds it touched: {@code osv}, {@code kev}, {@code epss}
 * @param whole formats whose advisories it brought as a whole
 * @param partial formats that its records speak of, and whose advisories are not known as a whole after it either
 * @param lacking what it was said to be, or is by itself, and is not, by format or feed: why it does not count as whole or up to date
 */
public record ImportSummary(
        long revision, List<Feed> feeds, Set<String> whole, Set<String> partial, Map<String, String> lacking) {

    /** Copies the collections. */
    public ImportSummary {
        feeds = List.copyOf(feeds);
        whole = Set.copyOf(whole);
        partial = Set.copyOf(partial);
        lacking = Map.copyOf(lacking);
    }

    /** The feed of that name; one without records when the import held nothing of it. */
    public Feed feed(String name) {
        return feeds.stream()
                .filter(feed -> feed.name().equals(name))
                .findFirst()
                .orElse(new Feed(name, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), Map.of(), Map.of(), Map.of(), null));
    }

    /**
     * What became of one feed's records. Read = added + changed + unchanged + rejected + skipped.
     *
     * @param name its name
     * @param files how many files held records of it
     * @param read records read
     * @param added records not known before
     * @param changed records that took the place of an older one
     * @param unchanged records already known, or older than the known one
     * @param removed records taken back because a synced source names them no more
     * @param rejected records refused
     * @param torn affected packages that could not be read in records that were kept
     * @param rejections the first of what was refused or could not be read
     * @param skipped records of ecosystems that are not served here, by ecosystem
     * @param dropped fields that decide nothing and could not be read, how often by name; their records were kept
     * @param widened what tells affected versions and could not be read, how often by name; taken as wide as it could mean
     * @param newest the newest date the data carries, dates of the future left out, or null
     */
    public record Feed(
            String name,
            long files,
            long read,
            long added,
            long changed,
            long unchanged,
            long removed,
            long rejected,
            long torn,
            List<Rejection> rejections,
            Map<String, Long> skipped,
            Map<String, Long> dropped,
            Map<String, Long> widened,
            @Nullable Instant newest) {

        /** Copies the collections. */
        public Feed {
            rejections = List.copyOf(rejections);
            skipped = Map.copyOf(skipped);
            dropped = Map.copyOf(dropped);
            widened = Map.copyOf(widened);
        }
    }

    /**
     * A refused record, or a part of one.
     *
     * @param where file and line, entry or identifier
     * @param reason why
     */
    public record Rejection(String where, String reason) {}
}
