package dev.sluice.app.command.token;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice token}: credentials. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Create, list and revoke tokens.",
        subcommands = {TokenCommands.Create.class, TokenCommands.ListAll.class, TokenCommands.Revoke.class},
        footerHeading = "%nExamples:%n",
        footer = {"  sluice token create ci --role publisher", "  sluice token list", "  sluice token revoke t3x9k2pq4a"
        })
public final class TokenCommands {

    private TokenCommands() {}

    /** {@code sluice token create NAME}. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Create a token; its secret is printed once and stored hashed.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice token create ci --role publisher --user build",
                "  sluice token create acme-web --role publisher --publish npm:@acme/* --publish pypi:acme-*",
                "  sluice token create audit --role auditor --expires 2027-01-01T00:00:00Z"
            })
    static final class Create extends ApiCommand {

        @Parameters(paramLabel = "NAME", description = "What people call it.")
        private String name;

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "reader, publisher, auditor or administrator (default: reader).")
        private String role = "reader";

        @Option(names = "--user", paramLabel = "USER", description = "Whose it is (default: its name).")
        private @Nullable String user;

        @Option(names = "--repository", paramLabel = "NAME", description = "Only for this repository. Repeatable.")
        private List<String> repositories = List.of();

        @Option(
                names = "--publish",
                paramLabel = "FORMAT:PATTERN",
                description = "A publisher's: only names of that pattern. Repeatable.")
        private List<String> publishes = List.of();

        @Option(names = "--expires", paramLabel = "INSTANT", description = "Refused from then on (ISO 8601, UTC).")
        private @Nullable String expires;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            ObjectNode body = Api.object().put("name", name).put("role", role);
            if (user != null) {
                body.put("user", user);
            }
            if (expires != null) {
                body.put("expires_at", expires);
            }
            ArrayNode limited = body.putArray("repositories");
            repositories.forEach(limited::add);
            ArrayNode names = body.putArray("publishes");
            publishes.forEach(names::add);
            try (Api api = connect()) {
                JsonNode answer = api.send("POST", "/api/tokens", body);
                PrintWriter out = out();
                if (json) {
                    Output.json(out, answer);
                } else {
                    out.println(answer.path("token").asString(""));
                    out.flush();
                    spec.commandLine()
                            .getErr()
                            .println("Shown this once. Revoke it with: sluice token revoke "
                                    + answer.path("id").asString(""));
                }
                return 0;
            }
        }
    }

    /** {@code sluice token list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List tokens.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice token list", "  sluice token list --json"})
    static final class ListAll extends ApiCommand {

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode answer = api.get("/api/tokens?page_size=500");
                PrintWriter out = out();
                if (json) {
                    Output.json(out, answer);
                } else {
                    Output.table(
                            out,
                            List.of("id", "name", "user", "role", "repositories", "publishes", "created", "expires"),
                            Output.rows(
                                    answer.isArray() ? answer : answer.path("results"),
                                    "id",
                                    "name",
                                    "user",
                                    "role",
                                    "repositories",
                                    "publishes",
                                    "created_at",
                                    "expires_at"));
                }
                return 0;
            }
        }
    }

    /** {@code sluice token revoke ID}. */
    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Revoke a token; it is refused from the next request on.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice token revoke t3x9k2pq4a"})
    static final class Revoke extends ApiCommand {

        @Parameters(paramLabel = "ID", description = "Its public identifier, from 'sluice token list'.")
        private String id;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                api.send("DELETE", "/api/tokens/" + Api.encoded(id), null);
                if (json) {
                    Output.json(out(), Api.object().put("revoked", id));
                } else {
                    out().println("Revoked " + Output.plain(id) + ".");
                    out().flush();
                }
                return 0;
            }
        }
    }
}
