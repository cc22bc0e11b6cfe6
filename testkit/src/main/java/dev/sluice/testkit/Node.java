package dev.sluice.testkit;

import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.RepositoryStore;

/** What one node of several has of the database they share. */
public record Node(
        Nodes nodes,
        Leases leases,
        RepositoryStore repositories,
        TokenStore tokens,
        PolicyStore policies,
        HostedStore hosted,
        FileStore files,
        DocumentStore documents,
        HistoryStore history,
        AdvisoryStore advisories) {}
