package dev.sluice.app.command.repository;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import dev.sluice.app.wiring.Installation;
import dev.sluice.kernel.repository.NamePattern;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice repository}: repositories, their upstreams and reserved names. */
@Command(
        name = "repository",
        aliases = "repo",
        mixinStandardHelpOptions = true,
        description = "Show and rename repositories; reserve names for hosted packages.",
        subcommands = {
            RepositoryCommands.Show.class,
            RepositoryCommands.Rename.class,
            QuotaCommand.class,
            RepositoryCommands.Reserve.class,
            RepositoryCommands.Unreserve.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  sluice repository list", "  sluice repository reserve npm:@acme/*"})
public final class RepositoryCommands {

    private RepositoryCommands() {}

    /** {@code sluice repository list}. */
    @Command(
            name = "list",
            aliases = "show",
            mixinStandardHelpOptions = true,
            description = "Show repositories with their upstreams and reserved names; secrets are never shown.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice repository list", "  sluice repository list --json"})
    static final class Show extends ApiCommand {

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode answer = api.get("/api/repositories?page_size=500");
                PrintWriter out = out();
                if (json) {
                    Output.json(out, answer);
                    return 0;
                }
                for (JsonNode repository : answer.isArray() ? answer : answer.path("results")) {
                    out.println(Output.text(repository.path("name")) + "  reads "
                            + (repository.path("open_reads").asBoolean(false) ? "open" : "need a token"));
                    for (JsonNode name : repository.path("former_names")) {
                        out.println("  formerly " + Output.text(name) + ", which still works");
                    }
                    out.println("  "
                            + QuotaCommand.told(api.get("/api/repositories/"
                                    + Api.encoded(repository.path("name").asString("")) + "/quota")));
                    for (JsonNode upstream : repository.path("upstreams")) {
                        out.println("  upstream " + Output.text(upstream.path("id")) + "  "
                                + Output.text(upstream.path("url")) + "  priority "
                                + Output.text(upstream.path("priority")) + "  " + Output.text(upstream.path("trust"))
                                + (upstream.path("trusts_times").asBoolean() ? "  trusted for times" : "")
                                + UpstreamCommands.forbidden(upstream));
                    }
                    for (JsonNode name : repository.path("reserved")) {
                        out.println("  reserved " + Output.text(name));
                    }
                }
                out.flush();
                return 0;
            }
        }
    }

    /** {@code sluice repository rename OLD NEW}. */
    @Command(
            name = "rename",
            mixinStandardHelpOptions = true,
            description = {
                "Rename a repository, from the next request on.",
                "It goes on answering to its former names: clients, lock files, tokens and scopes of policies keep working."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  sluice repository rename main packages", "  sluice repository rename main packages --json"})
    static final class Rename extends ApiCommand {

        @Parameters(index = "0", paramLabel = "OLD", description = "A name it has or had.")
        private String repository;

        @Parameters(index = "1", paramLabel = "NEW", description = "Lower-case letters, digits, dots and dashes.")
        private String name;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode answer = api.send(
                        "POST",
                        "/api/repositories/" + Api.encoded(repository) + "/rename",
                        Api.object().put("name", name));
                PrintWriter out = out();
                if (json) {
                    Output.json(out, answer);
                    return 0;
                }
                List<String> former = new ArrayList<>();
                answer.path("former_names").forEach(each -> former.add(each.asString("")));
                out.println("Renamed to " + Output.text(answer.path("name"))
                        + (former.isEmpty() ? "." : "; still answers to " + String.join(", ", former) + "."));
                out.flush();
                return 0;
            }
        }
    }

    /** {@code sluice repository reserve NAME…}. */
    @Command(
            name = "reserve",
            mixinStandardHelpOptions = true,
            description = "Reserve names for hosted packages: they are never asked upstream, from the next request on.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice repository reserve npm:@acme/* pypi:acme-* maven:com.acme",
                "  sluice repository reserve npm:internal-tool --repository main"
            })
    static final class Reserve extends ApiCommand {

        @Parameters(
                arity = "1..*",
                paramLabel = "FORMAT:PATTERN",
                description = "Exact name, scope, groupId prefix or glob.")
        private List<String> names;

        @Option(names = "--repository", paramLabel = "NAME", description = "In which repository (default: main).")
        private String repository = Installation.MAIN;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                return change(api, out(), repository, names, true, json);
            }
        }
    }

    /** {@code sluice repository unreserve NAME…}. */
    @Command(
            name = "unreserve",
            mixinStandardHelpOptions = true,
            description = "Give reserved names free.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice repository unreserve npm:@acme/*"})
    static final class Unreserve extends ApiCommand {

        @Parameters(arity = "1..*", paramLabel = "FORMAT:PATTERN", description = "As it was reserved.")
        private List<String> names;

        @Option(names = "--repository", paramLabel = "NAME", description = "In which repository (default: main).")
        private String repository = Installation.MAIN;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                return change(api, out(), repository, names, false, json);
            }
        }
    }

    private static int change(
            Api api, PrintWriter out, String repository, List<String> names, boolean add, boolean json)
            throws IOException {
        String path = "/api/repositories/" + Api.encoded(repository);
        List<String> reserved = new ArrayList<>();
        api.get(path).path("reserved").forEach(each -> reserved.add(each.asString("")));
        for (String name : names) {
            if (add) {
                reserved.add(name);
            } else if (!reserved.remove(NamePattern.parse(name).toString())) {
                throw new IOException(name + " is not reserved in " + repository + "; reserved are "
                        + (reserved.isEmpty() ? "none" : String.join(", ", reserved)));
            }
        }
        ObjectNode body = Api.object();
        ArrayNode list = body.putArray("reserved");
        reserved.forEach(list::add);
        JsonNode answer = api.send("PUT", path, body);
        if (json) {
            Output.json(out, answer);
            return 0;
        }
        JsonNode reservations = answer.path("reservations");
        out.println("Reserved in " + repository + ":" + (reservations.isEmpty() ? " nothing" : ""));
        for (JsonNode each : reservations) {
            out.println("  " + Output.text(each.path("name")) + "  " + covers(each));
        }
        out.flush();
        return 0;
    }

    private static String covers(JsonNode reservation) {
        long count = reservation.path("covers").asLong(0);
        if (count == 0) {
            return "covers no package that is held here yet";
        }
        List<String> examples = new ArrayList<>();
        reservation.path("examples").forEach(each -> examples.add(Output.text(each)));
        return "covers " + count + " of the packages held here: " + String.join(", ", examples)
                + (count > examples.size() ? ", …" : "");
    }
}
