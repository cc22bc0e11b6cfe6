package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.Edition;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
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
        ReleaseFile kept = find(current);
        if (kept != null && !file.isSnapshot() && !isSame(kept)) {
            throw new RejectedException(
                    409,
                    file.fileName() + " is already published with other bytes. Released versions never change:"
                            + " deploy a new version. (Published: sha256 " + sha256(kept) + ")");
        }
        Edition edition = new Edition(current, at);
        Edition.Draft release = edition.release(file.version());
        List<ReleaseFile> others = release.files().stream()
                .filter(f -> !f.path().equals(file.path()))
                .toList();
        List<String> outdated = file.isSnapshot() ? outdated(others) : List.of();
        if (others.size() - outdated.size() >= MAX_FILES) {
            throw new RejectedException(
                    409,
                    file.packageName().name() + ":" + file.version() + " has " + MAX_FILES
                            + " files already; deploy a new version.");
        }
        release.drop(outdated)
                .add(Edition.file(
                        file.fileName(),
                        file.path(),
                        contents,
                        file.isSnapshot() ? Signal.unknown("as its version") : Signal.known(at, Edition.SOURCE),
                        Algorithm.SHA256,
                        Algorithm.SHA512,
                        Algorithm.SHA1,
                        Algorithm.MD5))
                .installScripts(MavenFormat.NO_INSTALL_SCRIPTS);
        if (file.isSnapshot()) {
            release.publishedNow();
        }
        if (pom != null) {
            release.license(pom.license()).summary(pom.summary());
        } else if (release.isNew()) {
            release.license(Signal.unknown("the POM is not deployed yet"));
        }
        PackageDocument document = PackageDocument.read(current.index().document());
        for (Metadata.Plugin plugin : plugins) {
            document = document.with(plugin);
        }
        return edition.change(document.updatedAt(LAST_UPDATED.format(at)).write());
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

    private @Nullable ReleaseFile find(HostedPackage current) {
        Release release = current.index().release(file.version());
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
