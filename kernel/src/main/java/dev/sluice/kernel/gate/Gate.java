package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Proxying;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one door. Every release of artifact bytes passes its stages: authorise, locate, obtain, verify, inspect, judge, record.
 *
 * <p>Decisions are taken at every request, from memory where nothing they depend on changed. Methods named {@code …FromMemory}
 * never block and return null when they would have to; the others may block and run on virtual threads. Thread-safe.
 */
public final class Gate {

    private static final long MAX_DOCUMENT_BYTES = 8L << 20;

    /** Stands for an upstream that cannot be named; no upstream has this id. */
    private static final String NOWHERE = "unknown";

    /** Whether the caller may. */
    public enum Access {
        GRANTED,
        /** A token is missing or not known: answer 401. */
        UNAUTHENTICATED,
        /** The token does not permit it: answer 403. */
        FORBIDDEN
    }

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

    private record HotKey(String repository, String format, String path) {}

    /** A file that left before, with everything needed to decide about it again without blocking. */
    private record HotFile(
            StoredFile file,
            Decision decision,
            Span span,
            Judge.Stamp stamp,
            Blend.Stamps stamps,
            Repository repository) {
        /** Roughly how much memory it takes with its key, in bytes: above all four digests, and the path three times. */
        int weight() {
            return 1_000 + 3 * file.path().length() + 200 * decision.verdicts().size();
        }
    }

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
    private final Promises promises;
    /** What nobody took for hours is looked up again: garbage collection removes fetched files unused for a day or more. */
    private final Cache<HotKey, HotFile> hot;

    private final Map<String, Format> formats;

