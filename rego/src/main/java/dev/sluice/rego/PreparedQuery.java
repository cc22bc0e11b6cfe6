package dev.sluice.rego;

import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.analysis.InputUse;
import dev.sluice.rego.plan.Plan;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A query of a {@link Program}, compiled. Immutable and safe to share between threads. */
public final class PreparedQuery {
    private final List<String> path;
    private final Plan plan;
    private final Plan tracing;
    private final @Nullable Adhoc query;
    private final InputUse inputUse;

    private PreparedQuery(List<String> path, Plans plans, @Nullable Adhoc query, InputUse inputUse) {
        this.path = path;
        this.plan = plans.plain();
        this.tracing = plans.tracing();
        this.query = query;
        this.inputUse = inputUse;
    }

    /** The two executable forms of one program. */
    record Plans(Analysis analysis, Plan plain, Plan tracing) {
        static Plans of(Analysis analysis) {
            return new Plans(analysis, new Plan(analysis, false), new Plan(analysis, true));
        }
    }

    /** The two executable forms of a query with a body. */
    private record Adhoc(Plan.QueryPlan plain, Plan.QueryPlan tracing) {}

    static PreparedQuery ofPath(Plans plans, String text) {
        Body body = Parser.parseQuery(new SourceFile("query", text));
        List<String> path =
                body.literals().size() == 1 && body.literals().getFirst().statement() instanceof Expr.Truth truth
                        ? path(truth.term())
                        : null;
        if (path == null) {
            throw new RegoException(new RegoError(
                    RegoError.COMPILE,
                    "not a path below data or input: " + text,
                    "query",
                    1,
                    1,
                    "for example data.cloudsmith.match"));
        }
        return new PreparedQuery(path, plans, null, InputUse.of(plans.analysis(), path));
    }

    static PreparedQuery ofBody(Plans plans, String text) {
        Analysis.Query query = plans.analysis().query(Parser.parseQuery(new SourceFile("query", text)));
        InputUse use = InputUse.of(plans.analysis(), query.body());
        Adhoc both = new Adhoc(plans.plain().query(query), plans.tracing().query(query));
        return new PreparedQuery(List.of(), plans, both, use);
    }

    private static @Nullable List<String> path(Term term) {
        List<String> path = Term.constantPath(term);
        return path != null
                        && (path.getFirst().equals("data") || path.getFirst().equals("input"))
                ? List.copyOf(path)
                : null;
    }

    /**
     * Evaluates a query made by {@link Program#prepare}.
     *
     * @throws RegoEvaluationException when there is no result, see there
     */
    public Evaluation.Result evaluate(Evaluation.Request request) {
        if (query != null) {
            throw new IllegalStateException("a query with a body has solutions, not a value");
        }
        try {
            return (request.trace() ? tracing : plan).evaluate(path, request);
        } catch (StackOverflowError tooDeep) {
            throw tooDeep();
        }
    }

    /**
     * All solutions of a query made by {@link Program#prepareQuery}.
     *
     * @throws RegoEvaluationException when there is no result, see there
     */
    public Evaluation.Bindings solutions(Evaluation.Request request) {
        if (query == null) {
            throw new IllegalStateException("a path has a value, not solutions");
        }
        try {
            return request.trace() ? tracing.solve(query.tracing(), request) : plan.solve(query.plain(), request);
        } catch (StackOverflowError tooDeep) {
            throw tooDeep();
        }
    }

    /**
     * Evaluates the query over many inputs that share data, clock and limits, in their order. An evaluation that fails
     * gives an answer that says so, and the next one goes on.
     *
     * @param inputs may be an endless supply; one is taken when the answer before was received
     * @param request what the evaluations have in common; its input is not used
     */
    public void evaluateAll(
            Iterable<? extends Value> inputs, Evaluation.Request request, Consumer<Evaluation.Answer> answers) {
        for (Value input : inputs) {
            Evaluation.Result result = null;
            RegoEvaluationException failure = null;
            try {
                result = evaluate(request.about(input));
            } catch (RegoEvaluationException failed) {
                failure = failed;
            }
            answers.accept(new Evaluation.Answer(input, result, failure));
        }
    }

    /**
     * Why the answer is what it is, and which single changes of what was read would change it; costs many evaluations.
     *
     * @throws RegoEvaluationException when there is no result, see there
     */
    public Explanation explain(Evaluation.Request request) {
        return Explanation.of(this, request);
    }

    private static RegoEvaluationException tooDeep() {
        return new RegoEvaluationException(
                RegoEvaluationException.CANCEL, "rules or values are nested too deep", "", 0, 0);
    }

    /**
     * Whether an evaluation can read this place of the input at all, for example {@code ["v0", "request"]}. Never false
     * when it does; may be true when it does not.
     */
    public boolean mayRead(List<String> inputPath) {
        return inputUse.mayRead(inputPath);
    }
}
