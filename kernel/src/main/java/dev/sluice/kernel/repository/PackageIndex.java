package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All releases of a package as one source (an upstream, or this repository) tells them.
 *
 * @param name the package
 * @param document what the format keeps of the index beside the releases (npm: dist-tags, readme …), opaque to the kernel
 * @param releases in the source's order, each version once; of a packed index each look makes them anew
 */
public record PackageIndex(PackageName name, byte[] document, List<Release> releases) {

    /** Copies the list, not the document. */
    public PackageIndex {
        releases = releases instanceof PackedReleases ? releases : List.copyOf(releases);
    }

    /**
     * The same index in little memory, for keeping. Iterate over its releases, or look one up by {@link #release} and {@link
     * #releaseOf}; each look at another one by number unpacks it again.
     */
    public PackageIndex packed() {
        return releases instanceof PackedReleases
                ? this
                : new PackageIndex(name, document, PackedReleases.of(releases));
    }

    /** The versions, in the order of the releases. */
    public List<String> versions() {
        return releases instanceof PackedReleases packed
                ? packed.versions()
                : releases.stream().map(Release::version).toList();
    }

    /** The release of that version, or null. */
    public @Nullable Release release(String version) {
        if (releases instanceof PackedReleases packed) {
            return packed.ofVersion(version);
        }
        for (Release release : releases) {
            if (release.version().equals(version)) {
                return release;
            }
        }
        return null;
    }

    /** The first release that lists a file at that path, or null. */
    public @Nullable Release releaseOf(String path) {
        if (releases instanceof PackedReleases packed) {
            return packed.ofPath(path);
        }
        for (Release release : releases) {
            for (ReleaseFile file : release.files()) {
                if (file.path().equals(path)) {
                    return release;
                }
            }
        }
        return null;
    }

    /** How much memory the releases and the document take while they are all looked at, in bytes, roughly. */
    public long unpacked() {
        return releases instanceof PackedReleases packed ? document.length + packed.unpacked() : weight();
    }

    /** How much memory it takes, in bytes: to the byte or so when it is packed, else a guess. */
    public long weight() {
        long bytes = 120L + document.length;
        if (releases instanceof PackedReleases packed) {
            return bytes + packed.weight();
        }
        for (Release release : releases) {
            bytes += 600 + release.document().length + 1_500L * release.files().size();
        }
        return bytes;
    }
}
