package dev.sluice.kernel.policy;

import java.util.List;
import java.util.Optional;

/** Where policies are kept. Thread-safe; a change is seen by the next call. Failures of the store are unchecked. */
public interface PolicyStore {

    /** A number that grows with every change; answered from memory. */
    long revision();

    /** All policies, by precedence, then creation. */
    List<Policy> list();

    /** The policy with that slug. */
    Optional<Policy> find(String slug);

    /** Adds a policy or replaces the one with its slug. */
    void save(Policy policy);

    /** Removes a policy; false when there was none. */
    boolean remove(String slug);
}
