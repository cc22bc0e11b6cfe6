package dev.sluice.kernel.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one policy said of one version.
 *
 * @param policy the policy
 * @param matched whether its {@code match} was true (or an unknown fact counted as such)
 * @param reasons its {@code reason} strings (or that it could not be evaluated), sorted, without surrounding blanks; at most 20
 * @param failure why it could not be evaluated, or null; unless it asks for OPA's own way, a policy that fails in mode enforce
 *     withholds
 */
public record Verdict(
        Policy policy,
        boolean matched,
        List<String> reasons,
        @Nullable String failure) {
    /** Copies the list. */
    public Verdict {
        reasons = List.copyOf(reasons);
    }
}
