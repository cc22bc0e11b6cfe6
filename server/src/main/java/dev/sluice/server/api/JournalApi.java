package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.AUDIT;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Journal.Consumption;
import dev.sluice.kernel.journal.Journal.Query.Field;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Questions to the journal: what happened, what was decided, who took what. */
public final class JournalApi {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int MAX_PACKAGES = 200;
    private static final int MAX_HIDDEN = 1000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Journal journal;
    private final AdvisoryStore advisories;
    private final Function<Coordinates, Findings> findings;
    private final List<Format> formats;

    /**
     * Questions to that journal.
     *
     * @param matches what affects a version
     */
    public JournalApi(
            Journal journal, AdvisoryStore advisories, Function<Coordinates, Findings> findings, List<Format> formats) {
        this.journal = journal;
        this.advisories = advisories;
        this.findings = findings;
        this.formats = List.copyOf(formats);
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(
                Route.of("events.list", "GET", "/api/events", AUDIT, this::events),
                Route.of("decisions.list", "GET", "/api/decisions", AUDIT, this::decisions),
                Route.of("who", "GET", "/api/who", AUDIT, this::who));
    }

    Response events(Call call) {
        Set<Event.Kind> kinds = new LinkedHashSet<>();
        for (String text : call.request().query().getOrDefault("kind", List.of())) {
            for (String part : text.split(",", 50)) {
                kinds.add(kind(part.strip()));
            }
        }
        return answer(call, kinds);
    }

    /** Refusals, and beside them what was withheld from indexes, a row per policy, package and hour. */
    Response decisions(Call call) {
        journal.settle();
        ObjectNode body = page(found(call, Set.of(Event.Kind.REFUSAL), limit(call)), limit(call));
        // One resolution asks for hundreds of indexes: event by event they would bury the refusals.
        List<Event> hidden = found(call, Set.of(Event.Kind.HIDDEN), MAX_HIDDEN);
        body.set("withheld", Withheld.grouped(hidden, call.request().query("policy")));
        body.put("withheld_complete", hidden.size() < MAX_HIDDEN);
        return Replies.json(200, body);
    }

    private Response answer(Call call, Set<Event.Kind> kinds) {
        journal.settle();
        return Replies.json(200, page(found(call, kinds, limit(call)), limit(call)));
    }

    private static int limit(Call call) {
        return Replies.number(call, "limit", 100, 1, 1000);
    }

    /** The newest events that fit; of a version whose spelling no event has, those of every spelling of it. */
    private List<Event> found(Call call, Set<Event.Kind> kinds, int limit) {
        Named named = named(call);
        if (named == null || named.version() == null) {
            return journal.query(query(call, kinds, named, call.request().query("version"), limit));
        }
        return named.spellings(journal.versions(named.name())).stream()
                .flatMap(version -> journal.query(query(call, kinds, named, version, limit)).stream())
                .sorted(Comparator.comparing(Event::at).thenComparing(Event::id).reversed())
                .limit(limit)
                .toList();
    }

    private Journal.Query query(
            Call call, Set<Event.Kind> kinds, @Nullable Named named, @Nullable String version, int limit) {
        Journal.Query query = Journal.Query.ALL
                .of(kinds)
                .where(Field.REPOSITORY, call.request().query("repository"))
                .where(Field.FORMAT, call.request().query("format"))
                .where(Field.PACKAGE, call.request().query("package"))
                .where(Field.DIGEST, digest(call))
                .where(Field.POLICY, call.request().query("policy"))
                .where(Field.USER, call.request().query("user"))
                .between(instant(call, "since"), instant(call, "until"))
                .olderThan(call.request().query("before"))
                .limit(limit);
        return (named == null ? query : query.about(named.name())).where(Field.VERSION, version);
    }

    private ObjectNode page(List<Event> events, int limit) {
        ObjectNode body = Replies.object();
        ArrayNode list = body.putArray("events");
        events.forEach(event -> list.add(write(event)));
        // Older events, if there may be any, are asked for with before=<next>.
        body.put("next", events.size() < limit ? null : events.getLast().id());
        return body;
    }

    /** Who took a version, a digest, or anything an advisory covers. */
    Response who(Call call) {
        Named named = named(call);
        String digest = digest(call);
        String advisory = call.request().query("advisory");
        int limit = Replies.number(call, "limit", 1000, 1, 1000);
        journal.settle();
        List<Consumption> found;
        if (named != null) {
            found = taken(named, limit);
        } else if (digest != null) {
            found = journal.consumption(new Journal.Taken(null, null, Set.of(), digest), limit);
        } else if (advisory != null) {
            found = affected(advisory, limit);
        } else {
            throw Problem.badRequest("name what was taken: purl=, digest= or advisory=");
        }
        ObjectNode body = Replies.object();
        ArrayNode list = body.putArray("consumers");
        found.forEach(each -> list.add(write(each)));
        body.put("count", found.size()).put("complete", found.size() < limit);
        return Replies.json(200, body);
    }

