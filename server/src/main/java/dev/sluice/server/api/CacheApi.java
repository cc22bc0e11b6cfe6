package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.ADMINISTER;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Caching;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is cached of upstreams. */
public final class CacheApi {

    /** Drops what is cached; see the gate. */
    @FunctionalInterface
    public interface Forgetting {
        /** Drops it, of one version or all, of one upstream or all. */
        Caching.Forgotten forget(
                Repository repository, PackageName name, @Nullable String version, @Nullable String upstream);
    }

    private final RepositoryStore repositories;
    private final List<Format> formats;
    private final Forgetting forgetting;
    private final Administration administration;

    /** What is cached of packages in those repositories, and how it is dropped. */
    public CacheApi(
            RepositoryStore repositories, List<Format> formats, Forgetting forgetting, Administration administration) {
        this.repositories = repositories;
        this.formats = List.copyOf(formats);
        this.forgetting = forgetting;
        this.administration = administration;
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(Route.of("cache.forget", "POST", "/api/cache/forget", ADMINISTER, this::forget));
    }

    /** Drops what is cached of a package or version that the body names by its purl. */
    Response forget(Call call) throws IOException {
        Fields fields = new Fields(Replies.object(call));
        String text = fields.line("purl", null, 1000);
        String name = fields.text("repository", "main", 50);
        String upstream = fields.text("upstream", "", 50);
        fields.check();
        Named named = Named.by(formats, text);
        PackageName of = named.name();
        Repository repository = repositories
                .find(name)
                .orElseThrow(() -> InvalidInputException.field("repository", "there is no repository '" + name + "'"));
        if (!upstream.isEmpty()
                && repository.upstreams(of.format()).stream()
                        .noneMatch(each -> each.id().equals(upstream))) {
            throw InvalidInputException.field(
                    "upstream", "'" + name + "' has no upstream '" + upstream + "' for " + of.format());
        }
        Caching.Forgotten forgotten =
                forgetting.forget(repository, of, named.version(), upstream.isEmpty() ? null : upstream);
        if (forgotten.hosted() > 0 && forgotten.files() == 0) {
            throw new Problem(
                    409,
                    "Published here",
                    text
                            + " is published here: nothing of it is cached, and what is published is only unpublished by its"
                            + " own client, never forgotten");
        }
        administration.record(
                call,
                repository.name(),
                "cache of " + text + (upstream.isEmpty() ? "" : " from " + upstream) + " forgotten: "
                        + forgotten.files() + " files, " + forgotten.indexes() + " indexes");
        return Replies.json(
                200,
                Replies.object()
                        .put("files", forgotten.files())
                        .put("indexes", forgotten.indexes())
                        .put("published_here", forgotten.hosted()));
    }
}
