package dev.sluice.kernel.ecosystem;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a format asks upstreams and reads what they answer. The gate does the asking, caching and verifying. */
public interface Proxying {

    /**
     * A question to an upstream.
     *
     * @param uri absolute address
     * @param accept value of the Accept header
     */
    record Question(URI uri, String accept) {}

    /** The question for the index of a package. */
    Question indexQuestion(Upstream upstream, PackageName name);

    /**
     * Reads an index as an upstream sent it.
     *
     * @param body the whole document; bounded by the gate
     * @param source the address it came from, for relative links
     * @throws MalformedDocumentException when it is not such a document: the gate then treats the upstream as failing
     */
    PackageIndex readIndex(PackageName name, URI source, String contentType, InputStream body) throws IOException;

    /**
     * The question for a file's bytes, or null when the upstream cannot have it.
     *
     * @param listed what the index says of the file, or null when the format's indexes do not list files
     */
    @Nullable
    Question fileQuestion(Upstream upstream, FileWant want, @Nullable ReleaseFile listed);

    /**
     * Questions whose short text answers promise digests of a file that no index lists, best first; the first that answers
     * counts. Empty where the index promises digests.
     */
    default List<Question> checksumQuestions(Upstream upstream, FileWant want) {
        return List.of();
    }

    /** Reads an answer to a checksum question, or null when it is no checksum. */
    default @Nullable Digest readChecksum(Question question, byte[] answer) {
        return null;
    }

    /**
     * The file that describes the release (Maven's POM), which the gate reads before it judges another file of it, or null where
     * the index tells enough.
     */
    default @Nullable FileWant descriptor(FileWant want) {
        return null;
    }

    /**
     * The artifact of which a file is but the describing document (PyPI's {@code x.whl.metadata} is METADATA of the wheel), or null:
     * where the upstream has no such file, the gate reads it out of the artifact ({@code
     * Inspector.metadata}), without fetching the whole where it can.
     */
    default @Nullable FileWant metadataOf(FileWant want) {
        return null;
    }

    /** Whether files of this format inherit from others, see {@link #ancestor}. */
    default boolean hasAncestors() {
        return false;
    }

    /**
     * The file at coordinates from which another one inherits what it does not say itself (Maven's parent POM), or null where there
     * is no such thing, or they name no file.
     *
     * @param coordinates as {@code Inspection.parent} tells them
     */
    default @Nullable FileWant ancestor(Repository repository, String coordinates) {
        return null;
    }

    /**
     * The files that tell of a release what its index does not, the cheapest first: side-cars, a descriptor, the artifacts. By
     * default the artifacts that the index lists.
     */
    default List<FileWant> telling(Repository repository, PackageName name, Release release) {
        return release.files().stream()
                .sorted(Comparator.comparingLong(ReleaseFile::size))
                .map(file -> new FileWant(repository, name, release.version(), file.path()))
                .toList();
    }

    /** Whether a repository index must list a file before it is fetched; false where indexes do not list files (Maven). */
    default boolean indexListsFiles() {
        return true;
    }

    /**
     * Whether upstreams may replace what lies at that path (Maven's {@code …-SNAPSHOT.jar}): such a file is asked for again once
     * it is older than an index may be.
     */
    default boolean isMutable(FileWant want) {
        return false;
    }

    /** An upstream's document is not what the protocol says. The message says what and where, and quotes at most a few characters. */
    final class MalformedDocumentException extends IOException {
        /** Says what is wrong. */
        public MalformedDocumentException(String message) {
            super(message);
        }

        /** Says what is wrong, with the parser's complaint. */
        public MalformedDocumentException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
