package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.ADMINISTER;
import static dev.sluice.kernel.access.Permission.AUDIT;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Repositories with their upstreams and reserved names. Secrets of upstreams go in and never come out. */
public final class RepositoryApi {

    /** Names of packages of which something is held here, page by page. */
    @FunctionalInterface
    public interface Known {
        /** Those after the given one in order, at most {@code limit}; "" starts from the first. */
        List<PackageName> names(Repository repository, String format, String after, int limit);
    }

    private static final int MAX_UPSTREAMS = 100;
    private static final int MAX_RESERVED = 10_000;

    /** First segments of addresses, those that may come, and what stands in the place of a repository there. */
    private static final Set<String> TAKEN = Set.of(
            "api",
            "assets",
            "cargo",
            "composer",
            "conda",
            "console",
            "debian",
            "docker",
            "generic",
            "go",
            "health",
            "helm",
            "huggingface",
            "login",
            "logout",
            "maven",
            "metrics",
            "npm",
            "nuget",
            "oci",
            "pypi",
            "rpm",
            "ruby",
            "static",
            "ui",
            "v1",
            "v2",
            "why",
            "-",
            "..",
            ".");

    private final RepositoryStore repositories;
    private final Set<String> formats;
    private final Known known;
    private final Administration administration;

    /** Those repositories, for formats of these identifiers; what is held of them tells what reserved names cover. */
    public RepositoryApi(
            RepositoryStore repositories, Set<String> formats, Known known, Administration administration) {
        this.repositories = repositories;
        this.formats = Set.copyOf(formats);
        this.known = known;
        this.administration = administration;
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(
                Route.of("repositories.list", "GET", "/api/repositories", AUDIT, this::list),
                Route.of("repositories.retrieve", "GET", "/api/repositories/{repository}", AUDIT, this::retrieve),
                Route.of("repositories.put", "PUT", "/api/repositories/{repository}", ADMINISTER, this::put),
                Route.of(
                        "repositories.rename",
                        "POST",
                        "/api/repositories/{repository}/rename",
                        ADMINISTER,
                        this::rename),
                Route.of("repositories.delete", "DELETE", "/api/repositories/{repository}", ADMINISTER, this::delete));
    }

    Response list(Call call) {
        return Replies.page(
                call, repositories.list().stream().map(RepositoryApi::write).toList());
    }

    Response retrieve(Call call) {
        return repositories
                .find(call.parameter("repository"))
                .map(repository -> Replies.json(200, whole(repository)))
                .orElseThrow(RepositoryApi::missing);
    }

    /** Creates or replaces; upstreams whose credentials are not mentioned keep those they had at the same host. */
    Response put(Call call) throws IOException {
        ObjectNode body = Replies.object(call);
        return administration.inTurn(() -> {
            String name = call.parameter("repository");
            Optional<Repository> former = repositories.find(name);
            if (former.isEmpty()) {
                refuseTaken(name, "repository");
            }
            Repository repository = read(name, body, former.orElse(null));
            repositories.save(repository);
            administration.record(
                    call,
                    repository.name(),
                    "repository " + repository.name() + (former.isEmpty() ? " created" : " changed") + ": "
                            + repository.upstreams().size() + " upstreams, "
                            + repository.reserved().size() + " reserved names, reads "
                            + (repository.openReads() ? "open" : "need a token"));
            return Replies.json(former.isEmpty() ? 201 : 200, whole(repository));
        });
    }

