package dev.sluice.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an archive holds of interest, as the usual client of its format reads it.
 *
 * @param documents the files that decide, in the order in which clients unpack them: of two of one place the last stays
 * @param ambiguities how clients may disagree about the archive, a sentence each
 * @param unreadable why it could not be read to its end, or null; then {@code ambiguities} is not empty
 */
record Archive(
        List<Document> documents,
        List<String> ambiguities,
        @Nullable String unreadable) {

    Archive {
        documents = List.copyOf(documents);
        ambiguities = List.copyOf(ambiguities);
    }

    /**
     * A file of the archive.
     *
     * @param place where clients put it
     * @param bytes its content
     */
    record Document(String place, byte[] bytes) {}
}
