package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.IdentitySection.digest;
import static dev.sluice.kernel.facts.Values.EMPTY_STRING;
import static dev.sluice.kernel.facts.Values.NULL;
import static dev.sluice.kernel.facts.Values.nullable;
import static dev.sluice.kernel.facts.Values.object;
import static dev.sluice.kernel.facts.Values.text;
import static dev.sluice.kernel.facts.Values.texts;
import static dev.sluice.kernel.facts.Values.time;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The package, the version and its files: {@code package}.
 *
 * <p>One instance renders the files of a release once for all inputs about it; use it from one thread.
 */
final class PackageSection {

    private static final ObjectValue.Shape PACKAGE = new ObjectValue.Shape();
    private static final ObjectValue.Shape FILE = new ObjectValue.Shape();

    private @Nullable FilesOf files;

    /** The files of a release as values: rendered when a policy first looks, and then shared by all inputs about the release. */
    private static final class FilesOf {
        private final Release release;
        private volatile @Nullable List<Value> rendered;

        private FilesOf(Release release) {
            this.release = release;
        }

        /** All of them, that one marked as the file that is judged. */
        private Value showing(@Nullable ReleaseFile shown) {
            List<Value> known = rendered;
            if (known == null) {
                known = release.files().stream().map(f -> fileOf(f, false)).toList();
                rendered = known;
            }
            Value[] values = known.toArray(Value[]::new);
            for (int i = 0; i < values.length && shown != null; i++) {
                if (release.files().get(i).equals(shown)) {
                    values[i] = fileOf(shown, true);
                }
            }
            return ArrayValue.of(values);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same release, as long as its files are judged one after the other
    private FilesOf files(Release release) {
        FilesOf known = files;
        if (known == null || known.release != release) {
            known = new FilesOf(release);
            files = known;
        }
        return known;
    }

    Value of(Facts facts) {
        ReleaseFile file = facts.file();
        ReleaseFile shown = file != null
                ? file
                : facts.release().files().isEmpty()
                        ? null
                        : facts.release().files().getFirst();
        StoredFile kept = facts.kept();
        String fileName = shown != null ? shown.name() : kept != null ? kept.fileName() : "";
        FilesOf files = files(facts.release());
        Signal<Instant> published = facts.published();
        return PACKAGE.builder()
                .put("name", text(facts.coordinates().name()))
                .put("version", text(facts.coordinates().version()))
                .put(
                        "format",
                        text(
                                facts.coordinates().format().equals("pypi")
                                        ? "python"
                                        : facts.coordinates().format()))
                .put("is_local", BooleanValue.of(facts.local()))
                .put("filename", text(fileName))
                .put("extension", text(fileName.indexOf('.') < 0 ? "" : fileName.substring(fileName.lastIndexOf('.'))))
                .put("checksum_md5", digest(shown, kept, Digest.Algorithm.MD5))
                .put("checksum_sha1", digest(shown, kept, Digest.Algorithm.SHA1))
                .put("checksum_sha256", digest(shown, kept, Digest.Algorithm.SHA256))
                .put("checksum_sha512", digest(shown, kept, Digest.Algorithm.SHA512))
                .put("size", size(shown, kept))
                .put("files", () -> files.showing(shown))
                .put("num_files", NumberValue.of(facts.release().files().size()))
                .put("description", text(facts.release().summary()))
                .put("summary", text(facts.release().summary()))
                .put("license", LicenseSection.of(facts.license()))
                .put("tags", tags(facts))
                .put("architectures", ArrayValue.EMPTY)
                .put("distro", NULL)
                .put("distro_version", NULL)
                .put("epoch", NULL)
                .put("release", NULL)
                .put("subtype", EMPTY_STRING)
                .put("card", NULL)
                .put("package_type", text("BINARY"))
                .put("indexed", BooleanValue.TRUE)
                .put("slug", text(facts.coordinates().toString()))
                .put("slug_perm", text(facts.purl().toString()))
                .put(
                        "uploaded_at",
                        time(kept == null ? published.toOptional().orElse(facts.firstSeen()) : kept.storedAt()))
                .put(
                        "upstream_metadata",
                        object().put(
                                        "published_at",
                                        published.isKnown()
                                                ? time(published.toOptional().orElseThrow())
                                                : NULL)
                                .build())
                .put("last_downloaded_at", NULL)
                .put("uploader", NULL)
                .put("security_scan_status", text(scanStatus(facts)))
                .put("security_scan_status_updated_at", NULL)
                .put("security_scan_started_at", NULL)
                .put("security_scan_completed_at", NULL)
                .put("deprecated", nullable(facts.release().deprecated()))
                .put("yanked", nullable(yanked(facts)))
                .put(
                        "install_scripts",
                        facts.installScripts().isKnown()
                                ? BooleanValue.of(Boolean.TRUE.equals(
                                        facts.installScripts().orNull()))
                                : NULL)
                .put("maintainers", texts(facts.release().maintainers()))
                .build();
    }

    private static @Nullable String yanked(Facts facts) {
        ReleaseFile file = facts.file();
        return file != null && file.yanked() != null
                ? file.yanked()
                : facts.release().yanked();
    }

    private static String scanStatus(Facts facts) {
        if (!facts.findings().matches().isEmpty()) {
            return "VULNERABLE";
        }
        return facts.findings().coverage().isKnown()
                ? "NOT_VULNERABLE"
                : "AWAITING_SCAN"; // never "not vulnerable" without all of the data
    }

    private static Value fileOf(ReleaseFile file, boolean primary) {
        ObjectValue.Builder out = FILE.builder()
                .put("filename", text(file.name()))
                .put("is_primary", BooleanValue.of(primary))
                .put("slug_perm", EMPTY_STRING)
                .put("tag", NULL)
                .put("file_extension", NULL);
        for (Digest digest : file.digests()) {
            out.put("checksum_" + digest.algorithm().label(), text(digest.hex()));
        }
        if (file.size() >= 0) {
            out.put("size", NumberValue.of(file.size()));
        }
        return out.build();
    }

    private static Value tags(Facts facts) {
        Upstream upstream = facts.upstream();
        if (upstream == null) {
            return ArrayValue.EMPTY;
        }
        return ArrayValue.of(object().put("created_at", NULL)
                .put("name", text(upstream.id()))
                .put("source", text("AUTOMATIC"))
                .put("tag_type", text("INFO"))
                .put("is_immutable", BooleanValue.FALSE)
                .build());
    }

    private static Value size(@Nullable ReleaseFile file, @Nullable StoredFile kept) {
        if (kept != null) {
            return NumberValue.of(kept.contents().size());
        }
        return file == null || file.size() < 0 ? NULL : NumberValue.of(file.size());
    }
}
