package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Proxying;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one door. Every release of artifact bytes passes its stages: authorise, locate, obtain, verify, inspect, judge, record.
 *
 * <p>Decisions are taken at every request, from memory where nothing they depend on changed. Methods named {@code …FromMemory}
 * never block and return null when they would have to; the others may block and run on virtual threads. Thread-safe.
 */
public final class Gate {

    private static final long MAX_DOCUMENT_BYTES = 8L << 20;

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
     */
    public record Stores(
            BlobStore blobs, HostedStore hosted, FileStore files, DocumentStore documents, HistoryStore history) {}

    private record HotKey(String repository, String format, String path) {}

    /** A file that left before, with everything needed to decide about it again without blocking. */
    private record HotFile(StoredFile file, Decision decision, Judge.Stamp stamp, Repository repository) {}

    private final Stores stores;
    private final Policies policies;
    private final InstantSource clock;
    private final GateSettings settings;
    private final Inspector inspector;
    private final Recorder recorder;
    private final Documents documents;
    private final Blends blends;
    private final Judge judge;
    private final Artifacts artifacts;
    private final Cache<HotKey, HotFile> hot =
            Caffeine.newBuilder().maximumSize(200_000).build();
    private final Map<String, Format> formats;

    /**
     * A gate.
     *
     * @param formats by id
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
            GateSettings settings) {
        this.stores = stores;
        this.formats = Map.copyOf(formats);
        this.policies = policies;
        this.clock = clock;
        this.settings = settings;
        this.inspector = inspector;
        this.recorder = new Recorder(journal, clock, ids);
        this.documents = new Documents(stores.documents(), stores.blobs(), client, clock, settings);
        this.blends =
                new Blends(stores.hosted(), stores.history(), documents, stores.blobs(), clock, settings, recorder);
        this.judge = new Judge(policies, advisories, clock, settings.workspace());
        this.artifacts = new Artifacts(
                stores.files(), stores.blobs(), stores.history(), client, inspector, clock, settings, recorder);
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
        boolean here = token.repositories().isEmpty() || token.repositories().contains(repository.name());
        return here && token.role().permits(permission) ? Access.GRANTED : Access.FORBIDDEN;
    }

    /** Lists a package, every release judged: {@link Listed}, {@link Outcome.Refused} when nothing is left, or Missing. */
    public Outcome index(Visit visit, Repository repository, PackageName name) throws IOException {
        Format format = format(name);
        Blends.Located located = blends.locate(format, repository, name);
        Blend blend = located.blend();
        if (blend == null) {
            return missing(name.name(), located.failure());
        }
        Listed listed = judge.judge(format, blend, visit);
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
                new HotKey(want.repository().name(), want.packageName().format(), want.path()));
        if (known == null
                || !judge.holds(known.stamp())
                || !clock.instant().isBefore(known.decision().horizon())
                || !known.repository().equals(want.repository())) {
            return null;
        }
        return release(visit, want, format(want.packageName()), known.file(), known.decision(), false);
    }

    private Outcome decide(Visit visit, FileWant want, boolean bytes) throws IOException {
        Format format = format(want.packageName());
        StoredFile kept = artifacts.kept(want);
        Judge.Stamp stamp = judge.stamp(want.packageName());
        Found found = find(format, want, kept);
        if (found.missing() != null) {
            return found.missing();
        }
        Judge.Judgement first = judge(format, want, found, kept, visit);
        if (!first.decision().isAllowed()) {
            return refuse(
                    visit,
                    format,
                    want.repository(),
                    first,
                    want,
                    first.facts().coordinates().toString(),
                    found.blend());
        }
        if (kept == null) {
            FileWant descriptor = format.proxying().descriptor(want);
            if (descriptor != null && !descriptor.path().equals(want.path()) && artifacts.kept(descriptor) == null) {
                artifacts.fetch(format, descriptor, found.coordinates(), null, upstreams(want, found));
            }
            Artifacts.Obtained obtained =
                    artifacts.fetch(format, want, found.coordinates(), found.file(), upstreams(want, found));
            if (obtained.file() == null) {
                return missing(want.path(), obtained.failure());
            }
            kept = obtained.file();
        }
        // Judged again with what the bytes themselves tell: a licence, an install script, their age.
        Judge.Judgement last = judge(format, want, found, kept, visit);
        if (!last.decision().isAllowed()) {
            return refuse(
                    visit,
                    format,
                    want.repository(),
                    last,
                    want,
                    last.facts().coordinates().toString(),
                    found.blend());
        }
        if (!bytes) {
            return new Outcome.Described(kept);
        }
        if (!last.policies().readsRequest()) {
            hot.put(
                    new HotKey(want.repository().name(), format.id(), want.path()),
                    new HotFile(kept, last.decision(), stamp, want.repository()));
        }
        return release(visit, want, format, kept, last.decision(), found.blend() != null && found.blend().stale);
    }

    private Judge.Judgement judge(Format format, FileWant want, Found found, @Nullable StoredFile kept, Visit visit) {
        Map<String, VersionHistory> histories = stores.history().of(want.packageName());
        return judge.judge(
                format,
                want.repository(),
                found.coordinates(),
                found.release(),
                found.file(),
                kept != null ? kept.upstream() : found.upstream(),
                histories,
                kept,
                visit.actor());
    }

    private static List<Upstream> upstreams(FileWant want, Found found) {
        return Artifacts.sources(want.repository(), found.coordinates(), found.upstream());
    }

    /** What locating a file gave: the release it belongs to, or why there is none. */
    private record Found(
            Coordinates coordinates,
            Release release,
            @Nullable ReleaseFile file,
            @Nullable String upstream,
            @Nullable Blend blend,
            Outcome.@Nullable Missing missing) {}

    private Found find(Format format, FileWant want, @Nullable StoredFile kept) throws IOException {
        // A kept file needs no current index: lock files must not wait for upstreams.
        Blend blend = kept == null ? null : blends.lastSeen(want.repository(), want.packageName());
        String failure = null;
        if (blend == null) {
            Blends.Located located = blends.locate(format, want.repository(), want.packageName());
            blend = located.blend();
            failure = located.failure();
        }
        Blend.FileEntry listed = blend == null ? null : blend.file(want.path());
        if (blend != null && listed != null) {
            Blend.Entry entry = listed.entry();
            return new Found(
                    new Coordinates(want.packageName(), entry.release().version()),
                    entry.release(),
                    listed.file(),
                    entry.upstream(),
                    blend,
                    null);
        }
        String version = kept != null ? kept.coordinates().version() : want.version();
        boolean mayBeUnlisted = kept != null || !format.proxying().indexListsFiles();
        if (!mayBeUnlisted || version == null) {
            Outcome.Missing missing = missing(want.path(), failure);
            return new Found(new Coordinates(want.packageName(), "0"), bare("0"), null, null, blend, missing);
        }
        Blend.Entry entry = blend == null ? null : blend.release(version);
        if (kept == null) {
            stores.history().seen(want.packageName(), List.of(version), clock.instant());
        }
        return new Found(
                new Coordinates(want.packageName(), version),
                entry == null ? bare(version) : entry.release(),
                null,
                null, // any upstream may have it: indexes of this format do not say who has which file
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

    private static Outcome.Missing missing(String what, @Nullable String failure) {
        return failure == null
                ? new Outcome.Missing(what + " is not here and no upstream has it", false)
                : new Outcome.Missing(what + " is not here, and upstreams could not be asked: " + failure, true);
    }

    /**
     * Metadata documents at a path below the upstreams that may be asked for the package, by priority; absent ones are left
     * out. Never artifact bytes: at most 8 MB, and only paths that a format vouches for as metadata.
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
        for (Upstream upstream : name == null ? repository.upstreams(format.id()) : repository.upstreamsFor(name)) {
            try {
                Documents.Held held = documents.obtain(
                        repository.name(),
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
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null && !answered) {
            throw failure;
        }
        return found;
    }

    /** Begins a file to be published; bounded by the upload limit. The caller closes it. */
    public Upload upload(Visit visit, Repository repository, String path) throws IOException {
        return new Upload(stores.blobs().begin(), path, settings.maxArtifactBytes());
    }

    /** Publishes or changes a hosted package: all or nothing, recorded before the client is answered. */
    public void publish(Visit visit, Publication publication) throws IOException, Publication.RejectedException {
        new Publishing(stores, artifacts, recorder, clock)
                .publish(visit, format(publication.packageName()), publication);
        forget(publication.repository(), publication.packageName());
    }

    private void forget(Repository repository, PackageName name) {
        blends.forget(repository, name);
        hot.asMap()
                .entrySet()
                .removeIf(e -> e.getKey().repository().equals(repository.name())
                        && e.getValue().file().coordinates().packageName().equals(name));
    }

    /** The package as published here. */
    public Optional<HostedPackage> hosted(Repository repository, PackageName name) {
        return stores.hosted().find(repository.name(), name);
    }

    /** Names of packages published here after the given one in order, at most {@code limit}. */
    public List<PackageName> hostedNames(Repository repository, String format, String after, int limit) {
        return stores.hosted().names(repository.name(), format, after, limit);
    }

    /** What affects a version, as far as advisory data was imported. */
    public Signal<List<AdvisoryMatch>> advisories(Coordinates coordinates) {
        return judge.advisories(format(coordinates.packageName()), coordinates);
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
        List<StoredFile> kept = stores.files().of(repository.name(), coordinates);
        Judge.Judgement judgement = judge.judge(
                format,
                repository,
                coordinates,
                entry == null ? bare(coordinates.version()) : entry.release(),
                null,
                entry != null
                        ? entry.upstream()
                        : kept.isEmpty() ? "unknown" : kept.getFirst().upstream(),
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
