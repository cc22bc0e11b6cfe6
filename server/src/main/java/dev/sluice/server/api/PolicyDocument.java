package dev.sluice.server.api;

import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Policies and actions as JSON: the fields of the published contract, ours beside them. */
final class PolicyDocument {

    static final int MAX_ACTIONS = 20;

    /** Members that are shown, and passed over where somebody sends them back. */
    private static final Set<String> SHOWN = Set.of(
            "slug_perm", "slug", "version", "read_only", "origin", "created_at", "updated_at", "warnings", "workspace");

    private static final Set<String> SHOWN_OF_ACTIONS = Set.of("slug_perm", "effect", "created_at", "updated_at");

    private PolicyDocument() {}

    static ObjectNode write(Policy policy) {
        ObjectNode node = Replies.object();
        node.put("slug_perm", policy.slug())
                .put("name", policy.name())
                .put("description", policy.description())
                .put("rego", policy.rego())
                .put("enabled", policy.enabled())
                .put("is_terminal", policy.terminal())
                .put("precedence", policy.precedence())
                .put("version", policy.version())
                .put("read_only", false)
                .put("created_at", policy.createdAt().toString())
                .put("updated_at", policy.updatedAt().toString())
                .put("mode", policy.mode().label());
        ObjectNode scope = node.putObject("scope");
        scope.set(
                "repositories",
                Replies.texts(policy.scope().repositories().stream().sorted().toList()));
        scope.set(
                "formats",
                Replies.texts(policy.scope().formats().stream().sorted().toList()));
        node.put("effect", policy.effect().label())
                .put("on_unknown", policy.onUnknown().label())
                .put("on_error", policy.onError().label())
                .put("origin", policy.origin());
        ArrayNode actions = node.putArray("actions");
        policy.actions().forEach(action -> actions.add(write(policy, action)));
        return node;
    }

    /** The same with what is doubtful in it, for who saved it. */
    static ObjectNode write(Policy policy, ArrayNode warnings) {
        ObjectNode node = write(policy);
        node.set("warnings", warnings);
        return node;
    }

    static ObjectNode write(Policy policy, Action action) {
        ObjectNode node = Replies.object();
        node.put("slug_perm", action.slug())
                .put("precedence", action.precedence())
                .put("created_at", policy.createdAt().toString())
                .put("updated_at", policy.updatedAt().toString());
        switch (action) {
            case Action.SetPackageState set ->
                node.put("action_type", "SetPackageState")
                        .put("package_state", set.state().name())
                        .put("effect", "Set package state to '" + set.state().name() + "'.");
            case Action.AddPackageTags add -> {
                node.put("action_type", "AddPackageTags")
                        .put("effect", "Added package tags '" + quoted(add.tags()) + "'.");
                node.set("tags", Replies.texts(add.tags()));
            }
            case Action.RemovePackageTags remove -> {
                node.put("action_type", "RemovePackageTags")
                        .put("effect", "Removed package tags '" + quoted(remove.tags()) + "'.");
                node.set("tags", Replies.texts(remove.tags()));
            }
        }
        return node;
    }

    private static String quoted(List<String> tags) {
        return "['" + String.join("', '", tags) + "']";
    }

