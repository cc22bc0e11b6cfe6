package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import dev.sluice.app.policies.PolicyFile;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice policy}: the rules that decide; the commands here ask a server, those that need none have classes of their own. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description =
                "List, apply and change policies on a server; check, test, evaluate, explain and lay them out without one.",
        subcommands = {
            PolicyCommands.ListAll.class,
            PolicyCommands.Show.class,
            PolicyCommands.Apply.class,
            PolicyCommands.Mode.class,
            PolicyCommands.Delete.class,
            PolicyCheck.class,
            PolicyTests.class,
            PolicyEval.class,
            PolicyExplain.class,
            PolicyFormat.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice policy list",
            "  sluice policy apply cool-down.rego",
            "  sluice policy mode Cool-down audit",
            "  sluice policy check policies/",
            "  sluice policy test policies/"
        })
public final class PolicyCommands {

    private PolicyCommands() {}

    /** Finds policies of the server by name or slug. */
    private static final class Remote {
        private final Api api;
        private final String base;

        Remote(Api api) throws IOException {
            this.api = api;
            String workspace = api.get("/api/status").path("workspace").asString("main");
            this.base = "/api/v2/workspaces/" + Api.encoded(workspace) + "/policies/";
        }

        List<JsonNode> all() throws IOException {
            JsonNode answer = api.get(base + "?page_size=500&sort=precedence");
            return (answer.isArray() ? answer : answer.path("results"))
                    .valueStream()
                    .toList();
        }

        @Nullable
        JsonNode named(String name) throws IOException {
            for (JsonNode policy : all()) {
                if (policy.path("slug_perm").asString("").equals(name)
                        || policy.path("name").asString("").equalsIgnoreCase(name)) {
                    return policy;
                }
            }
            return null;
        }

        JsonNode require(String name) throws IOException {
            JsonNode policy = named(name);
            if (policy == null) {
                throw new IOException("no policy '" + name + "'; there are: "
                        + String.join(
                                ", ",
                                all().stream()
                                        .map(p -> p.path("name").asString(""))
                                        .toList()));
            }
            return policy;
        }

        String path(JsonNode policy) {
            return base + policy.path("slug_perm").asString("") + "/";
        }
    }

    /** {@code sluice policy list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List policies in the order they are asked.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice policy list", "  sluice policy list --json"})
    static final class ListAll extends ApiCommand {

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                ArrayNode all = Api.JSON.createArrayNode();
                new Remote(api).all().forEach(all::add);
                PrintWriter out = out();
                if (json) {
                    Output.json(out, all);
                } else {
                    Output.table(
                            out,
                            List.of("order", "name", "mode", "enabled", "effect", "on error", "version", "slug"),
                            Output.rows(
                                    all,
                                    "precedence",
                                    "name",
                                    "mode",
                                    "enabled",
                                    "effect",
                                    "on_error",
                                    "version",
                                    "slug_perm"));
                }
                return 0;
            }
        }
    }

    /** {@code sluice policy show NAME}. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Print a policy's source text, or all of it as JSON.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice policy show Cool-down > cool-down.rego", "  sluice policy show 'Known malware' --json"})
    static final class Show extends ApiCommand {

        @Parameters(paramLabel = "NAME", description = "Name or slug.")
        private String name;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                JsonNode policy = new Remote(api).require(name);
                PrintWriter out = out();
                if (json) {
                    Output.json(out, policy);
                } else {
                    out.print(policy.path("rego").asString(""));
                    out.flush();
                }
                return 0;
            }
        }
    }

    /** {@code sluice policy apply FILE…}. */
    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description = {
                "Create policies from Rego files, or replace those of the same title; in force from the next request on.",
                "The METADATA comment of a file tells title, description, precedence, mode, actions and so on."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  sluice policy apply cool-down.rego", "  sluice policy apply policies/*.rego"})
    static final class Apply extends ApiCommand {

        @Parameters(arity = "1..*", paramLabel = "FILE", description = "Rego files; *_test.rego are passed over.")
        private List<Path> files;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            Map<Path, Policy> read = new LinkedHashMap<>();
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.endsWith("_test.rego")) {
                    read.put(file, PolicyFile.read(name, PolicyFile.text(file), null));
                }
            }
            try (Api api = connect()) {
                Remote remote = new Remote(api);
                ArrayNode answers = Api.JSON.createArrayNode();
                for (Map.Entry<Path, Policy> each : read.entrySet()) {
                    Policy policy = each.getValue();
                    JsonNode former = remote.named(policy.name());
                    try {
                        JsonNode saved = former == null
                                ? api.send("POST", remote.base, body(policy))
                                : api.send("PUT", remote.path(former), body(policy));
                        answers.add(saved);
                        if (!json) {
                            out().println((former == null ? "Created " : "Replaced ") + Output.plain(policy.name())
                                    + " (mode " + policy.mode().label() + ")"
                                    + listed(each.getKey(), saved.path("warnings"), "warning: "));
                        }
                    } catch (Api.RefusedException e) {
                        throw new IOException(findings(each.getKey(), policy.name(), e), e);
                    }
                }
                if (json) {
                    Output.json(out(), answers);
                }
                out().flush();
                return 0;
            }
        }

        private static ObjectNode action(Action action) {
            ObjectNode body = Api.object().put("precedence", action.precedence());
            switch (action) {
                case Action.SetPackageState set ->
                    body.put("action_type", "SetPackageState")
                            .put("package_state", set.state().name());
                case Action.AddPackageTags add ->
                    add.tags().forEach(body.put("action_type", "AddPackageTags").putArray("tags")::add);
                case Action.RemovePackageTags remove ->
                    remove.tags()
                            .forEach(
                                    body.put("action_type", "RemovePackageTags").putArray("tags")::add);
            }
            return body;
        }

        private static ObjectNode body(Policy policy) {
            ObjectNode body = Api.object()
                    .put("name", policy.name())
                    .put("description", policy.description())
                    .put("rego", policy.rego())
                    .put("enabled", policy.enabled())
                    .put("is_terminal", policy.terminal())
                    .put("precedence", policy.precedence())
                    .put("mode", policy.mode().label())
                    .put("effect", policy.effect().label())
                    .put("on_unknown", policy.onUnknown().label())
                    .put("on_error", policy.onError().label());
            ObjectNode scope = body.putObject("scope");
            policy.scope().repositories().forEach(scope.putArray("repositories")::add);
            policy.scope().formats().forEach(scope.putArray("formats")::add);
            ArrayNode actions = body.putArray("actions"); // with the rule, so that it is never in force without them
            policy.actions().forEach(each -> actions.add(action(each)));
            return body;
        }

        /** What is wrong, as compilers tell it: file, line, column, message. */
        private static String findings(Path file, String name, Api.RefusedException e) {
            JsonNode findings = e.answer().path("findings");
            // the message repeats the findings for who knows no more than the contract
            return "policy '" + name + "' is refused" + (findings.isEmpty() ? ": " + e.getMessage() : ":")
                    + listed(file, findings, "");
        }

        private static String listed(Path file, JsonNode findings, String kind) {
            StringBuilder text = new StringBuilder();
            for (JsonNode finding : findings) {
                text.append("\n  ").append(kind).append(file.getFileName());
                for (String place : List.of("line", "column")) {
                    text.append(':').append(Output.text(finding.path(place)));
                }
                text.append(": ").append(lines(finding.path("message")).replace("\n", "\n    "));
                if (!finding.path("hint").asString("").isEmpty()) {
                    text.append(" [").append(Output.text(finding.path("hint"))).append(']');
                }
                lines(finding.path("excerpt"))
                        .lines()
                        .forEach(line -> text.append("\n    ").append(line));
            }
            return text.toString();
        }

        /** Text of several lines with tabs, without the other control characters, which could steer a terminal. */
        private static String lines(JsonNode text) {
            return text.asString("").replaceAll("[\\p{Cntrl}&&[^\t\n]]", "?");
        }
    }

