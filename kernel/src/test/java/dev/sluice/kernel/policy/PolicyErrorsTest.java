package dev.sluice.kernel.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.repository.Repository;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.BuiltinException;
import dev.sluice.rego.builtin.Builtins;
import dev.sluice.rego.builtin.CallContext;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An error is never a "no": every builtin with operands it cannot work with, and every limit, in every mode. Each line shows
 * which way it falls.
 */
class PolicyErrorsTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Repository MAIN = new Repository("main", true, List.of(), List.of());
    private static final Action QUARANTINE = new Action.SetPackageState("q", 0, PackageState.QUARANTINED);
    private static final Action RELEASE = new Action.SetPackageState("r", 0, PackageState.AVAILABLE);

    /** Values among which most functions find something they cannot work with. */
    private static final List<Value> ODD = Stream.of(
                    "\"no such thing\"", "-1.5", "{\"a\": [1]}", "[\"x\", 7]", "true", "\"\"", "0")
            .map(Json::read)
            .toList();

    /** Functions that take whatever they are given. */
    private static final Set<String> NEVER_FAIL = Set.of(
            "base64.is_valid",
            "equal",
            "graphql.is_valid",
            "graphql.parse_and_verify",
            "graphql.schema_is_valid",
            "gt",
            "gte",
            "internal.member_2",
            "internal.member_3",
            "is_array",
            "is_boolean",
            "is_null",
            "is_number",
            "is_object",
            "is_set",
            "is_string",
            "json.is_valid",
            "json.marshal",
            "json.verify_schema",
            "lt",
            "lte",
            "neq",
            "net.cidr_is_valid",
            "print",
            "regex.is_valid",
            "semver.is_valid",
            "time.now_ns",
            "type_name",
            "uri.is_valid",
            "walk",
            "yaml.is_valid",
            "yaml.marshal");

    /** What happened to a policy, whoever listens. */
    private final List<String> told = new ArrayList<>();

    private record Draft(
            String rego, Policy.Mode mode, Policy.OnError onError, Policy.OnUnknown onUnknown, Action action) {
        Draft(String rego) {
            this(rego, Policy.Mode.ENFORCE, Policy.OnError.WITHHOLD, Policy.OnUnknown.ALLOW, QUARANTINE);
        }

        Draft in(Policy.Mode other) {
            return new Draft(rego, other, onError, onUnknown, action);
        }

        Draft allowing() {
            return new Draft(rego, mode, Policy.OnError.ALLOW, onUnknown, action);
        }

        Draft unknown(Policy.OnUnknown meaning) {
            return new Draft(rego, mode, onError, meaning, action);
        }

        Draft releasing() {
            return new Draft(rego, mode, onError, onUnknown, RELEASE);
        }
    }

    private Decision decide(Value input, Draft... drafts) {
        List<CompiledPolicy> compiled = new ArrayList<>();
        for (Draft draft : drafts) {
            try {
                compiled.add(CompiledPolicy.compileStored(
                        new Policy(
                                "p" + compiled.size(),
                                "p" + compiled.size(),
                                "",
                                "package cloudsmith\n" + draft.rego(),
                                true,
                                false,
                                compiled.size(),
                                draft.mode(),
                                Policy.Scope.ALL,
                                List.of(draft.action()),
                                Policy.Effect.REFUSE,
                                draft.onUnknown(),
                                draft.onError(),
                                1,
                                NOW,
                                NOW,
                                "p.rego"),
                        (policy, failure) -> told.add(failure)));
            } catch (PolicyRejectedException e) {
                throw new AssertionError(draft.rego() + "\n" + e.findings(), e);
            }
        }
        return new PolicySet(1, compiled).decide(MAIN, "npm", (ObjectValue) input, Set.of(), NOW);
    }

    /** A call that fails. */
    private record Failing(BuiltinDeclaration builtin, List<Value> operands) {
        String call() {
            return builtin.name()
                    + IntStream.range(0, operands.size())
                            .mapToObj(i -> "input.x[" + i + "]")
                            .collect(Collectors.joining(", ", "(", ")"));
        }

        Value input() {
            return ObjectValue.builder()
                    .put(Json.read("\"x\""), ArrayValue.of(operands))
                    .build();
        }

        @Override
        public String toString() {
            return builtin.name() + operands;
        }
    }

    static Stream<Failing> failing() {
        return Builtins.all().stream().map(builtin -> failing(builtin, ODD)).filter(Objects::nonNull);
    }

    /** The builtin with the first of all combinations of operands that it fails with, or null. */
    private static @Nullable Failing failing(BuiltinDeclaration builtin, List<Value> values) {
        int arity = builtin.arity();
        int combinations = (int) Math.pow(values.size(), arity);
        for (int c = 0; c < combinations; c++) {
            Value[] operands = new Value[arity];
            for (int i = 0, rest = c; i < arity; i++, rest /= values.size()) {
                operands[i] = values.get((rest + i) % values.size());
            }
            try {
                builtin.call(CONTEXT, operands);
            } catch (BuiltinException failure) {
                return new Failing(builtin, Arrays.asList(operands));
            }
        }
        return null;
    }

    private static final CallContext CONTEXT = new CallContext() {
        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public void changesAt(long epochNanos) {}

        @Override
        public boolean strict() {
            return false;
        }

        @Override
        public void checkDeadline() {}
    };

    @Test
    void the_functions_that_take_whatever_they_are_given_are_these() {
        Set<String> never = Builtins.all().stream()
                .filter(builtin -> failing(builtin, ODD) == null)
                .map(BuiltinDeclaration::name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(never).isEqualTo(NEVER_FAIL);
        assertThat(failing().count()).isGreaterThan(150);
    }

    @ParameterizedTest
    @MethodSource("failing")
    void a_builtin_that_fails_withholds_in_enforce_and_is_recorded_in_the_other_modes(Failing failing) {
        Draft match =
                new Draft("default match := false\nmatch if {\n  y := " + failing.call() + "\n  y == \"never\"\n}");
        String name = failing.builtin().name();

        Decision enforced = decide(failing.input(), match);
        assertThat(enforced.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(enforced.decisive()).isNotNull();
        assertThat(requireNonNull(enforced.decisive()).reasons())
                .singleElement()
                .asString()
                .startsWith("the policy could not be evaluated: p.rego:4: eval_");
        assertThat(requireNonNull(enforced.decisive()).failure()).contains(name + ": ");
        assertThat(told)
                .singleElement()
                .isEqualTo(requireNonNull(enforced.decisive()).failure());

        for (Policy.Mode mode : List.of(Policy.Mode.AUDIT, Policy.Mode.WARN)) {
            Decision tried = decide(failing.input(), match.in(mode));
            assertThat(tried.state()).isEqualTo(PackageState.AVAILABLE);
            assertThat(tried.verdicts())
                    .singleElement()
                    .satisfies(v -> assertThat(v.failure()).contains(name));
        }

        Decision allowed = decide(failing.input(), match.allowing());
        assertThat(allowed.state()).as("OPA's own way").isEqualTo(PackageState.AVAILABLE);
        assertThat(allowed.verdicts())
                .singleElement()
                .satisfies(v -> assertThat(v.failure()).contains(name));
    }

    @ParameterizedTest
    @MethodSource("failing")
    void a_builtin_that_fails_never_lets_out_what_another_policy_withholds(Failing failing) {
        Draft always = new Draft("match := true");
        Draft opening = new Draft("default match := false\nmatch if not " + failing.call()).releasing();
        assertThat(decide(failing.input(), always, opening).isAllowed()).isFalse();
        assertThat(decide(failing.input(), always, new Draft("match := true").releasing())
                        .isAllowed())
                .as("which an evaluated one does")
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("failing")
    void a_reason_that_fails_leaves_the_match_and_says_so(Failing failing) {
        String reason = "\nreason contains \"known\"\nreason contains msg if {\n  msg := " + failing.call() + "\n}";
        Decision matched = decide(failing.input(), new Draft("match := true" + reason));
        assertThat(matched.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(requireNonNull(matched.decisive()).reasons())
                .contains("known")
                .anySatisfy(r -> assertThat(r).startsWith("its reason could not be evaluated: p.rego:5: "));
        assertThat(decide(failing.input(), new Draft("match := true"), new Draft("match := true" + reason).releasing())
                        .isAllowed())
                .as("a release that cannot say why")
                .isFalse();
        assertThat(told).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("failing")
    void a_builtin_that_was_given_something_unknown_leaves_it_to_on_unknown(Failing failing) {
        List<Value> nulls =
                failing.operands().stream().map(o -> (Value) NullValue.NULL).toList();
        Failing ignorant = new Failing(failing.builtin(), nulls);
        try {
            failing.builtin().call(CONTEXT, nulls.toArray(Value[]::new));
            return; // takes null
        } catch (BuiltinException asExpected) {
            // goes on
        }
        Draft match =
                new Draft("default match := false\nmatch if {\n  y := " + ignorant.call() + "\n  y == \"never\"\n}");
        assertThat(decide(ignorant.input(), match).isAllowed()).as("allow").isTrue();
        for (Policy.OnUnknown meaning : List.of(Policy.OnUnknown.HOLD, Policy.OnUnknown.BLOCK)) {
            Decision decision = decide(ignorant.input(), match.unknown(meaning));
            assertThat(decision.state()).as(meaning.label()).isEqualTo(PackageState.QUARANTINED);
            assertThat(requireNonNull(decision.decisive()).reasons())
                    .singleElement()
                    .asString()
                    .startsWith("not known yet: what p.rego:4: eval_")
                    .contains(failing.builtin().name());
        }
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @Timeout(20)
    @ValueSource(
            strings = {
                // steps, memory, what is built and what is given back
                "match if count([1 | some _ in numbers.range(1, 100000); some _ in numbers.range(1, 100000)]) == 7",
                "match if count(numbers.range(1, 1000000000)) == 1000000000",
                "match if count(net.cidr_expand(\"10.0.0.0/8\")) > 0",
                "match if { a := sprintf(\"%1000000d\", [1]); count(replace(a, \" \", a)) > 0 }",
                "match if { a := sprintf(\"%1000000d\", [1]); count(concat(\"\", [x | some _ in numbers.range(1, 160); x := a])) > 0 }",
                "match if { a := 10000000000000000000; b := (a*a)*(a*a); c := (b*b)*(b*b); d := (c*c)*(c*c); e := (d*d)*(d*d);"
                        + " f := (e*e)*(e*e); g := (f*f)*(f*f); h := (g*g)*(g*g); h > 0 }",
                "match := [x | some _ in numbers.range(1, 3); x := sprintf(\"%1000000d\", [1])]",
                // what contradicts itself
                "match := true if input.x\nmatch := false if input.x",
                "match if {k: v | some v in [1, 2]; k := \"a\"}",
                // a stand-in that takes less than what it stands for, which was saved before this was checked
                "g(x) := 1\nmatch if { concat(\",\", [\"a\"]) == \"a\" with concat as g }",
                // what is no boolean
                "match := \"yes\"",
                "match := 1",
                "match contains \"yes\""
            })
    void every_limit_and_contradiction_withholds_in_enforce_and_is_recorded_in_the_other_modes(String rego) {
        Value input = Json.read("{\"x\": true}");
        Decision enforced = decide(input, new Draft(rego));
        assertThat(enforced.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(requireNonNull(enforced.decisive()).failure()).contains("p.rego");
        assertThat(decide(input, new Draft("match := true"), new Draft(rego).releasing())
                        .isAllowed())
                .isFalse();
        for (Policy.Mode mode : List.of(Policy.Mode.AUDIT, Policy.Mode.WARN)) {
            Decision tried = decide(input, new Draft(rego).in(mode));
            assertThat(tried.isAllowed()).isTrue();
            assertThat(tried.verdicts())
                    .singleElement()
                    .satisfies(v -> assertThat(v.failure()).isNotNull());
        }
        assertThat(decide(input, new Draft(rego).allowing()).isAllowed()).isTrue();
        assertThat(decide(input, new Draft("match := true\nreason contains x if {\n  " + body(rego) + "\n}"))
                        .state())
                .isEqualTo(PackageState.QUARANTINED);
    }

    private static String body(String rego) {
        return "x := \"" + rego.length() + "\"";
    }

    @Test
    void rules_that_call_each_other_too_deep_are_a_failure() {
        StringBuilder rego = new StringBuilder("r0 if input.x\n");
        for (int i = 1; i < 600; i++) {
            rego.append("r").append(i).append(" if r").append(i - 1).append("\n");
        }
        Decision decision = decide(Json.read("{\"x\": true}"), new Draft(rego + "match if not r599"));
        assertThat(decision.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(requireNonNull(decision.decisive()).failure()).contains("deep");
    }

    @Test
    void one_policy_that_fails_takes_nothing_from_the_others() {
        Draft broken = new Draft("match if to_number(\"many\") > 0").in(Policy.Mode.AUDIT);
        Draft clear = new Draft("match := true\nreason contains \"clear\"");
        Decision decision = decide(Json.read("{}"), broken, clear);
        assertThat(requireNonNull(decision.decisive()).reasons()).containsExactly("clear");
        assertThat(decision.verdicts()).extracting(Verdict::matched).containsExactly(true, false);
        assertThat(told).hasSize(1);
    }

    @Test
    void an_error_beside_a_match_of_a_policy_that_withholds_changes_nothing() {
        Decision decision = decide(
                Json.read("{}"),
                new Draft("match if to_number(\"many\") > 0\nmatch if true\nreason contains \"matched\""));
        assertThat(requireNonNull(decision.decisive()).reasons()).containsExactly("matched");
    }
}
