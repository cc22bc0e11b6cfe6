package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one door. Every release of artifact bytes passes its stages: locate, obtain, verify, inspect, judge, record. Who may ask
 * is decided before ({@link dev.sluice.kernel.access.Grants}). Beside it {@link Hosting} is for those who publish,
 * {@link Explaining} for those who ask why, {@link Caching} for those who run it.
 *
 * <p>Decisions are taken at every request, from memory where nothing they depend on changed. Methods named {@code …FromMemory}
 * never block and return null when they would have to; the others may block and run on virtual threads. Thread-safe.
 */
public final class Gate {

    private static final long MAX_DOCUMENT_BYTES = 8L << 20;

    /**
     * A metadata document of an upstream, kept here.
     *
     * @param upstream id of the upstream
     * @param record what is known of it
     * @param body its bytes
     */
    public record UpstreamDocument(String upstream, Document record, byte[] body) {}

    /**
     * Where the gate finds and keeps things.
     *
     * @param blobs bytes
     * @param hosted published packages
     * @param files what is known of kept files
     * @param documents what upstreams answered
     * @param history what was learnt of versions
     * @param leases turns taken with other nodes that use the same stores
     */
    public record Stores(
            BlobStore blobs,
            HostedStore hosted,
            FileStore files,
            DocumentStore documents,
            HistoryStore history,
            Leases leases) {}

    private final Formats formats;
    private final Documents documents;
    private final Blends blends;
    private final Listing listing;
    private final Releasing releasing;
    private final Hosting hosting;
    private final Explaining explaining;
    private final Caching caching;

    /**
     * A gate.
     *
     * @param formats by id
     * @param stages who follows its stages
     */
    public Gate(
            Stores stores,
            Map<String, ? extends Ecosystem> formats,
            Policies policies,
            AdvisoryIndex advisories,
            Journal journal,
            UpstreamClient client,
            Inspector inspector,
            InstantSource clock,
            Ulid ids,
            GateSettings settings,
            Stages stages) {
        this.formats = new Formats(Map.copyOf(formats));
        Recorder recorder = new Recorder(journal, clock, ids, settings.memoryForNotes());
        Rests rests = new Rests(client, clock, settings);
        this.documents = new Documents(stores.documents(), stores.blobs(), stores.leases(), rests, clock, settings);
        Promises promises = new Promises(recorder, settings);
        Workload work = new Workload(settings.memoryForWork());
        this.blends =
                new Blends(stores.hosted(), stores.history(), documents, work, clock, settings, recorder, promises);
        Judge judge = new Judge(policies, advisories, clock, settings.workspace());
        IndexJudge indexes = new IndexJudge(judge, policies, advisories, clock, work, blends::weighAgain);
        Reading reading = new Reading(stores.blobs(), stores.history(), inspector);
        Artifacts artifacts = new Artifacts(stores, rests, inspector, reading, clock, settings, recorder);
        Learning.Ongoing ongoing = new Learning.Ongoing();
        Advice advice = new Advice(stores, judge, indexes);
        Answers answers = new Answers(judge, advice, recorder, rests, ongoing);
        FileLocator locator = new FileLocator(blends, answers);
        Ancestors ancestors = new Ancestors(stores.history(), locator, blends, artifacts, reading);
        Learning learning = new Learning(blends, judge, artifacts, reading, ancestors, ongoing);
        this.listing = new Listing(blends, judge, indexes, learning, answers, recorder, stages);
        this.releasing = new Releasing(
                stores, recorder, clock, settings, stages, promises, blends, locator, judge, artifacts, reading,
                ancestors, answers);
        PublishRights rights = new PublishRights(blends, stores.hosted(), stores.history());
        Publishing publishing = new Publishing(stores, rights, reading, recorder, clock);
        this.hosting = new Hosting(stores, this.formats, publishing, recorder, settings);
        this.explaining = new Explaining(stores, this.formats, blends, judge, advice);
        this.caching = new Caching(stores, this.formats, artifacts, blends, rests);
    }

    /** What is published here, and publishing it. */
    public Hosting hosting() {
        return hosting;
    }

    /** What would be decided about a version. */
    public Explaining explaining() {
        return explaining;
    }

    /** What is kept of upstreams. */
    public Caching caching() {
        return caching;
    }

    /** Lists a package, every release judged: {@link Listed}, {@link Refused} when nothing is left, or {@link Missing}. */
    public IndexOutcome index(Visit visit, Repository repository, PackageName name) throws IOException {
        return listing.list(visit, formats.of(name), repository, name);
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Listed indexFromMemory(Visit visit, Repository repository, PackageName name) {
        return listing.fromMemory(visit, formats.of(name), repository, name);
    }

    /** Releases a file or not. */
    public FileOutcome file(Visit visit, FileWant want) throws IOException {
        Released released = fileFromMemory(visit, want);
        return released != null ? released : releasing.release(visit, formats.of(want.packageName()), want);
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Released fileFromMemory(Visit visit, FileWant want) {
        return releasing.fromMemory(visit, formats.of(want.packageName()), want);
    }

    /**
     * What a file is, without its bytes, for checksum side-cars: obtained and judged as {@link #file} does, so that nothing
     * unverified is vouched for, but no download is recorded.
     */
    public Description describe(Visit visit, FileWant want) throws IOException {
        return releasing.describe(visit, formats.of(want.packageName()), want);
    }

    /**
     * Metadata documents at a path below the upstreams that may be asked for the package, by priority; absent ones are left
     * out. Never artifact bytes: at most 8 MB, and only paths that a format vouches for as metadata. Upstreams that are not
     * trusted are asked only for names that nobody trusted has.
     *
     * @param name the package it is about, whose reserved names are honoured; null for documents about no package
     * @param path percent-encoded path below the upstream's address
     * @throws UpstreamClient.UpstreamException when none answered and at least one could not be asked
     */
    public List<UpstreamDocument> documents(
            Visit visit,
            Repository repository,
            Ecosystem format,
            @Nullable PackageName name,
            String path,
            String accept)
            throws IOException {
        List<UpstreamDocument> found = new ArrayList<>();
        IOException failure = null;
        boolean answered = false;
        for (Upstream upstream : name == null ? repository.upstreams(format.id()) : askable(repository, format, name)) {
            try {
                Documents.Held held = documents.obtain(
                        repository.id(),
                        format.id(),
                        upstream,
                        path,
                        new Proxying.Question(upstream.resolve(path), accept),
                        MAX_DOCUMENT_BYTES);
                answered = true;
                Digest blob = held.record().blob();
                if (blob != null) {
                    try (InputStream body = documents.open(held, blob, MAX_DOCUMENT_BYTES)) {
                        found.add(new UpstreamDocument(upstream.id(), held.record(), body.readAllBytes()));
                    }
                }
            } catch (BlobsUnavailableException e) {
                throw e; // no upstream's fault
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null && !answered) {
            throw failure;
        }
        return found;
    }

    private List<Upstream> askable(Repository repository, Ecosystem format, PackageName name) throws IOException {
        List<Upstream> all = repository.upstreamsFor(name);
        return all.stream().allMatch(u -> u.trust() == Upstream.Trust.TRUSTED)
                ? all
                : blends.askable(
                        repository,
                        name,
                        null,
                        blends.locate(format, repository, name).untrusted());
    }
}
