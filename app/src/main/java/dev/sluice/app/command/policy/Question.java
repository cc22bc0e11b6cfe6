package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.Program;
import dev.sluice.rego.Rego;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.JsonFault;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import dev.sluice.rego.value.Yaml;
import dev.sluice.rego.value.YamlFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The options that say about what a policy is asked, and how its answers are written as JSON. */
final class Question {

    private static final int MAX_BYTES = 64 << 20;
    private static final String OF_A_DECISION = "input";

    /** Numbers of policies have no end: 1e400 is one. */
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    @Option(
            names = {"-i", "--input"},
            paramLabel = "FILE",
            description =
                    "The input document: JSON or YAML, - for standard input; also all that sluice explain PURL --json prints.")
    private @Nullable String input;

    @Option(
            names = "--time",
            paramLabel = "INSTANT",
            description = "When it is (default: now), for example 2026-03-10T12:00:00Z.")
    private @Nullable String time;

    /** What is asked about: modules, documents, and when. */
    record Documents(List<SourceFile> modules, Evaluation.Request request) {
        /** The modules as a program. Throws RegoException when they do not compile. */
        Program compile() {
            return Rego.compile(modules);
        }
    }

    /**
     * Reads what is named.
     *
     * @param paths Rego files, directories of them, and documents to stand below {@code data}
     */
    Documents documents(List<Path> paths) throws IOException {
        List<SourceFile> modules = new ArrayList<>();
        ObjectValue data = ObjectValue.EMPTY;
        for (Path path : paths) {
            if (isDocument(path)) {
                data = joined(data, document(Files.newInputStream(path), path.toString()), path);
                continue;
            }
            for (Path file : RegoFiles.in(List.of(path))) {
                modules.add(RegoFiles.source(file));
            }
        }
        Value document = null;
        if (input != null) {
            document = input.equals("-")
                    ? document(System.in, "standard input")
                    : document(Files.newInputStream(Path.of(input)), input);
            if (document instanceof ObjectValue answer && answer.get("decision") != null) {
                Value inside = answer.get(OF_A_DECISION);
                document = inside == null ? document : inside;
            }
        }
        Evaluation.Request request = new Evaluation.Request(document, data, instant(), false, false, Limits.STANDARD);
        return new Documents(modules, request);
    }

    private Instant instant() {
        try {
            return time == null ? Api.clock().instant() : Instant.parse(time);
        } catch (DateTimeParseException wrong) {
            throw new ConfigurationException(
                    "--time is an instant such as 2026-03-10T12:00:00Z, not '" + time + "'", wrong);
        }
    }

    private static boolean isDocument(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".json") || name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private static Value document(InputStream stream, String name) throws IOException {
        byte[] bytes;
        try (stream) {
            bytes = stream.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(name + " is larger than 64 MB");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            return name.toLowerCase(Locale.ROOT).matches(".*\\.ya?ml") ? Yaml.read(text) : Json.read(text);
        } catch (JsonFault | YamlFault wrong) {
            throw new IllegalArgumentException(name + ": " + wrong.getMessage(), wrong);
        }
    }

    private static ObjectValue joined(ObjectValue data, Value more, Path path) {
        if (!(more instanceof ObjectValue object)) {
            throw new IllegalArgumentException(path + " is no object, so it cannot stand below data");
        }
        ObjectValue.Builder all = ObjectValue.builder().putAll(data);
        for (ObjectValue.Entry entry : object.entries()) {
            if (data.get(entry.key()) != null) {
                throw new IllegalArgumentException(path + " defines " + entry.key() + " a second time");
            }
            all.put(entry.key(), entry.value());
        }
        return all.build();
    }

    /** Whether a query is a path below data or input, which has a value rather than solutions. */
    static boolean isPath(String query) {
        Term term = term(query);
        List<String> names = term == null ? null : Term.constantPath(term);
        return names != null
                && (names.getFirst().equals("data") || names.getFirst().equals("input"));
    }

    /** Whether a query is one expression that has a value. */
    static boolean isTerm(String query) {
        return term(query) != null;
    }

    private static @Nullable Term term(String query) {
        Body body = Parser.parseQuery(new SourceFile("query", query));
        Expr only = body.literals().size() == 1 ? body.literals().getFirst() : null;
        return only != null && !only.negated() && only.withs().isEmpty() && only.statement() instanceof Expr.Truth truth
                ? truth.term()
                : null;
    }

    /** Passes on what is printed during an evaluation. */
    static Evaluation.Observer printing(PrintWriter out) {
        return new Evaluation.Observer() {
            @Override
            public void reached(String file, int row, int column) {}

            @Override
            public void printed(String file, int row, String text) {
                out.println(Output.plain(text));
            }
        };
    }

    /** A value as JSON, sets as arrays; null where there is none. */
    static JsonNode json(@Nullable Value value) {
        return value == null ? Api.JSON.nullNode() : EXACT.readTree(Json.write(value));
    }

    /** A value for people. */
    static String pretty(Value value) {
        return value instanceof ObjectValue
                ? Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(value))
                : Output.plain(value.toString());
    }

    /** An instant, null for never. */
    static @Nullable String text(Instant instant) {
        return instant.equals(Instant.MAX) ? null : instant.toString();
    }

    /** What a result depends on. */
    static ArrayNode json(List<Evaluation.Read> reads) {
        ArrayNode list = Api.JSON.createArrayNode();
        for (Evaluation.Read read : reads) {
            ObjectNode one = list.addObject();
            ArrayNode path = one.putArray("path");
            read.path().forEach(key -> path.add(json(key)));
            one.put("extent", read.extent().name().toLowerCase(Locale.ROOT));
            if (read.extent() == Evaluation.Extent.WHOLE || read.extent() == Evaluation.Extent.RANGE) {
                one.set("value", json(read.value()));
            }
            Evaluation.Interval interval = read.interval();
            if (interval != null) {
                one.put("interval", interval.toString());
            }
        }
        return list;
    }
}
