package dev.sluice.kernel.repository;

import java.util.List;
import java.util.Optional;

/** Where repositories are kept. Thread-safe; a change is seen by the next call. Failures of the store are unchecked. */
public interface RepositoryStore {

    /** A number that grows with every change; answered from memory. */
    long revision();

    /** The repository that has or had that name. */
    Optional<Repository> find(String name);

    /** All repositories, by name. */
    List<Repository> list();

    /** Adds a repository or replaces the one of that id. */
    void save(Repository repository);

    /** Removes the repository of that id with all its names; false when there was none. Its packages are removed by garbage collection. */
    boolean remove(String id);
}
