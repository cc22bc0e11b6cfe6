package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Explanation;
import dev.sluice.rego.Program;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.RegoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice policy explain PATH…}: why a policy matches an input or does not, and what would change that. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Why a policy matches an input or does not: which rules hold with which variables, at which expression the others fail "
                    + "with which values, until when that is so, and which single changes would change it. Needs no server.",
            "sluice explain PURL --json prints the input of a version. Exit code 0 when there is an explanation, else 1."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice policy explain cool-down.rego --input input.json",
            "  sluice policy explain cool-down.rego --input input.json --time 2026-03-10T12:00:00Z --json",
            "  sluice policy explain cool-down.rego --input - --query data.cloudsmith.reason"
        })
final class PolicyExplain extends LocalCommand {

    @Mixin
    private Question question;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "The policy: Rego files; JSON or YAML documents below data.")
    private List<Path> paths;

    @Option(names = "--query", paramLabel = "PATH", description = "Which rule (default: data.cloudsmith.match).")
    private String query = "data.cloudsmith.match";

    @Override
    public Integer call() throws IOException {
        Question.Documents documents = question.documents(paths);
        try {
            Program program = documents.compile();
            Explanation explanation = program.prepare(query).explain(documents.request());
            if (explanation.value() == null && program.rules().stream().noneMatch(this::isAskedFor)) {
                List<String> known = program.rules().stream()
                        .map(Program.RuleName::path)
                        .distinct()
                        .toList();
                throw new RegoException(new RegoError(
                        RegoError.COMPILE,
                        "no policy here has a rule " + query,
                        "query",
                        1,
                        1,
                        "there are " + String.join(", ", known)));
            }
            if (json()) {
                print(json(explanation));
            } else {
                explanation.toString().lines().forEach(line -> out().println(Output.plain(line)));
                out().flush();
            }
            return 0;
        } catch (RegoException wrong) {
            refuse(wrong.errors());
        } catch (RegoEvaluationException failed) {
            refuse(failed, documents.modules());
        }
        return 1;
    }

    private boolean isAskedFor(Program.RuleName rule) {
        return (rule.path() + ".").startsWith(query + ".") || (query + ".").startsWith(rule.path() + ".");
    }

    private ObjectNode json(Explanation explanation) {
        ObjectNode answer = Api.object().put("query", query);
        answer.set("value", Question.json(explanation.value()));
        answer.put("horizon", Question.text(explanation.horizon()));
        ArrayNode steps = answer.putArray("steps");
        for (Evaluation.Step step : explanation.steps()) {
            steps.addObject()
                    .put("rule", step.rule())
                    .put("outcome", step.outcome().name().toLowerCase(Locale.ROOT))
                    .put("file", step.file())
                    .put("row", step.row())
                    .put("col", step.column())
                    .put("text", step.text())
                    .put("detail", step.detail());
        }
        ArrayNode changes = answer.putArray("changes");
        for (Explanation.Change change : explanation.changes()) {
            changes.addObject().put("what", change.what()).set("value", Question.json(change.value()));
        }
        return answer;
    }
}
