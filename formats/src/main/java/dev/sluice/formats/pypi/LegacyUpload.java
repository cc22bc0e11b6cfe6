package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Body;
import dev.sluice.formats.protocol.Edition;
import dev.sluice.formats.protocol.Uploads;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /pypi/{repository}/}: the upload of one file, as twine and uv send it (the legacy upload API).
 *
 * <p>A new file of an existing version joins it; a file that exists is never replaced: the answer is 409 and says "File already
 * exists", on which both clients know to skip. Attestations that come along are not kept: nobody here could vouch for the
 * identity of the publisher that PEP 740 demands beside them.
 */
record LegacyUpload(PypiFormat format) implements Endpoint {

    @Override
    public String name() {
        return "pypi.upload";
    }

    @Override
    public Permission permission() {
        return Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        Response response = Problem.DIALECT.change(exchange, uploads -> answer(exchange, uploads));
        if (response.status() >= 400) {
            Body.passOver(exchange.request()); // Python clients send their whole body before they read an answer
        }
        return response;
    }

    private Response answer(Exchange exchange, Uploads uploads) throws IOException, RejectedException {
        UploadForm form = new UploadForm(exchange.request(), uploads);
        form.read();
        UploadForm.Distribution distribution = form.check(format);
        if (isIn(exchange.hosting().hosted(exchange.repository(), distribution.name()), distribution)) {
            return Response.text(200, distribution.fileName() + " is already published, with the same bytes");
        }
        exchange.hosting().publish(exchange.visit(), publication(exchange, distribution));
        return Response.text(200, "published " + distribution.fileName());
    }

    /** Whether this very file is there already: an upload that is repeated, as after a lost answer, succeeds. */
    private static boolean isIn(Optional<HostedPackage> current, UploadForm.Distribution distribution)
            throws IOException {
        if (current.isEmpty()) {
            return false;
        }
        ReleaseFile kept = kept(current.get().index(), distribution);
        return kept != null
                && kept.digests().contains(distribution.file().contents().sha256());
    }

    private static @Nullable ReleaseFile kept(PackageIndex index, UploadForm.Distribution distribution) {
        Release release = index.releaseOf(distribution.file().path());
        return release == null ? null : release.file(distribution.fileName());
    }

    private static Publication publication(Exchange exchange, UploadForm.Distribution distribution) throws IOException {
        List<Publication.FileOf> files = new ArrayList<>(2);
        files.add(new Publication.FileOf(
                distribution.version(), distribution.file(), new FormClaims(distribution.core())));
        if (distribution.sideCar() != null) {
            files.add(new Publication.FileOf(distribution.version(), distribution.sideCar()));
        }
        List<ReleaseFile> added = releaseFiles(distribution, exchange.visit().at());
        return new Publication(
                exchange.repository(),
                distribution.name(),
                Event.Kind.PUBLISH,
                distribution.fileName(),
                files,
                current -> change(new Edition(current, exchange.visit().at()), distribution, added));
    }

    private static List<ReleaseFile> releaseFiles(UploadForm.Distribution distribution, Instant at) throws IOException {
        List<ReleaseFile> files = new ArrayList<>(2);
        files.add(releaseFile(distribution.fileName(), distribution.file(), Signal.known(at, Edition.SOURCE)));
        if (distribution.sideCar() != null) {
            files.add(releaseFile(
                    distribution.fileName() + DistributionFile.METADATA,
                    distribution.sideCar(),
                    Signal.known(at, Edition.SOURCE)));
        }
        return files;
    }

    private static ReleaseFile releaseFile(String name, Upload upload, Signal<Instant> published) throws IOException {
        return Edition.file(name, upload.path(), upload.contents(), published, Algorithm.SHA256, Algorithm.MD5);
    }

    private static Change change(Edition edition, UploadForm.Distribution distribution, List<ReleaseFile> added)
            throws RejectedException {
        if (kept(edition.before(), distribution) != null) {
            throw new RejectedException(
                    409,
                    "File already exists with other bytes: " + distribution.fileName()
                            + ". What is published never changes; publish a new version.");
        }
        Edition.Draft release = edition.release(distribution.version());
        added.forEach(release::add);
        Map<String, FileNotes> notes = new LinkedHashMap<>();
        if (!release.isNew()) {
            notes.putAll(ReleaseNotes.parse(release.document()).files());
        }
        Upload sideCar = distribution.sideCar();
        notes.put(
                distribution.fileName(),
                new FileNotes(
                        distribution.core().text("requires_python"),
                        sideCar == null
                                ? null
                                : added.getLast().digests().getFirst().hex(),
                        false));
        Set<DistributionFile.Kind> kinds = EnumSet.noneOf(DistributionFile.Kind.class);
        for (ReleaseFile file : release.files()) {
            DistributionFile parsed = DistributionFile.parse(distribution.name().name(), file.name());
            if (parsed != null) {
                kinds.add(parsed.kind());
            }
        }
        release.license(distribution.core().license())
                .installScripts(IndexPage.installScripts(kinds, Edition.SOURCE))
                .maintainers(distribution.core().people())
                .summary(distribution.core().summary())
                .document(new ReleaseNotes(notes, distribution.core().info()).toBytes());
        byte[] document = edition.before().document();
        return edition.change(document.length == 0 ? ProjectStatus.ACTIVE.toBytes() : document);
    }
}
