package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Renders decisions for the journal, the why page and the API: what was decided, by which rule, from which facts. */
final class Explanations {

    private static final int MAX_READS = 200;
    private static final int MAX_STEPS = 50;
    private static final int MAX_VALUE = 2000;

    private Explanations() {}

    /** A decision with its verdicts. */
    static Value decision(Decision decision) {
        List<Value> verdicts = new ArrayList<>();
        for (Verdict verdict : decision.verdicts()) {
            verdicts.add(verdict(verdict));
        }
        return ObjectValue.builder()
                .put("state", text(decision.state().name()))
                .put("allowed", BooleanValue.of(decision.isAllowed()))
                .put(
                        "decisive",
                        decision.decisive() == null
                                ? NullValue.NULL
                                : text(decision.decisive().policy().name()))
                .put("verdicts", ArrayValue.of(verdicts))
                .put("tags", texts(decision.tags().stream().sorted().toList()))
                .put(
                        "horizon",
                        decision.horizon().equals(Instant.MAX)
                                ? NullValue.NULL
                                : text(decision.horizon().toString()))
                .build();
    }

    private static Value verdict(Verdict verdict) {
        Policy policy = verdict.policy();
        return ObjectValue.builder()
                .put("policy", text(policy.name()))
                .put("slug", text(policy.slug()))
                .put("version", NumberValue.of(policy.version()))
                .put("description", text(policy.description()))
                .put("mode", text(policy.mode().label()))
                .put("effect", text(policy.effect().label()))
                .put("on_error", text(policy.onError().label()))
                .put("matched", BooleanValue.of(verdict.matched()))
                .put("reasons", texts(verdict.reasons()))
                .put("failure", verdict.failure() == null ? NullValue.NULL : text(verdict.failure()))
                .build();
    }

    /** Everything about a refusal, for the journal. */
    static ObjectValue refusal(Refusal refusal, Judge.Judgement judgement) {
        return explained(
                        judgement,
                        new Advice.Instead(refusal.nearestAllowed(), refusal.nearestAwaits()),
                        refusal.until())
                .put("subject", text(refusal.subject()))
                .put("policy", text(refusal.policy()))
                .put("reasons", texts(refusal.reasons()))
                .put("description", text(refusal.description()))
                .build();
    }

    /**
     * What there is of a version that is explained.
     *
     * @param exists whether anybody has it; null when nobody can tell
     * @param listed whether a source lists it
     * @param failure why an upstream could not be asked, or null
     * @param awaits facts that policies in force read and that only the artifact tells, which was not fetched yet
     */
    record Standing(
            @Nullable Boolean exists,
            boolean listed,
            @Nullable String failure,
            List<String> awaits) {}

    /** Everything about what would be decided. */
    static ObjectValue explanation(
            Judge.Judgement judgement, Advice.Instead instead, @Nullable Instant until, Standing standing) {
        return explained(judgement, instead, until)
                .put("subject", text(judgement.facts().coordinates().toString()))
                .put("exists", standing.exists() == null ? NullValue.NULL : BooleanValue.of(standing.exists()))
                .put("listed", BooleanValue.of(standing.listed()))
                .put("awaits", texts(standing.awaits()))
                .put("upstream_failure", standing.failure() == null ? NullValue.NULL : text(standing.failure()))
                .put("input", judgement.input())
                .build();
    }

    private static ObjectValue.Builder explained(
            Judge.Judgement judgement, Advice.Instead instead, @Nullable Instant until) {
        Facts facts = judgement.facts();
        return ObjectValue.builder()
                .put("purl", text(facts.purl().toString()))
                .put("repository", text(facts.repository().name()))
                .put("at", text(judgement.at().toString()))
                .put("decision", decision(judgement.decision()))
                .put("nearest_allowed", instead.version() == null ? NullValue.NULL : text(instead.version()))
                .put("nearest_awaits", texts(instead.awaits()))
                .put("until", until == null ? NullValue.NULL : text(until.toString()))
                .put("facts", facts(facts))
                .put("traces", traces(judgement.policies(), judgement.decision(), judgement.input(), judgement.at()));
    }

