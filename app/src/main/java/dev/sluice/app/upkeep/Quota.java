package dev.sluice.app.upkeep;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.Metrics;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What repositories hold and may hold, for {@code sluice repository quota} and for programs. */
public final class Quota {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final RepositoryStore repositories;
    private final Quotas quotas;
    private final Journal journal;
    private final InstantSource clock;
    private final Ulid ids;

    /** Of those repositories, told in the metrics too; changes are recorded. */
    public Quota(
            RepositoryStore repositories,
            Quotas quotas,
            Metrics metrics,
            Journal journal,
            InstantSource clock,
            Ulid ids) {
        this.repositories = repositories;
        this.quotas = quotas;
        this.journal = journal;
        this.clock = clock;
        this.ids = ids;
        metrics.gauges(
                "sluice_repository_bytes",
                "Length of the files a repository holds together",
                "repository",
                () -> byName(Quotas.Usage::bytes));
        metrics.gauges(
                "sluice_repository_files", "Files a repository holds", "repository", () -> byName(Quotas.Usage::files));
    }

    private Map<String, Long> byName(java.util.function.ToLongFunction<Quotas.Usage> what) {
        Map<String, Long> numbers = new TreeMap<>();
        for (Repository repository : repositories.list()) {
            numbers.put(repository.name(), what.applyAsLong(quotas.of(repository.id())));
        }
        return numbers;
    }

    /** How they are looked at and changed. */
    public List<Operation> operations() {
        String path = "/api/repositories/{repository}/quota";
        return List.of(
                Operation.of("repositories.quota", "GET", path, Permission.AUDIT, this::show),
                Operation.of("repositories.limit", "PUT", path, Permission.ADMINISTER, this::limit));
    }

    private Response show(Call call) {
        return written(repository(call));
    }

    private Response limit(Call call) throws IOException {
        Repository repository = repository(call);
        JsonNode quota = JSON.readTree(call.request().body()).path("quota");
        boolean isLimit = quota.isIntegralNumber() && quota.canConvertToLong() && quota.asLong() >= 0;
        if (!isLimit && !quota.isNull()) {
            throw Problem.badRequest("quota is a number of bytes, or null for no limit");
        }
        quotas.limit(repository.id(), isLimit ? quota.asLong() : null);
        record(call, repository, isLimit ? quota.asLong() + " bytes" : "none");
        return written(repository);
    }

    private void record(Call call, Repository repository, String quota) {
        journal.append(Event.of(
                                ids.next(),
                                clock.instant(),
                                Event.Kind.ADMIN,
                                call.visit().actor(),
                                "quota of repository " + repository.name() + ": " + quota)
                        .about(Event.Subject.repository(repository.name())))
                .toCompletableFuture()
                .join();
    }

    private Repository repository(Call call) {
        String name = call.parameter("repository");
        return repositories
                .find(name)
                .orElseThrow(() -> Problem.notFound("there is no repository '" + shown(name) + "'; there are: "
                        + String.join(
                                ", ",
                                repositories.list().stream()
                                        .map(Repository::name)
                                        .toList())));
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder(name.length());
        name.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }

    private Response written(Repository repository) {
        Quotas.Usage usage = quotas.of(repository.id());
        ObjectNode body = JSON.createObjectNode()
                .put("repository", repository.name())
                .put("bytes", usage.bytes())
                .put("files", usage.files())
                .put("quota", usage.quota());
        return Response.json(200, body.toString());
    }
}
