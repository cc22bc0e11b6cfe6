package dev.sluice.kernel.artifact;

import java.util.Comparator;

/**
 * The order in which an ecosystem says its versions follow each other.
 *
 * <p>Total over all strings: text that is not a version of the ecosystem is ordered below every version that is, and
 * among itself by code unit, so that hostile indexes cannot make it throw. Implementations are immutable.
 */
public interface VersionOrder extends Comparator<String> {

    /** Compares by the ecosystem's precedence; zero means the ecosystem holds both for the same version. */
    @Override
    int compare(String left, String right);

    /** Whether the ecosystem's resolvers pass over this version unless asked for it. False for text that is no version. */
    boolean isPrerelease(String version);

    /** Whether the text is a version by the ecosystem's rules. */
    boolean isVersion(String text);

    /**
     * The version without a label that ranges do not see: PEP 440 says that a range which names no local label matches
     * every local build of a version. The same text where the ecosystem knows nothing of the kind.
     */
    default String publicVersion(String version) {
        return version;
    }
}
