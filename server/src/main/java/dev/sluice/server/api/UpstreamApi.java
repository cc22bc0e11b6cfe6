package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.ADMINISTER;
import static dev.sluice.kernel.access.Permission.AUDIT;

import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Rest;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Upstreams of all repositories, and what of them this node leaves alone for a while. */
public final class UpstreamApi {

    /** Ends rests; see the gate. */
    @FunctionalInterface
    public interface Waking {
        /** Ends those of upstreams with that id, or all; how many. */
        int wake(@Nullable String upstream);
    }

    private final RepositoryStore repositories;
    private final Supplier<List<Rest>> rests;
    private final Waking waking;
    private final Administration administration;

    /** Upstreams of those repositories, which of them rest, and how rests are ended. */
    public UpstreamApi(
            RepositoryStore repositories, Supplier<List<Rest>> rests, Waking waking, Administration administration) {
        this.repositories = repositories;
        this.rests = rests;
        this.waking = waking;
        this.administration = administration;
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(
                Route.of("upstreams.list", "GET", "/api/upstreams", AUDIT, this::list),
                Route.of("upstreams.wake", "POST", "/api/upstreams/wake", ADMINISTER, this::wake));
    }

    Response list(Call call) {
        List<Rest> now = rests.get();
        List<ObjectNode> all = new ArrayList<>();
        for (Repository repository : repositories.list()) {
            for (Upstream upstream : repository.upstreams()) {
                ObjectNode node = Replies.object();
                node.put("repository", repository.name())
                        .put("id", upstream.id())
                        .put("format", upstream.format())
                        .put("url", upstream.url().toString())
                        .put("priority", upstream.priority())
                        .put("trust", upstream.trust().name().toLowerCase(Locale.ROOT))
                        .put("trusts_times", upstream.trustsTimes())
                        .put("forbidden", upstream.forbidden().name().toLowerCase(Locale.ROOT));
                ArrayNode resting = node.putArray("resting");
                now.stream()
                        .filter(rest -> rest.upstream().equals(upstream.id())
                                && rest.url().equals(upstream.url().toString()))
                        .forEach(rest -> resting.addObject()
                                .put("address", rest.address())
                                .put("what", rest.whole() ? "host" : "document")
                                .put("until", rest.until().toString())
                                .put("why", rest.why()));
                all.add(node);
            }
        }
        return Replies.page(call, all);
    }

    /** Has what rests asked again: of one upstream when the body names it, else of all. */
    Response wake(Call call) throws IOException {
        Fields fields = new Fields(Replies.object(call));
        String id = fields.text("upstream", "", 50);
        fields.check();
        Set<String> known = repositories.list().stream()
                .flatMap(repository -> repository.upstreams().stream())
                .map(Upstream::id)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!id.isEmpty() && !known.contains(id)) {
            throw InvalidInputException.field(
                    "upstream", "there is no upstream '" + id + "'; there are: " + String.join(", ", known));
        }
        int woken = waking.wake(id.isEmpty() ? null : id);
        administration.record(
                call, null, (id.isEmpty() ? "upstreams" : "upstream " + id) + " woken: " + woken + " rests ended");
        return Replies.json(200, Replies.object().put("woken", woken));
    }
}