    /** {@code sluice policy mode NAME MODE}. */
    @Command(
            name = "mode",
            mixinStandardHelpOptions = true,
            description = "Set how seriously a policy's match is taken: off, audit, warn or enforce.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice policy mode Cool-down audit", "  sluice policy mode 'Licence deny list' enforce"})
    static final class Mode extends ApiCommand {

        @Parameters(index = "0", paramLabel = "NAME", description = "Name or slug.")
        private String name;

        @Parameters(
                index = "1",
                paramLabel = "MODE",
                converter = ModeWord.class,
                description = "off, audit, warn or enforce.")
        private Policy.Mode mode;

        /** Reads a mode as people write it. */
        private static final class ModeWord implements ITypeConverter<Policy.Mode> {
            @Override
            public Policy.Mode convert(String word) {
                return Arrays.stream(Policy.Mode.values())
                        .filter(mode -> mode.label().equalsIgnoreCase(word))
                        .findFirst()
                        .orElseThrow(() -> new TypeConversionException(
                                "'" + Output.plain(word) + "' is no mode; write off, audit, warn or enforce"));
            }
        }

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                Remote remote = new Remote(api);
                JsonNode policy = remote.require(name);
                JsonNode answer = api.send(
                        "PATCH",
                        remote.path(policy),
                        Api.object().put("mode", mode.name().toLowerCase(Locale.ROOT)));
                if (json) {
                    Output.json(out(), answer);
                } else {
                    out().println(Output.text(policy.path("name")) + " is now in mode " + mode.label());
                    out().flush();
                }
                return 0;
            }
        }
    }

    /** {@code sluice policy delete NAME}. */
    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete a policy.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice policy delete 'Licence deny list'"})
    static final class Delete extends ApiCommand {

        @Parameters(paramLabel = "NAME", description = "Name or slug.")
        private String name;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            try (Api api = connect()) {
                Remote remote = new Remote(api);
                JsonNode policy = remote.require(name);
                api.send("DELETE", remote.path(policy), null);
                if (json) {
                    Output.json(
                            out(),
                            Api.object()
                                    .put("deleted", policy.path("slug_perm").asString(""))
                                    .put("name", policy.path("name").asString("")));
                } else {
                    out().println("Deleted " + Output.text(policy.path("name")));
                    out().flush();
                }
                return 0;
            }
        }
    }
}
