package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import java.util.List;

/**
 * All releases of a package as one source (an upstream, or this repository) tells them.
 *
 * @param name the package
 * @param document what the format keeps of the index beside the releases (npm: dist-tags, readme …), opaque to the kernel
 * @param releases in the source's order, each version once
 */
public record PackageIndex(PackageName name, byte[] document, List<Release> releases) {

    /** Copies the list, not the document. */
    public PackageIndex {
        releases = List.copyOf(releases);
    }
}
