package dev.sluice.kernel.policy;

import dev.sluice.rego.RegoError;
import java.util.List;

/**
 * A policy's source text does not compile or breaks the contract; the former version stays in force. The message tells every
 * finding with its line and a caret below the place.
 */
public final class PolicyRejectedException extends Exception {

    private final transient List<RegoError> findings;

    /** Carries every finding, at least one. */
    public PolicyRejectedException(List<RegoError> findings) {
        super(String.join("\n", findings.stream().map(RegoError::shown).toList()));
        this.findings = List.copyOf(findings);
    }

    /** What is wrong and where, in source order. */
    public List<RegoError> findings() {
        return findings;
    }
}
