package dev.sluice.app.command.feed;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        subcommands = {Feeds.Sync.class, Feeds.Import.class, Feeds.Status.class},
        footerHeading = "%nExamples:%n",
        footer = {"  sluice feeds sync", "  sluice feeds import npm/all.zip --covers npm", "  sluice feeds status"})
public final class Feeds {

    private Feeds() {}

    /** What became of each feed's records. */
    private static void print(PrintWriter out, JsonNode summary) {
        for (JsonNode feed : summary.path("feeds")) {
            out.printf(
                    "%-5s %,d read, %,d new, %,d changed, %,d unchanged, %,d taken back, %,d rejected%n",
                    feed.path("name").asString(""),
                    feed.path("read").asLong(),
                    feed.path("new").asLong(),
                    feed.path("changed").asLong(),
                    feed.path("unchanged").asLong(),
                    feed.path("removed").asLong(),
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
            named(out, "dropped fields", feed.path("dropped"));
            named(out, "cannot be read, so more versions count as affected than may be", feed.path("widened"));
        }
        for (Map.Entry<String, JsonNode> lacking : summary.path("lacking").properties()) {
            out.println(
                    lacking(lacking.getKey(), Output.plain(lacking.getValue().asString(""))));
        }
        for (JsonNode format : summary.path("whole")) {
            out.println("The advisories of " + format.asString("") + " are known as a whole.");
        }
        for (JsonNode format : summary.path("partial")) {
            out.println(
                    "Of " + format.asString("") + " these records count, but not as all there are: versions they do not"
                            + " name stay unknown. If they are all:  --covers " + format.asString(""));
        }
    }

    /** Fields and how often, for example {@code dropped fields: published (1), severity score (3)}. */
    private static void named(PrintWriter out, String what, JsonNode counts) {
        if (!counts.isEmpty()) {
            out.println("        " + what + ": "
                    + counts.properties().stream()
                            .map(each -> "%s (%,d)"
                                    .formatted(each.getKey(), each.getValue().asLong()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static String lacking(String name, String why) {
        if (List.of("osv", "kev", "epss").contains(name)) {
            return name + " is no younger by this: " + why + ". Fetch the file again, and import it.";
        }
        return "The advisories of " + name + " are not taken as a whole: " + why
                + (why.startsWith("it holds ")
                        ? ". Fetch the files again; if they are right:  --fewer"
                        : ". Versions that no record names stay unknown. Have what is named above mended, or fetch it again,"
                                + " and import all of it, or sync.");
    }

    /** Seconds as people say them. */
    private static String age(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return "-";
        }
        long age = seconds.asLong();
        return age < 120
                ? age + " s"
                : age < 7_200 ? age / 60 + " min" : age < 172_800 ? age / 3_600 + " h" : age / 86_400 + " d";
    }

    /** {@code sluice feeds sync [FEED…]}. */
    @Command(
            name = "sync",
            mixinStandardHelpOptions = true,
            description = {
                "Bring feeds up to date from where feeds.osv, feeds.kev and feeds.epss say, now.",
                "Only what changed is fetched; a failure leaves what is kept as it is. A server does the same by itself."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice feeds sync",
                "  sluice feeds sync kev epss --json",
                "  sluice feeds sync osv/npm --whole"
            })
    static final class Sync extends ApiCommand {

        @Parameters(
                arity = "0..*",
                paramLabel = "FEED",
                description = "osv, osv/npm, kev, epss, …; default: all that have an address.")
        private List<String> feeds = List.of();

        @Option(
                names = "--whole",
                description = "Read whole feeds, whatever is kept, and accept that much of them disappeared.")
        private boolean whole;

        @Option(names = "--json", description = "Print what became of each as JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException, InterruptedException {
            ObjectNode body = Api.object().put("whole", whole);
            ArrayNode names = body.putArray("feeds");
            feeds.forEach(names::add);
            try (Api api = connect()) {
                String id =
                        api.send("POST", "/api/feeds/syncs", body).path("id").asString();
                PrintWriter err = err();
                boolean shown = false;
                while (true) {
                    JsonNode state = api.get("/api/feeds/syncs/" + id);
                    if (!state.path("state").asString("").equals("running")) {
                        err.print(shown ? "\r\u001b[K" : "");
                        err.flush();
                        return finish(state.path("results"));
                    }
                    if (!json && Output.isTerminal()) {
                        err.printf("\r%s\u001b[K", progress(state));
                        err.flush();
                        shown = true;
                    }
                    TimeUnit.MILLISECONDS.sleep(200);
                }
            }
        }

        private static String progress(JsonNode state) {
            String source = Output.text(state.path("source"));
            long records = state.path("records").asLong();
            return records > 0
                    ? "%s: %,d records".formatted(source, records)
                    : "%s: %s %,d KB"
                            .formatted(
                                    source,
                                    Output.text(state.path("document")),
                                    state.path("bytes").asLong() >> 10);
        }

        private int finish(JsonNode results) {
            PrintWriter out = out();
            boolean failed = results.valueStream()
                    .anyMatch(result -> !result.path("failure").asString("").isEmpty());
            if (json) {
                Output.json(out, results);
                return failed ? 1 : 0;
            }
            for (JsonNode result : results) {
                String source = Output.text(result.path("source"));
                String failure = result.path("failure").asString("");
                if (!failure.isEmpty()) {
                    out.println(source + ": failed, what is kept stays: " + Output.plain(failure));
                } else if (result.path("summary").isObject()) {
                    out.printf(
                            "%s: %s, %,d ms%n",
                            source,
                            result.path("whole").asBoolean(false) ? "read whole" : "took what changed",
                            result.path("milliseconds").asLong());
                    print(out, result.path("summary"));
                } else {
                    out.println(source + ": up to date");
                }
            }
            out.flush();
            return failed ? 1 : 0;
        }
    }

    /** {@code sluice feeds import PATH…}. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "Import files: all of them or none, effective on the next request, also of a running server.",
                "OSV: .zip, directory, .json, .jsonl, each also .gz. KEV: the catalogue's .json. EPSS: .csv, .csv.gz.",
                "Say with --covers of which ecosystem the files are all advisories there are: else versions that none of them names"
                        + " stay unknown. Exit code 1 when they cannot be taken for that."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice feeds import osv/ known_exploited_vulnerabilities.json epss_scores.csv.gz",
                "  sluice feeds import npm/all.zip PyPI/all.zip --covers npm,PyPI --json",
                "  sluice feeds import npm-advisories.jsonl.gz --covers npm"
            })
    static final class Import extends ApiCommand {

        @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files or directories.")
        private List<Path> paths;

        @Option(
                names = "--covers",
                split = ",",
                paramLabel = "ECOSYSTEM",
                description = "npm, PyPI, Maven: these files are all advisories of it.")
        private List<String> covers = List.of();

        @Option(names = "--fewer", description = "It is right that there are many fewer records than before.")
        private boolean fewer;

        @Option(names = "--json", description = "Print the summary as JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException, InterruptedException {
            ObjectNode body = Api.object().put("fewer", fewer);
            ArrayNode covered = body.putArray("covers");
            covers.forEach(covered::add);
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
                    if (!json && Output.isTerminal()) {
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

        private int finish(JsonNode state) throws IOException {
            if (state.path("state").asString("").equals("failed")) {
                throw new IOException(
                        "nothing was imported: " + state.path("failure").asString(""));
            }
            PrintWriter out = out();
            JsonNode summary = state.path("summary");
            int code = summary.path("lacking").isEmpty() ? 0 : 1;
            if (json) {
                Output.json(out, summary);
                return code;
            }
            print(out, summary);
            out.println("In force from the next request on.");
            out.flush();
            return code;
        }
    }

    /** {@code sluice feeds status}. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = {
                "Show what is known, how old it is, where it comes from and how the syncs went.",
                "Exit code 1 when something is stale: not looked at since feeds.stale-after, or its newest data older than feeds.pace."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  sluice feeds status", "  sluice feeds status --json"})
    static final class Status extends ApiCommand {

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode body = api.get("/api/feeds");
                JsonNode feeds = body.path("feeds");
                JsonNode sources = body.path("sources");
                PrintWriter out = out();
                int code = Stream.concat(feeds.valueStream(), sources.valueStream())
                                .anyMatch(each -> each.path("stale").asBoolean(false))
                        ? 1
                        : 0;
                if (json) {
                    Output.json(out, body);
                    return code;
                }
                Output.table(
                        out,
                        List.of("feed", "records", "age", "", "imported", "up to date", "newest data"),
                        feeds.valueStream()
                                .map(feed -> List.of(
                                        Output.text(feed.path("name")),
                                        Output.text(feed.path("records")),
                                        age(feed.path("age_seconds")),
                                        feed.path("stale").asBoolean(false) ? "stale" : "",
                                        Output.text(feed.path("imported_at")),
                                        Output.text(feed.path("updated_at")),
                                        Output.text(feed.path("newest"))))
                                .toList());
                if (!sources.isEmpty()) {
                    out.println();
                }
                Output.table(
                        out,
                        List.of("source", "records", "age", "", "last attempt", "next", "address"),
                        sources.valueStream()
                                .map(source -> List.of(
                                        Output.text(source.path("name")),
                                        Output.text(source.path("records")),
                                        age(source.path("age_seconds")),
                                        source.path("stale").asBoolean(false) ? "stale" : "",
                                        Output.text(source.path("attempted_at")),
                                        Output.text(source.path("next_at")),
                                        Output.text(source.path("address"))))
                                .toList());
                for (JsonNode source : sources) {
                    if (source.path("failures").asInt() > 0) {
                        out.println();
                        out.println(Output.text(source.path("name")) + " failed "
                                + source.path("failures").asInt() + " times in a row: "
                                + Output.text(source.path("failure")));
                    }
                }
                List<String> unknown = body.path("advisory_data").properties().stream()
                        .filter(format -> !format.getValue().asBoolean(false))
                        .map(Map.Entry::getKey)
                        .toList();
                for (JsonNode feed : feeds) {
                    String lack = feed.path("lack").asString("");
                    if (!lack.isEmpty()) {
                        out.println(Output.text(feed.path("name")) + " lacks something: " + Output.plain(lack));
                    }
                }
                if (!unknown.isEmpty()) {
                    out.println("Not known as a whole: the advisories of " + String.join(", ", unknown)
                            + ". Versions there that no record names are unknown, not clean.");
                    out.println(
                            "Import all of them:  sluice feeds import npm/all.zip --covers npm   or set addresses and:  sluice feeds sync");
                }
                out.flush();
                return code;
            }
        }
    }
}
