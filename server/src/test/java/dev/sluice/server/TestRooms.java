package dev.sluice.server;

import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Freshness;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.api.Administration;
import dev.sluice.server.api.CacheApi;
import dev.sluice.server.api.JournalApi;
import dev.sluice.server.api.PolicyApi;
import dev.sluice.server.api.RepositoryApi;
import dev.sluice.server.api.StatusApi;
import dev.sluice.server.api.TokenApi;
import dev.sluice.server.api.UpstreamApi;
import dev.sluice.server.operation.FeedReport;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Readiness;
import dev.sluice.server.page.Pages;
import dev.sluice.server.trace.Tracing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What stands behind a door of a test: every area that the server has, on the stores of the test. */
record TestRooms(
        Gate gate,
        Format format,
        Nodes nodes,
        Leases leases,
        RepositoryStore repositories,
        TokenStore tokens,
        Policies policies,
        AdvisoryStore advisories,
        Journal journal) {

    /** With who may what. */
    FrontDoor.Rooms rooms(Grants grants, InstantSource clock) {
        Metrics metrics = new Metrics();
        Readiness readiness = Readiness.always();
        return new FrontDoor.Rooms(
                new FrontDoor.Packages(gate, List.of(format), repositories),
                new FrontDoor.Visitors(tokens, grants, journal),
                nodes,
                new FrontDoor.Observers(metrics, Tracing.OFF, readiness),
                operations(metrics, readiness, clock));
    }

    private List<Operation> operations(Metrics metrics, Readiness readiness, InstantSource clock) {
        List<Format> formats = List.of(format);
        Set<String> ids = Set.of(format.id());
        FeedReport feeds = new FeedReport(advisories, formats, Freshness.STANDARD, clock);
        metrics.feeds(feeds, clock);
        Administration administration = new Administration(journal, nodes, leases, new Ulid(clock), clock);
        List<Operation> all = new ArrayList<>(Pages.start(formats, repositories));
        all.add(Pages.why(journal, advisories));
        all.addAll(Pages.watch(repositories, feeds, readiness, metrics::text));
        all.addAll(new PolicyApi(policies, administration, "main").operations());
        all.addAll(new RepositoryApi(repositories, ids, gate.caching()::keptNames, administration).operations());
        all.addAll(new UpstreamApi(repositories, gate.caching()::rests, gate.caching()::wake, administration)
                .operations());
        all.addAll(new CacheApi(repositories, formats, gate.caching()::forget, administration).operations());
        all.addAll(new TokenApi(tokens, ids, administration, clock).operations());
        all.addAll(new JournalApi(journal, advisories, gate.explaining()::findings, formats).operations());
        all.addAll(new StatusApi(gate.explaining()::explain, repositories, policies, feeds, formats, "main", clock)
                .operations());
        return all;
    }
}
