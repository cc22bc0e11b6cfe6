package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.policy.SharedAnswers;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import dev.sluice.testkit.TestGate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Answers that are shared between what a policy cannot tell apart: the decisions are those of asking every time. */
class SharedAnswersTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Repository MAIN = new Repository("main", true, List.of(), List.of());

    /** Conditions that read everything, something, or nothing of the input, by name, by computed name, and as a whole. */
    private static final List<String> CONDITIONS = List.of(
            "true",
            "input.v0.package.upstream_metadata.published_at != null;"
                    + " time.now_ns() - time.parse_rfc3339_ns(input.v0.package.upstream_metadata.published_at) < 259200000000000",
            "input.v0.package.yanked != null",
            "endswith(input.v0.package.filename, \"1.whl\")",
            "startswith(input.v0.identity.checksum_sha256, \"a\")",
            "input.v0.package.size > 2",
            "some f in input.v0.package.files; f.is_primary; f.size == 1",
            "count(input.v0.vulnerabilities) > 1",
            "input.v0.package.license.raw_license == \"MIT\"",
            "object.get(input.v0.package, [\"upstream_metadata\", \"published_at\"], \"\") == \"2026-05-30T00:00:00Z\"",
            "some k, v in input.v0.package; k == \"size\"; v == 1",
            "x := input; x.v0.package.filename == \"f0.whl\"",
            "walk(input, [path, value]); path[count(path) - 1] == \"extra\"; value == 1",
            "input.v0.signals.published.known",
            "input.v0.extra == 1",
            "json.marshal(input.v0.identity) == \"{}\"");

    private static Value text(String text) {
        return StringValue.of(text);
    }

    private static ObjectValue input(Random random) {
        int size = random.nextInt(4);
        ObjectValue.Builder upstream = ObjectValue.builder();
        upstream.put(
                "published_at",
                random.nextInt(4) == 0
                        ? NullValue.NULL
                        : text(List.of("2026-05-30T00:00:00Z", "2026-05-31T10:00:00Z", "2020-01-01T00:00:00Z")
                                .get(random.nextInt(3))));
        ObjectValue.Builder pack = ObjectValue.builder()
                .put("filename", text("f" + random.nextInt(3) + ".whl"))
                .put("size", NumberValue.of(size))
                .put("yanked", random.nextBoolean() ? NullValue.NULL : text("broken"))
                .put(
                        "license",
                        ObjectValue.builder()
                                .put("raw_license", text(random.nextBoolean() ? "MIT" : "GPL"))
                                .build())
                .put("upstream_metadata", upstream.build())
                .put(
                        "files",
                        () -> ArrayValue.of(ObjectValue.builder()
                                .put("is_primary", dev.sluice.rego.value.BooleanValue.of(size % 2 == 0))
                                .put("size", NumberValue.of(size))
                                .build()));
        ObjectValue.Builder identity =
                ObjectValue.builder().put("checksum_sha256", text(random.nextBoolean() ? "ab" : "cd"));
        if (random.nextInt(8) == 0) {
            pack.put("extra", NumberValue.of(random.nextInt(2)));
        }
        ObjectValue.Builder v0 = ObjectValue.builder()
                .put("package", pack.build())
                .put("identity", random.nextInt(8) == 0 ? ObjectValue.EMPTY : identity.build())
                .put(
                        "vulnerabilities",
                        ArrayValue.of(java.util.Collections.nCopies(random.nextInt(3), NumberValue.of(1))))
                .put(
                        "signals",
                        random.nextInt(8) == 0
                                ? NullValue.NULL
                                : ObjectValue.builder()
                                        .put(
                                                "published",
                                                ObjectValue.builder()
                                                        .put(
                                                                "known",
                                                                dev.sluice.rego.value.BooleanValue.of(
                                                                        random.nextBoolean()))
                                                        .build())
                                        .build());
        if (random.nextInt(8) == 0) {
            v0.put("extra", NumberValue.of(random.nextInt(2)));
        }
        return ObjectValue.builder().put("v0", v0.build()).build();
    }

    private static Policy draft(Random random, String name, String condition) {
        PackageState state = random.nextInt(4) == 0 ? PackageState.AVAILABLE : PackageState.QUARANTINED;
        return new Policy(
                "draft",
                name,
                "",
                "package cloudsmith\n\ndefault match := false\n\nmatch if {\n  " + condition.replace("; ", "\n  ")
                        + "\n}\n\nreason contains sprintf(\"%v is %v\", [\"" + name
                        + "\", input.v0.package.size]) if match\n",
                true,
                random.nextInt(5) == 0,
                random.nextInt(3),
                random.nextInt(4) == 0 ? Policy.Mode.WARN : Policy.Mode.ENFORCE,
                Policy.Scope.ALL,
                List.of(new Action.SetPackageState("action", 1, state)),
                random.nextBoolean() ? Policy.Effect.HIDE : Policy.Effect.REFUSE,
                Policy.OnUnknown.values()[random.nextInt(Policy.OnUnknown.values().length)],
                1,
                NOW,
                NOW,
                null);
    }

    private static PolicySet policies(Random random, int count) {
        TestGate gate = new TestGate(new TextFormat("text", true));
        for (int i = 0; i < count; i++) {
            Policy draft = draft(random, "p" + i, CONDITIONS.get(random.nextInt(CONDITIONS.size())));
            try {
                gate.policies().create(draft, Event.Actor.SYSTEM);
            } catch (PolicyRejectedException e) {
                // what the schema rules out today is asked of nothing
            }
        }
        return gate.policies().current();
    }

    @Property(tries = 150)
    void decisions_are_those_of_asking_every_time(@ForAll Random random) {
        PolicySet set = policies(random, 1 + random.nextInt(5));
        SharedAnswers answers = new SharedAnswers(NOW);
        for (int i = 0; i < 40; i++) {
            ObjectValue input = input(random);
            Set<UnknownFact> unknown = EnumSet.noneOf(UnknownFact.class);
            for (UnknownFact fact : UnknownFact.values()) {
                if (random.nextInt(4) == 0) {
                    unknown.add(fact);
                }
            }
            Decision alone = set.decide(MAIN, "text", input, unknown, NOW);
            assertThat(set.decide(MAIN, "text", input, unknown, answers)).isEqualTo(alone);
        }
    }

    private static ObjectValue file(String published, String name) {
        ObjectValue pack = ObjectValue.builder()
                .put(
                        "upstream_metadata",
                        ObjectValue.builder()
                                .put("published_at", text(published))
                                .build())
                .put("filename", text(name))
                .build();
        return ObjectValue.builder()
                .put(
                        "v0",
                        ObjectValue.builder()
                                .put("package", pack)
                                .put("osv", ArrayValue.EMPTY)
                                .build())
                .build();
    }

    private static long evaluations(List<String> conditions, int files, boolean ownTimes)
            throws PolicyRejectedException {
        TestGate gate = new TestGate(new TextFormat("text", true));
        for (String condition : conditions) {
            gate.withhold("p" + conditions.indexOf(condition), condition);
        }
        PolicySet set = gate.policies().current();
        SharedAnswers answers = new SharedAnswers(NOW);
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            String published = NOW.minus(Duration.ofSeconds(ownTimes ? i : 1)).toString();
            decisions.add(set.decide(MAIN, "text", file(published, "f" + i), Set.of(), answers));
        }
        assertThat(decisions).hasSize(files);
        return answers.evaluations();
    }

    @Test
    void a_policy_is_asked_once_for_all_files_that_it_cannot_tell_apart() throws PolicyRejectedException {
        String byTime = "input.v0.package.upstream_metadata.published_at == \"2020-01-01T00:00:00Z\"";
        String byAdvisory = "count(input.v0.osv) > 0";
        assertThat(evaluations(List.of(byTime, byAdvisory), 500, false)).isEqualTo(2);
        assertThat(evaluations(List.of(byTime, byAdvisory), 500, true))
                .as("each time of its own, and once for all of them")
                .isEqualTo(501);
        assertThat(evaluations(List.of("input.v0.package.filename == \"x\"", byAdvisory), 500, false))
                .isEqualTo(501);
    }
}
