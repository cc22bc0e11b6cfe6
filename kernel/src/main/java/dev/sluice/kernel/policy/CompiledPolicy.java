package dev.sluice.kernel.policy;

import dev.sluice.kernel.facts.PolicyInputSchema;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Program;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.Schemas;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A policy whose source text compiled: ready to be asked, from any thread.
 *
 * <p>The contract of the text: {@code package cloudsmith}, a boolean {@code match}, optionally a set of strings {@code reason}.
 */
final class CompiledPolicy {

    private static final String PACKAGE = "cloudsmith";
    private static final Limits LIMITS = new Limits(2_000_000, 500, Duration.ofSeconds(2));

    /** How long a failed evaluation counts: it may have failed of a machine that was busy, or of the instant it was made in. */
    private static final Duration FAILURE_HOLDS = Duration.ofSeconds(10);

    private static final int MAX_REASONS = 20;
    private static final int MAX_REASON_LENGTH = 500;

    private final Policy policy;
    private final PreparedQuery match;
    private final @Nullable PreparedQuery reason;
    private final boolean readsRequest;
    private final boolean readsFeeds;
    private final boolean readsSignals;
    private final Set<UnknownFact> reads;

    /**
     * What asking gave.
     *
     * @param verdict what the policy says
     * @param held whether it withholds until an unknown fact is known, rather than by its rule
     * @param horizon the earliest instant at which that could change by time alone
     */
    record Answer(Verdict verdict, boolean held, Instant horizon) {}

    private CompiledPolicy(Policy policy, Program program) {
        this.policy = policy;
        this.match = program.prepare("data." + PACKAGE + ".match");
        this.reason =
                program.ruleNames(PACKAGE).contains("reason") ? program.prepare("data." + PACKAGE + ".reason") : null;
        this.readsRequest = mayRead(List.of("v0", "request"));
        this.readsFeeds = mayRead(List.of("v0", "feeds"));
        this.readsSignals = match.mayRead(List.of("v0", "signals"));
        EnumSet<UnknownFact> unknowns = EnumSet.noneOf(UnknownFact.class);
        for (UnknownFact fact : UnknownFact.values()) {
            if (fact.paths().stream().anyMatch(match::mayRead)) {
                unknowns.add(fact);
            }
        }
        this.reads = Collections.unmodifiableSet(unknowns);
    }

    /**
     * Compiles a policy that is to be saved, checked against the schema of the input. Throws {@link PolicyRejectedException}
     * with every finding.
     */
    static CompiledPolicy compile(Policy policy) throws PolicyRejectedException {
        return new CompiledPolicy(policy, program(policy.rego(), fileName(policy)));
    }

    /**
     * Compiles a policy that was saved before. Its types are not checked again: what a newer checker finds must not take a
     * policy out of force.
     */
    static CompiledPolicy compileStored(Policy policy) throws PolicyRejectedException {
        return new CompiledPolicy(policy, program(policy.rego(), fileName(policy), Schemas.UNCHECKED));
    }

    /** Compiles source text that is to be saved and checks the contract. */
    static Program program(String rego, String fileName) throws PolicyRejectedException {
        return program(rego, fileName, PolicyInputSchema.schemas());
    }

    private static Program program(String rego, String fileName, Schemas schemas) throws PolicyRejectedException {
        Program program;
        try {
            program = Rego.compile(List.of(new SourceFile(fileName, rego)), Capabilities.ALL, schemas);
        } catch (RegoException e) {
            throw new PolicyRejectedException(e.errors());
        }
        if (!program.packagePaths().contains(PACKAGE)) {
            throw new PolicyRejectedException(List.of(new RegoError(
                            RegoError.COMPILE,
                            "a policy is written in 'package cloudsmith', this one is in 'package "
                                    + String.join(", ", program.packagePaths()) + "'",
                            fileName,
                            1,
                            1,
                            "begin the file with: package cloudsmith")
                    .in(rego)));
        }
        if (!program.ruleNames(PACKAGE).contains("match")) {
            throw new PolicyRejectedException(List.of(new RegoError(
                            RegoError.COMPILE,
                            "a policy defines the boolean rule 'match'",
                            fileName,
                            1,
                            1,
                            "add: default match := false  and  match if { ... }")
                    .in(rego)));
        }
        return program;
    }

