package dev.sluice.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice feeds}: what the world knows about packages. */
@Command(
        name = "feeds",
        mixinStandardHelpOptions = true,
        description = "Load and show advisories, exploitation scores and the catalogue of exploited vulnerabilities.",
        subcommands = {Feeds.Import.class, Feeds.Status.class},
        footerHeading = "%nExamples:%n",
        footer = {"  sluice feeds import all.zip", "  sluice feeds status"})
final class Feeds {

    private Feeds() {}

    /** {@code sluice feeds import PATH…}. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "Import files: all of them or none, effective on the next request, also of a running server.",
                "OSV: .zip, directory, .json, .jsonl, each also .gz. KEV: the catalogue's .json. EPSS: .csv, .csv.gz."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice feeds import osv/ known_exploited_vulnerabilities.json epss_scores.csv.gz",
                "  sluice feeds import all.zip --json"
            })
    static final class Import extends ApiCommand {

        @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files or directories.")
        private List<Path> paths;

        @Option(names = "--json", description = "Print the summary as JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException, InterruptedException {
            ObjectNode body = Api.object();
            ArrayNode list = body.putArray("paths");
            for (Path path : paths) {
                if (!Files.isReadable(path)) {
                    throw new IOException(path + " cannot be read");
                }
                list.add(path.toAbsolutePath().normalize().toString());
            }
            try (Api api = connect()) {
                String id =
                        api.send("POST", "/api/feeds/imports", body).path("id").asString();
                PrintWriter err = err();
                boolean shown = false;
                while (true) {
                    JsonNode state = api.get("/api/feeds/imports/" + id);
                    if (!state.path("state").asString("").equals("running")) {
                        err.print(shown ? "\r\u001b[K" : "");
                        err.flush();
                        return finish(state);
                    }
                    if (!json && isTerminal()) {
                        err.printf(
                                "\r%,d records, %s\u001b[K",
                                state.path("records").asLong(),
                                state.path("file").asString(""));
                        err.flush();
                        shown = true;
                    }
                    TimeUnit.MILLISECONDS.sleep(200);
                }
            }
        }

        @SuppressWarnings("SystemConsoleNull") // null is still allowed by its contract
        private static boolean isTerminal() {
            java.io.Console console = System.console();
            return console != null && console.isTerminal();
        }

        private int finish(JsonNode state) throws IOException {
            if (state.path("state").asString("").equals("failed")) {
                throw new IOException(
                        "nothing was imported: " + state.path("failure").asString(""));
            }
            PrintWriter out = out();
            JsonNode summary = state.path("summary");
            if (json) {
                Output.json(out, summary);
                return 0;
            }
            for (JsonNode feed : summary.path("feeds")) {
                out.printf(
                        "%-5s %,d read, %,d new, %,d changed, %,d unchanged, %,d rejected%n",
                        feed.path("name").asString(""),
                        feed.path("read").asLong(),
                        feed.path("new").asLong(),
                        feed.path("changed").asLong(),
                        feed.path("unchanged").asLong(),
                        feed.path("rejected").asLong());
                for (JsonNode rejection : feed.path("rejections")) {
                    out.println("        rejected " + rejection.path("where").asString("") + ": "
                            + rejection.path("reason").asString(""));
                }
                for (Map.Entry<String, JsonNode> skipped : feed.path("skipped").properties()) {
                    out.printf(
                            "        %,d records of %s passed over: not served here%n",
                            skipped.getValue().asLong(), skipped.getKey());
                }
            }
            out.println("In force from the next request on.");
            out.flush();
            return 0;
        }
    }

    /** {@code sluice feeds status}. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Show what was imported, and how old it is.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice feeds status", "  sluice feeds status --json"})
    static final class Status extends ApiCommand {

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode feeds = api.get("/api/feeds");
                PrintWriter out = out();
                if (json) {
                    Output.json(out, feeds);
                    return 0;
                }
                Output.table(
                        out,
                        List.of("feed", "records", "imported", "newest data"),
                        Output.rows(feeds.path("feeds"), "name", "records", "imported_at", "newest"));
                if (feeds.path("feeds").isEmpty()) {
                    out.println(
                            "No advisory data yet: nothing can be called vulnerable or malicious, and nothing is called clean.");
                    out.println("Import some:  sluice feeds import PATH…");
                }
                out.flush();
                return 0;
            }
        }
    }
}
