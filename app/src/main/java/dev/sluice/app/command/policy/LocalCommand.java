package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.SourceFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that needs no server: it works on files. */
abstract class LocalCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Whether programs read the answer. */
    final boolean json() {
        return json;
    }

    /** Where results go. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where remarks go that are no results. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Tells what is wrong with modules, as compilers do. */
    final void complain(List<RegoError> errors) {
        for (RegoError error : errors) {
            err().println(error.shown());
        }
        err().flush();
    }

    /** Tells why there is no answer; programs get it in its place. */
    final void refuse(List<RegoError> errors) {
        if (json) {
            ObjectNode answer = Api.object();
            answer.set("errors", errors(errors));
            print(answer);
        } else {
            complain(errors);
        }
    }

    /** Tells why an evaluation failed, with the line where it is known. */
    final void refuse(RegoEvaluationException failed, List<SourceFile> modules) {
        RegoError error = new RegoError(failed.code(), failed.text(), failed.file(), failed.row(), failed.column());
        for (SourceFile module : modules) {
            if (module.name().equals(failed.file())) {
                error = error.in(module.text());
            }
        }
        if (json || error.line() != null) {
            refuse(List.of(error));
        } else {
            err().println(failed.getMessage());
            err().flush();
        }
    }

    /** Errors for programs, in the shape of OPA's, with ours beside it. */
    static ArrayNode errors(List<RegoError> errors) {
        ArrayNode list = Api.JSON.createArrayNode();
        for (RegoError error : errors) {
            ObjectNode one = list.addObject().put("message", error.message()).put("code", error.code());
            one.putObject("location")
                    .put("file", error.file())
                    .put("row", error.row())
                    .put("col", error.column());
            one.put("hint", error.hint());
            one.put("excerpt", error.excerpt().isEmpty() ? null : error.excerpt());
        }
        return list;
    }

    /** Prints a document for programs. */
    final void print(JsonNode document) {
        Output.json(out(), document);
    }
}
