package dev.sluice.app.wiring;

import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlToken;
import dev.sluice.app.feed.FeedImports;
import dev.sluice.app.feed.FeedSyncs;
import dev.sluice.app.upkeep.Quota;
import dev.sluice.app.upkeep.Upkeep;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.journal.Journal;
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
import dev.sluice.server.page.Pages;
import dev.sluice.storage.sql.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is answered beside the formats, area by area: each is made of what it uses, and gives its operations. */
final class Areas {

    private Areas() {}

    /** The operations of all areas, for callers that those tokens are known of. */
    static List<Operation> operations(Installation installation, Upkeep upkeep, ControlToken tokens) {
        FeedReport feeds = new FeedReport(
                installation.database().advisories(),
                installation.formats(),
                FeedSyncs.freshness(installation.configuration()),
                installation.clock());
        installation.metrics().feeds(feeds, installation.clock());
        List<Operation> all = new ArrayList<>(pages(installation, feeds));
        all.addAll(api(installation, feeds, tokens));
        all.addAll(
                new FeedImports(installation.database().advisories(), installation.feedEvents(), tokens).operations());
        all.addAll(installation.feedSyncs().operations());
        all.addAll(upkeep.operations());
        all.addAll(quota(installation).operations());
        return all;
    }

    private static List<Operation> pages(Installation installation, FeedReport feeds) {
        RepositoryStore repositories = installation.database().repositories();
        List<Operation> pages = new ArrayList<>(Pages.start(installation.formats(), repositories));
        pages.add(Pages.why(installation.journal(), installation.database().advisories()));
        pages.addAll(Pages.watch(repositories, feeds, installation.readiness(), installation.metrics()::text));
        return pages;
    }

    private static List<Operation> api(Installation installation, FeedReport feeds, ControlToken tokens) {
        Gate gate = installation.gate();
        Database database = installation.database();
        RepositoryStore repositories = database.repositories();
        Journal journal = installation.journal();
        InstantSource clock = installation.clock();
        List<Format> formats = installation.formats();
        Set<String> ids = formats.stream().map(Format::id).collect(Collectors.toSet());
        String workspace = installation.configuration().get(Setting.WORKSPACE);
        Administration administration =
                new Administration(journal, database.nodes(), database.leases(), installation.ids(), clock);
        List<Operation> api = new ArrayList<>();
        api.addAll(new PolicyApi(installation.policies(), administration, workspace).operations());
        api.addAll(new RepositoryApi(repositories, ids, gate.caching()::keptNames, administration).operations());
        api.addAll(new UpstreamApi(repositories, gate.caching()::rests, gate.caching()::wake, administration)
                .operations());
        api.addAll(new CacheApi(repositories, formats, gate.caching()::forget, administration).operations());
        api.addAll(new TokenApi(tokens, ids, administration, clock).operations());
        api.addAll(new JournalApi(journal, database.advisories(), gate.explaining()::findings, formats).operations());
        api.addAll(new StatusApi(
                        gate.explaining()::explain,
                        repositories,
                        installation.policies(),
                        feeds,
                        formats,
                        workspace,
                        clock)
                .operations());
        return api;
    }

    private static Quota quota(Installation installation) {
        return new Quota(
                installation.database().repositories(),
                installation.database().quotas(),
                installation.metrics(),
                installation.journal(),
                installation.clock(),
                installation.ids());
    }
}
