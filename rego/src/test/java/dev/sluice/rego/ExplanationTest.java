package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an explanation says, word for word. */
class ExplanationTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String POLICY = """
            package gate

            default deny := false

            deny if {
            	some vuln in input.vulns
            	vuln.cvss >= 7
            	vuln.epss >= 0.2
            }

            deny if time.now_ns() < time.parse_rfc3339_ns(input.published) + 86400000000000
            """;

    private static Explanation explain(String input) {
        return Rego.compile(List.of(new SourceFile("gate.rego", POLICY)))
                .prepare("data.gate.deny")
                .explain(Evaluation.Request.of(Json.read(input), ObjectValue.EMPTY, NOW));
    }

    @Test
    void a_match_is_told_with_its_rule_line_bindings_and_what_would_undo_it() {
        assertThat(explain("""
                        {"vulns": [{"cvss": 9.8, "epss": 0.3}], "published": "2026-01-01T00:00:00Z"}""").toString()).isEqualTo("""
                        the answer is true
                        gate.rego:5: data.gate.deny holds (vuln = {"cvss": 9.8, "epss": 0.3})
                        it would be false with input.vulns[0].cvss = 6 instead of 9.8
                        it would be false with input.vulns[0].epss = -0.8 instead of 0.3
                        """);
    }

    @Test
    void no_match_is_told_with_the_first_expression_that_failed_and_what_would_make_one() {
        assertThat(explain("""
                        {"vulns": [{"cvss": 9.8, "epss": 0.02}], "published": "2026-11-20T00:00:00Z"}""").toString()).isEqualTo("""
                        the answer is false
                        gate.rego:8: data.gate.deny fails at: vuln.epss >= 0.2 (0.02 >= 0.2)
                        gate.rego:11: data.gate.deny fails at: time.now_ns() < time.parse_rfc3339_ns(input.published) + 86400000000000 (1795348800000000000 < 1795219200000000000)
                        gate.rego:3: data.gate.deny has its default value
                        it would be true with input.vulns[0].epss = 0.2 instead of 0.02
                        """);
    }

    @Test
    void an_answer_that_time_alone_will_change_says_when() {
        Explanation explanation = explain("{\"published\": \"2026-11-22T00:00:00Z\"}");
        assertThat(explanation.changes())
                .contains(new Explanation.Change("from 2026-11-23T00:00:00Z on", BooleanValue.FALSE));
        assertThat(explanation.toString()).contains("until 2026-11-23T00:00:00Z\n");
    }
}
