package dev.sluice.kernel.facts;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.StoredFile;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where what was learnt is kept: of names by repository and source, of bytes by their digest. Thread-safe. Failures of the store
 * are unchecked.
 *
 * <p>A source is an upstream's id, or null for what is published in the repository itself.
 */
public interface HistoryStore {

    /**
     * A number that differs after everything that was learnt of a version of the package ({@link #learn}), in any repository;
     * answered from memory. It may also change when nothing was; a new file that tells nothing is no lesson. What {@link #of} told
     * after it was read was not outdated by learning while it stays the same.
     */
    long stamp(PackageName name);

    /** What a repository knows of a package; files that were given together with what their bytes say. */
    PackageHistory of(String repository, PackageName name);

    /** Notes versions that a source named for the first time; those already known keep their instant. One transaction. */
    void seen(String repository, @Nullable String source, PackageName name, Collection<String> versions, Instant now);

    /** What bytes say when read as a file of that name (which tells its kind), or nothing when nobody read them so. */
    Optional<Evidence> evidence(Digest sha256, String format, String fileName);

    /**
     * Keeps what the bytes of a file say, and that its source gave them as that file; replaces what an earlier reading of the same
     * bytes said, and which bytes the source gave at the path before. Its version counts as seen when the file was stored, if not
     * earlier. One transaction.
     */
    void learn(StoredFile file, Evidence evidence);

    /**
     * Forgets which bytes an upstream gave for a package, or for one version of it when that is not null; a lesson. What the bytes say
     * stays with their digest, and the version stays seen when it was.
     */
    void forget(String repository, String upstream, PackageName name, @Nullable String version);
}
