package dev.sluice.kernel.gate;

import dev.sluice.kernel.policy.PackageState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision turned into what a client shows its user.
 *
 * @param id identifier of the journal event; {@code /why/{id}} explains it
 * @param subject what was asked for, as people say it: {@code lodash@4.17.20}
 * @param policy name of the policy that withheld it
 * @param reasons why, as the policy says, at least one line
 * @param description the policy's own advice to developers, or empty
 * @param nearestAllowed the nearest allowed version, or null when there is none or it is not known
 * @param nearestAwaits facts of that version which policies read and which only its artifact tells, which was not read yet: it is
 *     allowed as far as is known
 * @param until from when on it may leave, where time alone decides, or null
 * @param state what the decision amounts to
 */
public record Refusal(
        String id,
        String subject,
        String policy,
        List<String> reasons,
        String description,
        @Nullable String nearestAllowed,
        List<String> nearestAwaits,
        @Nullable Instant until,
        PackageState state) {

    /** Copies the lists. */
    public Refusal {
        reasons = List.copyOf(reasons);
        nearestAwaits = List.copyOf(nearestAwaits);
    }
}
