package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where advisories and exploitation data are kept.
 *
 * <p>An import is one transaction: readers see all of it or nothing. Thread-safe. Failures of the store are unchecked.
 */
public interface AdvisoryStore {

    /** A number that grows with every committed import; two equal numbers mean equal content. Answered from memory. */
    long revision();

    /** Every advisory with an entry for that package, withdrawn ones included. */
    List<Advisory> about(PackageName name);

    /** The advisories with that identifier or alias, in any case; several when feeds overlap. */
    List<Advisory> find(String identifierOrAlias);

    /** What is known of those CVEs; CVEs nothing is known of are left out. */
    Map<String, Exploitation> exploitation(Collection<String> cves);

    /** What was imported so far, by feed name. */
    List<FeedState> feeds();

    /** How the syncs of feeds went. */
    SyncStore syncs();

    /** Begins an import; the caller closes it. Only one runs at a time, a second begin waits. */
    Import begin();

    /**
     * What is known of a feed, or of one format's part of OSV.
     *
     * <p>The state of a format is there once somebody said that the advisories imported are all there are of it: the source that was
     * synced, or who imported them. Until then, and while it lacks something, a version of that format that no record names is not
     * known to be unaffected, however many records of it or of other formats are kept.
     *
     * @param name {@code osv}, {@code epss}, {@code kev}, or that of a format's part: {@link #osv}
     * @param records how many records of it are kept; of a format's part, how many there were of it when it was last imported
     * @param importedAt when the last import of it was committed
     * @param updatedAt when it was last known to be up to date: imported, or found unchanged where it comes from; of OSV as a
     *     whole, when its oldest part was
     * @param newest the newest date the data itself carries, dates of the future left out, or null when it carries none
     * @param lack why it is not known as a whole though it was said to be, for people, or null when nothing lacks
     */
    record FeedState(
            String name,
            long records,
            Instant importedAt,
            Instant updatedAt,
            @Nullable Instant newest,
            @Nullable String lack) {

        /** The state of a feed that lacks nothing. */
        public FeedState(String name, long records, Instant importedAt, Instant updatedAt, @Nullable Instant newest) {
            this(name, records, importedAt, updatedAt, newest, null);
        }

        /** The state of a feed that was just imported, and lacks nothing. */
        public FeedState(String name, long records, Instant importedAt, @Nullable Instant newest) {
            this(name, records, importedAt, importedAt, newest);
        }

        /** Whether it is all there is of what its name says. */
        public boolean isWhole() {
            return lack == null;
        }

        /** Name of the state of one format's advisories as a whole: {@code osv/} and the format's id. */
        public static String osv(String format) {
            return "osv/" + format;
        }
    }

    /** An import under way. Nothing is visible before {@link #commit}; closing without it undoes everything. Not thread-safe. */
    interface Import extends AutoCloseable {

        /** What became of a record. */
        enum Effect {
            NEW,
            CHANGED,
            SAME
        }

        /** What can be taken back. */
        enum Kind {
            ADVISORY,
            EPSS,
            KEV
        }

        /** The advisory with exactly that identifier as this import would leave it, or null. */
        @Nullable
        Advisory find(String id);

        /** Puts an advisory in place of the one with its identifier. A record older than the kept one is ignored (SAME). */
        Effect put(Advisory advisory);

        /** Puts a score in place of the former one of that CVE. */
        Effect put(String cve, Exploitation.Epss epss);

        /** Puts a catalogue entry in place of the former one of that CVE. */
        Effect put(String cve, Exploitation.Kev kev);

        /** Takes back the advisory with exactly that identifier, or what one feed said of that CVE; nothing when there is none. */
        void remove(Kind kind, String id);

        /** Notes the state of a feed that this import touched. */
        void feed(FeedState state);

        /** Makes all of it visible and durable; returns the new revision. */
        long commit();

        /** Undoes what was not committed. */
        @Override
        void close();
    }
}
