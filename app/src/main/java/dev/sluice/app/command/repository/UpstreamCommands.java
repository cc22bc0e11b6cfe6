package dev.sluice.app.command.repository;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import dev.sluice.app.wiring.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice upstream}: upstreams, and those that are left alone because they failed. */
@Command(
        name = "upstream",
        mixinStandardHelpOptions = true,
        description =
                "Show upstreams, say what their answers mean, and have those asked again that are left alone because they failed.",
        subcommands = {UpstreamCommands.Show.class, UpstreamCommands.Change.class, UpstreamCommands.Wake.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice upstream list",
            "  sluice upstream set maven --forbidden absent",
            "  sluice upstream wake npm"
        })
public final class UpstreamCommands {

    private UpstreamCommands() {}

    /** {@code sluice upstream list}. */
    @Command(
            name = "list",
            aliases = "show",
            mixinStandardHelpOptions = true,
            description = "Show upstreams, and what of them is left alone, until when and why.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice upstream list", "  sluice upstream list --json"})
    static final class Show extends ApiCommand {

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode answer = api.get("/api/upstreams?page_size=500");
                PrintWriter out = out();
                if (json) {
                    Output.json(out, answer);
                    return 0;
                }
                for (JsonNode upstream : answer.path("results")) {
                    out.println(Output.text(upstream.path("repository")) + "  " + Output.text(upstream.path("id"))
                            + "  "
                            + Output.text(upstream.path("url")) + "  priority "
                            + Output.text(upstream.path("priority")) + "  " + Output.text(upstream.path("trust"))
                            + (upstream.path("trusts_times").asBoolean() ? "  trusted for times" : "")
                            + forbidden(upstream));
                    for (JsonNode rest : upstream.path("resting")) {
                        out.println("  not asked until " + Output.text(rest.path("until")) + ": "
                                + Output.text(rest.path("address")) + " (" + Output.text(rest.path("why")) + ")");
                    }
                }
                out.flush();
                return 0;
            }
        }
    }

    /** What its 403 means, where that is not a refusal. */
    static String forbidden(JsonNode upstream) {
        return upstream.path("forbidden").asString("").equals("absent") ? "  403 means absent" : "";
    }

    /** {@code sluice upstream set ID}. */
    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Say what an upstream's answers mean, from the next request on.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice upstream set maven --forbidden absent",
                "  sluice upstream set maven --trusts-times true --repository main --json"
            })
    static final class Change extends ApiCommand {

        @Parameters(paramLabel = "ID", description = "Id of the upstream, from 'sluice upstream list'.")
        private String upstream;

        @Option(
                names = "--forbidden",
                paramLabel = "MEANING",
                description = "What its 403 means: refused (default), or absent, as object stores say of what they do"
                        + " not have.")
        private @Nullable String forbidden;

        @Option(
                names = "--trusts-times",
                paramLabel = "BOOLEAN",
                arity = "1",
                description = "Whether the Last-Modified of its file server counts as publish time.")
        private @Nullable Boolean trustsTimes;

        @Option(names = "--repository", paramLabel = "NAME", description = "In which repository (default: main).")
        private String repository = Installation.MAIN;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            if (forbidden == null && trustsTimes == null) {
                throw new ParameterException(
                        spec.commandLine(), "say what to set: --forbidden absent, or --trusts-times true");
            }
            try (Api api = connect()) {
                String path = "/api/repositories/" + Api.encoded(repository);
                JsonNode upstreams = api.get(path).path("upstreams");
                ObjectNode wanted = null;
                for (JsonNode each : upstreams) {
                    if (each instanceof ObjectNode node
                            && each.path("id").asString("").equals(upstream)) {
                        wanted = node;
                    }
                }
                if (wanted == null) {
                    throw new IOException(
                            "there is no upstream '" + upstream + "' in " + repository + "; see: sluice upstream list");
                }
                if (forbidden != null) {
                    wanted.put("forbidden", forbidden);
                }
                if (trustsTimes != null) {
                    wanted.put("trusts_times", trustsTimes);
                }
                ObjectNode body = Api.object();
                body.set("upstreams", upstreams);
                JsonNode answer = api.send("PUT", path, body);
                if (json) {
                    Output.json(out(), answer);
                    return 0;
                }
                out().println("Of upstream " + upstream + ", 403 means "
                        + wanted.path("forbidden").asString("refused") + "; its file times "
                        + (wanted.path("trusts_times").asBoolean() ? "count." : "do not count."));
                out().flush();
                return 0;
            }
        }
    }

    /** {@code sluice upstream wake [ID]}. */
    @Command(
            name = "wake",
            mixinStandardHelpOptions = true,
            description = {
                "Have an upstream asked again at once, or all of them, by the server that answers.",
                "Of several nodes on one database, each remembers for itself who failed: wake each."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  sluice upstream wake", "  sluice upstream wake npm"})
    static final class Wake extends ApiCommand {

        @Parameters(arity = "0..1", paramLabel = "ID", description = "Id of one upstream; without, all are woken.")
        private @Nullable String upstream;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                ObjectNode body = Api.object();
                if (upstream != null) {
                    body.put("upstream", upstream);
                }
                JsonNode answer = api.send("POST", "/api/upstreams/wake", body);
                if (json) {
                    Output.json(out(), answer);
                    return 0;
                }
                long woken = answer.path("woken").asLong(0);
                out().println(woken == 0 ? "Nothing was left alone." : "Asked again from now on: " + woken);
                out().flush();
                return 0;
            }
        }
    }
}
