package dev.sluice.kernel.policy;

import dev.sluice.kernel.repository.Repository;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule set in Rego ({@code package cloudsmith}, boolean {@code match}, optional set {@code reason}) and what follows when it
 * matches.
 *
 * @param slug short permanent identifier, part of its address
 * @param name what people call it, 1 to 100 characters
 * @param description for developers it stops: whom to ask, at most 250 characters
 * @param rego source text
 * @param enabled a disabled policy can be tried out but is not asked
 * @param terminal whether no further policy is asked once it matched in mode enforce
 * @param precedence 0 to 32767; lower runs first, and a later action on the same thing wins
 * @param mode how seriously a match is taken
 * @param scope where it applies
 * @param actions what a match does, in their own precedence order
 * @param effect what becomes of a version it withholds in an index
 * @param onUnknown what a fact that it read and that is unknown means
 * @param onError what it means that it could not be evaluated
 * @param version counts changes of the source text, from 1
 * @param createdAt when it was made
 * @param updatedAt when it was last changed
 * @param origin file it comes from, or null when it was made through the API
 */
public record Policy(
        String slug,
        String name,
        String description,
        String rego,
        boolean enabled,
        boolean terminal,
        int precedence,
        Mode mode,
        Scope scope,
        List<Action> actions,
        Effect effect,
        OnUnknown onUnknown,
        OnError onError,
        int version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable String origin) {

    /** The precedence of a policy that says nothing of it. */
    public static final int DEFAULT_PRECEDENCE = 1000;

    /** How seriously a match is taken. */
    public enum Mode {
        /** Not asked at all. */
        OFF,
        /** Asked and recorded; nothing follows. */
        AUDIT,
        /** Asked and recorded; the client is told, the bytes leave. */
        WARN,
        /** Its actions count. */
        ENFORCE;

        /** Lower-case name. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of a version it withholds in an index. */
    public enum Effect {
        /** The version vanishes from indexes; a direct request for it is refused. */
        REFUSE,
        /** The same, and its state is HIDDEN: it comes back by itself, as a cool-down does. */
        HIDE;

        /** Lower-case name. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What an unknown fact that the policy read means. */
    public enum OnUnknown {
        /** As the rule itself says: an unknown fact is undefined in Rego. */
        ALLOW,
        /** The version is withheld until the fact is known, whatever the policy's actions are. */
        HOLD,
        /** The policy counts as matched: its actions follow, and it is terminal where it is said to be. */
        BLOCK;

        /** Lower-case name. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What it means that a policy could not be evaluated: a builtin failed, a limit was reached, or we are wrong. */
    public enum OnError {
        /** In mode enforce the version is withheld; in the others it is recorded. */
        WITHHOLD,
        /** As the policy engine by itself: a builtin that failed is undefined, and an evaluation that ended early is no match. */
        ALLOW;

        /** Lower-case name. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A policy whose failures withhold. */
    public Policy(
            String slug,
            String name,
            String description,
            String rego,
            boolean enabled,
            boolean terminal,
            int precedence,
            Mode mode,
            Scope scope,
            List<Action> actions,
            Effect effect,
            OnUnknown onUnknown,
            int version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable String origin) {
        this(
                slug,
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
                OnError.WITHHOLD,
                version,
                createdAt,
                updatedAt,
                origin);
    }

    /**
     * Where a policy applies.
     *
     * @param repositories names that repositories have or had; empty means all
     * @param formats ids of formats; empty means all
     */
    public record Scope(Set<String> repositories, Set<String> formats) {
        /** Everywhere. */
        public static final Scope ALL = new Scope(Set.of(), Set.of());

        /** Copies the sets. */
        public Scope {
            repositories = Set.copyOf(repositories);
            formats = Set.copyOf(formats);
        }

        /** Whether packages of that format in that repository fall under it. */
        public boolean covers(Repository repository, String format) {
            return (repositories.isEmpty() || repositories.stream().anyMatch(repository::answersTo))
                    && (formats.isEmpty() || formats.contains(format));
        }
    }

    /** Whether a match lets out what policies asked before withheld. */
    public boolean releases() {
        return actions.stream()
                .anyMatch(a ->
                        a instanceof Action.SetPackageState set && set.state().isReleasable());
    }

    /** Whether a match may let out what others withhold: by a state, or by ending the run without withholding anything itself. */
    public boolean opens() {
        return releases()
                || (terminal
                        && actions.stream()
                                .noneMatch(a -> a instanceof Action.SetPackageState set
                                        && !set.state().isReleasable()));
    }

    /**
     * Checks lengths and ranges; orders the actions; what an older release kept says nothing of errors. Throws
     * IllegalArgumentException with what is wrong.
     */
    public Policy {
        onError = onError == null ? OnError.WITHHOLD : onError;
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException("a policy's name has 1 to 100 characters");
        }
        if (description.length() > 250) {
            throw new IllegalArgumentException("a policy's description has at most 250 characters");
        }
        if (precedence < 0 || precedence > 32767) {
            throw new IllegalArgumentException("a policy's precedence is 0 to 32767");
        }
        if (rego.length() > 256 * 1024) {
            throw new IllegalArgumentException("a policy's source has at most 262144 characters");
        }
        actions = actions.stream()
                .sorted(java.util.Comparator.comparingInt(Action::precedence))
                .toList();
    }
}
