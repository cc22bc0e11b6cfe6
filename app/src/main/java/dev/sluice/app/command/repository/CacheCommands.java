package dev.sluice.app.command.repository;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import dev.sluice.app.wiring.Installation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice cache}: what is kept of upstreams. */
@Command(
        name = "cache",
        mixinStandardHelpOptions = true,
        description = "Drop what is cached of upstreams.",
        subcommands = CacheCommands.Forget.class,
        footerHeading = "%nExamples:%n",
        footer = "  sluice cache forget pkg:npm/lodash@4.17.21")
public final class CacheCommands {

    private CacheCommands() {}

    /** {@code sluice cache forget PURL}. */
    @Command(
            name = "forget",
            mixinStandardHelpOptions = true,
            description = {
                "Drop what is cached of a package or a version: the next request fetches it again.",
                "What is published here is never dropped; what was recorded, and when versions were first seen, stays.",
                "Of several nodes on one database, the others go on with an index for up to upstream.freshness."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice cache forget pkg:npm/lodash@4.17.21",
                "  sluice cache forget pkg:maven/com.acme/lib --upstream central --json"
            })
    static final class Forget extends ApiCommand {

        @Parameters(paramLabel = "PURL", description = "With a version, its files; without, those of every version.")
        private String purl;

        @Option(names = "--upstream", paramLabel = "ID", description = "Only what came from this upstream.")
        private @Nullable String upstream;

        @Option(names = "--repository", paramLabel = "NAME", description = "In which repository (default: main).")
        private String repository = Installation.MAIN;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            ObjectNode body = Api.object().put("purl", purl).put("repository", repository);
            if (upstream != null) {
                body.put("upstream", upstream);
            }
            try (Api api = connect()) {
                JsonNode answer = api.send("POST", "/api/cache/forget", body);
                if (json) {
                    Output.json(out(), answer);
                    return 0;
                }
                long files = answer.path("files").asLong(0);
                long indexes = answer.path("indexes").asLong(0);
                long here = answer.path("published_here").asLong(0);
                out().println(
                                files + indexes == 0
                                        ? "Nothing of it was cached."
                                        : "Dropped " + files + (files == 1 ? " file" : " files") + " and " + indexes
                                                + (indexes == 1 ? " index" : " indexes") + "."
                                                + (here == 0 ? "" : " What is published here stays: " + here + "."));
                out().flush();
                return 0;
            }
        }
    }
}
