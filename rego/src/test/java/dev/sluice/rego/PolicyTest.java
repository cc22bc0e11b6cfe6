package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static final String CVSS = """
            # METADATA
            # title: High risk
            # description: |
            #   Severe and
            #   fixed.
            package cloudsmith

            default match := false

            match if count(reason) > 0

            reason contains msg if {
            	some vuln in input.v0.osv
            	vuln.cvss >= 7
            	vuln.fixed != null
            	not exempt[vuln.id]
            	msg := sprintf("%s has score %v", [vuln.id, vuln.cvss])
            }

            exempt := {"CVE-1"}
            """;

    static @Nullable Value evaluate(String policy, String path, String input) {
        return Rego.compile(List.of(new SourceFile("policy.rego", policy)))
                .prepare(path)
                .evaluate(Evaluation.Request.of(Json.read(input), ObjectValue.EMPTY, NOW))
                .value();
    }

    @Test
    void a_vulnerable_package_matches_with_its_reason() {
        String input = """
                {"v0": {"osv": [{"id": "CVE-2", "cvss": 9.8, "fixed": "1.2"}, {"id": "CVE-1", "cvss": 9, "fixed": "2"},
                  {"id": "CVE-3", "cvss": 6.9, "fixed": "2"}, {"id": "CVE-4", "cvss": 10.0, "fixed": null}]}}""";
        assertThat(evaluate(CVSS, "data.cloudsmith.match", input)).isEqualTo(BooleanValue.TRUE);
        assertThat(evaluate(CVSS, "data.cloudsmith", input)).hasToString("""
                {"exempt": {"CVE-1"}, "match": true, "reason": {"CVE-2 has score 9.8"}}""");
    }

    @Test
    void a_package_without_findings_does_not_match() {
        assertThat(evaluate(CVSS, "data.cloudsmith.match", "{}")).isEqualTo(BooleanValue.FALSE);
        assertThat(evaluate(CVSS, "data.cloudsmith.nothing", "{}")).isNull();
    }

    @Test
    void metadata_of_the_package_is_known() {
        Program program = Rego.compile(List.of(new SourceFile("policy.rego", CVSS)));
        assertThat(program.describe("cloudsmith"))
                .isEqualTo(new Program.Description("High risk", "Severe and\nfixed."));
        assertThat(program.ruleNames("cloudsmith")).containsExactly("exempt", "match", "reason");
        assertThat(program.packagePaths()).containsExactly("cloudsmith");
    }

    @Test
    void the_input_a_policy_may_read_is_known_without_running_it() {
        PreparedQuery query =
                Rego.compile(List.of(new SourceFile("policy.rego", CVSS))).prepare("data.cloudsmith");
        assertThat(query.mayRead(List.of("v0", "osv"))).isTrue();
        assertThat(query.mayRead(List.of("v0"))).isTrue();
        assertThat(query.mayRead(List.of("v0", "request"))).isFalse();
    }

    @Test
    void replacing_the_input_is_no_reading_of_it() {
        PreparedQuery query = Rego.compile(List.of(new SourceFile(
                        "policy.rego", "package t\np if q with input as {\"a\": 1}\nq if input.a == 1\n")))
                .prepare("data.t.p");
        assertThat(query.mayRead(List.of("a"))).isTrue();
        assertThat(query.mayRead(List.of("b"))).isFalse();
    }

    @Test
    void two_values_for_one_rule_are_an_error_that_lists_both() {
        String policy = """
                package t

                p := 1 if input.a

                p := 2 if input.b
                """;
        assertThatThrownBy(() -> evaluate(policy, "data.t.p", "{\"a\": 1, \"b\": 1}"))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessage("""
                        policy.rego:5: eval_conflict_error: rule data.t.p produced conflicting values:
                          1 at policy.rego:3
                          2 at policy.rego:5""");
    }
}
