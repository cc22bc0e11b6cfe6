package dev.sluice.app;

import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice upstream}: upstreams, and those that are left alone because they failed. */
@Command(
        name = "upstream",
        mixinStandardHelpOptions = true,
        description = "Show upstreams, and have those asked again that are left alone because they failed.",
        subcommands = {UpstreamCommands.Show.class, UpstreamCommands.Wake.class},
        footerHeading = "%nExamples:%n",
        footer = {"  sluice upstream list", "  sluice upstream wake npm"})
final class UpstreamCommands {

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
                            + Output.text(upstream.path("priority")) + "  " + Output.text(upstream.path("trust")));
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

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                ObjectNode body = Api.object();
                if (upstream != null) {
                    body.put("upstream", upstream);
                }
                long woken = api.send("POST", "/api/upstreams/wake", body)
                        .path("woken")
                        .asLong(0);
                out().println(woken == 0 ? "Nothing was left alone." : "Asked again from now on: " + woken);
                out().flush();
                return 0;
            }
        }
    }
}
