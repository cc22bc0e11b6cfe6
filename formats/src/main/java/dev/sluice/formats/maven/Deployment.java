package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one deployed file changes in its package.
 *
 * @param file where it belongs
 * @param contents its bytes
 * @param pom what it declares, when it is the POM of its version, else null
 * @param plugins plugin prefixes that were deployed before it
 * @param at when it came
 * @param snapshotBuilds how many builds of a snapshot version are kept
 */
record Deployment(
        Address.Artifact file,
        Contents contents,
        @Nullable Pom pom,
        List<Metadata.Plugin> plugins,
        Instant at,
        int snapshotBuilds) {

    private static final int MAX_FILES = 10_000;
    private static final DateTimeFormatter LAST_UPDATED =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

    /** Copies the list. */
    Deployment {
        plugins = List.copyOf(plugins);
    }

    /** Whether the package already has this very file, so that nothing changes. */
    boolean isIn(Optional<HostedPackage> current) {
        return current.isPresent() && plugins.isEmpty() && isSame(find(current.get()));
    }

    /** The change to the package as it is. Throws when a released file would change. */
    Change apply(HostedPackage current) throws RejectedException {
        Release before = release(current);
        ReleaseFile kept = find(current);
        if (kept != null && !file.isSnapshot() && !isSame(kept)) {
            throw new RejectedException(
                    409,
                    file.fileName() + " is already published with other bytes. Released versions never change:"
                            + " deploy a new version. (Published: sha256 " + sha256(kept) + ")");
        }
        List<ReleaseFile> files = new ArrayList<>(before == null ? List.of() : before.files());
        files.removeIf(f -> f.path().equals(file.path()));
        List<String> outdated = file.isSnapshot() ? outdated(files) : List.of();
        files.removeIf(f -> outdated.contains(f.path()));
        if (files.size() >= MAX_FILES) {
            throw new RejectedException(
                    409,
                    file.packageName().name() + ":" + file.version() + " has " + MAX_FILES
                            + " files already; deploy a new version.");
        }
        files.add(new ReleaseFile(
                file.fileName(),
                file.path(),
                null,
                List.of(contents.sha256(), contents.sha512(), contents.sha1(), contents.md5()),
                contents.size(),
                file.isSnapshot() ? Signal.unknown("as its version") : Signal.known(at, "published here"),
                null));
        PackageDocument document = PackageDocument.read(current.index().document());
        for (Metadata.Plugin plugin : plugins) {
            document = document.with(plugin);
        }
        return new Change(
                document.updatedAt(LAST_UPDATED.format(at)).write(),
                List.of(after(before, files)),
                List.of(),
                outdated);
    }

    /** Paths of the files of builds older than the newest ones, this file's own build among them. */
    private List<String> outdated(List<ReleaseFile> files) {
        TreeMap<Metadata.Build, List<String>> builds = new TreeMap<>();
        for (ReleaseFile each : files) {
            Metadata.Build build = Layout.parse(List.of(each.path().split("/", -1))) instanceof Address.Artifact other
                    ? SnapshotBuilds.build(other)
                    : null;
            if (build != null) {
                builds.computeIfAbsent(build, b -> new ArrayList<>()).add(each.path());
            }
        }
        Metadata.Build own = SnapshotBuilds.build(file);
        if (own != null) {
            builds.computeIfAbsent(own, b -> new ArrayList<>());
        }
        List<String> outdated = new ArrayList<>();
        int left = files.size();
        while (builds.size() > 1 && (builds.size() > snapshotBuilds || left >= MAX_FILES)) {
            List<String> oldest = builds.pollFirstEntry().getValue();
            outdated.addAll(oldest);
            left -= oldest.size();
        }
        return outdated;
    }

    private Release after(@Nullable Release before, List<ReleaseFile> files) {
        Signal<Instant> published =
                before == null || file.isSnapshot() ? Signal.known(at, "published here") : before.published();
        Signal<String> license = pom != null
                ? pom.license()
                : before != null ? before.license() : Signal.unknown("the POM is not deployed yet");
        String summary = pom != null ? pom.summary() : before != null ? before.summary() : "";
        return new Release(
                file.version(),
                published,
                license,
                null,
                null,
                MavenFormat.NO_INSTALL_SCRIPTS,
                List.of(),
                summary,
                files,
                new byte[0]);
    }

    private @Nullable Release release(HostedPackage current) {
        for (Release release : current.index().releases()) {
            if (release.version().equals(file.version())) {
                return release;
            }
        }
        return null;
    }

    private @Nullable ReleaseFile find(HostedPackage current) {
        Release release = release(current);
        return release == null ? null : release.file(file.fileName());
    }

    private boolean isSame(@Nullable ReleaseFile kept) {
        return kept != null && kept.digests().contains(contents.sha256());
    }

    private static String sha256(ReleaseFile file) {
        return file.digests().stream()
                .filter(d -> d.algorithm() == Digest.Algorithm.SHA256)
                .map(Digest::hex)
                .findFirst()
                .orElse("unknown");
    }
}
