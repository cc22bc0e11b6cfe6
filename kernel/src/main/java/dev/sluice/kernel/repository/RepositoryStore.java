package dev.sluice.kernel.repository;

import java.util.List;
import java.util.Optional;

/** Where repositories are kept. Thread-safe; a change is seen by the next call. Failures of the store are unchecked. */
public interface RepositoryStore {

    /** A number that grows with every change; answered from memory. */
    long revision();

    /** The repository with that name. */
    Optional<Repository> find(String name);

    /** All repositories, by name. */
    List<Repository> list();

    /** Adds a repository or replaces the one of that name. */
    void save(Repository repository);

    /** Removes a repository; false when there was none. Its packages are removed by garbage collection. */
    boolean remove(String name);
}
