package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Program;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice policy eval QUERY}: what a query gives, as {@code opa eval} answers it, with horizon and reads. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description = {
            "Evaluate a query: a path such as data.cloudsmith.match, or any Rego. Needs no server.",
            "It also tells until when the answer holds (horizon) and, with --json, which facts it depends on (reads).",
            "Exit code 0 when it could be evaluated, 1 when something does not compile, the evaluation fails, or with --fail the "
                    + "result is undefined."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice policy eval '1 + 1'",
            "  sluice policy eval --data cool-down.rego --input input.json data.cloudsmith.match",
            "  sluice policy eval --data policies/ --data lists.yaml --input - 'data.cloudsmith.reason[text]' --json"
        })
final class PolicyEval extends LocalCommand {

    private static final String VALUE = "value__";

    @Mixin
    private Question question;

    @Parameters(paramLabel = "QUERY", description = "For example data.cloudsmith.match.")
    private String query;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "PATH",
            description = "Rego files, JSON or YAML documents (below data), or directories of Rego files.")
    private List<Path> data = List.of();

    @Option(names = "--fail", description = "Exit code 1 when the result is undefined.")
    private boolean fail;

    @Override
    public Integer call() throws IOException {
        Question.Documents documents = question.documents(data);
        try {
            Program program = documents.compile();
            Evaluation.Request request = documents.request();
            Evaluation.Request heard = request.observedBy(Question.printing(err()));
            return Question.isPath(query) ? path(program, heard) : solutions(program, heard);
        } catch (RegoException wrong) {
            refuse(wrong.errors().stream()
                    .filter(e -> !e.message().contains(VALUE)) // nobody wrote it
                    .map(e -> e.file().equals("query") ? e.in(query) : e)
                    .toList());
        } catch (RegoEvaluationException failed) {
            refuse(failed, documents.modules());
        }
        return 1;
    }

    private int path(Program program, Evaluation.Request request) {
        Evaluation.Result result = program.prepare(query).evaluate(request);
        err().flush();
        Value value = result.value();
        if (json()) {
            ObjectNode answer = Api.object();
            if (value != null) {
                answer.putArray("result").addObject().set("expressions", expression(value));
            }
            answer.put("horizon", Question.text(result.horizon()));
            answer.set("reads", Question.json(result.reads()));
            print(answer);
        } else {
            out().println(value == null ? "undefined" : Question.pretty(value));
            if (!result.horizon().equals(Instant.MAX)) {
                out().println("until " + result.horizon());
            }
            out().flush();
        }
        return value == null && fail ? 1 : 0;
    }

    private ArrayNode expression(Value value) {
        ArrayNode expressions = Api.JSON.createArrayNode();
        expressions.addObject().put("text", query).set("value", Question.json(value));
        return expressions;
    }

    private int solutions(Program program, Evaluation.Request request) {
        boolean term = Question.isTerm(query);
        PreparedQuery prepared = program.prepareQuery(term ? query + "\n= " + VALUE : query);
        Evaluation.Bindings found = prepared.solutions(request);
        err().flush();
        if (json()) {
            ObjectNode answer = Api.object();
            ArrayNode results = answer.putArray("result");
            for (Map<String, Value> solution : found.bindings()) {
                ObjectNode one = results.addObject();
                Value value = solution.get(VALUE);
                if (value != null) {
                    one.set("expressions", expression(value));
                }
                ObjectNode bindings = Api.object();
                solution.forEach((name, bound) -> {
                    if (!name.equals(VALUE)) {
                        bindings.set(name, Question.json(bound));
                    }
                });
                if (!bindings.isEmpty()) {
                    one.set("bindings", bindings);
                }
            }
            if (found.bindings().isEmpty()) {
                answer.remove("result");
            }
            answer.put("horizon", Question.text(found.horizon()));
            answer.set("reads", Question.json(found.reads()));
            print(answer);
        } else {
            human(found);
        }
        return found.bindings().isEmpty() && fail ? 1 : 0;
    }

    private void human(Evaluation.Bindings found) {
        if (found.bindings().isEmpty()) {
            out().println("undefined");
        }
        for (Map<String, Value> solution : found.bindings()) {
            StringBuilder line = new StringBuilder();
            @Nullable Value value = solution.get(VALUE);
            if (value != null) {
                line.append(Question.pretty(value));
            }
            solution.forEach((name, bound) -> {
                if (!name.equals(VALUE)) {
                    line.append(line.isEmpty() ? "" : "   ").append(name).append(" = ");
                    line.append(Output.plain(bound.toString()));
                }
            });
            out().println(line.isEmpty() ? "true" : line);
        }
        if (!found.horizon().equals(Instant.MAX)) {
            out().println("until " + found.horizon());
        }
        out().flush();
    }
}
