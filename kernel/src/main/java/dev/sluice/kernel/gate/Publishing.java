package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.license.License;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.HostedStore.RevisionConflictException;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.StoredFile;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Publishes: commits bytes, applies the change optimistically and with it what the journal is to be told, then tells the journal. */
final class Publishing {

    private static final int MAX_ATTEMPTS = 20;
    private static final int MAX_SHOWN = 300;

    private final Gate.Stores stores;
    private final PublishRights rights;
    private final Reading reading;
    private final Recorder recorder;
    private final InstantSource clock;

    Publishing(Gate.Stores stores, PublishRights rights, Reading reading, Recorder recorder, InstantSource clock) {
        this.stores = stores;
        this.rights = rights;
        this.reading = reading;
        this.recorder = recorder;
        this.clock = clock;
    }

    void publish(Visit visit, Ecosystem format, Publication publication)
            throws IOException, Publication.RejectedException {
        String repository = publication.repository().id();
        PackageName name = publication.packageName();
        PublishRights.ofToken(visit, publication.repository(), name);
        Change planned = publication.edit().apply(current(repository, name)); // refuse before bytes are kept
        rights.check(format, publication);
        List<StoredFile> files = new ArrayList<>();
        for (Publication.FileOf upload : publication.uploads()) {
            Contents contents = upload.upload().commit();
            files.add(new StoredFile(
                    repository,
                    upload.upload().path(),
                    new Coordinates(name, upload.version()),
                    contents,
                    null,
                    clock.instant(),
                    null));
        }
        for (StoredFile file : files) {
            asBefore(format, publication, file);
        }
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            StoredFile file = files.get(i);
            Evidence told = unambiguous(format, file);
            agreeing(format, file, publication.uploads().get(i).claims());
            agreeing(format, file, told, planned);
            evidence.add(told);
        }
        Change change = apply(visit, format, publication, files);
        stores.history()
                .seen(
                        repository,
                        null,
                        name,
                        change.put().stream().map(Release::version).toList(),
                        clock.instant());
        for (int i = 0; i < files.size(); i++) {
            reading.learn(format, files.get(i), evidence.get(i));
        }
        recorder.told(visit, change.events(), stores.hosted());
    }

    /** A file that was published once never comes back with other bytes: lock files and caches of others hold the former ones. */
    private void asBefore(Ecosystem format, Publication publication, StoredFile file)
            throws Publication.RejectedException {
        PackageName name = file.coordinates().packageName();
        String version = file.coordinates().version();
        if (format.proxying().isMutable(new FileWant(publication.repository(), name, version, file.path()))) {
            return;
        }
        VersionHistory history = stores.history().of(file.repository(), name).of(null, version);
        if (history == null) {
            return;
        }
        for (LearntFile former : history.files()) {
            if (former.path().equals(file.path())
                    && !former.sha256().equals(file.contents().sha256())) {
                throw new Publication.RejectedException(
                        403,
                        file.fileName() + " was published here before with other bytes (" + former.sha256() + "; "
                                + name.name() + " " + version + " first on " + history.firstSeen()
                                + "), and what was published once never comes back otherwise: publish a new version. By whom,"
                                + " an auditor sees: sluice decisions --kind publish --purl "
                                + format.purl(file.coordinates()));
            }
        }
    }

    /** What clients may read differently is not published: whatever is told of it here would be one reading of several. */
    private Evidence unambiguous(Ecosystem format, StoredFile file) throws IOException, Publication.RejectedException {
        Evidence evidence = reading.evidence(format, file);
        if (!evidence.ambiguities().isEmpty()) {
            throw new Publication.RejectedException(
                    400,
                    file.fileName() + " is ambiguous, clients may read it differently: "
                            + evidence.ambiguities().getFirst()
                            + ". Build it anew with the usual tools, and publish that.");
        }
        return evidence;
    }

    /** What was told of a file is what it says of itself, or it is not published: clients would believe one of both. */
    private void agreeing(Ecosystem format, StoredFile file, Publication.Claims claims)
            throws IOException, Publication.RejectedException {
        byte[] description;
        try {
            description = reading.description(format, file);
        } catch (BlobsUnavailableException | BusyException e) {
            throw e; // it says nothing of the artifact
        } catch (IOException | IllegalArgumentException e) {
            throw new Publication.RejectedException(
                    400, file.fileName() + " cannot be read: " + shown(String.valueOf(e.getMessage())));
        }
        Publication.Contradiction found = description == null ? null : claims.contradicted(description);
        if (found != null) {
            throw contradicting(file, found);
        }
    }

    private static Publication.RejectedException contradicting(StoredFile file, Publication.Contradiction found) {
        return new Publication.RejectedException(
                400,
                file.fileName() + " says of its " + found.what() + ": '" + shown(found.read())
                        + "'; what was sent beside it says: '" + shown(found.claimed())
                        + "'. Publish what the file says.");
    }

    private static String shown(String value) {
        String line = value.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
    }

    /**
     * What is published beside its files says of them what they say themselves; where a file describes others (Maven's POM), it is that
     * which is read. Throws when it does not.
     */
    private static void agreeing(Ecosystem format, StoredFile file, Evidence evidence, Change planned)
            throws Publication.RejectedException {
        if (!format.proxying().indexListsFiles() || Judge.isSideCar(format, file.fileName())) {
            return;
        }
        for (Release release : planned.put()) {
            if (!release.version().equals(file.coordinates().version())) {
                continue;
            }
            String claimed = release.license().orNull();
            String read = evidence.license().orNull();
            if (claimed != null
                    && read != null
                    && !claimed.isBlank()
                    && !read.isBlank()
                    && !License.of(claimed).agreesWith(License.of(read))) {
                throw contradicting(file, new Publication.Contradiction("licence", read, claimed));
            }
            if (Boolean.FALSE.equals(release.installScripts().orNull())
                    && Boolean.TRUE.equals(evidence.installScripts().orNull())) {
                throw new Publication.RejectedException(
                        400,
                        file.fileName() + " runs code when it is installed, what was sent beside it says that it does"
                                + " not. Publish what the file says.");
            }
        }
    }

    private Change apply(Visit visit, Ecosystem format, Publication publication, List<StoredFile> files)
            throws Publication.RejectedException {
        String repository = publication.repository().id();
        PackageName name = publication.packageName();
        for (int attempt = 1; ; attempt++) {
            HostedPackage current = current(repository, name);
            Change edited = publication.edit().apply(current);
            Change change = edited.telling(events(visit, format, publication, edited, files));
            try {
                stores.hosted().apply(repository, name, current.revision(), change, files);
                return change;
            } catch (Quotas.ExceededException e) {
                // 403 and not 507: clients would try a 5xx again and again before they show why
                throw new Publication.RejectedException(403, String.valueOf(e.getMessage()));
            } catch (RevisionConflictException e) {
                if (attempt >= MAX_ATTEMPTS) {
                    throw new Publication.RejectedException(
                            409, name.name() + " is being changed by others; try again");
                }
            }
        }
    }

    /** One event for every file, or one for a change without files. */
    private List<Event> events(
            Visit visit, Ecosystem format, Publication publication, Change change, List<StoredFile> files) {
        if (!files.isEmpty()) {
            return files.stream()
                    .map(file -> recorder.published(
                            visit, publication, format, file.coordinates().version(), file))
                    .toList();
        }
        List<String> touched =
                new ArrayList<>(change.put().stream().map(Release::version).toList());
        touched.addAll(change.remove());
        String version = touched.size() == 1 ? touched.getFirst() : null;
        return List.of(recorder.published(visit, publication, format, version, null));
    }

    private HostedPackage current(String repository, PackageName name) {
        return stores.hosted()
                .find(repository, name)
                .orElseGet(() -> new HostedPackage(0, new PackageIndex(name, new byte[0], List.of())));
    }
}
