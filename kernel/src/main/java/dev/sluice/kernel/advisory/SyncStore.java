package dev.sluice.kernel.advisory;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where it is kept how the syncs of feeds went, beside the advisories.
 *
 * <p>Thread-safe. Failures of the store are unchecked.
 */
public interface SyncStore {

    /** Every state, by name of the source. */
    List<SyncState> all();

    /** The state of a source, if it was ever saved. */
    Optional<SyncState> find(String source);

    /** Saves a state in place of the former one of its source. */
    void save(SyncState state);

    /** The names of all records that the source listed when it was last synced; empty when it never was. */
    List<String> listing(String source);

    /** Keeps a listing in place of the former one. Names hold no line breaks. */
    void list(String source, Collection<String> names);
}