    private static String fileName(Policy policy) {
        return policy.origin() != null ? policy.origin() : policy.slug() + ".rego";
    }

    /** Whether its verdict or its reasons may depend on something at, above or below that path of the input. */
    boolean mayRead(List<String> path) {
        return match.mayRead(path) || (reason != null && reason.mayRead(path));
    }

    Policy policy() {
        return policy;
    }

    /** Whether its verdict may depend on the state of the feeds themselves. */
    boolean readsFeeds() {
        return readsFeeds;
    }

    /** Whether its verdict may depend on who asks. */
    boolean readsRequest() {
        return readsRequest;
    }

    /** Whether its verdict may be another one once one of these facts is known. */
    boolean hangsOn(Set<UnknownFact> unknown) {
        return unknown.stream().anyMatch(reads::contains) || (readsSignals && !unknown.isEmpty());
    }

    /** Asks the policy about a version. */
    Answer ask(ObjectValue input, Set<UnknownFact> unknown, Instant now) {
        Evaluation.Request request = new Evaluation.Request(input, ObjectValue.EMPTY, now, false, false, LIMITS);
        try {
            Evaluation.Result result = match.evaluate(request);
            Instant horizon = result.horizon();
            if (BooleanValue.TRUE.equals(result.value())) {
                List<String> reasons = List.of();
                if (reason != null) {
                    Evaluation.Result texts = reason.evaluate(request);
                    reasons = strings(texts.value());
                    // the text may change with time (an age in days); only the verdict decides how long it holds
                }
                if (reasons.isEmpty()) {
                    reasons = List.of(
                            policy.description().isBlank() ? "matched by the policy's rule" : policy.description());
                }
                return new Answer(new Verdict(policy, true, reasons, null), false, horizon);
            }
            List<String> missing = policy.onUnknown() == Policy.OnUnknown.ALLOW
                    ? List.of()
                    : unknown.stream()
                            .filter(reads::contains)
                            .map(UnknownFact::label)
                            .toList();
            if (!missing.isEmpty()) {
                boolean held = policy.onUnknown() == Policy.OnUnknown.HOLD;
                String text = "not known yet: " + String.join(", ", missing)
                        + (held ? "; held until it is" : "; counts as a match");
                return new Answer(new Verdict(policy, true, List.of(text), null), held, horizon);
            }
            return new Answer(new Verdict(policy, false, List.of(), null), false, horizon);
        } catch (RegoEvaluationException e) {
            return new Answer(new Verdict(policy, false, List.of(), e.getMessage()), false, now.plus(FAILURE_HOLDS));
        }
    }

    /** What the match read and which expressions decided, by a second, traced evaluation. */
    Evaluation.Result trace(ObjectValue input, Instant now) {
        return match.evaluate(new Evaluation.Request(input, ObjectValue.EMPTY, now, false, true, LIMITS));
    }

    private static List<String> strings(@Nullable Value value) {
        Iterable<Value> values = switch (value) {
            case SetValue set -> set;
            case ArrayValue array -> array;
            case StringValue text -> List.of(text);
            case null, default -> List.of();
        };
        List<String> out = new ArrayList<>();
        for (Value each : values) {
            String text = each instanceof StringValue string ? string.value().strip() : each.toString();
            if (!text.isEmpty() && out.size() < MAX_REASONS) {
                out.add(text.length() <= MAX_REASON_LENGTH ? text : text.substring(0, MAX_REASON_LENGTH) + "…");
            }
        }
        return out;
    }
}
