package dev.sluice.kernel.format;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.VersionOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A package ecosystem: its protocol and its rules.
 *
 * <p>A format translates; it cannot release bytes. Implementations are immutable and thread-safe.
 */
public interface Format {

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

    /** The purl type of this ecosystem, for example {@code pypi}. */
    String purlType();

    /** How it asks upstreams. */
    Proxying proxying();

    /**
     * What the request is for, or null when the address is none of this protocol's. Needs nothing but the address: no reading,
     * no blocking.
     */
    @Nullable
    Endpoint route(Route route);

    /**
     * The name of the file as which a file of a release is judged: side-cars (PyPI's {@code x.whl.metadata}) are not judged on
     * their own and are not shown to policies, but leave exactly when the file they belong to may leave.
     */
    default String judgedAs(String fileName) {
        return fileName;
    }

    /** How its clients are set up for a repository at that base address (ends in a slash), the most used client first. */
    List<Setup> setups(String repositoryUrl);
}
