package dev.sluice.app.command.explain;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import dev.sluice.app.wiring.Installation;
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

/** {@code sluice explain}: what is decided about a version now, and why. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "What would be decided about a version now, from which facts, by which rule. Nothing is downloaded or recorded.",
            "Exit code 0 when it may leave, 1 when it is withheld or nobody has it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice explain pkg:npm/lodash@4.17.20",
            "  sluice explain pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 --json",
            "  sluice explain pkg:pypi/requests@2.31.0 --offline     (do not ask upstreams)"
        })
public final class Explain extends ApiCommand {

    @Parameters(paramLabel = "PURL", description = "The version, for example pkg:npm/lodash@4.17.20.")
    private String purl;

    @Option(names = "--repository", paramLabel = "NAME", description = "In which repository (default: main).")
    private String repository = Installation.MAIN;

    @Option(names = "--offline", description = "Look only at what is kept here; ask no upstream.")
    private boolean offline;

    @Option(names = "--json", description = "Print JSON, with the whole input that policies saw.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<String, @Nullable String> query = new LinkedHashMap<>();
        query.put("purl", purl);
        query.put("repository", repository);
        query.put("upstreams", offline ? "false" : "true");
        try (Api api = connect()) {
            JsonNode answer = api.get("/api/explain" + Api.query(query));
            PrintWriter out = out();
            if (json) {
                Output.json(out, answer);
            } else {
                print(out, answer);
            }
            out.flush();
            boolean gone =
                    answer.path("exists").isBoolean() && !answer.path("exists").booleanValue();
            return !gone && answer.path("decision").path("allowed").asBoolean(false) ? 0 : 1;
        }
    }

    private static void print(PrintWriter out, JsonNode answer) {
        JsonNode decision = answer.path("decision");
        JsonNode facts = answer.path("facts");
        boolean gone =
                answer.path("exists").isBoolean() && !answer.path("exists").booleanValue();
        boolean refused = !decision.path("allowed").asBoolean(false);
        out.println(Output.text(answer.path("subject")) + " in repository " + Output.text(answer.path("repository"))
                + ": "
                + (gone
                        ? "no such version here or upstream" + (refused ? "; asked for, it is refused" : "")
                        : Output.text(decision.path("state"))));
        if (!answer.path("awaits").isEmpty()) {
            out.println("  not decided before the artifact is read: " + Output.text(answer.path("awaits")));
        }
        for (JsonNode verdict : decision.path("verdicts")) {
            out.println("  policy " + Output.text(verdict.path("policy")) + " (" + Output.text(verdict.path("mode"))
                    + (verdict.path("on_error").asString("").equals("allow") ? ", on_error: allow)" : ")")
                    + (verdict.path("matched").asBoolean(false)
                            ? " matched:"
                            : " failed: " + Output.text(verdict.path("failure"))));
            Iterable<JsonNode> reasons = verdict.path("matched").asBoolean(false) ? verdict.path("reasons") : List.of();
            for (JsonNode reason : reasons) {
                out.println("    " + Output.text(reason));
            }
        }
        line(out, "nearest allowed", answer.path("nearest_allowed"));
        if (!answer.path("nearest_awaits").isEmpty()) {
            out.println("    as far as is known before its artifact is read: "
                    + Output.text(answer.path("nearest_awaits")));
        }
        line(out, "allowed from", answer.path("until"));
        if (gone) {
            return;
        }
        out.println("Facts");
        line(out, "origin", facts.path("origin"));
        signal(out, "published", facts.path("published"));
        line(out, "first seen", facts.path("first_seen"));
        signal(out, "licence", facts.path("license"));
        signal(out, "install scripts", facts.path("install_scripts"));
        if (!facts.path("advisories_known").asBoolean(false)) {
            out.println("  advisories       "
                    + (facts.path("advisories").isEmpty() ? "unknown: " : "these, and maybe others: ")
                    + Output.text(facts.path("advisories_basis")));
        } else if (facts.path("advisories").isEmpty()) {
            out.println("  advisories       none known to affect it");
        }
        for (JsonNode advisory : facts.path("advisories")) {
            out.println("  advisory         " + Output.text(advisory.path("identifier")) + " "
                    + Output.text(advisory.path("summary"))
                    + (advisory.path("malicious").asBoolean(false) ? " [malicious]" : "")
                    + (advisory.path("kev").asBoolean(false) ? " [exploited]" : "") + ", severity "
                    + Output.text(advisory.path("severity")) + ", CVSS " + Output.text(advisory.path("score"))
                    + ", EPSS "
                    + Output.text(advisory.path("epss"))
                    + (advisory.path("fixed_versions").isEmpty()
                            ? ", no fixed version is known"
                            : ", fixed in " + Output.text(advisory.path("fixed_versions"))));
        }
        if (!answer.path("upstream_failure").isNull()) {
            line(out, "upstream", answer.path("upstream_failure"));
        }
    }

    private static void line(PrintWriter out, String label, JsonNode value) {
        if (!value.isNull() && !value.isMissingNode()) {
            out.printf("  %-16s %s%n", label, Output.text(value));
        }
    }

    private static void signal(PrintWriter out, String label, JsonNode signal) {
        boolean known = signal.path("known").asBoolean(false);
        out.printf(
                "  %-16s %s (%s)%n",
                label, known ? Output.text(signal.path("value")) : "unknown", Output.text(signal.path("basis")));
    }
}
