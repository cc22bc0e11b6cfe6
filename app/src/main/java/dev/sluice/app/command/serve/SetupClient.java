package dev.sluice.app.command.serve;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ConfigurationOptions;
import dev.sluice.app.command.Output;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.wiring.Formats;
import dev.sluice.app.wiring.Installation;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Setup;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** {@code sluice setup}: how a client is pointed here. Asks no server. */
@Command(
        name = "setup",
        mixinStandardHelpOptions = true,
        description = {
            "Print how a client is pointed at a repository, to be copied; without a client, which there are.",
            "TOKEN stands for a token (sluice token create NAME); it is needed to publish, and where reading needs one."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice setup",
            "  sluice setup npm",
            "  sluice setup maven > settings.xml",
            "  sluice setup uv --repository team-a --json"
        })
public final class SetupClient implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions options;

    @Parameters(arity = "0..1", paramLabel = "CLIENT", description = "For example npm, pip, maven.")
    private @Nullable String client;

    @Option(names = "--repository", paramLabel = "NAME", description = "For which repository (default: main).")
    private String repository = Installation.MAIN;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Configuration configuration = options.configuration();
        List<Setup> setups = new ArrayList<>();
        for (Format format : Formats.of(configuration)) {
            setups.addAll(format.setups(address(configuration) + "/" + format.id() + "/" + repository + "/"));
        }
        List<Setup> asked = client == null
                ? setups
                : setups.stream()
                        .filter(each -> each.client().equals(client.toLowerCase(Locale.ROOT)))
                        .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (asked.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("sluice: there is no client '" + Output.plain(String.valueOf(client)) + "' here; known: "
                            + String.join(
                                    ", ", setups.stream().map(Setup::client).toList()));
            return 2;
        }
        if (json) {
            ArrayNode list = Api.JSON.createArrayNode();
            asked.forEach(each -> list.addObject()
                    .put("client", each.client())
                    .put("command", each.command())
                    .put("text", each.text()));
            Output.json(out, list);
        } else if (client == null) {
            Output.table(
                    out,
                    List.of("client", "set up by"),
                    asked.stream()
                            .map(each -> List.of(
                                    each.client(),
                                    each.command().isEmpty() ? "sluice setup " + each.client() : each.command()))
                            .toList());
        } else {
            out.print(asked.getFirst().text());
            out.flush();
        }
        return 0;
    }

    /** Where clients find the server: as configured, as it says itself while it runs, or as it would listen. */
    private static String address(Configuration configuration) {
        String named = System.getenv("SLUICE_URL");
        if (named != null && !named.isBlank()) {
            return named.replaceFirst("/+$", "");
        }
        return configuration
                .find(Setting.PUBLIC_URL)
                .map(url -> url.replaceFirst("/+$", ""))
                .or(() -> ControlFile.in(configuration.path(Setting.DATA))
                        .running()
                        .map(ControlFile.Control::address))
                .orElseGet(() -> "http://" + configuration.get(Setting.BIND) + ":" + configuration.get(Setting.PORT));
    }
}
