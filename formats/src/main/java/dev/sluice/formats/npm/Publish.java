package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.Body;
import dev.sluice.formats.protocol.Edition;
import dev.sluice.formats.protocol.Uploads;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
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
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /{package}}: a new version with its tarball, or, without one, changed deprecation messages.
 *
 * <p>The gate refuses a name that an upstream has, unless it is reserved.
 */
record Publish(PackageName packageName) implements Endpoint {

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
        return Replies.DIALECT.change(exchange, uploads -> {
            Tarball tarball = new Tarball(uploads, packageName);
            Submission submission;
            try (InputStream body = Body.unzipped(exchange.request(), NO_LIMIT)) {
                submission = Submission.read(packageName, body, tarball);
            }
            Submission.Attachment attachment = submission.attachment();
            if (attachment == null) {
                deprecate(exchange, submission);
                return Replies.done(200);
            }
            publish(exchange, submission, attachment, tarball.upload());
            return Replies.done(201);
        });
    }

    /** The upload that a body may carry; opened while the body is read. */
    private static final class Tarball implements Submission.Receiver {
        private final Uploads uploads;
        private final PackageName packageName;
        private @Nullable Upload upload;

        Tarball(Uploads uploads, PackageName packageName) {
            this.uploads = uploads;
            this.packageName = packageName;
        }

        @Override
        public OutputStream open(String fileName, String version) throws IOException {
            Upload opened = uploads.open(Names.path(packageName, fileName));
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
        ReleaseFile file = Edition.file(
                attachment.fileName(),
                upload.path(),
                contents,
                Signal.known(now, Edition.SOURCE),
                Algorithm.SHA512,
                Algorithm.SHA1);
        byte[] document = manifest.documentWith(packageName, version, promises(contents));
        Map<String, String> tags = new LinkedHashMap<>();
        for (Map.Entry<String, String> tag : submission.tags().entrySet()) {
            if (!tag.getValue().equals(version)) {
                throw new RejectedException(
                        400, "the dist-tag " + Json.cut(tag.getKey(), 100) + " must be on " + version);
            }
            tags.put(DistTags.checked(tag.getKey()), version);
        }
        exchange.hosting()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                packageName,
                                Event.Kind.PUBLISH,
                                version + (tags.isEmpty() ? "" : " as " + String.join(", ", tags.keySet())),
                                List.of(new Publication.FileOf(
                                        version, upload, new ManifestClaims(submission.manifest(version)))),
                                current -> {
                                    Edition edition = new Edition(current, now);
                                    edition.release(version)
                                            .mustBeNew(
                                                    403,
                                                    "You cannot publish over the previously published versions: "
                                                            + version + ".")
                                            .license(facts.licenseBy(Edition.SOURCE))
                                            .deprecated(facts.deprecated())
                                            .installScripts(facts.installScriptsBy(Edition.SOURCE))
                                            .maintainers(facts.maintainers())
                                            .summary(facts.description())
                                            .add(file)
                                            .document(document);
                                    return added(edition, version, tags, submission.about(), now);
                                }));
    }

    /** What clients and signatures rely on, computed from the bytes rather than taken from the client. */
    private static Map<String, String> promises(Contents contents) {
        Map<String, String> promises = new LinkedHashMap<>();
        Digest sha512 = contents.sha512();
        promises.put("integrity", sha512.integrity());
        promises.put("shasum", contents.sha1().hex());
        return promises;
    }

    private static Change added(
            Edition edition, String version, Map<String, String> newTags, Map<String, byte[]> newAbout, Instant now) {
        PackageDocument document = PackageDocument.read(edition.before().document());
        Map<String, String> tags = new LinkedHashMap<>(document.tags());
        tags.putAll(newTags);
        tags.putIfAbsent("latest", version);
        Map<String, byte[]> about = newAbout;
        if (!version.equals(tags.get("latest"))) { // the page of a package is that of its latest version
            about = new LinkedHashMap<>(newAbout);
            about.putAll(document.about());
        }
        return edition.change(
                new PackageDocument(tags, document.created() == null ? now : document.created(), now, about).bytes());
    }

    /** Takes over the deprecation messages of the versions in the body; nothing else of it counts. */
    private void deprecate(Exchange exchange, Submission submission) throws IOException, RejectedException {
        if (!submission.tellsVersions()) {
            throw new RejectedException(400, "the body has neither a tarball nor versions: nothing to change");
        }
        exchange.hosting()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                packageName,
                                Event.Kind.CHANGE,
                                "deprecation messages",
                                List.of(),
                                current -> deprecated(
                                        new Edition(current, exchange.visit().at()),
                                        submission.deprecations(),
                                        exchange.visit().at())));
    }

    private Change deprecated(Edition edition, Map<String, String> messages, Instant now) throws RejectedException {
        if (edition.isFirst()) {
            throw new RejectedException(404, packageName.name() + " is not published here");
        }
        for (Release release : edition.before().releases()) {
            String told = messages.get(release.version());
            String message = told == null || told.isEmpty() ? null : told;
            if (told != null && !Objects.equals(message, release.deprecated())) {
                edition.release(release.version())
                        .deprecated(message)
                        .document(Manifest.read(release.document())
                                .documentDeprecated(packageName, release.version(), message));
            }
        }
        PackageDocument document = PackageDocument.read(edition.before().document());
        return edition.change(
                edition.isUntouched()
                        ? edition.before().document()
                        : document.withTags(document.tags(), now).bytes());
    }
}
