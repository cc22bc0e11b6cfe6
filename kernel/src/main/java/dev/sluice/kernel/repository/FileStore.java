package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import java.util.List;
import java.util.Optional;

/** What is known of the files whose bytes are kept. Thread-safe. Failures of the store are unchecked. */
public interface FileStore {

    /** The file at that path of a repository and format. */
    Optional<StoredFile> find(String repository, String format, String path);

    /** Records a fetched file, replacing what was recorded for the path. The blob must already be committed. */
    void put(StoredFile file);

    /** Forgets a file; false when there was none. Its blob stays until garbage collection. */
    boolean remove(String repository, String format, String path);

    /** The kept files of one version, by path. */
    List<StoredFile> of(String repository, Coordinates coordinates);

    /** Versions of a package of which at least one file is kept. */
    List<String> versions(String repository, PackageName name);

    /**
     * Names of packages of a format of which at least one file is kept, published or fetched, after the given one in order, at most
     * {@code limit}; "" starts from the first.
     */
    List<PackageName> names(String repository, String format, String after, int limit);

    /** Every file with those bytes, in any repository, at most {@code limit}. */
    List<StoredFile> withDigest(Digest sha256, int limit);
}
