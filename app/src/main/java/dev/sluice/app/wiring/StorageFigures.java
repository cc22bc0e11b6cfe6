package dev.sluice.app.wiring;

import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.format.PassedOver;
import dev.sluice.kernel.gate.Caching;
import dev.sluice.server.Metrics;
import dev.sluice.storage.blob.CountedBlobs;
import dev.sluice.storage.blob.Damages;
import dev.sluice.storage.blob.S3BlobStore;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.upkeep.Scrub;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Shows in the metrics how blobs, database, journal and upstreams fare. */
final class StorageFigures {

    private StorageFigures() {}

    /** Shows what is done with blobs, and how the cache before S3 does, where there is one. */
    static void blobs(Metrics metrics, CountedBlobs counted, BlobStore store, Damages damages) {
        metrics.counters(
                "sluice_blob_operations_total",
                "Operations on the blob store, by kind: find, open, write, delete, list, verify; files sent without copying are not opened",
                "operation",
                counted::operations);
        metrics.counters(
                "sluice_blob_failures_total",
                "Operations on the blob store that failed, by kind",
                "operation",
                counted::failures);
        metrics.counters(
                "sluice_blob_bytes_total",
                "Bytes read from and written to the blob store; files sent without copying are not read",
                "direction",
                counted::bytes);
        metrics.counters(
                "sluice_blob_damages_total",
                "Blobs that were found damaged, by what then became of them: aside (they leave no more)",
                "fate",
                () -> Map.of("aside", damages.count()));
        metrics.counters(
                "sluice_blob_cache_requests_total",
                "Blobs looked for in the local cache before S3, by outcome: hit, miss",
                "outcome",
                () -> store instanceof S3BlobStore s3 ? s3.cacheRequests() : Map.of());
        metrics.gauges(
                "sluice_blob_local_bytes",
                "Bytes on this machine beside S3: copies of blobs (cache), uploads on their way (spool)",
                "kind",
                () -> store instanceof S3BlobStore s3 ? s3.localBytes() : Map.of());
    }

    /** Shows how far the reading of all blobs is. */
    static void scrub(Metrics metrics, Scrub scrub) {
        metrics.counters(
                "sluice_scrub_blobs_total",
                "Blobs that the scrub read, by what it found: sound, damaged, unreadable",
                "found",
                scrub::blobs);
        metrics.gauge(
                "sluice_scrub_progress_ratio",
                "How much of the pass under way the scrub has read, 0 to 1; 0 between passes",
                () -> scrub.state().next() / 256.0);
        metrics.gauge(
                "sluice_scrub_last_pass_timestamp_seconds",
                "When the scrub last ended a pass over all blobs, in Unix time; 0 when it never did",
                () -> {
                    String ended = scrub.state().lastEnded();
                    return ended == null ? 0 : Instant.parse(ended).getEpochSecond();
                });
    }

    /** Shows who uses the database and who waits for it. */
    static void database(Metrics metrics, Database database) {
        gauge(metrics, database, "used", "Connections to a database in use now", Database.Load::used);
        gauge(metrics, database, "idle", "Connections to a database open and not in use", Database.Load::idle);
        gauge(metrics, database, "waiting", "Reads and writes that wait for a database now", Database.Load::waiting);
    }

    private static void gauge(
            Metrics metrics, Database database, String what, String help, ToLongFunction<Database.Load> figure) {
        metrics.gauges("sluice_database_" + what, help + ", by database", "database", () -> {
            Map<String, Long> values = new TreeMap<>();
            database.load().forEach((name, load) -> values.put(name, figure.applyAsLong(load)));
            return values;
        });
    }

    /** Shows how far the journal's index is behind, how the memory for indexes fares, and which upstreams are left alone. */
    static void journalAndUpstreams(Metrics metrics, LongSupplier unindexed, Caching caching) {
        metrics.gauge(
                "sluice_journal_unindexed",
                "How far the journal's index is behind its log: bytes (embedded) or events (PostgreSQL)",
                unindexed::getAsLong);
        metrics.gauges(
                "sluice_index_memory_bytes",
                "Memory that parsed, judged and rendered indexes take (used), and may take (limit)",
                "of",
                () -> Map.of(
                        "used", caching.indexMemory().bytes(),
                        "limit", caching.indexMemory().most()));
        metrics.counters(
                "sluice_index_evictions_total",
                "Indexes dropped from memory for lack of room (dropped), and those of them that were asked for again and made anew (again)",
                "what",
                () -> Map.of(
                        "dropped", caching.indexMemory().evicted(),
                        "again", caching.indexMemory().askedAgain()));
        metrics.counters(
                "sluice_passed_over_total",
                "Parts of upstreams' documents that were passed over because clients pass over them too, by format and part: npm"
                        + " version, pypi file and so on",
                "what",
                PassedOver::totals);
        metrics.gauges(
                "sluice_upstream_resting",
                "1 for every upstream that is left alone now, because it could not be reached or asked for it",
                "upstream",
                () -> {
                    Map<String, Long> resting = new TreeMap<>();
                    caching.resting().forEach(upstream -> resting.put(upstream, 1L));
                    return resting;
                });
    }
}
