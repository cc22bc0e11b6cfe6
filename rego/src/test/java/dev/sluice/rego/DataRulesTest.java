package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that depend on data alone are evaluated once per data document, and nobody can tell but by the time it takes. */
class DataRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Limits FEW_STEPS = new Limits(100, 200, Duration.ofMinutes(10));
    private static final Value INPUT = Json.read("{\"x\": 7}");

    private static PreparedQuery query(String body) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
    }

    private static ObjectValue numbers(int count) {
        return (ObjectValue) Json.read(IntStream.range(0, count)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "{\"n\": [", "]}")));
    }

    private static @Nullable Value value(PreparedQuery query, @Nullable Value input, Value data, Instant now) {
        return query.evaluate(Evaluation.Request.of(input, data, now)).value();
    }

    /** Twice, after which everything is kept that ever is. */
    private static PreparedQuery warmed(String body, @Nullable Value input, Value data) {
        PreparedQuery query = query(body);
        assertThat(value(query, input, data, NOW)).isEqualTo(value(query, input, data, NOW));
        return query;
    }

    private static @Nullable Value hurried(PreparedQuery query, @Nullable Value input, Value data) {
        return query.evaluate(new Evaluation.Request(input, data, NOW, false, false, FEW_STEPS))
                .value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := count({x | some x in data.n; x > 10}) => 989",
                "big contains x if { some x in data.n; x > 996 }\np := big => {997, 998, 999}",
                "m[x] := x * x if { some x in data.n; x > 997 }\np := m[input.x + 991] => 996004",
                "f(x) := [y | some y in data.n; y == x]\ns := {f(x) | some x in [1, 2]}\np := s => {[1], [2]}",
                "p := 1 if { some x in data.n; x > 1000 } else := 2 if { every x in data.n { x >= 0 } } => 2",
                "default p := 3\np := 4 if { some x in data.n; x > 1000 } => 3",
                "q if { some x in data.n; x > 1000 }\np := 5 if not q => 5",
                "q := [x | some x in data.n; x > 998]\np := [input.x, q] => [7, [999]]",
                "q := x if { x := max([y | some y in data.n]) }\nr := q + 1\np := r + input.x => 1007",
                "q.a.b := count([x | some x in data.n])\nq.a.c := 1\np := q.a => {\"b\": 1000, \"c\": 1}",
                "q := count([x | some x in data.n])\np := y if { y := q with input as {\"x\": 8} } => 1000",
            })
    void what_depends_on_data_alone_takes_no_steps_the_third_time(String bodyAndValue) {
        Value data = numbers(1000);
        String policy = bodyAndValue.substring(0, bodyAndValue.indexOf(" => "));
        String expected = bodyAndValue.substring(policy.length() + 4);
        assertThatThrownBy(() -> hurried(query(policy), INPUT, data)).hasMessageContaining("more than 100 steps");
        PreparedQuery query = warmed(policy, INPUT, data);
        assertThat(hurried(query, INPUT, data)).hasToString(expected);
        assertThat(query.evaluate(new Evaluation.Request(INPUT, data, NOW, false, false, FEW_STEPS))
                        .horizon())
                .isEqualTo(Instant.MAX);
    }

    @Test
    void another_document_is_another_answer_also_where_it_comes_and_goes() {
        PreparedQuery query = query("p := sum([x | some x in data.n; x > 0])");
        Value few = numbers(3);
        Value many = numbers(5);
        for (Value data : List.of(few, few, few, many, few, many, many, many, few, numbers(5), few, few)) {
            assertThat(value(query, null, data, NOW)).hasToString(data.equals(few) ? "3" : "10");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := input",
                "p := {\"whole\": input}",
                "p := x if x := input",
                "p if input",
                "p := [x | some x in input.list]",
                "q := input.x\np := [q, data.n]",
                "f(y) := input.x + y\np := f(1)",
                "f(y) := y + z if z := input.x\nq := f(1)\np := q",
                "p := 1 if not input.missing else := 2",
                "p := 1 if data.none else := input.x",
                "default p := 1\np := 2 if input.x == 1",
                "p := $\"{input.x}\"",
                "p := [v | some k; v := input[k]]",
                "p := sprintf(\"%d\", [input.x])",
                "p := data.t.a\na.q contains input.x",
                "p := data.t.a\na.b.c := input.x",
                "p := [v | some k; v := data.t.a[k]]\na.q := input.x",
                "p.a := 1\np.b := input.x",
                "p[input.x] := 1",
                "p := 1 if { every x in data.n { x < input.x } }",
                "p := y if { y := 1 with data.z as input.x }\nelse := 2",
                "q := data.z\np := y if { y := q with data.z as input.x }",
                "q := input.x\np := y if { y := q with input.x as input.x + 1 }",
            })
    void what_looks_at_the_input_is_evaluated_for_every_input(String body) {
        Value data = numbers(5);
        PreparedQuery query = warmed(body, Json.read("{\"x\": 1, \"list\": [1]}"), data);
        for (String text : List.of("{\"x\": 2, \"list\": [2]}", "{}", "{\"x\": \"3\", \"missing\": 1}", "false")) {
            Value input = Json.read(text);
            assertThat(value(query, input, data, NOW))
                    .as("%s about %s", body, text)
                    .isEqualTo(value(query(body), input, data, NOW));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := time.now_ns()",
                "p := time.clock(time.now_ns())",
                "q := time.now_ns()\np if q > 1795348800000000001",
                "f(x) := rand.intn(sprintf(\"%v\", [x]), 1000000)\np := f(data.n)",
                "p := uuid.rfc4122(\"k\")",
                "p := [y | some x in data.n; y := x + f(x)]\nf(x) := time.now_ns() - x",
                "q := data.z\np := y if { y := q with data.z as time.now_ns() }",
                "f(x) := x\np := y if { y := f(1) with f as time_now }\ntime_now(_) := time.now_ns()",
            })
    void what_depends_on_time_or_chance_is_evaluated_every_time(String body) {
        Value data = numbers(5);
        PreparedQuery query = warmed(body, null, data);
        for (Instant now : List.of(NOW.plusSeconds(1), NOW.minusSeconds(86_400))) {
            Evaluation.Request request = Evaluation.Request.of(null, data, now);
            Evaluation.Result result = query.evaluate(request);
            Evaluation.Result fresh = query(body).evaluate(request);
            assertThat(result.value()).as(body).isEqualTo(fresh.value());
            assertThat(result.horizon()).as(body).isEqualTo(fresh.horizon());
        }
    }

    @Test
    void what_with_changes_is_seen() {
        Value data = numbers(5);
        String rules = """
                q := count([x | some x in data.n])
                r := q + 1
                f(x) := x + 1
                s := [f(x) | some x in data.n]
                g(x) := x * 2
                inc := numbers.range(1, 3)
                """;
        for (String p : List.of(
                "p := [q, r, s, inc]",
                "p := [a, r] if { a := r with data.n as [1] }",
                "p := [a, r] if { a := r with data.t.q as 10 }",
                "p := [a, s] if { a := s with f as g }",
                "p := [a, s] if { a := s with f as 3 }",
                "p := [a, inc] if { a := inc with numbers.range as [4] }",
                "p := [a, inc, s] if { a := [inc, s, q] with data.n as [] }",
                "p := [a, b] if { a := r with data.n as input.n; b := r }")) {
            PreparedQuery query = warmed(rules + p, INPUT, data);
            for (String text : List.of("{\"n\": [1, 2]}", "{\"n\": []}")) {
                Value input = Json.read(text);
                assertThat(value(query, input, data, NOW)).as(p).isEqualTo(value(query(rules + p), input, data, NOW));
            }
        }
    }

    @Test
    void errors_are_not_kept_and_no_error_is_hidden() {
        Value data = numbers(5);
        PreparedQuery conflict = query("p := x if some x in data.n");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> value(conflict, null, data, NOW)).hasMessageContaining("conflicting values");
        }
        PreparedQuery quiet = warmed("p := [x | x := to_number(data.n)]", null, data);
        assertThat(value(quiet, null, data, NOW)).hasToString("[]");
        assertThatThrownBy(() ->
                        quiet.evaluate(Evaluation.Request.of(null, data, NOW).strict()))
                .hasMessageContaining("to_number");
    }

    @Test
    void a_traced_evaluation_reads_what_it_always_read() {
        Value data = numbers(5);
        String body = "q if { some x in data.n; x > 3 }\np if q";
        Evaluation.Request traced = Evaluation.Request.of(null, data, NOW).traced();
        Evaluation.Result warm = warmed(body, null, data).evaluate(traced);
        Evaluation.Result fresh = query(body).evaluate(traced);
        assertThat(warm.reads()).isNotEmpty().isEqualTo(fresh.reads());
        assertThat(warm.steps()).isNotEmpty().isEqualTo(fresh.steps());
    }

    @Test
    void functions_of_the_host_are_asked_every_time() {
        AtomicInteger asked = new AtomicInteger();
        Capabilities granted = Capabilities.ALL.granting("opa.runtime", (_, _) -> {
            asked.incrementAndGet();
            return ObjectValue.EMPTY;
        });
        PreparedQuery query = Rego.compile(
                        List.of(new SourceFile("p.rego", "package t\np := opa.runtime()\n")), granted)
                .prepare("data.t.p");
        for (int i = 1; i <= 4; i++) {
            value(query, null, ObjectValue.EMPTY, NOW);
            assertThat(asked).hasValue(i);
        }
    }

    @Test
    void what_is_too_large_is_evaluated_every_time() {
        Value data = numbers(5);
        PreparedQuery large = warmed("q := numbers.range(1, 500000)\np := count(q) + input.x", INPUT, data);
        Limits limits = new Limits(2_000, 200, Duration.ofMinutes(10));
        assertThatThrownBy(() -> large.evaluate(new Evaluation.Request(INPUT, data, NOW, false, false, limits)))
                .isInstanceOf(RegoEvaluationException.class);
        PreparedQuery small = warmed("q := numbers.range(1, 50000)\np := count(q) + input.x", INPUT, data);
        assertThat(small.evaluate(new Evaluation.Request(INPUT, data, NOW, false, false, limits))
                        .value())
                .hasToString("50007");
    }

    @Test
    void keeping_a_value_supplies_nothing() {
        AtomicInteger supplied = new AtomicInteger();
        Supplier<Value> supplier = () -> {
            supplied.incrementAndGet();
            return StringValue.of("large");
        };
        ObjectValue data = ObjectValue.builder()
                .put(
                        "d",
                        ObjectValue.builder()
                                .put("lazy", supplier)
                                .put("small", BooleanValue.TRUE)
                                .build())
                .build();
        PreparedQuery query = query("q := {\"d\": data.d}\np if q.d.small");
        for (int i = 0; i < 4; i++) {
            assertThat(value(query, null, data, NOW)).isEqualTo(BooleanValue.TRUE);
        }
        assertThat(supplied).hasValue(0);
    }

    @Test
    void threads_with_documents_of_their_own_disturb_nobody() throws InterruptedException, ExecutionException {
        PreparedQuery query = query("q contains x if { some x in data.n; x > 1 }\nr := sum(q)\np := r + input.x");
        List<Value> documents = List.of(numbers(10), numbers(20), numbers(30));
        List<String> expected = documents.stream()
                .map(d -> String.valueOf(value(query, INPUT, d, NOW)))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int first = thread;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 3000; i++) {
                        int which = (first + i / 10) % documents.size();
                        assertThat(value(query, INPUT, documents.get(which), NOW))
                                .hasToString(expected.get(which));
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }
}