    /** Gives it another name; it goes on answering to those it had. */
    Response rename(Call call) throws IOException {
        Fields fields = new Fields(Replies.object(call));
        String name = fields.text("name", null, 50);
        fields.check();
        return administration.inTurn(() -> {
            Repository former = repositories.find(call.parameter("repository")).orElseThrow(RepositoryApi::missing);
            if (!former.answersTo(name)) {
                refuseTaken(name, "name");
            }
            repositories
                    .find(name)
                    .filter(other -> !other.id().equals(former.id()))
                    .ifPresent(other -> {
                        throw InvalidInputException.field(
                                "name",
                                "the repository '" + other.name() + "' answers to '" + name
                                        + "', so that its lock files go on working; choose another name");
                    });
            Repository repository = renamed(former, name);
            repositories.save(repository);
            administration.record(
                    call, name, "repository " + former.name() + " renamed to " + name + "; it answers to both names");
            return Replies.json(200, write(repository));
        });
    }

    private static Repository renamed(Repository former, String name) {
        try {
            return former.renamed(name);
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.field("name", String.valueOf(e.getMessage()));
        }
    }

    Response delete(Call call) {
        return administration.inTurn(() -> {
            Repository repository =
                    repositories.find(call.parameter("repository")).orElseThrow(RepositoryApi::missing);
            repositories.remove(repository.id());
            administration.record(call, repository.name(), "repository " + repository.name() + " deleted");
            return Response.empty(204);
        });
    }

    /** Addresses begin with a format and then a repository: who swaps them must not get something else. */
    private void refuseTaken(String name, String field) {
        if (formats.contains(name) || TAKEN.contains(name)) {
            throw InvalidInputException.field(
                    field, "'" + name + "' is part of this server's own addresses; choose another name");
        }
    }

    /** With how much of what is here each reserved name covers. */
    private ObjectNode whole(Repository repository) {
        ObjectNode node = write(repository);
        node.set("reservations", Reservations.of(repository, formats, known));
        return node;
    }

    private static Problem missing() {
        return Problem.notFound("there is no such repository");
    }

    private static ObjectNode write(Repository repository) {
        ObjectNode node = Replies.object();
        node.put("name", repository.name()).put("open_reads", repository.openReads());
        node.set(
                "former_names",
                Replies.texts(repository.formerNames().stream().sorted().toList()));
        ArrayNode upstreams = node.putArray("upstreams");
        for (Upstream upstream : repository.upstreams()) {
            ObjectNode each = upstreams.addObject();
            each.put("id", upstream.id())
                    .put("format", upstream.format())
                    .put("url", upstream.url().toString())
                    .put("priority", upstream.priority())
                    .put("trust", upstream.trust().name().toLowerCase(Locale.ROOT))
                    .put("trusts_times", upstream.trustsTimes())
                    .put("forbidden", upstream.forbidden().name().toLowerCase(Locale.ROOT));
            switch (upstream.credentials()) {
                case Upstream.Basic basic ->
                    each.putObject("credentials").put("type", "basic").put("user", basic.user());
                case Upstream.Bearer bearer -> each.putObject("credentials").put("type", "bearer");
                case null -> each.putNull("credentials");
            }
        }
        node.set(
                "reserved",
                Replies.texts(repository.reserved().stream()
                        .map(NamePattern::toString)
                        .toList()));
        return node;
    }

    private Repository read(String name, ObjectNode body, @Nullable Repository former) {
        Fields fields = new Fields(body);
        boolean openReads = fields.flag("open_reads", former != null && former.openReads());
        List<Upstream> upstreams = upstreams(fields, former);
        List<NamePattern> reserved = new ArrayList<>();
        List<String> formerReserved = former == null
                ? List.of()
                : former.reserved().stream().map(NamePattern::toString).toList();
        for (String text : fields.texts("reserved", formerReserved, MAX_RESERVED, 600)) {
            try {
                NamePattern wanted = NamePattern.parse(text);
                if (!formerReserved.contains(wanted.toString())) {
                    objection(wanted, formats).ifPresent(objection -> fields.fault("reserved", objection));
                }
                reserved.add(wanted);
            } catch (IllegalArgumentException e) {
                fields.fault("reserved", String.valueOf(e.getMessage()));
            }
        }
        fields.check();
        List<NamePattern> once = reserved.stream().distinct().toList();
        try {
            return former == null
                    ? new Repository(name, openReads, upstreams, once)
                    : former.with(openReads, upstreams, once);
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.field("name", String.valueOf(e.getMessage()));
        }
    }

