package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.ADMINISTER;
import static dev.sluice.kernel.access.Permission.AUDIT;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.operation.FeedReport;
import dev.sluice.server.operation.Operation;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The table of the REST API: what is where, and who may. The OpenAPI document describes the same, and a test compares them. */
public final class ApiRoutes {

    private static final String POLICIES = "/api/v2/workspaces/{workspace}/policies/";

    /** What the API stands on. */
    public record Rooms(
            Gate gate,
            List<Format> formats,
            Nodes nodes,
            Leases leases,
            RepositoryStore repositories,
            TokenStore tokens,
            Policies policies,
            AdvisoryStore advisories,
            FeedReport feeds,
            Journal journal,
            String workspace) {
        /** Copies the list. */
        public Rooms {
            formats = List.copyOf(formats);
        }
    }

    private ApiRoutes() {}

    /** All operations. */
    public static List<Operation> operations(Rooms rooms, Ulid ids, InstantSource clock) {
        Administration administration = new Administration(rooms.journal(), rooms.nodes(), rooms.leases(), ids, clock);
        PolicyApi policies = new PolicyApi(rooms.policies(), administration, rooms.workspace());
        Set<String> formats = rooms.formats().stream().map(Format::id).collect(Collectors.toSet());
        RepositoryApi repositories = new RepositoryApi(
                rooms.repositories(),
                formats,
                (repository, format, after, limit) -> rooms.gate().keptNames(repository, format, after, limit),
                administration);
        UpstreamApi resting = new UpstreamApi(
                rooms.repositories(),
                () -> rooms.gate().rests(),
                upstream -> rooms.gate().wake(upstream),
                administration);
        CacheApi cache = new CacheApi(
                rooms.repositories(),
                rooms.formats(),
                (repository, name, version, upstream) -> rooms.gate().forget(repository, name, version, upstream),
                administration);
        TokenApi tokens = new TokenApi(rooms.tokens(), formats, administration, clock);
        JournalApi journal = new JournalApi(
                rooms.journal(),
                rooms.advisories(),
                coordinates -> rooms.gate().findings(coordinates),
                rooms.formats());
        StatusApi status = new StatusApi(
                (visit, repository, coordinates, upstreams) ->
                        rooms.gate().explain(visit, repository, coordinates, upstreams),
                rooms.repositories(),
                rooms.policies(),
                rooms.feeds(),
                rooms.formats(),
                rooms.workspace(),
                clock);
        return List.of(
                of("policies.list", "GET", POLICIES, AUDIT, policies::list),
                of("policies.create", "POST", POLICIES, ADMINISTER, policies::create),
                of("policies.validate", "POST", POLICIES + "validate/", AUDIT, policies::validate),
                of("policies.retrieve", "GET", POLICIES + "{policy}/", AUDIT, policies::retrieve),
                of("policies.replace", "PUT", POLICIES + "{policy}/", ADMINISTER, policies::replace),
                of("policies.update", "PATCH", POLICIES + "{policy}/", ADMINISTER, policies::update),
                of("policies.delete", "DELETE", POLICIES + "{policy}/", ADMINISTER, policies::delete),
                of("actions.list", "GET", POLICIES + "{policy}/actions/", AUDIT, policies::listActions),
                of("actions.create", "POST", POLICIES + "{policy}/actions/", ADMINISTER, policies::createAction),
                of("actions.retrieve", "GET", POLICIES + "{policy}/actions/{action}/", AUDIT, policies::retrieveAction),
                of(
                        "actions.replace",
                        "PUT",
                        POLICIES + "{policy}/actions/{action}/",
                        ADMINISTER,
                        policies::replaceAction),
                of(
                        "actions.update",
                        "PATCH",
                        POLICIES + "{policy}/actions/{action}/",
                        ADMINISTER,
                        policies::updateAction),
                of(
                        "actions.delete",
                        "DELETE",
                        POLICIES + "{policy}/actions/{action}/",
                        ADMINISTER,
                        policies::deleteAction),
                of("repositories.list", "GET", "/api/repositories", AUDIT, repositories::list),
                of("repositories.retrieve", "GET", "/api/repositories/{repository}", AUDIT, repositories::retrieve),
                of("repositories.put", "PUT", "/api/repositories/{repository}", ADMINISTER, repositories::put),
                of(
                        "repositories.rename",
                        "POST",
                        "/api/repositories/{repository}/rename",
                        ADMINISTER,
                        repositories::rename),
                of("repositories.delete", "DELETE", "/api/repositories/{repository}", ADMINISTER, repositories::delete),
                of("upstreams.list", "GET", "/api/upstreams", AUDIT, resting::list),
                of("upstreams.wake", "POST", "/api/upstreams/wake", ADMINISTER, resting::wake),
                of("cache.forget", "POST", "/api/cache/forget", ADMINISTER, cache::forget),
                of("tokens.list", "GET", "/api/tokens", ADMINISTER, tokens::list),
                of("tokens.create", "POST", "/api/tokens", ADMINISTER, tokens::create),
                of("tokens.delete", "DELETE", "/api/tokens/{token}", ADMINISTER, tokens::delete),
                of("events.list", "GET", "/api/events", AUDIT, journal::events),
                of("decisions.list", "GET", "/api/decisions", AUDIT, journal::decisions),
                of("who", "GET", "/api/who", AUDIT, journal::who),
                of("explain", "GET", "/api/explain", AUDIT, status::explain),
                of("feeds.list", "GET", "/api/feeds", AUDIT, status::feeds),
                of("status", "GET", "/api/status", AUDIT, status::status));
    }

    private static Operation of(
            String id, String method, String path, Permission permission, Operation.Handler handler) {
        return Operation.of(id, method, path, permission, call -> {
            try {
                return handler.handle(call);
            } catch (InvalidInputException e) {
                return e.response();
            }
        });
    }
}
