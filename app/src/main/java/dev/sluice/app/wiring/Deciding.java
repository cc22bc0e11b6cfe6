package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.feed.FeedSyncs;
import dev.sluice.app.policies.PolicyDirectory;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.storage.sql.Database;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What decides: policies, advisories, and the gate that asks them. */
final class Deciding {

    private final Policies policies;
    private final AdvisoryIndex advisories;
    private final Gate gate;

    /** Makes it as configured. Throws {@link ConfigurationException}. */
    Deciding(
            Configuration configuration,
            Storage storage,
            List<Format> formats,
            UpstreamClient upstreams,
            Observing observing) {
        Database database = storage.database();
        PolicyFailures failures = new PolicyFailures(storage.clock());
        this.policies = new Policies(database.policies(), storage.journal(), storage.clock(), storage.ids(), failures);
        observing
                .metrics()
                .counters(
                        "sluice_policy_failures_total",
                        "Evaluations of policies that failed (a builtin, a limit, a fault of ours), by policy; beyond 200 names"
                                + " the policy is other",
                        "policy",
                        failures::counts);
        observing.metrics().modes(this::mode);
        GateSettings settings = settings(configuration);
        this.advisories = new AdvisoryIndex(
                database.advisories(), settings.memoryForAdvisories(), FeedSyncs.freshness(configuration));
        this.gate = new Gate(
                new Gate.Stores(
                        storage.blobs(),
                        database.hosted(),
                        database.files(),
                        database.documents(),
                        database.history(),
                        database.leases()),
                Formats.byId(formats),
                policies,
                advisories,
                storage.journal(),
                upstreams,
                observing.tracing().inspector(new ArtifactInspector()),
                storage.clock(),
                storage.ids(),
                settings,
                observing.tracing());
        StorageFigures.journalAndUpstreams(observing.metrics(), storage.unindexed(), gate.caching());
    }

    Policies policies() {
        return policies;
    }

    AdvisoryIndex advisories() {
        return advisories;
    }

    Gate gate() {
        return gate;
    }

    /** Follows the directory of policies, if there is one; then all policies are compiled. */
    void begin(Configuration configuration, Database database, Opened opened) throws IOException {
        if (configuration.find(Setting.POLICIES).isPresent()) {
            opened.add(PolicyDirectory.open(
                    configuration.path(Setting.POLICIES).toAbsolutePath().normalize(),
                    policies,
                    database.nodes(),
                    database.leases()));
        }
        policies.current();
    }

    /** The mode of the policy in force that has that name. */
    private Optional<Policy.Mode> mode(String policy) {
        PolicySet current = policies.currentFromMemory();
        return current == null
                ? Optional.empty()
                : current.policies().stream()
                        .filter(p -> p.name().equals(policy))
                        .map(Policy::mode)
                        .findFirst();
    }

    private static GateSettings settings(Configuration configuration) {
        return new GateSettings(
                configuration.get(Setting.WORKSPACE),
                configuration.duration(Setting.FRESHNESS),
                configuration.duration(Setting.ABSENCE),
                configuration.duration(Setting.OUTAGE),
                configuration.duration(Setting.PATIENCE),
                configuration.bytes(Setting.MAX_INDEX),
                configuration.bytes(Setting.MAX_ARTIFACT),
                configuration.memory(Setting.INDEX_MEMORY));
    }
}
