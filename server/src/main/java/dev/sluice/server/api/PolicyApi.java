package dev.sluice.server.api;

import static dev.sluice.kernel.access.Permission.ADMINISTER;
import static dev.sluice.kernel.access.Permission.AUDIT;

import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.rego.RegoError;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Policies and their actions, by the published contract. Changes read and write in one step each. */
public final class PolicyApi {

    private static final String POLICIES = "/api/v2/workspaces/{workspace}/policies/";

    private static final Map<String, Comparator<Policy>> ORDERS = Map.of(
            "created_at", Comparator.comparing(Policy::createdAt),
            "updated_at", Comparator.comparing(Policy::updatedAt),
            "name", Comparator.comparing(policy -> policy.name().toLowerCase(Locale.ROOT)),
            "enabled", Comparator.comparing(Policy::enabled),
            "precedence", Comparator.comparing(Policy::precedence),
            "version", Comparator.comparing(Policy::version));

    /** Who tries policies out leaves processors to those who want packages. */
    private static final int MOST_VALIDATIONS = 2;

    private final Semaphore validating = new Semaphore(MOST_VALIDATIONS);
    private final Policies policies;
    private final String workspace;
    private final Administration administration;

    /** Policies, below the name of that workspace. */
    public PolicyApi(Policies policies, Administration administration, String workspace) {
        this.policies = policies;
        this.administration = administration;
        this.workspace = workspace;
    }

    /** Its addresses, and who may. */
    public List<Operation> operations() {
        return List.of(
                Route.of("policies.list", "GET", POLICIES, AUDIT, this::list),
                Route.of("policies.create", "POST", POLICIES, ADMINISTER, this::create),
                Route.of("policies.validate", "POST", POLICIES + "validate/", AUDIT, this::validate),
                Route.of("policies.retrieve", "GET", POLICIES + "{policy}/", AUDIT, this::retrieve),
                Route.of("policies.replace", "PUT", POLICIES + "{policy}/", ADMINISTER, this::replace),
                Route.of("policies.update", "PATCH", POLICIES + "{policy}/", ADMINISTER, this::update),
                Route.of("policies.delete", "DELETE", POLICIES + "{policy}/", ADMINISTER, this::delete),
                Route.of("actions.list", "GET", POLICIES + "{policy}/actions/", AUDIT, this::listActions),
                Route.of("actions.create", "POST", POLICIES + "{policy}/actions/", ADMINISTER, this::createAction),
                Route.of(
                        "actions.retrieve",
                        "GET",
                        POLICIES + "{policy}/actions/{action}/",
                        AUDIT,
                        this::retrieveAction),
                Route.of(
                        "actions.replace",
                        "PUT",
                        POLICIES + "{policy}/actions/{action}/",
                        ADMINISTER,
                        this::replaceAction),
                Route.of(
                        "actions.update",
                        "PATCH",
                        POLICIES + "{policy}/actions/{action}/",
                        ADMINISTER,
                        this::updateAction),
                Route.of(
                        "actions.delete",
                        "DELETE",
                        POLICIES + "{policy}/actions/{action}/",
                        ADMINISTER,
                        this::deleteAction));
    }

    /** Makes one change from a policy as it is. */
    @FunctionalInterface
    private interface Change {
        Policy apply(Policy former) throws PolicyRejectedException;
    }

    Response list(Call call) {
        checkWorkspace(call);
        String query = call.request().query("query");
        String sort = call.request().query("sort");
        List<ObjectNode> found = policies.list().stream()
                .filter(policy -> query == null || matches(query, policy))
                .sorted(order(sort == null || sort.isBlank() ? "-created_at" : sort))
                .map(PolicyDocument::write)
                .toList();
        return Replies.page(call, found);
    }

