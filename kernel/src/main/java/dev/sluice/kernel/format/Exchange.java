package dev.sluice.kernel.format;

import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.Hosting;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;

/**
 * A request on its way through a format.
 *
 * @param request what was sent
 * @param repository the repository it is addressed to
 * @param visit who asks and what must be durable before the answer
 * @param gate the one door
 */
public record Exchange(Request request, Repository repository, Visit visit, Gate gate) {

    /** What is published here, and publishing it: for endpoints that change packages. */
    public Hosting hosting() {
        return gate.hosting();
    }

    /** The address of the repository for this format as the client sees it, ending in a slash. */
    public String base(Format format) {
        return request.origin() + "/" + format.id() + "/" + repository.name() + "/";
    }
}
