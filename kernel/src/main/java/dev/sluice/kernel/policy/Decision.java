package dev.sluice.kernel.policy;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all policies together said of one version.
 *
 * @param state what it amounts to; only AVAILABLE leaves
 * @param decisive the verdict that withheld the version, or null when it may leave
 * @param verdicts the verdicts of policies that matched or failed, the decisive one first, the others in order of asking
 * @param tags tags the version carries after all actions
 * @param horizon the earliest instant at which the decision could change by time alone, {@link Instant#MAX} for never
 */
public record Decision(
        PackageState state, @Nullable Verdict decisive, List<Verdict> verdicts, Set<String> tags, Instant horizon) {

    /** Nothing was asked, or nothing matched, and time changes nothing. */
    public static final Decision AVAILABLE =
            new Decision(PackageState.AVAILABLE, null, List.of(), Set.of(), Instant.MAX);

    /** Copies the collections. */
    public Decision {
        verdicts = List.copyOf(verdicts);
        tags = Set.copyOf(tags);
    }

    /** Whether the version may leave. */
    public boolean isAllowed() {
        return state.isReleasable();
    }

    /** This decision, holding no longer than until then. */
    public Decision until(Instant instant) {
        return horizon.isAfter(instant) ? new Decision(state, decisive, verdicts, tags, instant) : this;
    }

    /** Matches of policies in mode warn: the client is told. */
    public List<Verdict> warnings() {
        return verdicts.stream()
                .filter(v -> v.matched() && v.policy().mode() == Policy.Mode.WARN)
                .toList();
    }
}