    /** Why nothing can have such a name here, where so. */
    static Optional<String> objection(NamePattern name, Set<String> formats) {
        return name.format().equals("*") || formats.contains(name.format())
                ? name.objection()
                : Optional.of("'" + name + "' names a format that is not served here; write one of "
                        + String.join(", ", formats.stream().sorted().toList()) + ", or * for all of them");
    }

    private List<Upstream> upstreams(Fields fields, @Nullable Repository former) {
        JsonNode node = fields.raw("upstreams");
        if (node == null) {
            return former == null ? List.of() : former.upstreams();
        }
        if (!node.isArray() || node.size() > MAX_UPSTREAMS) {
            fields.fault("upstreams", "Expected a list of at most " + MAX_UPSTREAMS + " upstreams.");
            return List.of();
        }
        List<Upstream> upstreams = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode item : node) {
            if (!(item instanceof ObjectNode object)) {
                fields.fault("upstreams", "Every upstream is an object.");
                continue;
            }
            Fields part = new Fields(object);
            Upstream upstream = upstream(part, former);
            fields.faultsOf("upstreams", part);
            if (upstream != null) {
                if (!ids.add(upstream.id())) {
                    fields.fault("upstreams", "two upstreams have the id '" + upstream.id() + "'");
                }
                upstreams.add(upstream);
            }
        }
        return upstreams;
    }

    private @Nullable Upstream upstream(Fields part, @Nullable Repository former) {
        String format = part.text("format", null, 50);
        String id = part.text("id", format, 50);
        String url = part.text("url", null, 2000);
        int priority = part.number("priority", 10, 0, 32767);
        Upstream.Trust trust = part.choice("trust", Upstream.Trust.class, Upstream.Trust.UNTRUSTED);
        boolean trustsTimes = part.flag("trusts_times", false);
        Upstream.Forbidden forbidden = part.choice("forbidden", Upstream.Forbidden.class, Upstream.Forbidden.REFUSED);
        if (!formats.contains(format)) {
            part.fault(
                    "format",
                    "one of " + String.join(", ", formats.stream().sorted().toList()));
        }
        if (!id.matches("[a-z0-9][a-z0-9._-]{0,49}")) {
            part.fault("id", "use 1 to 50 lower-case letters, digits, dots, dashes and underscores");
        }
        try {
            URI uri = URI.create(url);
            return new Upstream(
                    id, format, uri, priority, trust, credentials(part, id, uri, former), trustsTimes, forbidden);
        } catch (IllegalArgumentException e) {
            part.fault("url", "needs an http or https address without user and password in it");
            return null;
        }
    }

    private static Upstream.@Nullable Credentials credentials(
            Fields part, String id, URI uri, @Nullable Repository former) {
        JsonNode node = part.raw("credentials");
        boolean unchanged = node == null || (node.isObject() && !node.has("password") && !node.has("token"));
        if (unchanged) {
            // Never to another host: otherwise changing the address would give the secret away.
            return former == null
                    ? null
                    : former.upstreams().stream()
                            .filter(old -> old.id().equals(id) && sameOrigin(old.url(), uri))
                            .findFirst()
                            .map(Upstream::credentials)
                            .orElse(null);
        }
        if (!(node instanceof ObjectNode object)) {
            return null;
        }
        Fields secret = new Fields(object);
        Upstream.Credentials credentials = object.has("token")
                ? new Upstream.Bearer(secret.line("token", null, 8000))
                : new Upstream.Basic(secret.line("user", null, 500), secret.line("password", null, 8000));
        part.faultsOf("credentials", secret);
        return credentials;
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equals(b.getScheme())
                && a.getPort() == b.getPort()
                && a.getHost().equalsIgnoreCase(String.valueOf(b.getHost()));
    }
}
