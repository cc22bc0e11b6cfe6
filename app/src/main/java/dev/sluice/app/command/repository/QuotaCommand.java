package dev.sluice.app.command.repository;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import dev.sluice.app.config.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice repository quota NAME [SIZE]}. */
@Command(
        name = "quota",
        mixinStandardHelpOptions = true,
        description = {
            "Show or set how much a repository may hold, published and fetched files together.",
            "What would go beyond is refused, from the next file on; what is there stays."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice repository quota main               what it holds, and may hold",
            "  sluice repository quota main 10g",
            "  sluice repository quota main none"
        })
final class QuotaCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "The repository.")
    private String repository;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SIZE",
            description = "Such as 512m or 10g; none for no limit.")
    private @Nullable String size;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        try (Api api = connect()) {
            String path = "/api/repositories/" + Api.encoded(repository) + "/quota";
            String wanted = size;
            JsonNode answer;
            if (wanted == null) {
                answer = api.get(path);
            } else if (wanted.equals("none")) {
                answer = api.send("PUT", path, Api.object().putNull("quota"));
            } else {
                answer = api.send("PUT", path, Api.object().put("quota", Configuration.size("the quota", wanted)));
            }
            PrintWriter out = out();
            if (json) {
                Output.json(out, answer);
            } else {
                out.println(Output.text(answer.path("repository")) + "  " + told(answer));
                out.flush();
            }
            return 0;
        }
    }

    /** What a repository holds and may hold, in words. */
    static String told(JsonNode usage) {
        String holds = String.format(
                java.util.Locale.ROOT,
                "holds %s in %,d files",
                Output.bytes(usage.path("bytes").asLong()),
                usage.path("files").asLong());
        JsonNode quota = usage.path("quota");
        return holds + (quota.isNull() ? ", no quota" : ", quota " + Output.bytes(quota.asLong()));
    }
}
