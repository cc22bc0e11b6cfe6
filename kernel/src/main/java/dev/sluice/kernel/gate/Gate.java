package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
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
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The one door. Every release of artifact bytes passes its stages: locate, obtain, verify, inspect, judge, record. Who may ask
 * is decided before ({@link dev.sluice.kernel.access.Grants}).
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

    private final Stores stores;
    private final Policies policies;
    private final InstantSource clock;
    private final GateSettings settings;
    private final Stages stages;
    private final Inspector inspector;
    private final Recorder recorder;
    private final Rests rests;
    private final Documents documents;
    private final Blends blends;
    private final Judge judge;
    private final Artifacts artifacts;
    private final Learning learning;
    private final Advice advice;
    private final Answers answers;
    private final Releasing releasing;
    private final Map<String, Ecosystem> formats;

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
        this.stores = stores;
        this.formats = Map.copyOf(formats);
        this.policies = policies;
        this.clock = clock;
        this.settings = settings;
        this.stages = stages;
        this.inspector = inspector;
        this.recorder = new Recorder(journal, clock, ids, settings.memoryForNotes());
        this.rests = new Rests(client, clock, settings);
        this.documents = new Documents(stores.documents(), stores.blobs(), stores.leases(), rests, clock, settings);
        Promises promises = new Promises(recorder, settings);
        Workload work = new Workload(settings.memoryForWork());
        this.blends =
                new Blends(stores.hosted(), stores.history(), documents, work, clock, settings, recorder, promises);
        this.judge = new Judge(policies, advisories, clock, settings.workspace(), work, blends::weighAgain);
        this.artifacts = new Artifacts(
                stores.files(),
                stores.blobs(),
                stores.history(),
                stores.leases(),
                rests,
                inspector,
                clock,
                settings,
                recorder);
        Learning.Ongoing ongoing = new Learning.Ongoing();
        this.advice = new Advice(stores, judge);
        this.answers = new Answers(judge, advice, recorder, rests, ongoing);
        FileLocator locator = new FileLocator(blends, answers);
        Ancestors ancestors = new Ancestors(stores.history(), locator, blends, artifacts);
        this.learning = new Learning(blends, judge, artifacts, ancestors, ongoing);
        this.releasing = new Releasing(
                stores, recorder, clock, settings, stages, promises, blends, locator, judge, artifacts, ancestors,
                answers);
    }

    private Ecosystem format(PackageName name) {
        Ecosystem format = formats.get(name.format());
        if (format == null) {
            throw new IllegalArgumentException("no format '" + name.format() + "' here");
        }
        return format;
    }

    /** Lists a package, every release judged: {@link Listed}, {@link Refused} when nothing is left, or {@link Missing}. */
    public IndexOutcome index(Visit visit, Repository repository, PackageName name) throws IOException {
        Ecosystem format = format(name);
        Blends.Located located = stages.run("locate", () -> blends.locate(format, repository, name));
        Blend blend = located.blend();
        if (blend == null) {
            // while an upstream cannot be asked, nobody knows that nobody has it
            Judge.Judgement judgement =
                    located.failure() != null ? null : judge.judgeAbsent(format, repository, name, visit.actor());
            if (judgement != null) {
                return answers.refuse(visit, format, repository, judgement, null, name.name(), null);
            }
            return answers.missing(
                    name.name(),
                    located.failure(),
                    repository.upstreamsFor(name),
                    upstream -> format.proxying().indexQuestion(upstream, name));
        }
        Listed listed = stages.run("judge", () -> judge.judge(format, blend, visit));
        if (!stages.run("learn", () -> learning.learn(format, blend, listed, visit))) {
            return answer(visit, format, blend, listed);
        }
        Blend learnt = stages.run("locate", () -> blends.locate(format, repository, name))
                .blend();
        return learnt == null
                ? answer(visit, format, blend, listed)
                : answer(visit, format, learnt, stages.run("judge", () -> judge.judge(format, learnt, visit)));
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Listed indexFromMemory(Visit visit, Repository repository, PackageName name) {
        Blend blend = blends.fromMemory(repository, name);
        Listed listed = blend == null ? null : judge.judgedFromMemory(blend);
        Ecosystem format = format(name);
        if (blend == null
                || listed == null
                || listed.withholding(format.versionOrder()).isEmptied()) {
            return null;
        }
        recorder.hidden(visit, format, listed);
        return listed;
    }

    private IndexOutcome answer(Visit visit, Ecosystem format, Blend blend, Listed listed) {
        if (listed.withholding(format.versionOrder()).isEmptied()) {
            JudgedRelease newest = listed.releases().stream()
                    .max((a, b) -> format.versionOrder().compare(a.version(), b.version()))
                    .orElseThrow();
            return refuseIndex(visit, format, blend, newest, listed);
        }
        recorder.hidden(visit, format, listed);
        return listed;
    }

    private IndexOutcome refuseIndex(Visit visit, Ecosystem format, Blend blend, JudgedRelease newest, Listed listed) {
        Judge.Judgement judgement = judge.judge(
                format,
                blend.repository,
                new Coordinates(blend.name, newest.version()),
                newest.release(),
                newest.release().files().isEmpty()
                        ? null
                        : newest.release().files().getFirst(),
                newest.upstream(),
                blend.histories,
                null,
                visit.actor());
        if (judgement.decision().isAllowed()) {
            return listed; // it became allowed in this very instant; the next request lists it
        }
        return answers.refuse(
                visit,
                format,
                blend.repository,
                judgement,
                null,
                blend.name.name() + " (every version, " + listed.releases().size() + " in all)",
                null);
    }

    /** Releases a file or not. */
    public FileOutcome file(Visit visit, FileWant want) throws IOException {
        Released released = fileFromMemory(visit, want);
        return released != null ? released : releasing.release(visit, format(want.packageName()), want);
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Released fileFromMemory(Visit visit, FileWant want) {
        return releasing.fromMemory(visit, format(want.packageName()), want);
    }

    /**
     * What a file is, without its bytes, for checksum side-cars: obtained and judged as {@link #file} does, so that nothing
     * unverified is vouched for, but no download is recorded.
     */
    public Description describe(Visit visit, FileWant want) throws IOException {
        return releasing.describe(visit, format(want.packageName()), want);
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

    /** Begins a file to be published; bounded by the upload limit. The caller closes it. */
    public Upload upload(Visit visit, Repository repository, String path) throws IOException {
        return new Upload(stores.blobs().begin(), path, settings.maxArtifactBytes());
    }

    /** Publishes or changes a hosted package: all or nothing, recorded before the client is answered. */
    public void publish(Visit visit, Publication publication) throws IOException, Publication.RejectedException {
        PublishRights rights = new PublishRights(blends, stores.hosted(), stores.history());
        new Publishing(stores, rights, artifacts, recorder, clock)
                .publish(visit, format(publication.packageName()), publication);
    }

    /** Throws when the visitor's token may not publish under that name, whatever it sends; from memory alone. */
    public void mayPublish(Visit visit, Repository repository, PackageName name) throws Publication.RejectedException {
        PublishRights.ofToken(visit, repository, name);
    }

    /** Records what was published by a process that was killed before it recorded it. To be called before the first request. */
    public void recordUntold() {
        recorder.tellUntold(stores.hosted());
    }

    /** The package as published here. */
    public Optional<HostedPackage> hosted(Repository repository, PackageName name) {
        return stores.hosted().find(repository.id(), name);
    }

    /** Names of packages published here after the given one in order, at most {@code limit}. */
    public List<PackageName> hostedNames(Repository repository, String format, String after, int limit) {
        return stores.hosted().names(repository.id(), format, after, limit);
    }

    /** Names of packages of which files are kept, published or fetched, after the given one in order, at most {@code limit}. */
    public List<PackageName> keptNames(Repository repository, String format, String after, int limit) {
        return stores.files().names(repository.id(), format, after, limit);
    }

    /** What is known against a version, and whether that is all there is. */
    public Findings findings(Coordinates coordinates) {
        return judge.findings(format(coordinates.packageName()), coordinates);
    }

    /**
     * What was dropped.
     *
     * @param files cached files
     * @param indexes indexes of upstreams
     * @param hosted files of the same package or version that were published here, and stay
     */
    public record Forgotten(int files, int indexes, int hosted) {}

    /**
     * Drops what is cached of a package, or of one version of it, so that the next request fetches it again; which bytes an upstream
     * gave is forgotten with it, what they say stays with their digest. Never what is published here. When versions were first seen,
     * and what was recorded, stays. Where all there is was published here, nothing is dropped. Other nodes drop the files at once, indexes when they are older than they may be.
     *
     * @param version of which files are dropped, or null for every version; the package's index goes in either case
     * @param upstream whose, by id, or null for all
     */
    public Forgotten forget(
            Repository repository, PackageName name, @Nullable String version, @Nullable String upstream) {
        Ecosystem format = format(name);
        List<StoredFile> cached = new ArrayList<>();
        int hosted = 0;
        Collection<String> known = stores.files().versions(repository.id(), name);
        Collection<String> dropped = version == null ? known : format.spellings(version, known);
        for (String each : dropped) {
            for (StoredFile file : stores.files().of(repository.id(), new Coordinates(name, each))) {
                if (file.isHosted()) {
                    hosted++;
                } else if (upstream == null || upstream.equals(file.upstream())) {
                    cached.add(file);
                }
            }
        }
        if (cached.isEmpty() && hosted > 0) {
            return new Forgotten(0, 0, hosted); // it is ours
        }
        cached.forEach(artifacts::forget);
        Set<String> sources = new TreeSet<>();
        repository.upstreams(format.id()).forEach(each -> sources.add(each.id()));
        for (StoredFile file : cached) { // also of upstreams that the repository has no more
            if (file.upstream() != null) {
                sources.add(file.upstream());
            }
        }
        int indexes = 0;
        for (String each : sources) {
            if (upstream == null || upstream.equals(each)) {
                indexes += blends.forget(format, repository, each, name) ? 1 : 0;
                if (version == null) {
                    stores.history().forget(repository.id(), each, name, null);
                } else {
                    dropped.forEach(one -> stores.history().forget(repository.id(), each, name, one));
                }
            }
        }
        return new Forgotten(cached.size(), indexes, hosted);
    }

    /** What of upstreams is left alone now by this node, and why. */
    public List<Rest> rests() {
        return rests.current();
    }

    /** Ends the rests of upstreams with that id, or of all when it is null: they are asked again; how many rests ended. */
    public int wake(@Nullable String upstream) {
        return rests.wake(upstream);
    }

    /**
     * How the memory for indexes fares.
     *
     * @param bytes what it holds
     * @param most what it may hold
     * @param evicted indexes dropped for lack of room
     * @param askedAgain those of them that were asked for again lately, and so were read and judged once more
     */
    public record IndexMemory(long bytes, long most, long evicted, long askedAgain) {}

    /** How the memory for indexes fares; from memory alone. */
    public IndexMemory indexMemory() {
        return blends.figures();
    }

    /** Ids of upstreams that are left alone now: they could not be reached, or asked for it. */
    public Set<String> resting() {
        return rests.resting();
    }

    /** Reads artifacts that this gate released. */
    public Inspector inspector() {
        return inspector;
    }

    /**
     * Explains what would be decided about a version now, without recording anything or fetching the artifact: the decision,
     * the facts, what each policy read, and the nearest allowed version.
     *
     * @param asked the version; one that is listed or kept in another spelling is found
     * @param upstreams whether upstream indexes may be asked; without, only what is kept is looked at
     */
    public ObjectValue explain(Visit visit, Repository repository, Coordinates asked, boolean upstreams)
            throws IOException {
        PackageName name = asked.packageName();
        Ecosystem format = format(name);
        Blend blend = blends.lastSeen(repository, name);
        String failure = null;
        if (blend == null && upstreams) {
            Blends.Located located = blends.locate(format, repository, name);
            blend = located.blend();
            failure = located.failure();
        }
        Set<String> versions = new LinkedHashSet<>(blend == null ? Set.of() : blend.versions());
        versions.addAll(stores.files().versions(repository.id(), name));
        Coordinates coordinates = new Coordinates(
                name, format.spellings(asked.version(), versions).getFirst());
        Blend.Entry entry = blend == null ? null : blend.release(coordinates.version());
        List<StoredFile> kept = stores.files().of(repository.id(), coordinates);
        boolean absent = entry == null && kept.isEmpty();
        boolean known = failure == null && upstreams && format.proxying().indexListsFiles();
        if (absent && known) {
            Judge.Judgement judgement = judge.judgedAbsent(format, repository, coordinates, visit.actor());
            Advice.Instead instead = advice.insteadOf(visit, format, repository, coordinates, blend, true);
            return Explanations.explanation(
                    judgement, instead, null, new Explanations.Standing(false, false, null, List.of()));
        }
        Judge.Judgement judgement = judge.judge(
                format,
                repository,
                coordinates,
                entry == null ? FileLocator.bare(coordinates.version()) : entry.release(),
                null,
                entry != null
                        ? entry.upstream()
                        : kept.isEmpty() ? FileLocator.NOWHERE : kept.getFirst().upstream(),
                stores.history().of(repository.id(), coordinates.packageName()),
                kept.isEmpty() ? null : kept.getFirst(),
                visit.actor());
        Instant until = judgement.decision().isAllowed() ? null : judge.allowedFrom(judgement);
        Advice.Instead instead = judgement.decision().isAllowed()
                ? Advice.Instead.NOTHING
                : advice.insteadOf(visit, format, repository, coordinates, blend, until == null);
        List<String> awaits = kept.isEmpty() && judgement.decision().isAllowed()
                ? Advice.awaits(judgement, repository, format)
                : List.of();
        return Explanations.explanation(
                judgement,
                instead,
                until,
                new Explanations.Standing(absent ? null : Boolean.TRUE, entry != null, failure, awaits));
    }

    /** The policies that decide here. */
    public Policies policies() {
        return policies;
    }
}
