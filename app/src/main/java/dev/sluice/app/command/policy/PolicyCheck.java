package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.policies.PolicyFile;
import dev.sluice.kernel.facts.PolicyInputSchema;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice policy check PATH…}: whether a server would take the policies. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Parse and compile policies and their tests, and check their types against the input that the gate gives them: what saving does. "
                    + "Needs no server.",
            "Exit code 0 when all is well, 1 when something is wrong."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  sluice policy check cool-down.rego", "  sluice policy check policies/ --json"})
final class PolicyCheck extends LocalCommand {

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Rego files, or directories of them. NAME_test.rego is compiled with NAME.rego.")
    private List<Path> paths;

    @Override
    public Integer call() throws IOException {
        List<RegoError> errors = new ArrayList<>();
        List<RegoError> warnings = new ArrayList<>();
        int files = 0;
        for (Map.Entry<Path, List<SourceFile>> group : RegoFiles.groups(paths).entrySet()) {
            files += group.getValue().size();
            errors.addAll(errors(group.getKey(), group.getValue()));
            warnings.addAll(warnings(group.getKey(), group.getValue().getFirst()));
        }
        if (json()) {
            ObjectNode answer = Api.object().put("files", files);
            answer.set("errors", errors(errors));
            answer.set("warnings", errors(warnings));
            print(answer);
            return errors.isEmpty() ? 0 : 1;
        }
        warnings.forEach(w -> err().println("warning: " + w.shown()));
        err().flush();
        if (errors.isEmpty()) {
            out().println(files == 1 ? "1 file is fine" : files + " files are fine");
            out().flush();
        } else {
            complain(errors);
        }
        return errors.isEmpty() ? 0 : 1;
    }

    /** What is doubtful in a policy, as the server would say when it is saved. */
    private static List<RegoError> warnings(Path policy, SourceFile first) {
        if (!first.name().equals(policy.toString())) {
            return List.of();
        }
        try {
            return Policies.warnings(PolicyFile.read(first.name(), first.text(), first.name()));
        } catch (IllegalArgumentException wrong) {
            return List.of(); // which is told as an error
        }
    }

    /** What is wrong with a policy and its tests. */
    private static List<RegoError> errors(Path policy, List<SourceFile> sources) {
        SourceFile first = sources.getFirst();
        if (first.name().equals(policy.toString())) {
            List<RegoError> errors = new ArrayList<>(Policies.findings(first.text(), first.name()));
            try {
                PolicyFile.read(first.name(), first.text(), null);
            } catch (IllegalArgumentException wrong) {
                String what = String.valueOf(wrong.getMessage()).replace(first.name() + ": ", "");
                errors.add(new RegoError(RegoError.COMPILE, what, first.name(), 1, 1).in(first.text()));
            }
            if (!errors.isEmpty() || sources.size() == 1) {
                return errors;
            }
        }
        try {
            Rego.compile(sources, Capabilities.ALL, PolicyInputSchema.schemas());
            return List.of();
        } catch (RegoException wrong) {
            return wrong.errors();
        }
    }
}
