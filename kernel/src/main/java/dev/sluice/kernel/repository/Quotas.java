package dev.sluice.kernel.repository;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How much repositories hold, and how much they may hold.
 *
 * <p>Files are counted in the transactions that add and remove them, so the count is exact; what would go beyond a quota is not
 * kept. A file that many repositories hold counts in each. Documents of upstreams do not count. Thread-safe. Failures of the store
 * are unchecked.
 */
public interface Quotas {

    /**
     * What a repository holds.
     *
     * @param bytes length of its files together
     * @param files how many
     * @param quota most bytes it may hold, or null for no limit
     */
    record Usage(long bytes, long files, @Nullable Long quota) {}

    /** What the repository of that id holds; nothing when it is not known. */
    Usage of(String repository);

    /**
     * Sets how much the repository of that id may hold; null for no limit. What is there stays, even when it is more.
     *
     * @throws IllegalArgumentException when the quota is negative
     */
    void limit(String repository, @Nullable Long bytes);

    /** A file would take a repository beyond its quota; nothing was changed. */
    final class ExceededException extends RuntimeException {
        /**
         * Says how much is missing.
         *
         * @param repository id of the repository
         * @param wanted bytes it would hold
         * @param quota bytes it may hold
         */
        public ExceededException(String repository, long wanted, long quota) {
            super(String.format(
                    Locale.ROOT,
                    "repository %s is full: it would hold %,d bytes, its quota is %,d; delete what is not needed, or ask"
                            + " an administrator for a larger one (sluice repository quota)",
                    repository,
                    wanted,
                    quota));
        }
    }
}
