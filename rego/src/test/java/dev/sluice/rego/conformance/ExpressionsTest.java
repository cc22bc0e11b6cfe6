package dev.sluice.rego.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Rego;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Our own smaller corpus, for where OPA's suite does not lie beside the project; see {@code e2e/opa/expressions.py}. */
class ExpressionsTest {
    static Stream<Arguments> expressions() throws IOException {
        List<String> lines;
        try (InputStream in = Objects.requireNonNull(ExpressionsTest.class.getResourceAsStream("expressions.txt"))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        List<Arguments> out = new ArrayList<>();
        for (int i = 1; i + 1 < lines.size(); i += 2) {
            out.add(Arguments.of(lines.get(i), lines.get(i + 1).substring(3)));
        }
        return out.stream();
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void gives_what_opa_gives(String expression, String wanted) {
        String rule = expression.startsWith("every ")
                ? "answer if " + expression
                : "answer := x if { x := " + expression + " }";
        Value value = Rego.compile(List.of(new SourceFile("t.rego", "package t\n" + rule)))
                .prepare("data.t.answer")
                .evaluate(Evaluation.Request.of(null, ObjectValue.EMPTY, Instant.EPOCH))
                .value();
        if (wanted.equals("undefined")) {
            assertThat(value).isNull();
        } else {
            assertThat(value == null ? null : Json.read(Json.write(value))).isEqualTo(Json.read(wanted));
        }
    }
}
