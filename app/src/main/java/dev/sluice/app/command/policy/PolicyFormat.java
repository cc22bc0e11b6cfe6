package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.policies.PolicyFile;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.format.RegoFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice policy fmt PATH…}: lays policies out as {@code opa fmt} does. */
@Command(
        name = "fmt",
        mixinStandardHelpOptions = true,
        description = {
            "Lay out Rego files as opa fmt does: print them, or write them back. Comments and meaning stay. Needs no server.",
            "Exit code 0 when done, 1 when a file cannot be parsed, or with --check is not laid out so."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice policy fmt cool-down.rego",
            "  sluice policy fmt --write policies/",
            "  sluice policy fmt --check --diff policies/",
            "  sluice policy fmt -        (standard input, for editors)"
        })
final class PolicyFormat extends LocalCommand {

    private static final String STANDARD_INPUT = "-";

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Rego files, or directories of them; - for standard input.")
    private List<Path> paths;

    /** What is done with a file that is laid out otherwise. */
    private static final class What {
        @Option(
                names = {"-w", "--write"},
                description = "Write files back instead of printing them, and name those that changed.")
        private boolean write;

        @Option(names = "--check", description = "Change nothing, name the files that are laid out otherwise.")
        private boolean check;
    }

    @ArgGroup
    private What what = new What();

    @Option(
            names = {"-d", "--diff"},
            description = "Print what differs instead of files.")
    private boolean diff;

    @Override
    public Integer call() throws IOException {
        List<SourceFile> files = new ArrayList<>();
        if (paths.equals(List.of(Path.of(STANDARD_INPUT)))) {
            if (what.write) {
                throw new ConfigurationException("--write is for files; what standard input gives is printed");
            }
            files.add(new SourceFile("standard input", PolicyFile.text(System.in, "standard input")));
        } else {
            for (Path file : RegoFiles.in(paths)) {
                files.add(RegoFiles.source(file));
            }
        }
        List<RegoError> errors = new ArrayList<>();
        ArrayNode told = Api.JSON.createArrayNode();
        boolean allTidy = true;
        for (SourceFile file : files) {
            try {
                String tidy = RegoFormat.format(file);
                boolean same = tidy.equals(file.text());
                allTidy &= same;
                told.addObject().put("file", file.name()).put("formatted", same);
                done(file, tidy, same);
            } catch (RegoException wrong) {
                wrong.errors().forEach(error -> errors.add(error.in(file.text())));
            }
        }
        if (json()) {
            ObjectNode answer = Api.object();
            answer.set("files", told);
            answer.set("errors", errors(errors));
            print(answer);
        } else {
            complain(errors);
        }
        out().flush();
        return errors.isEmpty() && (allTidy || !what.check) ? 0 : 1;
    }

    private void done(SourceFile file, String tidy, boolean same) throws IOException {
        if (what.write && !same) {
            write(Path.of(file.name()), tidy);
        }
        if (json()) {
            return;
        }
        if (diff) {
            out().print(LineDiff.of(file.name(), file.text(), tidy));
        } else if (what.write || what.check) {
            if (!same) {
                out().println(file.name());
            }
        } else {
            out().print(tidy);
        }
    }

    /** Replaces a file's text at once: whoever reads it meanwhile sees the one or the other. */
    private static void write(Path file, String text) throws IOException {
        Path target = file.toRealPath();
        Path draft = Files.createTempFile(target.resolveSibling("").toAbsolutePath(), ".fmt", ".rego~");
        try {
            Files.copy(target, draft, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.writeString(draft, text);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
