package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** One program over many inputs, and documents that are only supplied when looked at. */
class ManyInputsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static PreparedQuery query(String policy) {
        return Rego.compile(List.of(new SourceFile("p.rego", policy))).prepare("data.t.p");
    }

    @Test
    void every_input_gets_its_answer_in_order_and_a_failure_fails_alone() {
        PreparedQuery query = query("package t\np := 1 if input.a\np := 2 if input.b\np := data.other if input.c");
        List<Value> inputs = List.of(
                Json.read("{\"a\": true}"),
                Json.read("{\"a\": true, \"b\": true}"),
                Json.read("{\"c\": true}"),
                Json.read("{}"));
        List<String> answers = new ArrayList<>();
        query.evaluateAll(inputs, Evaluation.Request.of(null, Json.read("{\"other\": 3}"), NOW), answer -> {
            Evaluation.Result result = answer.result();
            answers.add(result == null ? "failed" : String.valueOf(result.value()));
        });
        assertThat(answers).containsExactly("1", "failed", "3", "null");
    }

    @Test
    void what_a_policy_never_looks_at_is_never_supplied() {
        AtomicInteger supplied = new AtomicInteger();
        Supplier<Value> bill = () -> {
            supplied.incrementAndGet();
            return Json.read("[{\"name\": \"left-pad\"}]");
        };
        Value input = ObjectValue.builder()
                .put("name", StringValue.of("x"))
                .put("sbom", bill)
                .build();
        Evaluation.Request request = Evaluation.Request.of(input, ObjectValue.EMPTY, NOW);
        assertThat(query("package t\np if input.name == \"x\"")
                        .evaluate(request)
                        .value())
                .hasToString("true");
        assertThat(query("package t\np if input.name == \"x\"")
                        .evaluate(request.traced())
                        .value())
                .hasToString("true");
        assertThat(supplied).hasValue(0);
        assertThat(query("package t\np := input.sbom[0].name").evaluate(request).value())
                .hasToString("\"left-pad\"");
        assertThat(query("package t\np := count(input.sbom)").evaluate(request).value())
                .isEqualTo(NumberValue.ONE);
        assertThat(supplied).hasValue(1);
    }

    @Test
    void an_object_with_a_supplied_value_is_like_any_other() {
        Supplier<Value> two = () -> NumberValue.of(2);
        Value lazy =
                ObjectValue.builder().put("b", two).put("a", NumberValue.ONE).build();
        assertThat(lazy).isEqualTo(Json.read("{\"a\": 1, \"b\": 2}")).hasToString("{\"a\": 1, \"b\": 2}");
        Value copy = ObjectValue.builder()
                .putAll(ObjectValue.builder().put("b", two).build())
                .put("a", NumberValue.ONE)
                .build();
        assertThat(copy).isEqualTo(lazy).hasSameHashCodeAs(lazy);
    }
}