    private static Value facts(Facts facts) {
        List<Value> advisories = new ArrayList<>();
        for (AdvisoryMatch match : facts.findings().matches()) {
            Exploitation exploitation = match.exploitation();
            Exploitation.Epss epss = exploitation == null ? null : exploitation.epss();
            Advisory.Severity cvss = match.cvss();
            advisories.add(ObjectValue.builder()
                    .put("identifier", text(match.identifier()))
                    .put("aliases", texts(match.aliases()))
                    .put("summary", text(match.advisory().summary()))
                    .put("malicious", BooleanValue.of(match.isMalicious()))
                    .put("severity", match.severityLabel() == null ? NullValue.NULL : text(match.severityLabel()))
                    .put(
                            "score",
                            cvss == null || Double.isNaN(cvss.score()) ? NullValue.NULL : NumberValue.of(cvss.score()))
                    .put("epss", epss == null ? NullValue.NULL : NumberValue.of(epss.score()))
                    .put("kev", BooleanValue.of(exploitation != null && exploitation.kev() != null))
                    .put("fixed_versions", texts(match.fixedVersions()))
                    .put("affected", texts(match.affectedRanges()))
                    .build());
        }
        return ObjectValue.builder()
                .put(
                        "origin",
                        text(
                                facts.local()
                                        ? "hosted here"
                                        : facts.upstream() == null
                                                ? "upstream"
                                                : facts.upstream().id()))
                .put("published", signal(facts.published().map(Instant::toString)))
                .put("first_seen", text(facts.firstSeen().toString()))
                .put("license", signal(facts.license()))
                .put("install_scripts", signal(facts.installScripts().map(String::valueOf)))
                .put(
                        "advisories_known",
                        BooleanValue.of(facts.findings().coverage().isKnown()))
                .put("advisories_basis", text(facts.findings().coverage().basis()))
                .put("advisories", ArrayValue.of(advisories))
                .put(
                        "deprecated",
                        facts.release().deprecated() == null
                                ? NullValue.NULL
                                : text(facts.release().deprecated()))
                .put(
                        "yanked",
                        facts.release().yanked() == null
                                ? NullValue.NULL
                                : text(facts.release().yanked()))
                .put("maintainers", texts(facts.release().maintainers()))
                .build();
    }

    private static Value signal(Signal<String> signal) {
        return ObjectValue.builder()
                .put("known", BooleanValue.of(signal.isKnown()))
                .put("value", signal.isKnown() ? text(signal.orNull()) : NullValue.NULL)
                .put("basis", text(signal.basis()))
                .put(
                        "others",
                        ArrayValue.of(signal.statements().stream()
                                .skip(1)
                                .map(other -> (Value) ObjectValue.builder()
                                        .put("value", text(other.value()))
                                        .put("basis", text(other.source()))
                                        .build())
                                .toList()))
                .build();
    }

    /** What the decisive policies read and which expressions decided. */
    static Value traces(PolicySet policies, Decision decision, ObjectValue input, Instant now) {
        List<Value> traces = new ArrayList<>();
        for (Verdict verdict : decision.verdicts()) {
            Value trace = trace(policies, verdict.policy(), input, now);
            if (trace != null) {
                traces.add(trace);
            }
        }
        return ArrayValue.of(traces);
    }

    private static @Nullable Value trace(PolicySet policies, Policy policy, ObjectValue input, Instant now) {
        Evaluation.Result result;
        try {
            result = policies.trace(policy, input, now);
        } catch (RuntimeException e) {
            return null; // the verdict already carries the failure; what one policy throws spoils no answer
        }
        if (result == null) {
            return null;
        }
        List<Value> reads = new ArrayList<>();
        for (Evaluation.Read read :
                result.reads().subList(0, Math.min(MAX_READS, result.reads().size()))) {
            reads.add(ObjectValue.builder()
                    .put("path", text(path(read.path())))
                    .put("value", read.value() == null ? NullValue.NULL : bounded(read.value()))
                    .put("known", BooleanValue.of(read.value() != null && read.value() != NullValue.NULL))
                    .build());
        }
        List<Value> steps = new ArrayList<>();
        for (Evaluation.Step step :
                result.steps().subList(0, Math.min(MAX_STEPS, result.steps().size()))) {
            steps.add(ObjectValue.builder()
                    .put("rule", text(step.rule()))
                    .put("at", text(step.file() + ":" + step.row()))
                    .put("text", text(step.text()))
                    .put("outcome", text(step.outcome().name()))
                    .put("detail", text(step.detail()))
                    .build());
        }
        return ObjectValue.builder()
                .put("policy", text(policy.name()))
                .put("reads", ArrayValue.of(reads))
                .put("steps", ArrayValue.of(steps))
                .build();
    }

    private static Value bounded(Value value) {
        String shown = value.toString();
        return shown.length() <= MAX_VALUE ? value : text(shown.substring(0, MAX_VALUE) + "…");
    }

    private static String path(List<Value> path) {
        StringBuilder out = new StringBuilder();
        for (Value each : path) {
            if (each instanceof StringValue string && string.value().matches("[A-Za-z_][A-Za-z0-9_]*")) {
                out.append(out.isEmpty() ? "" : ".").append(string.value());
            } else {
                out.append('[').append(each).append(']');
            }
        }
        return out.toString();
    }

    private static Value text(@Nullable String text) {
        return StringValue.of(text == null ? "" : text);
    }

    private static Value texts(List<String> texts) {
        List<Value> values = new ArrayList<>();
        for (String text : texts) {
            values.add(text(text));
        }
        return ArrayValue.of(values);
    }
}
