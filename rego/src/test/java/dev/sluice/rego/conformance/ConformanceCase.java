package dev.sluice.rego.conformance;

import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.Program;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Parameter;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One case of OPA's own suite: modules, data, input and a query, with what must come out. */
record ConformanceCase(int number, String directory, String note, ObjectValue fields) {
    private static final Pattern DOCUMENT = Pattern.compile("(data(?:\\.\\w+)+) = x");
    private static final Pattern PACKAGE_LINE = Pattern.compile("(?m)^(package \\S+)");
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Limits LIMITS = new Limits(5_000_000, 500, Duration.ofSeconds(20));

    static List<ConformanceCase> read(Path file) throws IOException {
        List<ConformanceCase> cases = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                ObjectValue fields = (ObjectValue) Json.read(line);
                cases.add(new ConformanceCase(
                        cases.size() + 1, text(fields.get("dir")), text(fields.get("note")), fields));
            }
        }
        return cases;
    }

    private static String text(@Nullable Value value) {
        return value instanceof StringValue s ? s.value() : "";
    }

    /**
     * Null when the case passes, else what is wrong.
     *
     * @param extraImport an import added to every module, such as {@code rego.v2}; empty for none
     */
    @Nullable
    String run(String extraImport) {
        String wantError = text(fields.get("want_error"));
        String wantCode = text(fields.get("want_error_code"));
        Evaluation.Bindings found;
        try {
            found = evaluate(extraImport);
        } catch (RegoException wrong) {
            RegoError first = wrong.errors().getFirst();
            return error(first.code(), String.valueOf(wrong.getMessage()), wantError, wantCode);
        } catch (RegoEvaluationException wrong) {
            return error(wrong.code(), String.valueOf(wrong.getMessage()), wantError, wantCode);
        } catch (StackOverflowError | RuntimeException bug) {
            StackTraceElement[] trace = bug.getStackTrace();
            return "BUG " + bug + (trace.length > 0 ? " at " + trace[0] : "");
        }
        Value want = fields.get("want_result");
        if (!(want instanceof ArrayValue expected)) {
            return wantError.isEmpty() && wantCode.isEmpty()
                    ? null
                    : "no error, but wanted " + wantCode + " " + wantError + "; got " + found.bindings();
        }
        boolean sort = fields.get("sort_bindings") == BooleanValue.TRUE;
        Set<Value> wanted = new HashSet<>();
        expected.forEach(v -> wanted.add(normal((ObjectValue) v, sort)));
        Set<Value> got = new HashSet<>();
        for (Map<String, Value> binding : found.bindings()) {
            ObjectValue.Builder builder = ObjectValue.builder();
            binding.forEach((name, value) -> builder.put(name, Json.read(Json.write(value))));
            got.add(normal(builder.build(), sort));
        }
        return wanted.equals(got) ? null : "wanted " + wanted + "\n      got    " + got;
    }

    /** Whether the query asks for one document, as nearly all do. */
    boolean hasDocument() {
        return DOCUMENT.matcher(text(fields.get("query"))).matches();
    }

    /** The document the query asks for, or the error it gives, as text. */
    String document(boolean traced) {
        Matcher path = DOCUMENT.matcher(text(fields.get("query")));
        if (!path.matches()) {
            throw new IllegalStateException("no document: " + note);
        }
        try {
            Evaluation.Request request = request();
            return String.valueOf(compile("")
                    .prepare(path.group(1))
                    .evaluate(traced ? request.traced() : request)
                    .value());
        } catch (RegoException | RegoEvaluationException wrong) {
            return String.valueOf(wrong.getMessage());
        }
    }

    private static String with(String extraImport, String module) {
        return extraImport.isEmpty() ? module : PACKAGE_LINE.matcher(module).replaceFirst("$1; import " + extraImport);
    }

    private static Value normal(ObjectValue binding, boolean sort) {
        ObjectValue.Builder builder = ObjectValue.builder();
        for (ObjectValue.Entry entry : binding.entries()) {
            Value value = entry.value();
            if (sort && value instanceof ArrayValue array) {
                List<Value> items = new ArrayList<>(List.of(array.toArray()));
                items.sort(null);
                value = ArrayValue.of(items);
            }
            builder.put(entry.key(), value);
        }
        return builder.build();
    }

    private static @Nullable String error(String code, String message, String wantError, String wantCode) {
        if (wantError.isEmpty() && wantCode.isEmpty()) {
            return "error " + message;
        }
        if (!wantCode.isEmpty() && !wantCode.equals(code)) {
            return "wanted " + wantCode + " but got " + message;
        }
        return message.contains(wantError) ? null : "wanted error " + wantError + "\n      got          " + message;
    }

    private Evaluation.Bindings evaluate(String extraImport) {
        return compile(extraImport).prepareQuery(text(fields.get("query"))).solutions(request());
    }

    private Program compile(String extraImport) {
        List<SourceFile> modules = new ArrayList<>();
        if (fields.get("modules") instanceof ArrayValue sources) {
            for (Value source : sources) {
                modules.add(new SourceFile("test-" + modules.size() + ".rego", with(extraImport, text(source))));
            }
        }
        return Rego.compile(modules, HOST);
    }

    /** The functions that the suite asks of its host. */
    private static final Capabilities HOST = Capabilities.ALL
            .granting("http.send", (_, _) -> null)
            .granting(
                    "net.lookup_ip_addr",
                    (_, args) -> SetValue.of(
                            args[0].equals(StringValue.of("localhost")) ? StringValue.of("127.0.0.1") : args[0]))
            .granting("opa.runtime", (_, _) -> ObjectValue.EMPTY)
            .with(new BuiltinDeclaration(
                    "test.sleep",
                    List.of(new Parameter("", Type.Scalar.STRING)),
                    new Parameter("", Type.Scalar.NULL),
                    false,
                    false,
                    true,
                    (_, _) -> NullValue.NULL));

    private Evaluation.Request request() {
        Value data = fields.get("data");
        Value input = fields.get("input");
        String term = text(fields.get("input_term"));
        if (!term.isEmpty()) {
            input = Rego.compile(List.of())
                    .prepareQuery("x = " + term)
                    .solutions(Evaluation.Request.of(null, ObjectValue.EMPTY, NOW))
                    .bindings()
                    .getFirst()
                    .get("x");
        }
        boolean strict = fields.get("strict_error") == BooleanValue.TRUE;
        return new Evaluation.Request(
                input, data instanceof ObjectValue ? data : ObjectValue.EMPTY, NOW, strict, false, LIMITS);
    }
}