    /** {@code name:text}, {@code text}, joined by AND and OR (AND binds closer). */
    private static boolean matches(String query, Policy policy) {
        for (String any : query.split("(?i)\\sOR\\s", 20)) {
            boolean all = true;
            for (String term : any.split("(?i)\\sAND\\s", 20)) {
                all &= matchesTerm(term.strip(), policy);
            }
            if (all) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchesTerm(String term, Policy policy) {
        int colon = term.indexOf(':');
        if (colon > 0 && !term.substring(0, colon).equalsIgnoreCase("name")) {
            throw InvalidInputException.field("query", "unknown field '" + term.substring(0, colon) + "'; known: name");
        }
        String wanted = term.substring(colon + 1).replace("\"", "").strip().toLowerCase(Locale.ROOT);
        return policy.name().toLowerCase(Locale.ROOT).contains(wanted);
    }

    private static Comparator<Policy> order(String sort) {
        boolean descending = sort.startsWith("-");
        Comparator<Policy> order = ORDERS.get(descending ? sort.substring(1) : sort);
        if (order == null) {
            throw InvalidInputException.field(
                    "sort",
                    "one of "
                            + String.join(
                                    ", ", ORDERS.keySet().stream().sorted().toList()));
        }
        return (descending ? order.reversed() : order).thenComparing(Policy::slug);
    }

    Response create(Call call) throws IOException {
        checkWorkspace(call);
        Policy draft = PolicyDocument.read(Replies.object(call), null);
        try {
            Policy created = policies.create(draft, call.visit().actor());
            return Replies.json(201, saved(created));
        } catch (PolicyRejectedException e) {
            throw rejected(e.findings());
        } catch (Policies.NameTakenException e) {
            throw InvalidInputException.field("name", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.whole("Maximum number of policies reached.", "max_policies_reached");
        }
    }

    Response retrieve(Call call) {
        return Replies.json(200, PolicyDocument.write(policy(call)));
    }

    Response replace(Call call) throws IOException {
        ObjectNode body = Replies.object(call);
        return Replies.json(200, saved(change(call, former -> {
            Policy draft = PolicyDocument.read(body, null);
            return identified(draft, former, body.has("actions") ? draft.actions() : former.actions());
        })));
    }

    Response update(Call call) throws IOException {
        ObjectNode body = Replies.object(call);
        return Replies.json(200, saved(change(call, former -> PolicyDocument.read(body, former))));
    }

    Response delete(Call call) {
        Policy policy = policy(call);
        policies.delete(policy.slug(), call.visit().actor());
        return Response.empty(204);
    }

    Response validate(Call call) throws IOException {
        checkWorkspace(call);
        Fields fields = new Fields(Replies.object(call));
        String rego = fields.text("rego", null, 256 * 1024);
        fields.check();
        List<RegoError> errors;
        if (!validating.tryAcquire()) {
            throw new Problem(
                    503,
                    "Busy",
                    "other policies are being validated; try again in a moment, or use 'sluice policy check'");
        }
        try {
            errors = policies.validate(rego);
        } finally {
            validating.release();
        }
        ObjectNode body = Replies.object().put("is_valid", errors.isEmpty());
        ArrayNode findings = findings(errors, "error");
        if (errors.isEmpty()) {
            findings.addAll(findings(Policies.warnings(rego, "policy.rego"), "warning"));
        }
        body.set("findings", findings);
        body.put(
                "raw",
                String.join("\n", errors.stream().map(RegoError::toString).toList()));
        return Replies.json(200, body);
    }

    Response listActions(Call call) {
        Policy policy = policy(call);
        return Replies.page(
                call,
                policy.actions().stream()
                        .map(action -> PolicyDocument.write(policy, action))
                        .toList());
    }

    Response createAction(Call call) throws IOException {
        Fields fields = new Fields(Replies.object(call));
        Action action = PolicyDocument.action(fields, null);
        fields.check();
        Policy changed = change(call, former -> {
            if (former.actions().size() >= PolicyDocument.MAX_ACTIONS) {
                throw InvalidInputException.whole("Maximum number of actions reached.", "max_actions_reached");
            }
            List<Action> actions = new ArrayList<>(former.actions());
            actions.add(action);
            return identified(former, former, actions);
        });
        return Replies.json(201, PolicyDocument.write(changed, action));
    }

    Response retrieveAction(Call call) {
        Policy policy = policy(call);
        return Replies.json(200, PolicyDocument.write(policy, action(policy, call)));
    }

    Response replaceAction(Call call) throws IOException {
        return changeAction(call, false);
    }

    Response updateAction(Call call) throws IOException {
        return changeAction(call, true);
    }

    private Response changeAction(Call call, boolean partial) throws IOException {
        Fields fields = new Fields(Replies.object(call));
        Policy changed = change(call, former -> {
            Action old = action(former, call);
            Action read = PolicyDocument.action(fields, partial ? old : null);
            fields.check();
            Action next = withSlug(read, old.slug());
            return identified(
                    former,
                    former,
                    former.actions().stream()
                            .map(each -> each.slug().equals(old.slug()) ? next : each)
                            .toList());
        });
        return Replies.json(200, PolicyDocument.write(changed, action(changed, call)));
    }

    Response deleteAction(Call call) {
        change(call, former -> {
            Action gone = action(former, call);
            return identified(
                    former,
                    former,
                    former.actions().stream()
                            .filter(each -> !each.slug().equals(gone.slug()))
                            .toList());
        });
        return Response.empty(204);
    }

    private Policy change(Call call, Change change) {
        return administration.inTurn(() -> {
            try {
                return policies.update(change.apply(policy(call)), call.visit().actor());
            } catch (PolicyRejectedException e) {
                throw rejected(e.findings());
            } catch (Policies.NameTakenException e) {
                throw InvalidInputException.field("name", String.valueOf(e.getMessage()));
            }
        });
    }

    private void checkWorkspace(Call call) {
        if (!call.parameter("workspace").equals(workspace)) {
            throw Problem.notFound("there is no such workspace; this installation's is '" + workspace + "'");
        }
    }

    private Policy policy(Call call) {
        checkWorkspace(call);
        return policies.find(call.parameter("policy")).orElseThrow(() -> Problem.notFound("there is no such policy"));
    }

    private static Action action(Policy policy, Call call) {
        String slug = call.parameter("action");
        return policy.actions().stream()
                .filter(action -> action.slug().equals(slug))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("the policy has no such action"));
    }

    private static Action withSlug(Action action, String slug) {
        return switch (action) {
            case Action.SetPackageState set -> new Action.SetPackageState(slug, set.precedence(), set.state());
            case Action.AddPackageTags add -> new Action.AddPackageTags(slug, add.precedence(), add.tags());
            case Action.RemovePackageTags remove ->
                new Action.RemovePackageTags(slug, remove.precedence(), remove.tags());
        };
    }

    private static Policy identified(Policy draft, Policy former, List<Action> actions) {
        return new Policy(
                former.slug(),
                draft.name(),
                draft.description(),
                draft.rego(),
                draft.enabled(),
                draft.terminal(),
                draft.precedence(),
                draft.mode(),
                draft.scope(),
                actions,
                draft.effect(),
                draft.onUnknown(),
                draft.onError(),
                former.version(),
                former.createdAt(),
                former.updatedAt(),
                former.origin());
    }

    private static InvalidInputException rejected(List<RegoError> errors) {
        return InvalidInputException.rego(
                errors.stream().map(RegoError::toString).toList(), findings(errors, "error"));
    }

    private static ObjectNode saved(Policy policy) {
        return PolicyDocument.write(policy, findings(Policies.warnings(policy), "warning"));
    }

    private static ArrayNode findings(List<RegoError> errors, String severity) {
        ArrayNode findings = Replies.array();
        for (RegoError error : errors) {
            @Nullable String hint = error.hint();
            findings.addObject()
                    .put("severity", severity)
                    .put("code", error.code())
                    .put("message", error.message())
                    .put("line", error.row())
                    .put("column", error.column())
                    .put("file", error.file())
                    .put("hint", hint)
                    .put("excerpt", error.excerpt().isEmpty() ? null : error.excerpt());
        }
        return findings;
    }
}
