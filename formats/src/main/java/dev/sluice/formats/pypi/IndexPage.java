package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A project page of another index, as read.
 *
 * @param status what the index says of the project as a whole (PEP 792)
 * @param files its files, in the page's order
 */
record IndexPage(ProjectStatus status, List<IndexedFile> files) {

    /** Most files that a page may list. */
    static final int MAX_FILES = 200_000;

    private static final String SOURCE = "upstream-index";

    /** Copies the list. */
    IndexPage {
        files = List.copyOf(files);
    }

    /**
     * The page as the kernel knows it: files grouped to releases by their version. A file whose name is no distribution of the
     * project is left out, since nobody could judge it.
     */
    PackageIndex toIndex(PackageName name) {
        Map<String, List<IndexedFile>> byVersion = new LinkedHashMap<>();
        Map<String, DistributionFile> parsed = new LinkedHashMap<>();
        for (IndexedFile file : files) {
            DistributionFile distribution = DistributionFile.parse(name.name(), file.fileName());
            if (distribution != null && parsed.putIfAbsent(file.fileName(), distribution) == null) {
                byVersion
                        .computeIfAbsent(distribution.version(), v -> new ArrayList<>(4))
                        .add(file);
            }
        }
        List<Release> releases = new ArrayList<>(byVersion.size());
        byVersion.forEach((version, group) -> releases.add(release(name, version, group, parsed)));
        return new PackageIndex(name, status.toBytes(), releases);
    }

    private Release release(
            PackageName name, String version, List<IndexedFile> group, Map<String, DistributionFile> parsed) {
        List<ReleaseFile> releaseFiles = new ArrayList<>(group.size() * 2);
        Map<String, FileNotes> notes = new LinkedHashMap<>();
        Set<DistributionFile.Kind> kinds = new HashSet<>();
        Instant earliest = null;
        String yanked = group.getFirst().yanked();
        for (IndexedFile file : group) {
            DistributionFile distribution = parsed.get(file.fileName());
            if (distribution == null) {
                continue;
            }
            kinds.add(distribution.kind());
            Instant uploaded = file.uploaded();
            if (uploaded != null && (earliest == null || uploaded.isBefore(earliest))) {
                earliest = uploaded;
            }
            if (file.yanked() == null) {
                yanked = null;
            }
            String path = Paths.file(name.name(), file.fileName());
            releaseFiles.add(new ReleaseFile(
                    file.fileName(),
                    path,
                    file.location().toString(),
                    file.digests(),
                    file.size(),
                    published(file),
                    file.yanked()));
            FileNotes kept = file.notes();
            if (distribution.kind() == DistributionFile.Kind.WHEEL) {
                if (kept.coreMetadata() == null) {
                    // Every wheel has METADATA: where the upstream has no side-car it is made from the wheel.
                    kept = new FileNotes(kept.requiresPython(), "", kept.provenance());
                }
                releaseFiles.add(sideCar(name, file, DistributionFile.METADATA, metadataLocation(file), digest(kept)));
            }
            URI provenance = file.provenance();
            if (provenance != null) {
                releaseFiles.add(sideCar(name, file, DistributionFile.PROVENANCE, provenance.toString(), List.of()));
            }
            if (!kept.equals(FileNotes.NONE)) {
                notes.put(file.fileName(), kept);
            }
        }
        return new Release(
                version,
                Signal.ofNullable(earliest, SOURCE, "the upstream index gives no upload times"),
                Signal.unknown("the simple index does not tell licences"),
                status.deprecation(),
                yanked,
                installScripts(kinds, SOURCE),
                List.of(),
                "",
                releaseFiles,
                new ReleaseNotes(notes, null).toBytes());
    }

    private static Signal<Instant> published(IndexedFile file) {
        return Signal.ofNullable(file.uploaded(), SOURCE, "the upstream index gives no upload time for this file");
    }

    /** Whether installing runs code: building a source distribution does, unpacking a wheel does not. */
    static Signal<Boolean> installScripts(Set<DistributionFile.Kind> kinds, String source) {
        boolean wheels = kinds.contains(DistributionFile.Kind.WHEEL);
        if (kinds.size() > 1 && wheels) {
            return Signal.unknown("building the source distribution runs code, installing a wheel does not");
        }
        return Signal.known(!wheels, source);
    }

    /** A side-car lies beside its file, and the gate judges it as that file. */
    private static ReleaseFile sideCar(
            PackageName name, IndexedFile of, String suffix, String location, List<Digest> digests) {
        return new ReleaseFile(
                of.fileName() + suffix,
                Paths.file(name.name(), of.fileName() + suffix),
                location,
                digests,
                -1,
                published(of),
                of.yanked());
    }

    private static String metadataLocation(IndexedFile file) {
        String at = file.location().toString();
        int query = at.indexOf('?');
        return query < 0
                ? at + DistributionFile.METADATA
                : at.substring(0, query) + DistributionFile.METADATA + at.substring(query);
    }

    private static List<Digest> digest(FileNotes notes) {
        String sha256 = notes.coreMetadata();
        return sha256 == null || sha256.isEmpty() ? List.of() : List.of(new Digest(Algorithm.SHA256, sha256));
    }

    /**
     * The address a page gives for something, made absolute; null when it is none that may be asked.
     *
     * @param reference as written on the page
     */
    static @Nullable URI resolve(URI base, String reference) {
        try {
            URI absolute = base.resolve(URI.create(escapeBlanks(reference)));
            String scheme = absolute.getScheme();
            if (scheme == null
                    || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
                    || absolute.getHost() == null
                    || absolute.getRawUserInfo() != null) {
                return null;
            }
            String text = absolute.toString();
            int hash = text.indexOf('#');
            return hash < 0 ? absolute : URI.create(text.substring(0, hash));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String escapeBlanks(String reference) {
        return reference.strip().replace(" ", "%20");
    }
}
