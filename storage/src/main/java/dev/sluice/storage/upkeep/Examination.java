package dev.sluice.storage.upkeep;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Journal.Query.Field;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Inventory.HostedRelease;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is kept with what is said of it: rows with blobs, published versions with their files and with the journal.
 *
 * <p>May run beside a server: what is being changed while it looks is looked at a second time before it counts. Memory does not
 * grow with the number of files. Thread-safe.
 */
public final class Examination {
    /** What findings about the journal's index are about. */
    public static final String INDEX = "journal/index.db";

    private static final int PAGE = 500;
    private static final int AT_ONCE = 100;
    private static final int MOST_FINDINGS = 1000;
    private static final int MOST_UNREADABLE = 20;

    /** Memory for the versions of packages that were looked at lately: 16 MiB. */
    private static final long VERSIONS_MEMORY = 16L << 20;

    private final Subject subject;
    private final InstantSource clock;
    private final Ulid ids;

    /**
     * What is examined.
     *
     * @param blobs bytes
     * @param inventory every row
     * @param repositories which repositories there are
     * @param files kept files
     * @param hosted published packages
     * @param journal what happened
     * @param journalCheck reads the journal end to end
     */
    public record Subject(
            BlobStore blobs,
            Inventory inventory,
            RepositoryStore repositories,
            FileStore files,
            HostedStore hosted,
            Journal journal,
            JournalCheck journalCheck) {}

    /**
     * What came of it.
     *
     * @param counts how many of what was looked at
     * @param findings what was found, the first thousand
     * @param notes how many of all findings are harmless
     * @param faults how many are not
     * @param repaired how many were, and are repaired
     * @param unchecked how many could not be looked at
     */
    public record Report(
            Map<String, Long> counts, List<Finding> findings, long notes, long faults, long repaired, long unchecked) {
        /** Whether nothing acknowledged is missing or damaged, and everything could be looked at. */
        public boolean isSound() {
            return faults == 0 && unchecked == 0;
        }
    }

