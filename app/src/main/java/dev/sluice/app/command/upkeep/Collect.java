package dev.sluice.app.command.upkeep;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice gc}: removes what nothing refers to, now. */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        description = {
            "Remove blobs that nothing refers to and that are older than the grace period; safe while the server runs.",
            "A running server does the same by itself every gc.interval (default: daily)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice gc --dry-run                      what would go, and how much",
            "  sluice gc --grace PT1H",
            "  sluice gc --set gc.cached-after=P90D     also fetched files that nobody downloaded for 90 days",
            "                                           (when no server runs; a server has its own setting)"
        })
public final class Collect extends UpkeepCommand {

    @Option(names = "--dry-run", description = "Only tell what would be removed.")
    private boolean dryRun;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "How old a blob must be, at least PT10M (default: setting gc.grace, PT24H).")
    private @Nullable String grace;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode body = Api.object().put("dry_run", dryRun).put("grace", grace);
        try (Api api = connect()) {
            JsonNode result = perform(api, "/api/upkeep/gc", body, json);
            PrintWriter out = out();
            if (json) {
                Output.json(out, result);
                return 0;
            }
            for (JsonNode blob : result.path("removed_blobs")) {
                out.println((dryRun ? "would remove " : "removed ") + Output.text(blob.path("digest")) + "  "
                        + Output.bytes(blob.path("size").asLong()) + "  committed "
                        + Output.text(blob.path("committed")));
            }
            for (JsonNode file : result.path("evicted_files")) {
                out.println((dryRun ? "would forget " : "forgot ") + Output.text(file.path("format")) + "/"
                        + Output.text(file.path("repository")) + "/" + Output.text(file.path("path")) + "  "
                        + Output.bytes(file.path("size").asLong()));
            }
            long removed = result.path("removed").asLong();
            long named = result.path("removed_blobs").size();
            if (removed > named) {
                out.printf("… and %,d more%n", removed - named);
            }
            out.printf(
                    "%,d blobs looked at (%s); %,d %s (%s), %,d not old enough, %,d cached files forgotten (%s)%n",
                    result.path("blobs").asLong(),
                    Output.bytes(result.path("bytes").asLong()),
                    removed,
                    dryRun ? "would go" : "removed",
                    Output.bytes(result.path("removed_bytes").asLong()),
                    result.path("young").asLong(),
                    result.path("evicted").asLong(),
                    Output.bytes(result.path("evicted_bytes").asLong()));
            long orphans = result.path("orphans").asLong();
            if (orphans > 0) {
                out.printf("%,d rows of deleted repositories %s%n", orphans, dryRun ? "would go" : "removed");
            }
            out.flush();
            return 0;
        }
    }
}
