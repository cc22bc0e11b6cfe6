package dev.sluice.kernel.gate;

import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.Upstream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gate answers, in place of a file or an index: a refusal with its reasons, recorded before it is given, or that there is nothing. Thread-safe. */
final class Answers {

    private static final String BEING_INSPECTED =
            "what is not known of its versions is being inspected; try again in a minute";

    private final Judge judge;
    private final Advice advice;
    private final Recorder recorder;
    private final Rests rests;
    private final Learning.Ongoing learning;

    Answers(Judge judge, Advice advice, Recorder recorder, Rests rests, Learning.Ongoing learning) {
        this.advice = advice;
        this.learning = learning;
        this.judge = judge;
        this.recorder = recorder;
        this.rests = rests;
    }

    /**
     * Why not.
     *
     * @param want the file, or null when it is about a whole package
     * @param subject what is refused, for people
     * @param blend where to look for the nearest allowed version, or null when there is none to be named
     */
    Refused refuse(
            Visit visit, Judge.Judgement judgement, @Nullable FileWant want, String subject, @Nullable Blend blend) {
        Decision decision = judgement.decision();
        Verdict decisive = decision.decisive();
        if (decisive == null) {
            throw new IllegalStateException("a refusal without a decisive verdict");
        }
        Candidate candidate = judgement.candidate();
        Instant until = judge.allowedFrom(judgement);
        Advice.Instead instead =
                want == null ? Advice.Instead.NOTHING : advice.insteadOf(visit, candidate, blend, until == null);
        List<String> reasons = decisive.reasons();
        if (learning.contains(candidate.repository(), candidate.packageName())
                && !UnknownFact.in(judgement.facts()).isEmpty()) {
            reasons = new ArrayList<>(reasons);
            reasons.add(BEING_INSPECTED);
        }
        String id = recorder.nextId();
        Refusal refusal = new Refusal(
                id,
                subject,
                decisive.policy().name(),
                reasons,
                decisive.policy().description(),
                instead.version(),
                instead.awaits(),
                until,
                decision.state());
        return new Refused(recorder.refusal(
                visit,
                candidate,
                want == null ? null : want.path(),
                refusal,
                () -> Explanations.refusal(refusal, judgement)));
    }

    /**
     * Nothing is there.
     *
     * @param failure why upstreams could not be asked, or null when all have answered
     * @param asking what they were asked
     */
    Missing missing(String what, @Nullable String failure, List<Upstream> upstreams, Rests.Asking asking) {
        return failure == null
                ? new Missing(
                        what
                                + (upstreams.isEmpty()
                                        ? " is not here, and no upstream is asked for it"
                                        : " is not here and no upstream has it"),
                        false)
                : new Missing(
                        what + " is not here, and upstreams could not be asked: " + failure,
                        true,
                        rests.left(upstreams, asking));
    }
}
