package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.DocumentStore.Document;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is kept, row by row, for those who look after it: garbage collection and checks.
 *
 * <p>Pages come in an order of the store's own; what is added or removed meanwhile may or may not be seen. Thread-safe. Failures
 * of the store are unchecked.
 */
public interface Inventory {

    /**
     * A published release and where it lies.
     *
     * @param repository name of the repository
     * @param name of the package
     * @param release as published, without the format's document
     */
    record HostedRelease(String repository, PackageName name, Release release) {}

    /** Those of the blobs that a file or a document refers to at this moment. */
    Set<Digest> referenced(Collection<Digest> blobs);

    /** Kept files after the given one, at most {@code limit}; null starts from the first. */
    List<StoredFile> files(@Nullable StoredFile after, int limit);

    /** Documents of upstreams after the given one, at most {@code limit}; null starts from the first. */
    List<Document> documents(@Nullable Document after, int limit);

    /** Published releases after the given one, at most {@code limit}; null starts from the first. */
    List<HostedRelease> releases(@Nullable HostedRelease after, int limit);

    /** Forgets a document; it is asked for again when somebody wants it. False when it was not known, or is another by now. */
    boolean remove(Document document);

    /** How many rows belong to repositories that do not exist any more. */
    long orphans();

    /** Removes rows of repositories that do not exist any more, about {@code limit} at most; how many were removed. */
    int removeOrphans(int limit);

    /** Forgets that upstreams had no such document where they said so before that instant, at most {@code limit}; how many. */
    int removeAbsent(Instant validatedBefore, int limit);
}
