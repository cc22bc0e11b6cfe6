package dev.sluice.server.page;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.server.operation.Call;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why something was decided as it was: a page for the person whose build stopped, JSON for programs.
 *
 * <p>Anyone who has the unguessable address may read it, so it names no user, no token and no network address.
 */
final class WhyPage {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** What may be explained; logins and administration are nobody's business here. */
    private static final Set<Event.Kind> EXPLAINED = Set.of(
            Event.Kind.DOWNLOAD, Event.Kind.REFUSAL, Event.Kind.HIDDEN, Event.Kind.PUBLISH, Event.Kind.UPSTREAM_FAULT);

    private final Journal journal;
    private final AdvisoryStore advisories;

    WhyPage(Journal journal, AdvisoryStore advisories) {
        this.journal = journal;
        this.advisories = advisories;
    }

    /** The page. Throws {@link dev.sluice.server.operation.Problem} 404 when there is no such decision. */
    Response show(Call call) {
        String id = call.parameter("id").toUpperCase(java.util.Locale.ROOT);
        if (!Ulid.isValid(id)) {
            throw Pages.noSuchDecision();
        }
        Event event = journal.find(id)
                .or(() -> {
                    journal.settle(); // the developer may be faster than the index
                    return journal.find(id);
                })
                .filter(found -> EXPLAINED.contains(found.kind()))
                .orElseThrow(Pages::noSuchDecision);
        JsonNode detail = detail(event);
        boolean advisoryData = isCovered(event.subject().packageName());
        return call.prefersJson() ? json(event, detail, advisoryData) : html(event, detail, advisoryData);
    }

    /** Whether the advisories of a package's format are known as a whole; of what is no package, nothing has to be. */
    private boolean isCovered(@Nullable PackageName name) {
        return name == null
                || advisories.feeds().stream()
                        .anyMatch(state ->
                                state.isWhole() && state.name().equals(AdvisoryStore.FeedState.osv(name.format())));
    }

    private static JsonNode detail(Event event) {
        try {
            JsonNode node = JSON.readTree(event.detail());
            if (node instanceof ObjectNode object) {
                object.remove("input");
                withoutRequester(object);
                return object;
            }
            return JsonNodeFactory.instance.objectNode();
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    /** A policy may have read who asked; whoever holds the address need not know. */
    private static void withoutRequester(ObjectNode detail) {
        if (!(detail.get("traces") instanceof ArrayNode traces)) {
            return;
        }
        for (JsonNode trace : traces) {
            boolean readRequester = false;
            if (trace.get("reads") instanceof ArrayNode reads) {
                for (int i = reads.size() - 1; i >= 0; i--) {
                    if (reads.get(i).path("path").asString("").contains(".request")) {
                        reads.remove(i);
                        readRequester = true;
                    }
                }
            }
            if (readRequester && trace instanceof ObjectNode object) {
                object.remove("steps"); // their values may repeat it
            }
        }
    }

    private static Response json(Event event, JsonNode detail, boolean advisoryData) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("id", event.id())
                .put("at", event.at().toString())
                .put("kind", event.kind().name().toLowerCase(Locale.ROOT))
                .put("message", event.message())
                .put("repository", event.subject().repository())
                .put("purl", event.subject().purl())
                .put("file", event.bytes().file())
                .put("digest", event.bytes().digest())
                .put("upstream", event.bytes().upstream());
        event.policies().forEach(body.putArray("policies")::add);
        body.put("advisory_data", advisoryData);
        body.set("detail", detail);
        return Response.json(200, JSON.writeValueAsString(body)).with("Cache-Control", "no-store");
    }

    private static Response html(Event event, JsonNode detail, boolean advisoryData) {
        boolean refused =
                event.kind().equals(Event.Kind.REFUSAL) || event.kind().equals(Event.Kind.HIDDEN);
        Event.Subject about = event.subject();
        String subject = about.coordinates() != null
                ? about.coordinates().toString()
                : about.purl() != null ? about.purl() : "this request";
        Html page = new Html(title(event, subject));
        page.element("h1", title(event, subject));
        page.raw(refused ? "<div class=\"verdict\">" : "<div class=\"verdict ok\">")
                .element("p", event.message());
        List<String> reasons = strings(detail, "reasons");
        if (!reasons.isEmpty()) {
            page.raw("<ul>");
            reasons.forEach(reason -> page.element("li", reason));
            page.raw("</ul>");
        }
        page.raw("</div>");
        if (!advisoryData) {
            page.element(
                    "p",
                    "Not all advisories of this ecosystem are known here: where none is named, it does not mean there are"
                            + " none.");
        }
        advice(page, detail);
        page.element("h2", "What was asked").raw("<table>");
        page.row("When", event.at().toString());
        row(page, "Repository", event.subject().repository());
        row(page, "Package URL", event.subject().purl());
        row(page, "File", event.bytes().file());
        row(page, "SHA-256", event.bytes().digest());
        row(page, "Upstream", event.bytes().upstream());
        if (!event.policies().isEmpty()) {
            page.row("Decided by", String.join(", ", event.policies()));
        }
        page.row("Number of this decision", event.id());
        page.raw("</table>");
        DecisionSections.write(page, detail);
        return page.response(200);
    }

    private static String title(Event event, String subject) {
        String policies = event.policies().isEmpty() ? "" : " by policy " + String.join(", ", event.policies());
        return switch (event.kind().name()) {
            case "REFUSAL" -> subject + " was blocked" + policies;
            case "HIDDEN" -> "Versions of " + subject + " were held back" + policies;
            case "DOWNLOAD" -> subject + " was released";
            case "PUBLISH" -> subject + " was published";
            default -> subject + ": an upstream broke a promise";
        };
    }

    private static void advice(Html page, JsonNode detail) {
        String nearest = string(detail, "nearest_allowed");
        String newest = string(detail, "newest_allowed");
        String until = string(detail, "until");
        String description = string(detail, "description");
        if (nearest == null && newest == null && until == null && description == null) {
            return;
        }
        page.element("h2", "What you can do").raw("<ul>");
        if (nearest != null) {
            page.raw("<li>Take the nearest allowed version: ")
                    .element("strong", nearest)
                    .raw(
                            detail.path("nearest_awaits").isEmpty()
                                    ? ""
                                    : ", as far as is known before its artifact is read")
                    .raw("</li>");
        }
        if (newest != null) {
            page.raw("<li>Take the newest allowed version: ")
                    .element("strong", newest)
                    .raw("</li>");
        }
        if (until != null) {
            page.element("li", "Wait: it may leave from " + until + ", if nothing else speaks against it.");
        }
        if (description != null) {
            page.element("li", description);
        }
        page.raw("</ul>");
    }

    private static void row(Html page, String name, @Nullable String value) {
        if (value != null) {
            page.row(name, value);
        }
    }

    private static @Nullable String string(JsonNode detail, String name) {
        JsonNode node = detail.get(name);
        return node == null || !node.isString() || node.stringValue().isBlank() ? null : node.stringValue();
    }

    private static List<String> strings(JsonNode detail, String name) {
        JsonNode node = detail.get(name);
        return node == null || !node.isArray()
                ? List.of()
                : node.valueStream().map(JsonNode::asString).toList();
    }
}
