package dev.sluice.app.policies;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.PolicyRejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The policies that a new installation begins with. */
public final class StarterPolicies {

    /** Their files, beside this class. */
    public static final List<String> FILES = List.of(
            "known-malware.rego",
            "exploited-vulnerabilities.rego",
            "critical-vulnerabilities.rego",
            "index-and-artifact-disagree.rego",
            "licence-deny-list.rego",
            "cool-down.rego");

    private StarterPolicies() {}

    /** Creates all of them. */
    public static void createIn(Policies policies) {
        for (String file : FILES) {
            try {
                policies.create(PolicyFile.read(file, text(file), null), Event.Actor.SYSTEM);
            } catch (PolicyRejectedException e) {
                throw new IllegalStateException("starter policy " + file + " does not compile: " + e.getMessage(), e);
            }
        }
    }

    /** The text of one of the {@link #FILES}. */
    public static String text(String file) {
        try (InputStream in = StarterPolicies.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("starter policy " + file + " is missing in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("starter policy " + file + " cannot be read", e);
        }
    }
}