    /**
     * A gate.
     *
     * @param formats by id
     * @param stages who follows its stages
     */
    public Gate(
            Stores stores,
            Map<String, Format> formats,
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
        this.hot = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForFiles())
                .weigher((HotKey key, HotFile file) -> file.weight())
                .expireAfterAccess(Duration.ofHours(12))
                .executor(Runnable::run)
                .build();
        this.recorder = new Recorder(journal, clock, ids);
        this.rests = new Rests(client, clock, settings.outage());
        this.documents = new Documents(stores.documents(), stores.blobs(), stores.leases(), rests, clock, settings);
        this.promises = new Promises(recorder, settings);
        this.blends = new Blends(
                stores.hosted(), stores.history(), documents, stores.blobs(), clock, settings, recorder, promises);
        this.judge = new Judge(policies, advisories, clock, settings.workspace());
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
    }

    private Format format(PackageName name) {
        Format format = formats.get(name.format());
        if (format == null) {
            throw new IllegalArgumentException("no format '" + name.format() + "' here");
        }
        return format;
    }

    /** Whether the caller may do that in the repository. Needs nothing but memory. */
    public Access authorise(Visit visit, Repository repository, Permission permission) {
        if (permission == Permission.OPEN) {
            return Access.GRANTED;
        }
        Token token = visit.principal().token();
        if (token == null) {
            return permission == Permission.READ && repository.openReads() && settings.anonymousReads()
                    ? Access.GRANTED
                    : Access.UNAUTHENTICATED;
        }
        boolean here =
                token.repositories().isEmpty() || token.repositories().stream().anyMatch(repository::answersTo);
        return here && token.role().permits(permission) ? Access.GRANTED : Access.FORBIDDEN;
    }

    /** Lists a package, every release judged: {@link Listed}, {@link Outcome.Refused} when nothing is left, or Missing. */
    public Outcome index(Visit visit, Repository repository, PackageName name) throws IOException {
        Format format = format(name);
        Blends.Located located = stages.run("locate", () -> blends.locate(format, repository, name));
        Blend blend = located.blend();
        if (blend == null) {
            return missing(name.name(), located.failure(), repository.upstreamsFor(name));
        }
        Listed listed = stages.run("judge", () -> judge.judge(format, blend, visit));
        return answer(visit, format, blend, listed);
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Outcome indexFromMemory(Visit visit, Repository repository, PackageName name) {
        Blend blend = blends.fromMemory(repository, name);
        Listed listed = blend == null ? null : judge.judgedFromMemory(blend);
        if (blend == null || listed == null || listed.withholding().isEmptied()) {
            return null;
        }
        return answer(visit, format(name), blend, listed);
    }

    private Outcome answer(Visit visit, Format format, Blend blend, Listed listed) {
        if (listed.withholding().isEmptied()) {
            JudgedRelease newest = listed.releases().stream()
                    .max((a, b) -> format.versionOrder().compare(a.version(), b.version()))
                    .orElseThrow();
            return refuseIndex(visit, format, blend, newest, listed);
        }
        recorder.hidden(visit, format, listed);
        return listed;
    }

    private Outcome refuseIndex(Visit visit, Format format, Blend blend, JudgedRelease newest, Listed listed) {
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
        return refuse(
                visit,
                format,
                blend.repository,
                judgement,
                null,
                blend.name.name() + " (every version, " + listed.releases().size() + " in all)",
                null);
    }

    /** Releases a file or not. */
    public Outcome file(Visit visit, FileWant want) throws IOException {
        Outcome outcome = fileFromMemory(visit, want);
        return outcome != null ? outcome : decide(visit, want, true);
    }

    /**
     * What a file is, without its bytes, for checksum side-cars: obtained and judged as {@link #file} does, so that nothing
     * unverified is vouched for, but no download is recorded. {@link Outcome.Described}, Refused or Missing.
     */
    public Outcome describe(Visit visit, FileWant want) throws IOException {
        return decide(visit, want, false);
    }

    /** The same as {@link #file} from memory alone, or null when that is not possible. */
    public @Nullable Outcome fileFromMemory(Visit visit, FileWant want) {
        HotFile known = hot.getIfPresent(
                new HotKey(want.repository().id(), want.packageName().format(), want.path()));
        if (known == null
                || !judge.holds(known.stamp())
                || !known.span().holds(clock.instant())
                || !known.stamps()
                        .equals(blends.stamps(known.file().coordinates().packageName()))
                || !known.repository().equals(want.repository())) {
            return null;
        }
        return release(visit, want, format(want.packageName()), known.file(), known.decision(), false);
    }

    private Outcome decide(Visit visit, FileWant want, boolean bytes) throws IOException {
        Format format = format(want.packageName());
        Judge.Stamp stamp = judge.stamp(want.packageName());
        long published = blends.stamps(want.packageName()).hosted();
        StoredFile present = artifacts.kept(want);
        StoredFile kept = present != null && blends.isStillOurs(want.repository(), present) ? present : null;
        Found found = locate(format, want, kept);
        if (found.missing() != null) {
            return found.missing();
        }
        boolean stale = found.blend() != null && found.blend().stale;
        if (kept != null && !kept.isHosted() && !format.proxying().isMutable(want)) {
            promises.compare(want.repository(), kept, found.file());
        }
        if (kept == null) {
            Got got = obtain(format, want, found, present, visit);
            if (got.instead() != null) {
                return got.instead();
            }
            kept = got.file();
        } else if (!kept.isHosted() && format.proxying().isMutable(want) && !artifacts.isCurrent(want, kept)) {
            Artifacts.Obtained again = fetch(format, want, found.coordinates(), found.file(), found.upstreams(), kept);
            artifacts.revalidated(want);
            stale |= again.file() == null && again.failure() != null;
            kept = again.file() == null ? kept : again.file(); // what upstreams no longer have is still here
        }
        if (kept == null) {
            throw new IllegalStateException("neither a file nor a reason why not");
        }
        // Judged with what the bytes themselves tell: a licence, an install script, their age.
        long learnt = blends.stamps(want.packageName()).history();
        Judge.Judgement judgement = judge(format, want, found, kept, visit);
        if (!judgement.decision().isAllowed()) {
            return refuse(visit, format, want, found, judgement);
        }
        if (!bytes) {
            return new Outcome.Described(kept);
        }
        if (!judgement.policies().readsRequest() && !format.proxying().isMutable(want)) {
            hot.put(
                    new HotKey(want.repository().id(), format.id(), want.path()),
                    new HotFile(
                            kept,
                            judgement.decision(),
                            new Span(judgement.at(), judgement.decision().horizon()),
                            stamp,
                            new Blend.Stamps(published, learnt),
                            want.repository()));
        }
        return release(visit, want, format, kept, judgement.decision(), stale);
    }

    /** A file that was obtained, or the answer that takes its place. */
    private record Got(@Nullable StoredFile file, @Nullable Outcome instead) {}

    /**
     * Obtains a file that is not kept. What is withheld anyway is not fetched; but facts that only the artifact or the file that
     * describes its release can tell are learnt before they count as unknown.
     */
    private Got obtain(Format format, FileWant want, Found found, @Nullable StoredFile former, Visit visit)
            throws IOException {
        Judge.Judgement first = judge(format, want, found, null, visit);
        if (isWithheldForGood(first)) {
            return new Got(null, refuse(visit, format, want, found, first));
        }
        FileWant descriptor = format.proxying().descriptor(want);
        if (descriptor != null && !descriptor.path().equals(want.path()) && artifacts.kept(descriptor) == null) {
            fetch(format, descriptor, found.coordinates(), null, found.upstreams(), null);
            Judge.Judgement second = judge(format, want, found, null, visit);
            if (isWithheldForGood(second)) {
                return new Got(null, refuse(visit, format, want, found, second));
            }
        }
        Artifacts.Obtained obtained = fetch(format, want, found.coordinates(), found.file(), found.upstreams(), former);
        return obtained.file() == null
                ? new Got(null, missing(want.path(), obtained.failure(), found.upstreams()))
                : new Got(obtained.file(), null);
    }

    private Artifacts.Obtained fetch(
            Format format,
            FileWant want,
            Coordinates coordinates,
            @Nullable ReleaseFile file,
            List<Upstream> upstreams,
            @Nullable StoredFile former)
            throws IOException {
        return stages.run("obtain", () -> artifacts.fetch(format, want, coordinates, file, upstreams, former));
    }

    private static boolean isWithheldForGood(Judge.Judgement judgement) {
        if (judgement.decision().isAllowed()) {
            return false;
        }
        Facts facts = judgement.facts();
        Set<UnknownFact> unknown = UnknownFact.in(facts);
        Set<UnknownFact> open =
                unknown.stream().filter(UnknownFact::isLearntFromArtifacts).collect(Collectors.toUnmodifiableSet());
        return judgement
                .policies()
                .withholdsAnyway(
                        open,
                        facts.repository(),
                        facts.coordinates().format(),
                        judgement.input(),
                        unknown,
                        judgement.at());
    }

    private Judge.Judgement judge(Format format, FileWant want, Found found, @Nullable StoredFile kept, Visit visit) {
        return stages.run(
                "judge",
                () -> judge.judge(
                        format,
                        want.repository(),
                        found.coordinates(),
                        found.release(),
                        found.file(),
                        kept != null ? kept.upstream() : found.source(),
                        stores.history().of(want.packageName()),
                        kept,
                        visit.actor()));
    }

    private Outcome refuse(Visit visit, Format format, FileWant want, Found found, Judge.Judgement judgement) {
        return refuse(
                visit,
                format,
                want.repository(),
                judgement,
                want,
                judgement.facts().coordinates().toString(),
                found.blend());
    }

    /**
     * What locating a file gave: the release it belongs to, or why there is none.
     *
     * @param source id of the upstream it comes from as far as that can be said before it is fetched, or null when it is hosted
     * @param upstreams who may be asked for its bytes
     */
    private record Found(
            Coordinates coordinates,
            Release release,
            @Nullable ReleaseFile file,
            @Nullable String source,
            List<Upstream> upstreams,
            @Nullable Blend blend,
            Outcome.@Nullable Missing missing) {}

    private Found locate(Format format, FileWant want, @Nullable StoredFile kept) throws IOException {
        return stages.run("locate", () -> find(format, want, kept));
    }

    private Found find(Format format, FileWant want, @Nullable StoredFile kept) throws IOException {
        // A kept file needs no current index: lock files must not wait for upstreams.
        Blend blend = kept == null ? null : blends.lastSeen(want.repository(), want.packageName());
        String failure = null;
        boolean untrusted = blend != null && blend.untrusted;
        if (blend == null) {
            Blends.Located located = blends.locate(format, want.repository(), want.packageName());
            blend = located.blend();
            failure = located.failure();
            untrusted = located.untrusted();
        }
        Blend.FileEntry listed = blend == null ? null : blend.file(want.path());
        if (blend != null && listed != null) {
            Blend.Entry entry = listed.entry();
            Coordinates coordinates =
                    new Coordinates(want.packageName(), entry.release().version());
            List<Upstream> lister =
                    blends.askable(want.repository(), want.packageName(), coordinates.version(), untrusted).stream()
                            .filter(u -> u.id().equals(entry.upstream()))
                            .toList();
            return new Found(coordinates, entry.release(), listed.file(), entry.upstream(), lister, blend, null);
        }
        String version = kept != null ? kept.coordinates().version() : want.version();
        boolean mayBeUnlisted = kept != null || !format.proxying().indexListsFiles();
        if (!mayBeUnlisted || version == null) {
            Outcome.Missing missing =
                    missing(want.path(), failure, want.repository().upstreamsFor(want.packageName()));
            return new Found(
                    new Coordinates(want.packageName(), "0"), bare("0"), null, null, List.of(), blend, missing);
        }
        Blend.Entry entry = blend == null ? null : blend.release(version);
        // Any of them may have it: indexes of this format do not say who has which file.
        List<Upstream> askable = blends.askable(want.repository(), want.packageName(), version, untrusted);
        String source = entry != null
                ? entry.upstream()
                : askable.isEmpty() ? NOWHERE : askable.getFirst().id();
        return new Found(
                new Coordinates(want.packageName(), version),
                entry == null ? bare(version) : entry.release(),
                null,
                source,
                askable,
                blend,
                null);
    }

    /** A release that no index describes. */
    private static Release bare(String version) {
        return new Release(
                version,
                Signal.unknown("no index tells"),
                Signal.unknown("no index tells"),
                null,
                null,
                Signal.unknown("no index tells"),
                List.of(),
                "",
                List.of(),
                new byte[0]);
    }

    private Outcome release(
            Visit visit, FileWant want, Format format, StoredFile file, Decision decision, boolean stale) {
        recorder.download(visit, want, format, file, decision);
        List<String> warnings = new ArrayList<>();
        for (Verdict warning : decision.warnings()) {
            warnings.add("policy " + warning.policy().name() + ": " + String.join("; ", warning.reasons()));
        }
        return new Released(file, stores.blobs(), new Outcome.Notices(warnings, stale));
    }

    private Outcome refuse(
            Visit visit,
            Format format,
            Repository repository,
            Judge.Judgement judgement,
            @Nullable FileWant want,
            String subject,
            @Nullable Blend blend) {
        Decision decision = judgement.decision();
        Verdict decisive = decision.decisive();
        if (decisive == null) {
            throw new IllegalStateException("a refusal without a decisive verdict");
        }
        Coordinates coordinates = judgement.facts().coordinates();
        Instant until = judge.allowedFrom(judgement);
        String nearest = want == null || blend == null
                ? null
                : NearestVersion.of(
                        format.versionOrder(), judge.judge(format, blend, visit), coordinates.version(), until == null);
        List<String> reasons = decisive.failure() != null
                ? List.of("the policy could not be evaluated: " + decisive.failure())
                : decisive.reasons();
        String id = recorder.nextId();
        Refusal refusal = new Refusal(
                id,
                subject,
                decisive.policy().name(),
                reasons,
                decisive.policy().description(),
                nearest,
                until,
                decision.state());
        recorder.refusal(
                visit,
                id,
                repository,
                format,
                coordinates.packageName(),
                coordinates,
                want == null ? null : want.path(),
                refusal,
                Explanations.refusal(refusal, judgement));
        return new Outcome.Refused(refusal);
    }

    private Outcome.Missing missing(String what, @Nullable String failure, List<Upstream> upstreams) {
        return failure == null
                ? new Outcome.Missing(what + " is not here and no upstream has it", false)
                : new Outcome.Missing(
                        what + " is not here, and upstreams could not be asked: " + failure,
                        true,
                        rests.left(upstreams));
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
            Visit visit, Repository repository, Format format, @Nullable PackageName name, String path, String accept)
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
                if (held.record().blob() != null) {
                    try (InputStream body = stores.blobs().open(held.record().blob(), 0, MAX_DOCUMENT_BYTES)) {
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

    private List<Upstream> askable(Repository repository, Format format, PackageName name) throws IOException {
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
        new Publishing(stores, artifacts, recorder, clock)
                .publish(visit, format(publication.packageName()), publication);
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

    /** What is known against a version, and whether that is all there is. */
    public Findings findings(Coordinates coordinates) {
        return judge.findings(format(coordinates.packageName()), coordinates);
    }

    /** Ids of upstreams that are left alone now: they could not be reached, or asked for it. */
    public Set<String> resting() {
        return rests.resting();
    }

    /** Reads artifacts that this gate released. */
    public Inspector inspector() {
        return inspector;
    }

    /** The formats by id. */
    public Map<String, Format> formats() {
        return formats;
    }

    /**
     * Explains what would be decided about a version now, without recording anything or fetching the artifact: the decision,
     * the facts, what each policy read, and the nearest allowed version.
     *
     * @param upstreams whether upstream indexes may be asked; without, only what is kept is looked at
     */
    public ObjectValue explain(Visit visit, Repository repository, Coordinates coordinates, boolean upstreams)
            throws IOException {
        Format format = format(coordinates.packageName());
        Blend blend = blends.lastSeen(repository, coordinates.packageName());
        String failure = null;
        if (blend == null && upstreams) {
            Blends.Located located = blends.locate(format, repository, coordinates.packageName());
            blend = located.blend();
            failure = located.failure();
        }
        Blend.Entry entry = blend == null ? null : blend.release(coordinates.version());
        List<StoredFile> kept = stores.files().of(repository.id(), coordinates);
        Judge.Judgement judgement = judge.judge(
                format,
                repository,
                coordinates,
                entry == null ? bare(coordinates.version()) : entry.release(),
                null,
                entry != null
                        ? entry.upstream()
                        : kept.isEmpty() ? NOWHERE : kept.getFirst().upstream(),
                stores.history().of(coordinates.packageName()),
                kept.isEmpty() ? null : kept.getFirst(),
                visit.actor());
        Instant until = judgement.decision().isAllowed() ? null : judge.allowedFrom(judgement);
        String nearest = judgement.decision().isAllowed() || blend == null
                ? null
                : NearestVersion.of(
                        format.versionOrder(), judge.judge(format, blend, visit), coordinates.version(), until == null);
        return Explanations.explanation(judgement, nearest, until, entry != null, failure);
    }

    /** The policies that decide here. */
    public Policies policies() {
        return policies;
    }
}