    /**
     * A policy as a body describes it.
     *
     * @param former what members that are missing stay as, or null when they take their defaults
     * @throws InvalidInputException with everything that is wrong
     */
    static Policy read(ObjectNode body, @Nullable Policy former) {
        Fields fields = new Fields(body);
        String name = fields.line("name", former == null ? null : former.name(), 100);
        if (name.isBlank() && fields.has("name") && former != null) {
            fields.fault("name", "This field may not be blank.");
        }
        String description = fields.text("description", former == null ? "" : former.description(), 250);
        String rego = fields.text("rego", former == null ? null : former.rego(), 256 * 1024);
        boolean enabled = fields.flag("enabled", former == null || former.enabled());
        boolean terminal = fields.flag("is_terminal", former != null && former.terminal());
        int precedence =
                fields.number("precedence", former == null ? Policy.DEFAULT_PRECEDENCE : former.precedence(), 0, 32767);
        Policy.Mode mode =
                fields.choice("mode", Policy.Mode.class, former == null ? Policy.Mode.ENFORCE : former.mode());
        Policy.Effect effect =
                fields.choice("effect", Policy.Effect.class, former == null ? Policy.Effect.REFUSE : former.effect());
        Policy.OnUnknown onUnknown = fields.choice(
                "on_unknown", Policy.OnUnknown.class, former == null ? Policy.OnUnknown.ALLOW : former.onUnknown());
        Policy.OnError onError = fields.choice(
                "on_error", Policy.OnError.class, former == null ? Policy.OnError.WITHHOLD : former.onError());
        Policy.Scope scope = scope(fields, former == null ? Policy.Scope.ALL : former.scope());
        List<Action> actions = actions(fields, former == null ? List.of() : former.actions());
        fields.refuseOthers(SHOWN);
        fields.check();
        return new Policy(
                former == null ? "new" : former.slug(),
                name,
                description,
                rego,
                enabled,
                terminal,
                precedence,
                mode,
                scope,
                actions,
                effect,
                onUnknown,
                onError,
                former == null ? 1 : former.version(),
                former == null ? Instant.EPOCH : former.createdAt(),
                former == null ? Instant.EPOCH : former.updatedAt(),
                former == null ? null : former.origin());
    }

    private static Policy.Scope scope(Fields fields, Policy.Scope former) {
        JsonNode node = fields.raw("scope");
        if (node == null) {
            return former;
        }
        if (!(node instanceof ObjectNode object)) {
            fields.fault("scope", "Expected an object with repositories and formats.");
            return former;
        }
        Fields part = new Fields(object);
        Set<String> repositories = new HashSet<>(part.texts("repositories", List.of(), 1000, 50));
        Set<String> formats = new HashSet<>(part.texts("formats", List.of(), 100, 50));
        part.refuseOthers(Set.of());
        fields.faultsOf("scope", part);
        return new Policy.Scope(repositories, formats);
    }

    private static List<Action> actions(Fields fields, List<Action> former) {
        JsonNode node = fields.raw("actions");
        if (node == null) {
            return former;
        }
        if (!node.isArray() || node.size() > MAX_ACTIONS) {
            fields.fault("actions", "Expected a list of at most " + MAX_ACTIONS + " actions.");
            return former;
        }
        List<Action> actions = new ArrayList<>();
        for (JsonNode item : node) {
            if (item instanceof ObjectNode object) {
                Fields part = new Fields(object);
                actions.add(action(part, null));
                fields.faultsOf("actions", part);
            } else {
                fields.fault("actions", "Every action is an object.");
            }
        }
        return actions;
    }

    /** An action as a body describes it; what is wrong stays in the fields for the caller to check. */
    static Action action(Fields fields, @Nullable Action former) {
        String slug = former == null ? Policies.newSlug() : former.slug();
        int precedence = fields.number("precedence", former == null ? 0 : former.precedence(), 0, 32767);
        String formerType = former == null ? null : former.getClass().getSimpleName();
        String type = fields.text("action_type", formerType, 100);
        Action action = switch (type) {
            case "SetPackageState" ->
                new Action.SetPackageState(
                        slug,
                        precedence,
                        fields.choice(
                                "package_state",
                                PackageState.class,
                                former instanceof Action.SetPackageState set ? set.state() : null));
            case "AddPackageTags" ->
                new Action.AddPackageTags(
                        slug,
                        precedence,
                        tags(fields, former instanceof Action.AddPackageTags add ? add.tags() : null));
            case "RemovePackageTags" ->
                new Action.RemovePackageTags(
                        slug,
                        precedence,
                        tags(fields, former instanceof Action.RemovePackageTags remove ? remove.tags() : null));
            default -> {
                fields.fault(
                        "action_type",
                        "Not a valid choice; one of SetPackageState, AddPackageTags, RemovePackageTags.");
                yield new Action.AddPackageTags(slug, precedence, List.of());
            }
        };
        fields.refuseOthers(SHOWN_OF_ACTIONS);
        return action;
    }

    private static List<String> tags(Fields fields, @Nullable List<String> former) {
        return fields.texts("tags", former, 100, 100);
    }
}
