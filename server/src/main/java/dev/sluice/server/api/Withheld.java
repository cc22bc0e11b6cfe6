package dev.sluice.server.api;

import dev.sluice.kernel.journal.Event;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was withheld from indexes, a row per policy, package and hour: quarantined before hidden, then newest first. */
final class Withheld {

    private static final int MAX_VERSIONS = 20;

    /** What is told in one row. */
    private record Group(
            Instant hour,
            @Nullable String repository,
            @Nullable String purl,
            String policy,
            String state) {}

    private String id;
    private String reason = "";
    private int requests;
    private final Set<String> versions = new LinkedHashSet<>();

    private Withheld(String id) {
        this.id = id;
    }

    /**
     * The rows.
     *
     * @param hidden events of kind HIDDEN, newest first
     * @param policy only rows of that policy, or null for all
     */
    static ArrayNode grouped(List<Event> hidden, @Nullable String policy) {
        Map<Group, Withheld> groups = new LinkedHashMap<>();
        for (Event event : hidden) {
            add(event, policy, groups);
        }
        ArrayNode rows = Replies.object().arrayNode();
        groups.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Group, Withheld> each) ->
                        each.getKey().state().equals("HIDDEN"))) // stable
                .forEach(each -> rows.add(each.getValue().row(each.getKey())));
        return rows;
    }

    private static void add(Event event, @Nullable String policy, Map<Group, Withheld> groups) {
        Set<Group> met = new LinkedHashSet<>();
        for (JsonNode version : JournalApi.detail(event).path("versions")) {
            String by = version.path("policy").asString("");
            if (policy != null && !policy.equals(by)) {
                continue;
            }
            Group group = new Group(
                    event.at().truncatedTo(ChronoUnit.HOURS),
                    event.subject().repository(),
                    event.subject().purl(),
                    by,
                    version.path("state").asString("HIDDEN"));
            Withheld row = groups.computeIfAbsent(group, g -> new Withheld(event.id()));
            row.versions.add(version.path("version").asString(""));
            if (row.reason.isEmpty()) {
                row.reason = version.path("reason").asString("");
                row.id = event.id();
            }
            if (met.add(group)) {
                row.requests++;
            }
        }
    }

    private ObjectNode row(Group group) {
        ObjectNode row = Replies.object();
        row.put("hour", group.hour().toString())
                .put("repository", group.repository())
                .put("purl", group.purl())
                .put("policy", group.policy())
                .put("state", group.state())
                .put("requests", requests)
                .put("count", versions.size());
        ArrayNode list = row.putArray("versions");
        versions.stream().limit(MAX_VERSIONS).forEach(list::add);
        row.put("reason", reason).put("id", id);
        return row;
    }
}
