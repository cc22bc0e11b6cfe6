package dev.sluice.formats.pypi;

import dev.sluice.kernel.access.Permission;
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
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /pypi/{repository}/}: the upload of one file, as twine and uv send it (the legacy upload API).
 *
 * <p>A new file of an existing version joins it; a file that exists is never replaced: the answer is 409 and says "File already
 * exists", on which both clients know to skip. Attestations that come along are not kept: nobody here could vouch for the
 * identity of the publisher that PEP 740 demands beside them.
 */
record LegacyUpload(PypiFormat format) implements Endpoint {

    private static final String SOURCE = "upload";

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
        InputStream body = exchange.request().body();
        try (UploadForm form = new UploadForm(exchange)) {
            form.read(body);
            UploadForm.Distribution distribution = form.check(format);
            if (isIn(exchange.gate().hosted(exchange.repository(), distribution.name()), distribution)) {
                return Response.text(200, distribution.fileName() + " is already published, with the same bytes");
            }
            exchange.gate().publish(exchange.visit(), publication(exchange, distribution));
            return Response.text(200, "published " + distribution.fileName());
        } catch (RejectedException e) {
            return rejected(body, e.status(), e.getMessage());
        } catch (MultipartReader.MalformedMultipartException | Upload.DigestMismatchException e) {
            return rejected(body, 400, String.valueOf(e.getMessage()));
        }
    }

    /** Whether this very file is there already: an upload that is repeated, as after a lost answer, succeeds. */
    private static boolean isIn(Optional<HostedPackage> current, UploadForm.Distribution distribution)
            throws IOException {
        if (current.isEmpty()) {
            return false;
        }
        for (Release release : current.get().index().releases()) {
            ReleaseFile kept = release.file(distribution.fileName());
            if (kept != null) {
                return kept.digests().contains(distribution.file().contents().sha256());
            }
        }
        return false;
    }

    /** Python clients send their whole body before they read an answer. */
    private static Response rejected(InputStream body, int status, String why) throws IOException {
        body.transferTo(OutputStream.nullOutputStream());
        return Problem.of(status, why);
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
                current -> change(current, distribution, added, exchange.visit().at()));
    }

    private static List<ReleaseFile> releaseFiles(UploadForm.Distribution distribution, Instant at) throws IOException {
        List<ReleaseFile> files = new ArrayList<>(2);
        files.add(releaseFile(distribution.fileName(), distribution.file(), Signal.known(at, SOURCE)));
        if (distribution.sideCar() != null) {
            files.add(releaseFile(
                    distribution.fileName() + DistributionFile.METADATA,
                    distribution.sideCar(),
                    Signal.known(at, SOURCE)));
        }
        return files;
    }

    private static ReleaseFile releaseFile(String name, Upload upload, Signal<Instant> published) throws IOException {
        return new ReleaseFile(
                name,
                upload.path(),
                null,
                List.of(upload.contents().sha256(), upload.contents().md5()),
                upload.contents().size(),
                published,
                null);
    }

    private static Change change(
            HostedPackage current, UploadForm.Distribution distribution, List<ReleaseFile> added, Instant at)
            throws RejectedException {
        Release before = null;
        for (Release release : current.index().releases()) {
            if (release.file(distribution.fileName()) != null) {
                throw new RejectedException(
                        409,
                        "File already exists with other bytes: " + distribution.fileName()
                                + ". What is published never changes; publish a new version.");
            }
            if (release.version().equals(distribution.version())) {
                before = release;
            }
        }
        byte[] document = current.index().document();
        return new Change(
                document.length == 0 ? ProjectStatus.ACTIVE.toBytes() : document,
                List.of(release(before, distribution, added, at)),
                List.of());
    }

    private static Release release(
            @Nullable Release before, UploadForm.Distribution distribution, List<ReleaseFile> added, Instant at) {
        List<ReleaseFile> files = new ArrayList<>();
        Map<String, FileNotes> notes = new LinkedHashMap<>();
        if (before != null) {
            files.addAll(before.files());
            notes.putAll(ReleaseNotes.parse(before.document()).files());
        }
        files.addAll(added);
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
        for (ReleaseFile file : files) {
            DistributionFile parsed = DistributionFile.parse(distribution.name().name(), file.name());
            if (parsed != null) {
                kinds.add(parsed.kind());
            }
        }
        ObjectNode info = distribution.core().info();
        return new Release(
                distribution.version(),
                before == null ? Signal.known(at, SOURCE) : before.published().or(Signal.known(at, SOURCE)),
                distribution.core().license(),
                before == null ? null : before.deprecated(),
                before == null ? null : before.yanked(),
                IndexPage.installScripts(kinds, SOURCE),
                distribution.core().people(),
                distribution.core().summary(),
                files,
                new ReleaseNotes(notes, info).toBytes());
    }
}
