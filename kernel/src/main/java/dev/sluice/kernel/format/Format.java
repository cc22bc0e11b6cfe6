package dev.sluice.kernel.format;

import dev.sluice.kernel.ecosystem.Ecosystem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of a package ecosystem, as its clients speak it.
 *
 * <p>A format translates; it cannot release bytes. Implementations are immutable and thread-safe.
 */
public interface Format extends Ecosystem {

    /**
     * What the request is for, or null when the address is none of this protocol's. Needs nothing but the address: no reading,
     * no blocking.
     */
    @Nullable
    Endpoint route(Route route);

    /** How its clients are set up for a repository at that base address (ends in a slash), the most used client first. */
    List<Setup> setups(String repositoryUrl);
}
