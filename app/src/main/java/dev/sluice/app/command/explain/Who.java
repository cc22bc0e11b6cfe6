package dev.sluice.app.command.explain;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice who}: who took it, when, from where, how often. */
@Command(
        name = "who",
        mixinStandardHelpOptions = true,
        description = {
            "Who downloaded a package, a version, some bytes, or anything that an advisory covers.",
            "Exit code 0 when somebody did, 1 when nobody did."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice who pkg:npm/lodash@4.17.20",
            "  sluice who pkg:maven/org.apache.logging.log4j/log4j-core",
            "  sluice who sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "  sluice who CVE-2021-44228 --json"
        })
public final class Who extends ApiCommand {

    @Parameters(paramLabel = "PURL|DIGEST|ADVISORY", description = "What was taken.")
    private String subject;

    @Option(names = "--limit", paramLabel = "N", description = "Most lines (default: 1000).")
    private int limit = 1000;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<String, @Nullable String> query = new LinkedHashMap<>();
        query.put(kind(subject), subject);
        query.put("limit", String.valueOf(limit));
        try (Api api = connect()) {
            JsonNode answer = api.get("/api/who" + Api.query(query));
            JsonNode consumers = answer.path("consumers");
            PrintWriter out = out();
            if (json) {
                Output.json(out, answer);
            } else if (consumers.isEmpty()) {
                out.println("Nobody downloaded " + Output.plain(subject) + " from here.");
                out.flush();
            } else {
                Output.table(
                        out,
                        List.of("user", "token", "address", "package", "times", "first", "last", "client"),
                        Output.rows(
                                consumers, "user", "token", "address", "purl", "count", "first", "last", "user_agent"));
                if (!answer.path("complete").asBoolean(true)) {
                    out.println("There may be more; raise --limit.");
                    out.flush();
                }
            }
            return consumers.isEmpty() ? 1 : 0;
        }
    }

    /** What kind of name it is: a purl, a SHA-256, else an advisory's identifier. */
    static String kind(String subject) {
        if (subject.startsWith("pkg:")) {
            return "purl";
        }
        return subject.matches("(?i)(sha256:)?[0-9a-f]{64}") ? "digest" : "advisory";
    }
}
