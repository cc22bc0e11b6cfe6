package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.ADMINISTER;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Tokens. A secret is shown once, in the answer that creates it. */
public final class TokenApi {

    private final TokenStore tokens;
    private final Administration administration;
    private final InstantSource clock;
    private final Set<String> formats;

    /** The tokens in a store. */
    public TokenApi(TokenStore tokens, Set<String> formats, Administration administration, InstantSource clock) {
        this.tokens = tokens;
        this.formats = Set.copyOf(formats);
        this.administration = administration;
        this.clock = clock;
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(
                Route.of("tokens.list", "GET", "/api/tokens", ADMINISTER, this::list),
                Route.of("tokens.create", "POST", "/api/tokens", ADMINISTER, this::create),
                Route.of("tokens.delete", "DELETE", "/api/tokens/{token}", ADMINISTER, this::delete));
    }

    Response list(Call call) {
        return Replies.page(call, tokens.list().stream().map(TokenApi::write).toList());
    }

    Response create(Call call) throws IOException {
        Fields fields = new Fields(Replies.object(call));
        String name = fields.line("name", null, 100);
        String user = fields.line("user", name, 100);
        Role role = fields.choice("role", Role.class, Role.READER);
        List<String> repositories = fields.texts("repositories", List.of(), 1000, 50);
        List<NamePattern> publishes = publishes(fields, role);
        Instant expiresAt = expiry(fields);
        fields.check();
        TokenSecrets.Issued issued =
                TokenSecrets.issue(name, user, role, repositories, publishes, clock.instant(), expiresAt);
        tokens.add(issued.token());
        administration.record(
                call,
                null,
                "token " + issued.token().id() + " (" + name + ", " + role.label() + ") created for " + user
                        + (publishes.isEmpty() ? "" : ", publishes " + String.join(", ", texts(publishes))));
        return Replies.json(201, write(issued.token()).put("token", issued.text()));
    }

    private List<NamePattern> publishes(Fields fields, Role role) {
        List<NamePattern> names = new ArrayList<>();
        for (String text : fields.texts("publishes", List.of(), 1000, 600)) {
            try {
                NamePattern name = NamePattern.parse(text);
                RepositoryApi.objection(name, formats).ifPresent(objection -> fields.fault("publishes", objection));
                names.add(name);
            } catch (IllegalArgumentException e) {
                fields.fault("publishes", String.valueOf(e.getMessage()));
            }
        }
        if (!names.isEmpty() && role != Role.PUBLISHER) {
            fields.fault(
                    "publishes",
                    "only tokens of the role publisher are limited to names; this one would be " + role.label());
        }
        return names.stream().distinct().toList();
    }

    private static List<String> texts(List<NamePattern> names) {
        return names.stream().map(NamePattern::toString).toList();
    }

    private @Nullable Instant expiry(Fields fields) {
        String text = fields.text("expires_at", "", 40);
        if (text.isEmpty()) {
            return null;
        }
        try {
            Instant expiry = Instant.parse(text);
            if (!expiry.isAfter(clock.instant())) {
                fields.fault("expires_at", "must lie in the future");
            }
            return expiry;
        } catch (DateTimeException e) {
            fields.fault("expires_at", "write an instant such as 2027-01-31T00:00:00Z");
            return null;
        }
    }

    Response delete(Call call) {
        String id = call.parameter("token");
        return administration.inTurn(() -> {
            Token token = tokens.find(id).orElseThrow(() -> Problem.notFound("there is no such token"));
            boolean last = token.role() == Role.ADMINISTRATOR
                    && tokens.list().stream()
                                    .filter(each -> each.role() == Role.ADMINISTRATOR)
                                    .count()
                            == 1;
            if (last) {
                throw new Problem(409, "Last administrator", "make another administrator token first");
            }
            tokens.remove(id);
            administration.record(call, null, "token " + id + " (" + token.name() + ") deleted");
            return Response.empty(204);
        });
    }

    private static ObjectNode write(Token token) {
        ObjectNode node = Replies.object();
        node.put("id", token.id())
                .put("name", token.name())
                .put("user", token.user())
                .put("role", token.role().label());
        node.set("repositories", Replies.texts(token.repositories()));
        node.set("publishes", Replies.texts(texts(token.publishes())));
        Instant expiry = token.expiresAt();
        return node.put("created_at", token.createdAt().toString())
                .put("expires_at", expiry == null ? null : expiry.toString());
    }
}
