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
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A policy whose source text compiled: ready to be asked, from any thread.
 *
 * <p>The contract of the text: {@code package cloudsmith}, a boolean {@code match}, optionally a set of strings {@code reason}.
 */
final class CompiledPolicy {

    private static final String PACKAGE = "cloudsmith";

    /** Paths of the input that tell nothing of a version which nobody has. */
    private static final List<List<String>> ARTIFACT = Stream.concat(
                    Stream.of(
                            List.of("v0", "first_seen"),
                            List.of("v0", "signals"),
                            List.of("v0", "upstream"),
                            List.of("v0", "sbom"),
                            List.of("v0", "model_security")),
                    Stream.concat(
                            Arrays.stream(UnknownFact.values())
                                    .filter(fact -> fact != UnknownFact.ADVISORIES)
                                    .flatMap(fact -> fact.paths().stream()),
                            Stream.of(
                                            "is_local",
                                            "filename",
                                            "extension",
                                            "checksum_md5",
                                            "checksum_sha1",
                                            "checksum_sha256",
                                            "checksum_sha512",
                                            "size",
                                            "files",
                                            "num_files",
                                            "description",
                                            "summary",
                                            "uploaded_at",
                                            "deprecated",
                                            "yanked",
                                            "maintainers")
                                    .map(member -> List.of("v0", "package", member))))
            .toList();

    private static final Limits LIMITS = new Limits(2_000_000, 500, Duration.ofSeconds(2), 64L << 20, 1L << 20);

    /** How long an evaluation that ended early counts: it may have failed of a machine that was busy, or of its instant. */
    private static final Duration FAILURE_HOLDS = Duration.ofSeconds(10);

    private static final Value BLANK = StringValue.of("");

    private final Policy policy;
    private final BiConsumer<Policy, String> failures;
    private final PreparedQuery match;
    private final @Nullable PreparedQuery reason;
    private final boolean readsRequest;
    private final boolean readsFeeds;
    private final boolean readsSignals;
    private final boolean readsArtifact;
    private final Set<UnknownFact> reads;

    /**
     * What asking gave.
     *
     * @param verdict what the policy says
     * @param held whether it withholds until an unknown fact is known, rather than by its rule
     * @param horizon the earliest instant at which that could change by time alone
     */
    record Answer(Verdict verdict, boolean held, Instant horizon) {}

    private CompiledPolicy(Policy policy, Program program, BiConsumer<Policy, String> failures) {
        this.policy = policy;
        this.failures = failures;
        this.match = program.prepare("data." + PACKAGE + ".match");
        this.reason =
                program.ruleNames(PACKAGE).contains("reason") ? program.prepare("data." + PACKAGE + ".reason") : null;
        this.readsRequest = mayRead(List.of("v0", "request"));
        this.readsFeeds = mayRead(List.of("v0", "feeds"));
        this.readsSignals = match.mayRead(List.of("v0", "signals"));
        this.readsArtifact = ARTIFACT.stream().anyMatch(this::mayRead);
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
        return new CompiledPolicy(policy, program(policy.rego(), fileName(policy)), (_, _) -> {});
    }