    /** Of a version that nobody took in that spelling, who took it in another: an empty answer must mean nobody. */
    private List<Consumption> taken(Named named, int limit) {
        List<String> versions = named.spellings(Set.of());
        List<Consumption> found = taken(named.name(), versions, limit);
        if (!found.isEmpty() || versions.isEmpty()) {
            return found;
        }
        Set<String> others = new HashSet<>(journal.versions(named.name()));
        versions.forEach(others::remove);
        return taken(named.name(), named.spellings(others), limit);
    }

    private List<Consumption> taken(PackageName name, List<String> versions, int limit) {
        return journal.consumption(new Journal.Taken(name.format(), name.name(), Set.copyOf(versions), null), limit);
    }

    /** Takes every version of the packages an advisory names, and keeps those it covers. */
    private List<Consumption> affected(String identifier, int limit) {
        List<Advisory> records = advisories.find(identifier);
        if (records.isEmpty()) {
            throw Problem.notFound("no advisory data about " + identifier.replaceAll("[^\\x20-\\x7e]", "?")
                    + " is loaded here; that says nothing about who took what");
        }
        Set<String> identifiers = new LinkedHashSet<>();
        Set<PackageName> names = new LinkedHashSet<>();
        for (Advisory record : records) {
            identifiers.add(record.id());
            record.affected().forEach(part -> names.add(part.packageName()));
        }
        if (names.size() > MAX_PACKAGES) {
            throw new Problem(422, "Too many packages", identifier + " covers " + names.size() + " packages");
        }
        List<Consumption> found = new ArrayList<>();
        Map<Coordinates, Boolean> covered = new HashMap<>();
        for (PackageName name : names) {
            for (Consumption each :
                    journal.consumption(new Journal.Taken(name.format(), name.name(), Set.of(), null), limit)) {
                Coordinates version = new Coordinates(name, each.version());
                if (covered.computeIfAbsent(version, v -> covers(identifiers, v))) {
                    found.add(each);
                }
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(Consumption::last).reversed())
                .limit(limit)
                .toList();
    }

    private boolean covers(Set<String> identifiers, Coordinates version) {
        return findings.apply(version).matches().stream()
                .flatMap(match -> match.members().stream())
                .anyMatch(member -> identifiers.contains(member.id()));
    }

    private static ObjectNode write(Consumption each) {
        ObjectNode node = Replies.object();
        node.put("user", each.actor().user())
                .put("token", each.actor().tokenId())
                .put("address", each.actor().address())
                .put("user_agent", each.actor().userAgent())
                .put("repository", each.repository())
                .put("purl", each.purl())
                .put("version", each.version())
                .put("digest", each.digest())
                .put("first", each.first().toString())
                .put("last", each.last().toString())
                .put("count", each.count());
        return node;
    }

    private static ObjectNode write(Event event) {
        ObjectNode node = Replies.object();
        Event.Subject subject = event.subject();
        Coordinates coordinates = subject.coordinates();
        PackageName packageName = subject.packageName();
        node.put("id", event.id())
                .put("at", event.at().toString())
                .put("kind", event.kind().name().toLowerCase(Locale.ROOT))
                .put("message", event.message())
                .put("user", event.actor().user())
                .put("token", event.actor().tokenId())
                .put("address", event.actor().address())
                .put("user_agent", event.actor().userAgent())
                .put("repository", subject.repository())
                .put("purl", subject.purl())
                .put("package", packageName == null ? null : packageName.name())
                .put("version", coordinates == null ? null : coordinates.version())
                .put("file", event.bytes().file())
                .put("digest", event.bytes().digest())
                .put("upstream", event.bytes().upstream());
        node.set("policies", Replies.texts(event.policies()));
        node.set("detail", detail(event));
        return node;
    }

    static JsonNode detail(Event event) {
        try {
            return JSON.readTree(event.detail());
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.nullNode();
        }
    }

    /** A kind that is known, or that an event has: a misspelt one must not look as if nothing of it had happened. */
    private Event.Kind kind(String text) {
        try {
            Event.Kind kind = Event.Kind.of(text.replace('-', '_').toUpperCase(Locale.ROOT));
            if (Event.Kind.KNOWN.contains(kind)
                    || !journal.query(Journal.Query.latest(1, kind)).isEmpty()) {
                return kind;
            }
        } catch (IllegalArgumentException noName) {
            // told below
        }
        throw InvalidInputException.field(
                "kind",
                Event.Kind.KNOWN.stream()
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ", "one of ", "")));
    }

    private static @Nullable Instant instant(Call call, String name) {
        String text = call.request().query(name);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw InvalidInputException.field(name, "write an instant such as 2026-01-31T00:00:00Z");
        }
    }

    private static @Nullable String digest(Call call) {
        String text = call.request().query("digest");
        if (text == null) {
            return null;
        }
        String hex = (text.startsWith("sha256:") ? text.substring(7) : text).toLowerCase(Locale.ROOT);
        if (!DIGEST.matcher(hex).matches()) {
            throw InvalidInputException.field("digest", "a SHA-256 is 64 hexadecimal digits");
        }
        return hex;
    }

    private @Nullable Named named(Call call) {
        String text = call.request().query("purl");
        return text == null ? null : Named.by(formats, text);
    }
}
