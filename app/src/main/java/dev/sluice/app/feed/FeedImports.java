package dev.sluice.app.feed;

import dev.sluice.app.control.ControlToken;
import dev.sluice.feeds.Ecosystem;
import dev.sluice.feeds.FeedImport;
import dev.sluice.feeds.ImportSummary;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Imports of feed files into the running server, asked for by {@code sluice feeds import} on the same machine.
 *
 * <p>The files lie on the server's machine, so only the token of the control file, which only the server's own user can read, may
 * name them. An import goes on when the command that asked for it goes away.
 */
public final class FeedImports {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_PATHS = 1000;
    private static final int MAX_KEPT = 20;

    private final AdvisoryStore advisories;
    private final FeedEvents events;
    private final ControlToken control;
    private final Map<String, Running> imports = new ConcurrentHashMap<>();

    /** Imports into that store, asked for by who has the control token. */
    public FeedImports(AdvisoryStore advisories, FeedEvents events, ControlToken control) {
        this.advisories = advisories;
        this.events = events;
        this.control = control;
    }

    /** An import and how far it is. */
    private static final class Running {
        volatile String file = "";
        volatile long records;
        volatile @Nullable ImportSummary summary;
        volatile @Nullable String failure;
    }

    /** How they are asked for and followed. */
    public List<Operation> operations() {
        return List.of(
                Operation.of("feeds.import", "POST", "/api/feeds/imports", Permission.ADMINISTER, this::start),
                Operation.of(
                        "feeds.imported", "GET", "/api/feeds/imports/{import}", Permission.ADMINISTER, this::look));
    }

    private Response start(Call call) throws IOException {
        control.require(call, "feeds are imported by 'sluice feeds import' on the server's machine");
        JsonNode body = JSON.readTree(call.request().body());
        List<Path> paths = new ArrayList<>();
        for (JsonNode path : body.path("paths")) {
            paths.add(Path.of(path.asString("")));
        }
        if (paths.isEmpty() || paths.size() > MAX_PATHS) {
            throw Problem.badRequest("name 1 to " + MAX_PATHS + " paths");
        }
        List<String> served =
                Ecosystem.served().stream().map(Ecosystem::osvName).toList();
        Set<String> covered = new LinkedHashSet<>();
        for (JsonNode named : body.path("covers")) {
            String name = named.asString("").strip();
            covered.add(served.stream()
                    .filter(name::equalsIgnoreCase)
                    .findFirst()
                    .orElseThrow(() -> Problem.badRequest("the ecosystem '" + name + "' is not served here; known are "
                            + String.join(", ", served))));
        }
        if (imports.size() >= MAX_KEPT) {
            imports.values().removeIf(each -> each.summary != null || each.failure != null);
        }
        boolean fewer = body.path("fewer").asBoolean(false);
        String id = events.ids().next();
        Running running = new Running();
        imports.put(id, running);
        Event.Actor actor = call.visit().actor();
        Thread.ofVirtual().name("feed-import").start(() -> run(running, paths, covered, fewer, actor));
        return Response.json(202, JSON.createObjectNode().put("id", id).toString());
    }

    private void run(Running running, List<Path> paths, Set<String> covered, boolean fewer, Event.Actor actor) {
        try {
            ImportSummary summary = new FeedImport(advisories, events.clock())
                    .run(paths, covered, fewer, (file, records) -> {
                        running.file = file.toString();
                        running.records = records;
                    });
            events.record(actor, "imported " + counts(summary), write(summary).toString());
            running.summary = summary;
        } catch (IOException | RuntimeException e) {
            running.failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    /** What an import did, in a line. */
    static String counts(ImportSummary summary) {
        List<String> parts = new ArrayList<>();
        for (ImportSummary.Feed feed : summary.feeds()) {
            parts.add(feed.name() + ": " + feed.added() + " new, " + feed.changed() + " changed, "
                    + (feed.removed() > 0 ? feed.removed() + " taken back, " : "") + feed.rejected() + " rejected");
        }
        return parts.isEmpty() ? "nothing new" : String.join("; ", parts);
    }

    private Response look(Call call) {
        Running running = imports.get(call.parameter("import"));
        if (running == null) {
            throw Problem.notFound("there is no such import");
        }
        ObjectNode body = JSON.createObjectNode().put("file", running.file).put("records", running.records);
        ImportSummary summary = running.summary;
        body.put("state", running.failure != null ? "failed" : summary != null ? "done" : "running");
        body.put("failure", running.failure);
        if (summary != null) {
            body.set("summary", write(summary));
        }
        return Response.json(200, body.toString());
    }

    static ObjectNode write(ImportSummary summary) {
        ObjectNode body = JSON.createObjectNode().put("revision", summary.revision());
        ArrayNode feeds = body.putArray("feeds");
        for (ImportSummary.Feed feed : summary.feeds()) {
            ObjectNode node = feeds.addObject()
                    .put("name", feed.name())
                    .put("files", feed.files())
                    .put("read", feed.read())
                    .put("new", feed.added())
                    .put("changed", feed.changed())
                    .put("unchanged", feed.unchanged())
                    .put("removed", feed.removed())
                    .put("rejected", feed.rejected())
                    .put("torn", feed.torn())
                    .put("newest", feed.newest() == null ? null : feed.newest().toString());
            ArrayNode rejections = node.putArray("rejections");
            feed.rejections()
                    .forEach(r -> rejections.addObject().put("where", r.where()).put("reason", r.reason()));
            ObjectNode skipped = node.putObject("skipped");
            feed.skipped().forEach(skipped::put);
            new TreeMap<>(feed.dropped()).forEach(node.putObject("dropped")::put);
            new TreeMap<>(feed.widened()).forEach(node.putObject("widened")::put);
        }
        summary.whole().stream().sorted().forEach(body.putArray("whole")::add);
        summary.partial().stream().sorted().forEach(body.putArray("partial")::add);
        new TreeMap<>(summary.lacking()).forEach(body.putObject("lacking")::put);
        return body;
    }
}
