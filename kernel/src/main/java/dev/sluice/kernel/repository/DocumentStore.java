package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Digest;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What upstreams answered about metadata documents, kept so that it can be revalidated, and served when they are down. */
public interface DocumentStore {

    /**
     * An upstream's answer.
     *
     * @param repository name of the repository
     * @param format id of the format
     * @param upstream id of the upstream
     * @param key which document, as the format names it; for indexes {@code index:} and the package name
     * @param blob SHA-256 of the body, or null for "there is none" (404, 410)
     * @param contentType as sent, or empty
     * @param etag as sent, or null
     * @param lastModified as sent, or null
     * @param fetchedAt when these bytes were first received
     * @param validatedAt when the upstream last confirmed them
     */
    record Document(
            String repository,
            String format,
            String upstream,
            String key,
            @Nullable Digest blob,
            String contentType,
            @Nullable String etag,
            @Nullable String lastModified,
            Instant fetchedAt,
            Instant validatedAt) {

        /** Whether the upstream said that there is no such document. */
        public boolean isAbsent() {
            return blob == null;
        }
    }

    /** The last answer for that document. */
    Optional<Document> find(String repository, String format, String upstream, String key);

    /** Records an answer in place of the former one. The blob must already be committed. */
    void save(Document document);

    /** Forgets an answer; false when there was none. Its blob stays until garbage collection. */
    boolean remove(String repository, String format, String upstream, String key);
}
