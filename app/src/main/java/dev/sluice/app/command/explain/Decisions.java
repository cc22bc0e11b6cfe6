package dev.sluice.app.command.explain;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code sluice decisions}: what was refused or withheld lately. */
@Command(
        name = "decisions",
        mixinStandardHelpOptions = true,
        description = {
            "Refusals, newest first; below them what was withheld from indexes, by policy, package and hour.",
            "With --kind any other events of the journal, one by one."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice decisions",
            "  sluice decisions --policy Cool-down --since 2026-11-01T00:00:00Z",
            "  sluice decisions --purl pkg:npm/lodash --json",
            "  sluice decisions --kind download,publish --user ci",
            "  sluice decisions --kind hidden                 each index that something was withheld from"
        })
public final class Decisions extends ApiCommand {

    /** The column, of either table, that a policy's reasons may fill. */
    private static final int SENTENCE = 5;

    @Option(names = "--purl", paramLabel = "PURL", description = "About this package or version.")
    private @Nullable String purl;

    @Option(names = "--policy", paramLabel = "NAME", description = "Decided by this policy.")
    private @Nullable String policy;

    @Option(names = "--repository", paramLabel = "NAME", description = "In this repository.")
    private @Nullable String repository;

    @Option(names = "--user", paramLabel = "NAME", description = "Asked for by this user.")
    private @Nullable String user;

    @Option(names = "--since", paramLabel = "INSTANT", description = "Not before this instant (ISO 8601, UTC).")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "INSTANT", description = "Before this instant.")
    private @Nullable String until;

    @Option(
            names = "--kind",
            paramLabel = "KIND,…",
            description =
                    "Other kinds: download, refusal, hidden, publish, change, unpublish, upstream_fault, policy, feed, admin, gc,"
                            + " damage, login, login_failed.")
    private @Nullable String kind;

    @Option(names = "--limit", paramLabel = "N", description = "Most lines (default: 50).")
    private int limit = 50;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<String, @Nullable String> query = new LinkedHashMap<>();
        query.put("purl", purl);
        query.put("policy", policy);
        query.put("repository", repository);
        query.put("user", user);
        query.put("since", since);
        query.put("until", until);
        query.put("kind", kind);
        query.put("limit", String.valueOf(limit));
        try (Api api = connect()) {
            JsonNode answer = api.get((kind == null ? "/api/decisions" : "/api/events") + Api.query(query));
            PrintWriter out = out();
            if (json) {
                Output.json(out, answer);
                return 0;
            }
            boolean none = answer.path("events").isEmpty();
            if (!none) {
                Output.table(
                        out,
                        List.of("at", "kind", "user", "package", "policy", "what", "why"),
                        Output.rows(answer.path("events"), "at", "kind", "user", "purl", "policies", "message", "id")
                                .stream()
                                .map(row -> forPeople(row, api.address()))
                                .toList());
            } else if (answer.path("withheld").isEmpty()) {
                out.println("None.");
            }
            if (!answer.path("withheld").isEmpty()) {
                out.println(none ? "No refusals. Withheld from indexes:" : "\nWithheld from indexes:");
                withheld(out, answer, api.address());
            }
            out.flush();
            return 0;
        }
    }

    private void withheld(PrintWriter out, JsonNode answer, String server) {
        List<List<String>> rows =
                Output.rows(answer.path("withheld"), "hour", "policy", "purl", "versions", "requests", "reason", "id");
        Output.table(
                out,
                List.of("hour", "policy", "package", "versions", "requests", "reason", "why"),
                rows.stream().limit(limit).map(row -> forPeople(row, server)).toList());
        if (rows.size() > limit || !answer.path("withheld_complete").asBoolean(true)) {
            out.println("There are more: narrow it down with --policy, --purl or --since.");
        }
    }

    /** The row with its sentence cut, and with the address of its explanation in place of the identifier at its end. */
    private static List<String> forPeople(List<String> row, String server) {
        List<String> told = new ArrayList<>(row);
        told.set(SENTENCE, Output.shortened(told.get(SENTENCE)));
        told.set(told.size() - 1, server + "/why/" + told.getLast());
        return told;
    }
}
