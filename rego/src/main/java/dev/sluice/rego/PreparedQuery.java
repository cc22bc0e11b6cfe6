package dev.sluice.rego;

import java.util.List;

/** A query of a {@link Program}, compiled. Immutable and safe to share between threads. */
@SuppressWarnings("DoNotCallSuggester")
public final class PreparedQuery {
    PreparedQuery() {}

    /**
     * Evaluates a query made by {@link Program#prepare}.
     *
     * @throws RegoEvaluationException when there is no result, see there
     */
    public Evaluation.Result evaluate(Evaluation.Request request) {
        return new Evaluation.Result(null, request.now(), List.of(), List.of());
    }

    /**
     * All solutions of a query made by {@link Program#prepareQuery}.
     *
     * @throws RegoEvaluationException when there is no result, see there
     */
    public Evaluation.Bindings solutions(Evaluation.Request request) {
        return new Evaluation.Bindings(List.of(), request.now());
    }

    /**
     * Whether an evaluation can read this place of the input at all, for example {@code ["v0", "request"]}. Never false
     * when it does; may be true when it does not.
     */
    public boolean mayRead(List<String> inputPath) {
        return !inputPath.isEmpty();
    }
}
