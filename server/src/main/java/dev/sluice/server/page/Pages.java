package dev.sluice.server.page;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Setup;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.FeedReport;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import dev.sluice.server.operation.Readiness;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The operations outside the API: start page, why, health, metrics, and the place kept free for OCI. */
public final class Pages {

    /** Makes the text of all figures. */
    @FunctionalInterface
    public interface Figures {
        /** The text in Prometheus' format. */
        byte[] text() throws IOException;
    }

    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<Format> formats;
    private final RepositoryStore repositories;

    private Pages(List<Format> formats, RepositoryStore repositories) {
        this.formats = List.copyOf(formats);
        this.repositories = repositories;
    }

    /** The start page, and the place of OCI. */
    public static List<Operation> start(List<Format> formats, RepositoryStore repositories) {
        Pages pages = new Pages(formats, repositories);
        return List.of(
                Operation.of("start", "GET", "/", Permission.OPEN, pages::start),
                new Operation("oci.none", "GET", "/v2/", Permission.OPEN, true, call -> noOci()));
    }

    /** Why something was refused. */
    public static Operation why(Journal journal, AdvisoryStore advisories) {
        return Operation.of("why", "GET", "/why/{id}", Permission.OPEN, new WhyPage(journal, advisories)::show);
    }

    /** For those who watch: health and figures. */
    public static List<Operation> watch(
            RepositoryStore repositories, FeedReport feeds, Readiness readiness, Figures figures) {
        return List.of(
                Operation.of("health", "GET", "/health", Permission.OPEN, call -> health(feeds)),
                new Operation("health.live", "GET", "/health/live", Permission.OPEN, true, call -> up()),
                Operation.of(
                        "health.ready",
                        "GET",
                        "/health/ready",
                        Permission.OPEN,
                        call -> ready(repositories, readiness)),
                Operation.of("metrics", "GET", "/metrics", Permission.AUDIT, call -> metrics(figures)));
    }

    private static Response up() {
        return Response.json(200, "{\"status\":\"up\"}\n").with("Cache-Control", "no-store");
    }

    private static Response noOci() {
        return Response.json(
                404,
                "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"this registry does not serve container"
                        + " images\"}]}\n");
    }

    /** Whether new requests should be sent here; asked by load balancers. */
    private static Response ready(RepositoryStore repositories, Readiness readiness) {
        if (readiness.isLeaving()) {
            return Response.json(503, "{\"status\":\"draining\"}\n").with("Cache-Control", "no-store");
        }
        repositories.list();
        List<String> wrong = readiness.failing();
        if (!wrong.isEmpty()) {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", "failing");
            wrong.forEach(body.putArray("failing")::add);
            return Response.json(503, JSON.writeValueAsString(body) + "\n").with("Cache-Control", "no-store");
        }
        return up();
    }

    /** Status and the age of every feed: how old what we know of the world is. */
    private static Response health(FeedReport feeds) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", "up");
        feeds.feeds(body);
        return Response.json(200, JSON.writeValueAsString(body)).with("Cache-Control", "no-store");
    }

    private static Response metrics(Figures figures) throws IOException {
        return Response.of(200, "text/plain; version=0.0.4; charset=utf-8", figures.text());
    }

    private Response start(Call call) {
        List<Repository> open =
                repositories.list().stream().filter(call.readable()).toList();
        String origin = call.request().origin();
        if (call.prefersJson()) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("product", "Sluice").put("health", origin + "/health");
            ArrayNode list = body.putArray("repositories");
            for (Repository repository : open) {
                ObjectNode addresses =
                        list.addObject().put("name", repository.name()).putObject("addresses");
                formats.forEach(format -> addresses.put(format.id(), base(origin, format, repository)));
            }
            return Response.json(200, JSON.writeValueAsString(body)).with("Cache-Control", "no-store");
        }
        Html page = new Html("Sluice");
        page.element("h1", "This is a Sluice registry")
                .element(
                        "p",
                        "Every package taken from here passes one policy decision first. Set up your client with these"
                                + " lines.");
        if (open.isEmpty()) {
            page.element("p", "Reading needs a token here; ask whoever runs this registry for one.");
        }
        for (Repository repository : open) {
            page.element("h2", "Repository " + repository.name());
            for (Format format : formats) {
                page.element("h3", format.ecosystem());
                for (Setup setup : format.setups(base(origin, format, repository))) {
                    page.element("h4", setup.client()).element("pre", setup.text());
                }
            }
        }
        return page.response(200);
    }

    private static String base(String origin, Format format, Repository repository) {
        return origin + "/" + format.id() + "/" + repository.name() + "/";
    }

    static Problem noSuchDecision() {
        return Problem.notFound("there is no decision with that identifier");
    }
}
