package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.Edition;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Release;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removing versions, as npm does it: {@code PUT /{package}/-rev/{rev}} with the document of what is to stay, then {@code DELETE
 * /{package}/-/{file}/-rev/{rev}} for each tarball; {@code DELETE /{package}/-rev/{rev}} for all of it.
 *
 * @param kind which of the three
 * @param target the revision, or the tarball's name for {@code FILE}
 */
record Unpublish(PackageName packageName, Kind kind, String target) implements Endpoint {

    /** What is to go. */
    enum Kind {
        /** Versions that the body does not name. */
        VERSIONS,
        /** The version of one tarball. */
        FILE,
        /** Every version. */
        PACKAGE
    }

    @Override
    public String name() {
        return "npm.unpublish";
    }

    @Override
    public Permission permission() {
        return Permission.DELETE;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return Replies.DIALECT.change(exchange, uploads -> {
            switch (kind) {
                case VERSIONS -> removeVersions(exchange);
                case FILE -> removeFile(exchange);
                case PACKAGE -> change(exchange, "all versions", target, release -> true, true);
            }
            return Replies.done(kind == Kind.VERSIONS ? 201 : 200);
        });
    }

    private void removeVersions(Exchange exchange) throws IOException, RejectedException {
        Submission submission;
        try (InputStream body = Submission.withoutTarball(exchange.request())) {
            submission =
                    Submission.read(packageName, body, (fileName, version) -> java.io.OutputStream.nullOutputStream());
        }
        if (!submission.tellsVersions()) {
            throw new RejectedException(
                    400, "the body names no versions; owners are not kept here: access is a matter of tokens");
        }
        if (submission.attachment() != null) {
            throw new RejectedException(400, "publish with PUT /" + packageName.name() + ", without a revision");
        }
        change(
                exchange,
                "versions removed",
                target,
                release -> !submission.deprecations().containsKey(release.version()),
                false);
    }

    /** The version is usually gone already, by the PUT before it; then there is nothing left to do. */
    private void removeFile(Exchange exchange) throws IOException, RejectedException {
        boolean present = exchange.hosting()
                .hosted(exchange.repository(), packageName)
                .map(hosted -> hosted.index().releases().stream().anyMatch(r -> r.file(target) != null))
                .orElse(false);
        if (present) {
            change(exchange, target, null, release -> release.file(target) != null, true);
        }
    }

    private void change(
            Exchange exchange, String message, @Nullable String revision, Predicate<Release> goes, boolean mustRemove)
            throws IOException, RejectedException {
        exchange.hosting()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                packageName,
                                Event.Kind.UNPUBLISH,
                                message,
                                List.of(),
                                current -> removed(exchange, current, revision, goes, mustRemove)));
    }

    private Change removed(
            Exchange exchange,
            HostedPackage current,
            @Nullable String revision,
            Predicate<Release> goes,
            boolean mustRemove)
            throws RejectedException {
        if (current.index().releases().isEmpty()) {
            throw new RejectedException(404, packageName.name() + " is not published here");
        }
        if (revision != null && !revision.equals(GetPackument.revision(current))) {
            throw new RejectedException(
                    409, packageName.name() + " was changed meanwhile: read it again (with ?write=true) and retry");
        }
        List<Release> gone = current.index().releases().stream().filter(goes).toList();
        if (gone.isEmpty() && mustRemove) {
            throw new RejectedException(404, "no such version of " + packageName.name());
        }
        List<Release> left =
                current.index().releases().stream().filter(goes.negate()).toList();
        Edition edition = new Edition(current, exchange.visit().at());
        gone.forEach(release -> edition.remove(release.version()));
        PackageDocument document = PackageDocument.read(current.index().document());
        return edition.change(document.withTags(
                        DistTags.without(document.tags(), left),
                        exchange.visit().at())
                .bytes());
    }
}
