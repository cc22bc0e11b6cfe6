package dev.sluice.kernel.ecosystem;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.VersionOrder;
import java.util.Collection;
import java.util.List;

/**
 * A package ecosystem: its names, versions and package addresses, and how its upstreams are asked. What the gate needs of a format,
 * which adds the protocol that clients speak.
 *
 * <p>Implementations are immutable and thread-safe.
 */
public interface Ecosystem {

    /** Short lower-case name, the first segment of its addresses: {@code npm}, {@code pypi}, {@code maven}. */
    String id();

    /** What people call it: {@code npm}, {@code PyPI}, {@code Maven}. It is also the ecosystem's name in OSV records. */
    String ecosystem();

    /** The order of its versions. */
    VersionOrder versionOrder();

    /** The package name in canonical spelling. Throws IllegalArgumentException for what can never be a name. */
    PackageName packageName(String text);

    /** The package URL of a version. */
    Purl purl(Coordinates coordinates);

    /** The package that a purl of this ecosystem's type names. Throws IllegalArgumentException. */
    PackageName packageName(Purl purl);

    /**
     * The version in the spelling this ecosystem lists and keeps it by: people write PyPI's {@code 2.0rc1} as {@code 2.0-rc1} too. Text
     * that is no version comes back as it is.
     */
    default String version(String text) {
        return text;
    }

    /**
     * Which of the known versions that text names: the one spelt so, else all that the ecosystem holds for the same version. Where none
     * is known, the version alone, spelt as it would be kept: never empty.
     */
    default List<String> spellings(String text, Collection<String> known) {
        if (known.contains(text)) {
            return List.of(text);
        }
        String version = version(text);
        if (known.contains(version)) {
            return List.of(version);
        }
        List<String> same = known.stream()
                .filter(each -> versionOrder().compare(each, version) == 0)
                .toList();
        return same.isEmpty() ? List.of(version) : same;
    }

    /** The purl type of this ecosystem, for example {@code pypi}. */
    String purlType();

    /** How it asks upstreams. */
    Proxying proxying();

    /**
     * The name of the file as which a file of a release is judged: side-cars (PyPI's {@code x.whl.metadata}) are not judged on
     * their own and are not shown to policies, but leave exactly when the file they belong to may leave.
     */
    default String judgedAs(String fileName) {
        return fileName;
    }
}
