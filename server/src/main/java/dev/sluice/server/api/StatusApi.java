package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.AUDIT;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.FeedReport;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What this installation is and knows, and what it would decide about a version. */
public final class StatusApi {

    /** Explains what would be decided; see the gate. */
    @FunctionalInterface
    public interface Explainer {
        /** The explanation. */
        ObjectValue explain(Visit visit, Repository repository, Coordinates coordinates, boolean upstreams)
                throws IOException;
    }

    private final Explainer explainer;
    private final RepositoryStore repositories;
    private final Policies policies;
    private final FeedReport feeds;
    private final List<Format> formats;
    private final String workspace;
    private final Instant startedAt;

    /** How this installation is, from now on. */
    public StatusApi(
            Explainer explainer,
            RepositoryStore repositories,
            Policies policies,
            FeedReport feeds,
            List<Format> formats,
            String workspace,
            InstantSource clock) {
        this.explainer = explainer;
        this.repositories = repositories;
        this.policies = policies;
        this.feeds = feeds;
        this.formats = List.copyOf(formats);
        this.workspace = workspace;
        this.startedAt = clock.instant();
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(
                Route.of("explain", "GET", "/api/explain", AUDIT, this::explain),
                Route.of("feeds.list", "GET", "/api/feeds", AUDIT, this::feeds),
                Route.of("status", "GET", "/api/status", AUDIT, this::status));
    }

    Response status(Call call) {
        ObjectNode body = Replies.object();
        String version = StatusApi.class.getPackage().getImplementationVersion();
        body.put("version", version == null ? "development" : version)
                .put("workspace", workspace)
                .put("started_at", startedAt.toString());
        body.set("formats", Replies.texts(formats.stream().map(Format::id).toList()));
        body.set(
                "repositories",
                Replies.texts(repositories.list().stream().map(Repository::name).toList()));
        List<Policy> all = policies.list();
        body.put("policies", all.size())
                .put(
                        "policies_enforced",
                        all.stream()
                                .filter(p -> p.enabled() && p.mode() == Policy.Mode.ENFORCE)
                                .count());
        feeds.feeds(body);
        return Replies.json(200, body);
    }

    Response feeds(Call call) {
        ObjectNode body = Replies.object();
        feeds.feeds(body);
        feeds.sources(body);
        return Replies.json(200, body);
    }

    /** What would be decided about {@code purl=} in {@code repository=} now; {@code upstreams=true} may ask upstreams. */
    Response explain(Call call) throws IOException {
        String text = call.request().query("purl");
        if (text == null) {
            throw InvalidInputException.field("purl", "This field is required.");
        }
        String name = call.request().query("repository");
        String wanted = name == null ? "main" : name;
        Repository repository =
                repositories.find(wanted).orElseThrow(() -> Problem.notFound("there is no such repository"));
        Coordinates coordinates = Named.by(formats, text).coordinates();
        boolean upstreams = "true".equals(call.request().query("upstreams"));
        return Response.json(200, Json.write(explainer.explain(call.visit(), repository, coordinates, upstreams)))
                .with("Cache-Control", "no-store");
    }
}