    /** An examination of these stores. */
    public Examination(Subject subject, InstantSource clock, Ulid ids) {
        this.subject = subject;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Looks at everything once. An interrupt ends it.
     *
     * @param deep whether to read every blob and compute its digest again
     * @param repair whether to repair what is safe to repair
     * @param progress is told how far it is, in words for people
     * @throws IOException when a store cannot be asked
     */
    public Report run(boolean deep, boolean repair, Consumer<String> progress) throws IOException {
        Run run = new Run(deep, repair, progress);
        try {
            run.journal();
            run.files();
            run.documents();
            run.releases();
            run.publications();
            run.blobs();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return run.report();
    }

    private final class Run {
        private final boolean deep;
        private final boolean repair;
        private final Consumer<String> progress;
        private final Map<String, Long> counts = new TreeMap<>();
        private final List<Finding> findings = new ArrayList<>();
        private final Map<Finding.Kind, Long> kinds = new TreeMap<>();
        private final Set<String> repositories = subject.repositories().list().stream()
                .map(repository -> repository.id())
                .collect(Collectors.toUnmodifiableSet());
        private final Cache<String, Set<String>> versions = Caffeine.newBuilder()
                .maximumWeight(VERSIONS_MEMORY)
                .weigher((String name, Set<String> of) ->
                        300 + of.stream().mapToInt(v -> 80 + 2 * v.length()).sum())
                .executor(Runnable::run)
                .build();

        /** Nothing is compared with a journal that cannot be read or asked. */
        private boolean journalIsWhole;

        /** How many blobs in a row could not be read. */
        private int unreadable;

        Run(boolean deep, boolean repair, Consumer<String> progress) {
            this.deep = deep;
            this.repair = repair;
            this.progress = progress;
        }

        private void found(Finding.Kind kind, String about, String problem, String remedy) {
            kinds.merge(kind, 1L, Long::sum);
            if (findings.size() < MOST_FINDINGS) {
                findings.add(new Finding(kind, about, problem, remedy));
            }
        }

        private void count(String what, long number) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UncheckedIOException(new IOException("interrupted"));
            }
            long now = counts.merge(what, number, Long::sum);
            progress.accept(String.format(Locale.ROOT, "%,d %s", now, what));
        }

        void journal() {
            JournalCheck.Result result = subject.journalCheck()
                    .run(events -> progress.accept(String.format(Locale.ROOT, "%,d events", events)));
            count("events", result.events());
            journalIsWhole = result.faults().isEmpty() && result.indexFaults().isEmpty() && result.unchecked() == null;
            if (result.unchecked() != null) {
                found(
                        Finding.Kind.UNCHECKED,
                        "journal",
                        "could not be checked: " + result.unchecked(),
                        "mend what it says (room on the disk, access to the files, the database) and run sluice doctor again");
            }
            for (String fault : result.faults()) {
                found(Finding.Kind.FAULT, "journal", fault, "restore the journal from a backup (sluice restore)");
            }
            for (String fault : result.indexFaults()) {
                found(
                        Finding.Kind.FAULT,
                        INDEX,
                        fault,
                        "stop the server and run sluice doctor --repair: it builds the index again from the journal's log");
            }
        }

        void files() throws IOException {
            List<StoredFile> page = subject.inventory().files(null, PAGE);
            while (!page.isEmpty()) {
                for (StoredFile file : page) {
                    file(file);
                }
                count("files", page.size());
                page = subject.inventory().files(page.getLast(), PAGE);
            }
        }

        private void file(StoredFile file) throws IOException {
            String about = about(file);
            if (!repositories.contains(file.repository())) {
                count("rows of deleted repositories", 1);
                return;
            }
            String problem = problem(file.contents().sha256(), file.contents().size(), about);
            if (problem != null && isStill(file)) {
                if (file.isHosted()) {
                    found(
                            Finding.Kind.FAULT,
                            about,
                            problem,
                            "restore blob " + file.contents().sha256()
                                    + " from a backup, or unpublish the version and publish it again");
                } else if (repair) {
                    subject.files().remove(file.repository(), file.coordinates().format(), file.path());
                    found(
                            Finding.Kind.REPAIRED,
                            about,
                            problem,
                            "forgotten; it is fetched again when somebody asks for it");
                } else {
                    found(
                            Finding.Kind.FAULT,
                            about,
                            problem,
                            "run with --repair: it is forgotten and fetched again when somebody asks for it");
                }
            }
            if (file.isHosted()
                    && !versionsOf(file.repository(), file.coordinates().packageName())
                            .contains(file.coordinates().version())
                    && isStill(file)) {
                found(
                        Finding.Kind.FAULT,
                        about,
                        "belongs to version " + file.coordinates().version() + ", which is not published",
                        "publish the version again, or restore the database from a backup");
            }
        }

        private boolean isStill(StoredFile file) {
            versions.invalidate(file.repository() + " " + file.coordinates().packageName());
            return subject.files()
                    .find(file.repository(), file.coordinates().format(), file.path())
                    .equals(Optional.of(file));
        }

        private Set<String> versionsOf(String repository, PackageName name) {
            return versions.get(
                    repository + " " + name,
                    key -> subject.hosted()
                            .find(repository, name)
                            .map(hosted -> hosted.index().releases().stream()
                                    .map(Release::version)
                                    .collect(Collectors.toUnmodifiableSet()))
                            .orElse(Set.of()));
        }

        private @Nullable String problem(Digest digest, long size, String about) throws IOException {
            try {
                String problem = problem(digest, size);
                unreadable = 0;
                return problem;
            } catch (BlobsUnavailableException e) {
                if (++unreadable > MOST_UNREADABLE) {
                    throw e; // not a file, but the place where they are kept
                }
                found(
                        Finding.Kind.UNCHECKED,
                        about,
                        "its bytes could not be read: " + e.getMessage(),
                        "mend what it says and run sluice doctor again");
                return null;
            }
        }

        private @Nullable String problem(Digest digest, long size) throws IOException {
            Optional<Blob> blob = subject.blobs().find(digest);
            if (blob.isEmpty()) {
                return "its bytes are missing (blob " + digest + ")";
            }
            String wrongLength = size >= 0 && blob.get().size() != size
                    ? "its bytes are damaged: blob " + digest + " has "
                            + blob.get().size() + " bytes instead of " + size
                    : null;
            if (!deep && (wrongLength == null || !repair)) {
                return wrongLength;
            }
            long[] read = {0};
            BlobStore.Check check = subject.blobs().verify(digest, count -> read[0] += count);
            count("bytes read", read[0]);
            return switch (check) {
                case SOUND -> wrongLength;
                case DAMAGED ->
                    wrongLength != null
                            ? wrongLength
                            : "its bytes are damaged: blob " + digest + " holds other bytes, and was put aside";
                case ABSENT -> "its bytes are missing (blob " + digest + ")";
            };
        }

        void documents() throws IOException {
            List<Document> page = subject.inventory().documents(null, PAGE);
            while (!page.isEmpty()) {
                for (Document document : page) {
                    document(document);
                }
                count("documents", page.size());
                page = subject.inventory().documents(page.getLast(), PAGE);
            }
        }

        private void document(Document document) throws IOException {
            Digest blob = document.blob();
            if (blob == null) {
                return;
            }
            if (!repositories.contains(document.repository())) {
                count("rows of deleted repositories", 1);
                return;
            }
            String about =
                    document.format() + "/" + document.repository() + " " + document.upstream() + " " + document.key();
            String problem = problem(blob, -1, about);
            if (problem == null) {
                return;
            }
            if (!repair) {
                found(Finding.Kind.FAULT, about, problem, "run with --repair: it is forgotten and asked for again");
            } else if (subject.inventory().remove(document)) {
                found(Finding.Kind.REPAIRED, about, problem, "forgotten; it is asked for again");
            }
        }

        void releases() {
            List<HostedRelease> page = subject.inventory().releases(null, PAGE);
            while (!page.isEmpty()) {
                for (HostedRelease release : page) {
                    if (repositories.contains(release.repository())) {
                        release(release);
                    } else {
                        count("rows of deleted repositories", 1);
                    }
                }
                count("published versions", page.size());
                page = subject.inventory().releases(page.getLast(), PAGE);
            }
        }

        private void release(HostedRelease release) {
            String version = release.release().version();
            String about = release.name().format() + "/" + release.repository() + " "
                    + release.name().name() + " " + version;
            for (ReleaseFile file : release.release().files()) {
                if (subject.files()
                                .find(release.repository(), release.name().format(), file.path())
                                .isEmpty()
                        && isStill(release)) {
                    found(
                            Finding.Kind.FAULT,
                            about,
                            "nothing is known of its file " + file.path(),
                            "unpublish the version and publish it again, or restore the database from a backup");
                }
            }
            Coordinates coordinates = new Coordinates(release.name(), version);
            if (journalIsWhole && !isRecorded(release.repository(), coordinates, Kind.PUBLISH) && isStill(release)) {
                if (repair) {
                    append(release.repository(), coordinates);
                }
                found(
                        repair ? Finding.Kind.REPAIRED : Finding.Kind.NOTE,
                        about,
                        "is there, but the journal does not say who published it: the process ended before the publisher"
                                + " was answered",
                        repair ? "the journal says so now" : "run with --repair to have the journal say so");
            }
        }

        private boolean isStill(HostedRelease release) {
            return subject.hosted().find(release.repository(), release.name()).stream()
                    .flatMap(hosted -> hosted.index().releases().stream())
                    .anyMatch(each -> each.version().equals(release.release().version()));
        }

        /** Events tell the name a repository had then. */
        private boolean isRecorded(String repository, Coordinates about, Kind kind) {
            return subject.journal().query(Journal.Query.latest(100, kind).about(about)).stream()
                    .anyMatch(event -> repository.equals(idOf(event.subject().repository())));
        }

        private @Nullable String idOf(@Nullable String name) {
            return name == null
                    ? null
                    : subject.repositories()
                            .find(name)
                            .map(repository -> repository.id())
                            .orElse(null);
        }

        private void append(String repository, Coordinates coordinates) {
            subject.journal()
                    .append(Event.of(
                                    ids.next(),
                                    clock.instant(),
                                    Kind.PUBLISH,
                                    Event.Actor.SYSTEM,
                                    "found by sluice doctor: published, but not recorded when it was")
                            .about(Event.Subject.of(repository, coordinates)))
                    .toCompletableFuture()
                    .join();
        }

        /** Whatever was acknowledged as published is here, unless it was unpublished or its repository deleted. */
        void publications() {
            if (!journalIsWhole) {
                return;
            }
            subject.journal().settle();
            List<Event> page = published(null);
            while (!page.isEmpty()) {
                for (Event event : page) {
                    publication(event);
                }
                count("publications", page.size());
                page = published(page.getLast().id());
            }
        }

        private List<Event> published(@Nullable String before) {
            return subject.journal()
                    .query(Journal.Query.latest(1000, Kind.PUBLISH).olderThan(before));
        }

        private void publication(Event event) {
            String repository = idOf(event.subject().repository());
            Coordinates coordinates = event.subject().coordinates();
            if (repository == null || coordinates == null) {
                return;
            }
            if (versionsOf(repository, coordinates.packageName()).contains(coordinates.version())
                    || isRecorded(repository, coordinates, Kind.UNPUBLISH)
                    || wasDeleted(event)) {
                return;
            }
            versions.invalidate(repository + " " + coordinates.packageName());
            if (versionsOf(repository, coordinates.packageName()).contains(coordinates.version())) {
                return; // published after it was looked at before
            }
            found(
                    Finding.Kind.FAULT,
                    coordinates.format() + "/" + repository + " " + coordinates.name() + " " + coordinates.version(),
                    "was published " + event.at() + " by " + event.actor().user()
                            + ", is not here and was not recorded as unpublished",
                    "publish it again or restore the database from a backup; if somebody was unpublishing it when the"
                            + " process ended, all is well");
        }

        private boolean wasDeleted(Event since) {
            String repository = since.subject().repository();
            return subject
                    .journal()
                    .query(Journal.Query.latest(1000, Kind.ADMIN)
                            .where(Field.REPOSITORY, repository)
                            .between(since.at(), null))
                    .stream()
                    .anyMatch(event -> event.message().equals("repository " + repository + " deleted"));
        }

        void blobs() throws IOException {
            List<Digest> waiting = new ArrayList<>(AT_ONCE);
            subject.blobs().list(kept -> {
                waiting.add(kept.blob().digest());
                if (waiting.size() == AT_ONCE) {
                    blobs(waiting);
                }
            });
            blobs(waiting);
        }

        private void blobs(List<Digest> waiting) {
            Set<Digest> unreferenced = new HashSet<>(waiting);
            unreferenced.removeAll(subject.inventory().referenced(waiting));
            count("blobs", waiting.size());
            count("blobs that nothing refers to", unreferenced.size());
            waiting.clear();
        }

        private static String about(StoredFile file) {
            return file.coordinates().format() + "/" + file.repository() + "/" + file.path();
        }

        Report report() {
            return new Report(
                    Map.copyOf(counts),
                    List.copyOf(findings),
                    kinds.getOrDefault(Finding.Kind.NOTE, 0L),
                    kinds.getOrDefault(Finding.Kind.FAULT, 0L),
                    kinds.getOrDefault(Finding.Kind.REPAIRED, 0L),
                    kinds.getOrDefault(Finding.Kind.UNCHECKED, 0L));
        }
    }
}
