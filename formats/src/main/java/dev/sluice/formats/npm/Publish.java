package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.blob.Contents;
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
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /{package}}: a new version with its tarball, or, without one, changed deprecation messages.
 *
 * <p>The gate refuses a name that an upstream has, unless it is reserved.
 */
record Publish(PackageName packageName) implements Endpoint {

    /** Who says so, for facts about packages published here. */
    private static final String SOURCE = "publish";

    private static final long NO_LIMIT = Long.MAX_VALUE; // the server bounds the body, the gate the file

    @Override
    public String name() {
        return "npm.publish";
    }

    @Override
    public Permission permission() {
        return Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        String objection = Names.objection(packageName);
        if (objection != null) {
            return Replies.error(400, "Invalid package name " + packageName.name() + ": " + objection);
        }
        try (Tarball tarball = new Tarball(exchange, packageName);
                InputStream body = Replies.body(exchange.request(), NO_LIMIT)) {
            Submission submission = Submission.read(packageName, body, tarball);
            Submission.Attachment attachment = submission.attachment();
            if (attachment == null) {
                deprecate(exchange, submission);
                return Replies.done(200);
            }
            publish(exchange, submission, attachment, tarball.upload());
            return Replies.done(201);
        } catch (RejectedException e) {
            return Replies.rejected(e);
        } catch (Upload.DigestMismatchException e) {
            return Replies.error(400, String.valueOf(e.getMessage()));
        }
    }

    /** The upload that a body may carry; opened while the body is read, closed afterwards. */
    private static final class Tarball implements Submission.Receiver, AutoCloseable {
        private final Exchange exchange;
        private final PackageName packageName;
        private @Nullable Upload upload;

        Tarball(Exchange exchange, PackageName packageName) {
            this.exchange = exchange;
            this.packageName = packageName;
        }

        @Override
        public OutputStream open(String fileName, String version) throws IOException {
            Upload opened =
                    exchange.gate().upload(exchange.visit(), exchange.repository(), Names.path(packageName, fileName));
            upload = opened;
            return new FilterOutputStream(opened) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    opened.write(bytes, offset, length);
                }

                @Override
                public void close() {
                    // closing the upload would throw it away; that is done when the request ends
                }
            };
        }

        Upload upload() throws RejectedException {
            Upload opened = upload;
            if (opened == null) {
                throw new RejectedException(400, "no tarball came along");
            }
            return opened;
        }

        @Override
        public void close() throws IOException {
            if (upload != null) {
                upload.close();
            }
        }
    }

    private void publish(Exchange exchange, Submission submission, Submission.Attachment attachment, Upload upload)
            throws IOException, RejectedException {
        String version = attachment.version();
        if (!Names.VERSIONS.isStrict(version) || version.indexOf('+') >= 0) {
            throw new RejectedException(
                    400, "Invalid version " + version + ": write major.minor.patch, without build metadata");
        }
        Manifest manifest = Manifest.read(submission.manifest(version));
        if (!version.equals(manifest.version()) || !packageName.name().equals(manifest.name())) {
            throw new RejectedException(400, "the manifest is not the one of " + packageName.name() + "@" + version);
        }
        Manifest.Facts facts = manifest.facts();
        upload.verify(facts.digests());
        Contents contents = upload.contents();
        Instant now = exchange.visit().at();
        Release release = new Release(
                version,
                Signal.known(now, SOURCE),
                facts.licenseBy(SOURCE),
                facts.deprecated(),
                null,
                facts.installScriptsBy(SOURCE),
                facts.maintainers(),
                facts.description(),
                List.of(new ReleaseFile(
                        attachment.fileName(),
                        upload.path(),
                        null,
                        List.of(contents.sha512(), contents.sha1()),
                        contents.size(),
                        Signal.known(now, SOURCE),
                        null)),
                manifest.documentWith(packageName, version, promises(contents)));
        Map<String, String> tags = new LinkedHashMap<>();
        for (Map.Entry<String, String> tag : submission.tags().entrySet()) {
            if (!tag.getValue().equals(version)) {
                throw new RejectedException(
                        400, "the dist-tag " + Json.cut(tag.getKey(), 100) + " must be on " + version);
            }
            tags.put(DistTags.checked(tag.getKey()), version);
        }
        exchange.gate()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                packageName,
                                Event.Kind.PUBLISH,
                                version + (tags.isEmpty() ? "" : " as " + String.join(", ", tags.keySet())),
                                List.of(new Publication.FileOf(
                                        version, upload, new ManifestClaims(submission.manifest(version)))),
                                current -> added(current, release, tags, submission.about(), now)));
    }

    /** What clients and signatures rely on, computed from the bytes rather than taken from the client. */
    private static Map<String, String> promises(Contents contents) {
        Map<String, String> promises = new LinkedHashMap<>();
        Digest sha512 = contents.sha512();
        promises.put("integrity", sha512.integrity());
        promises.put("shasum", contents.sha1().hex());
        return promises;
    }

    private Change added(
            HostedPackage current,
            Release release,
            Map<String, String> newTags,
            Map<String, byte[]> newAbout,
            Instant now)
            throws RejectedException {
        if (current.index().releases().stream().anyMatch(r -> r.version().equals(release.version()))) {
            throw new RejectedException(
                    403, "You cannot publish over the previously published versions: " + release.version() + ".");
        }
        PackageDocument document = PackageDocument.read(current.index().document());
        Map<String, String> tags = new LinkedHashMap<>(document.tags());
        tags.putAll(newTags);
        tags.putIfAbsent("latest", release.version());
        Map<String, byte[]> about = newAbout;
        if (!release.version().equals(tags.get("latest"))) { // the page of a package is that of its latest version
            about = new LinkedHashMap<>(newAbout);
            about.putAll(document.about());
        }
        PackageDocument changed =
                new PackageDocument(tags, document.created() == null ? now : document.created(), now, about);
        return new Change(changed.bytes(), List.of(release), List.of());
    }

    /** Takes over the deprecation messages of the versions in the body; nothing else of it counts. */
    private void deprecate(Exchange exchange, Submission submission) throws IOException, RejectedException {
        if (!submission.tellsVersions()) {
            throw new RejectedException(400, "the body has neither a tarball nor versions: nothing to change");
        }
        exchange.gate()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                packageName,
                                Event.Kind.CHANGE,
                                "deprecation messages",
                                List.of(),
                                current -> deprecated(
                                        current,
                                        submission.deprecations(),
                                        exchange.visit().at())));
    }

    private Change deprecated(HostedPackage current, Map<String, String> messages, Instant now)
            throws RejectedException {
        if (current.index().releases().isEmpty()) {
            throw new RejectedException(404, packageName.name() + " is not published here");
        }
        List<Release> changed = new ArrayList<>();
        for (Release release : current.index().releases()) {
            String told = messages.get(release.version());
            String message = told == null || told.isEmpty() ? null : told;
            if (told != null && !java.util.Objects.equals(message, release.deprecated())) {
                changed.add(deprecated(release, message));
            }
        }
        PackageDocument document = PackageDocument.read(current.index().document());
        byte[] newDocument = changed.isEmpty()
                ? current.index().document()
                : document.withTags(document.tags(), now).bytes();
        return new Change(newDocument, changed, List.of());
    }

    private Release deprecated(Release release, @Nullable String message) {
        return new Release(
                release.version(),
                release.published(),
                release.license(),
                message,
                release.yanked(),
                release.installScripts(),
                release.maintainers(),
                release.summary(),
                release.files(),
                Manifest.read(release.document()).documentDeprecated(packageName, release.version(), message));
    }
}
