package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.Values.EMPTY_STRING;
import static dev.sluice.kernel.facts.Values.NULL;
import static dev.sluice.kernel.facts.Values.nullable;
import static dev.sluice.kernel.facts.Values.object;
import static dev.sluice.kernel.facts.Values.text;
import static dev.sluice.kernel.facts.Values.time;

import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Renders facts as the {@code input} document of policies: the published contract's fields under {@code input.v0}, ours beside
 * them ({@code first_seen}, {@code exploitation}, {@code feeds}, {@code signals}, {@code request}).
 *
 * <p>One instance renders many versions of one package and shares what they have in common; use it from one thread.
 */
public final class PolicyInput {

    /** What is rendered for every version has its keys once. */
    private static final ObjectValue.Shape V0 = new ObjectValue.Shape();

    private final Value workspace;
    private final Value feeds;
    private final PackageSection packages = new PackageSection();
    private final AdvisorySection advisories = new AdvisorySection();
    private @Nullable RepositoryOf repository;

    /**
     * A renderer.
     *
     * @param workspace name of the installation
     * @param format of the package: {@code feeds.osv} tells of its own part of OSV
     * @param feeds what was imported
     * @param stale tells of each whether it is too old
     */
    public PolicyInput(String workspace, String format, List<FeedState> feeds, Predicate<FeedState> stale) {
        this.workspace = object().put("name", text(workspace))
                .put("slug", text(workspace))
                .put("slug_perm", text(workspace))
                .put("created_at", NULL)
                .put("country", NULL)
                .put("location", NULL)
                .put("tagline", NULL)
                .build();
        this.feeds = feeds(format, feeds, stale);
    }

    /** The input document of a version; without a request the member {@code request} is left out. */
    public ObjectValue render(Facts facts, Event.@Nullable Actor request) {
        ObjectValue.Builder v0 = V0.builder()
                .put("package", packages.of(facts))
                .put("repository", repositoryOf(facts.repository()))
                .put("workspace", workspace)
                .put("identity", IdentitySection.of(facts))
                .put("metadata", ArrayValue.EMPTY)
                .put("upstream", upstream(facts.upstream()))
                .put("first_seen", time(facts.firstSeen()))
                .put("feeds", feeds)
                .put("signals", SignalsSection.of(facts))
                .put("model_security", NULL)
                .put("sbom", NULL);
        advisories.put(facts, v0);
        if (request != null) {
            v0.put(
                    "request",
                    object().put("user", text(request.user()))
                            .put("token", nullable(request.tokenId()))
                            .put("address", text(request.address()))
                            .put("user_agent", text(request.userAgent()))
                            .build());
        }
        return object().put("v0", v0.build()).build();
    }

    private record RepositoryOf(Repository repository, Value rendered) {}

    @SuppressWarnings("ReferenceEquality") // one and the same for all versions of a package
    private Value repositoryOf(Repository shown) {
        RepositoryOf known = repository;
        if (known == null || known.repository() != shown) {
            known = new RepositoryOf(shown, repository(shown));
            repository = known;
        }
        return known.rendered();
    }

    private static Value repository(Repository repository) {
        return object().put("name", text(repository.name()))
                .put("slug", text(repository.name()))
                .put("slug_perm", text(repository.id()))
                .put("created_at", NULL)
                .put("description", EMPTY_STRING)
                .put("repository_type", text("PRIVATE"))
                .put("open_source_license", NULL)
                .put("storage_region", text("local"))
                .put("gpg_keys", ArrayValue.EMPTY)
                .put("ecdsa_keys", ArrayValue.EMPTY)
                .build();
    }

    private static Value upstream(@Nullable Upstream upstream) {
        if (upstream == null) {
            return NULL;
        }
        return object().put("name", text(upstream.id()))
                .put("trust", text(upstream.trust().name().toLowerCase(Locale.ROOT)))
                .put("priority", NumberValue.of(upstream.priority()))
                .build();
    }

    private static Value feeds(String format, List<FeedState> states, Predicate<FeedState> stale) {
        ObjectValue.Builder out = object();
        for (String name : List.of("osv", "epss", "kev")) {
            String kept = name.equals("osv") ? FeedState.osv(format) : name;
            FeedState state = states.stream()
                    .filter(s -> s.name().equals(kept))
                    .findFirst()
                    .orElse(null);
            ObjectValue.Builder feed = object().put("known", BooleanValue.of(state != null && state.isWhole()))
                    .put("stale", BooleanValue.of(state == null || stale.test(state)));
            if (state != null) {
                feed.put("records", NumberValue.of(state.records()))
                        .put("imported_at", time(state.importedAt()))
                        .put("updated_at", time(state.updatedAt()));
                feed.put("newest", state.newest() == null ? NULL : time(state.newest()));
            }
            out.put(name, feed.build());
        }
        return out.build();
    }
}