    /**
     * Compiles a policy that was saved before. Its types are not checked again: what a newer checker finds must not take a
     * policy out of force.
     *
     * @param failures is told whenever it could not be evaluated, and why
     */
    static CompiledPolicy compileStored(Policy policy, BiConsumer<Policy, String> failures)
            throws PolicyRejectedException {
        return new CompiledPolicy(policy, program(policy.rego(), fileName(policy), Schemas.UNCHECKED), failures);
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
        if (!program.mayBeBoolean(PACKAGE, "match")) {
            int row = program.rules().stream()
                    .filter(rule -> rule.path().equals("data." + PACKAGE + ".match"))
                    .mapToInt(Program.RuleName::row)
                    .findFirst()
                    .orElse(1);
            throw new PolicyRejectedException(List.of(new RegoError(
                            RegoError.TYPE,
                            "'match' is not a boolean, so it never matches",
                            fileName,
                            row,
                            1,
                            "write: default match := false  and  match if { ... }")
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

    /** Whether it reads that fact. */
    boolean reads(UnknownFact fact) {
        return reads.contains(fact);
    }

    /** Whether its verdict may depend on what only an artifact or an index that lists it tells. */
    boolean readsArtifact() {
        return readsArtifact;
    }

    /** Whether its verdict may be another one once one of these facts is known. */
    boolean hangsOn(Set<UnknownFact> unknown) {
        return unknown.stream().anyMatch(reads::contains) || (readsSignals && !unknown.isEmpty());
    }

    /** Asks the policy about a version. Whatever goes wrong in it is told as its failure. */
    Answer ask(ObjectValue input, Set<UnknownFact> unknown, Instant now) {
        Heard heard = new Heard();
        Evaluation.Request request =
                new Evaluation.Request(input, ObjectValue.EMPTY, now, false, false, LIMITS).heardBy(heard);
        Evaluation.Result result;
        try {
            result = match.evaluate(request);
        } catch (RuntimeException | StackOverflowError fault) {
            return failed(text(fault), now.plus(FAILURE_HOLDS));
        }
        List<UnknownFact> missing = unknown.stream().filter(reads::contains).toList();
        Evaluation.Failure failure = heard.failure(!missing.isEmpty());
        if (result.value() != null && !(result.value() instanceof BooleanValue)) {
            return failed(
                    fileName(policy) + ": match is a " + result.value().kind().word() + ", not a boolean",
                    result.horizon());
        }
        boolean matched = BooleanValue.TRUE.equals(result.value());
        if (failure != null && policy.onError() == Policy.OnError.WITHHOLD && (!matched || policy.opens())) {
            // an error is never a no, and never the yes that lets out what others withhold
            return failed(failure.message(), result.horizon());
        }
        boolean ignorant =
                policy.onUnknown() != Policy.OnUnknown.ALLOW && (!missing.isEmpty() || heard.unknown != null);
        if (matched && !(ignorant && policy.opens())) { // nor does ignorance let anything out
            return matched(request, result.horizon());
        }
        if (ignorant) {
            boolean held = policy.onUnknown() == Policy.OnUnknown.HOLD || policy.opens();
            String what = missing.isEmpty() && heard.unknown != null
                    ? "what " + heard.unknown.message() + " is about"
                    : String.join(", ", missing.stream().map(UnknownFact::label).toList());
            String text = "not known yet: " + what + (held ? "; held until it is" : "; counts as a match");
            return new Answer(new Verdict(policy, true, List.of(text), null), held, result.horizon());
        }
        String told = failure == null ? null : failure.message();
        if (told != null) {
            failures.accept(policy, told);
        }
        return new Answer(new Verdict(policy, false, List.of(), told), false, result.horizon());
    }

    /** The policy matched: what it says to that. The text may change with time (an age in days); only the match decides how long it holds. */
    private Answer matched(Evaluation.Request request, Instant horizon) {
        List<String> reasons = new ArrayList<>();
        String fault = null;
        if (reason != null) {
            Heard heard = new Heard();
            try {
                reasons.addAll(
                        Reasons.of(reason.evaluate(request.heardBy(heard)).value()));
                fault = heard.failure == null ? null : heard.failure.message();
            } catch (RuntimeException | StackOverflowError thrown) {
                fault = text(thrown);
            }
        }
        if (fault != null) {
            if (policy.opens() && policy.onError() == Policy.OnError.WITHHOLD) {
                return failed(fault, horizon);
            }
            failures.accept(policy, fault);
        }
        if (reasons.isEmpty()) {
            reasons.add(policy.description().isBlank() ? "matched by the policy's rule" : policy.description());
        }
        if (fault != null) {
            reasons.add("its reason could not be evaluated: " + fault);
        }
        return new Answer(new Verdict(policy, true, reasons, null), false, horizon);
    }

    private Answer failed(String failure, Instant horizon) {
        failures.accept(policy, failure);
        return new Answer(
                new Verdict(policy, false, List.of("the policy could not be evaluated: " + failure), failure),
                false,
                horizon);
    }

    /** What went wrong, with the line where it is known. */
    private String text(Throwable fault) {
        if (!(fault instanceof RegoEvaluationException told)) {
            return fileName(policy) + ": " + RegoEvaluationException.INTERNAL + ": " + fault;
        }
        return told.row() > 0 ? String.valueOf(told.getMessage()) : fileName(policy) + ": " + told.getMessage();
    }

    /**
     * Builtins that failed during one evaluation: the first that failed of what it was given, and the first that was given
     * something that is not known.
     */
    private static final class Heard implements Evaluation.Failures {
        private Evaluation.@Nullable Failure failure;
        private Evaluation.@Nullable Failure unknown;
        private Evaluation.@Nullable Failure blank;

        @Override
        public void failed(Evaluation.Failure told) {
            if (told.operands().stream().anyMatch(Heard::isUnknown)) {
                unknown = unknown == null ? told : unknown;
            } else if (told.operands().contains(BLANK)) {
                blank = blank == null ? told : blank;
            } else {
                failure = failure == null ? told : failure;
            }
        }

        /** @param ignorant whether facts that the policy reads are not known, which some fields tell by being empty */
        Evaluation.@Nullable Failure failure(boolean ignorant) {
            if (ignorant) {
                unknown = unknown == null ? blank : unknown;
                return failure;
            }
            return failure == null ? blank : failure;
        }

        /** What is not known is null in the input; in a list it stands where a fact would. */
        private static boolean isUnknown(Value operand) {
            return operand == NullValue.NULL
                    || (operand instanceof ArrayValue array && contains(array))
                    || (operand instanceof SetValue set && contains(set));
        }

        private static boolean contains(Iterable<Value> values) {
            for (Value value : values) {
                if (value == NullValue.NULL) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What the match read and which expressions decided, by a second, traced evaluation. */
    Evaluation.Result trace(ObjectValue input, Instant now) {
        return match.evaluate(new Evaluation.Request(input, ObjectValue.EMPTY, now, false, true, LIMITS));
    }
}
