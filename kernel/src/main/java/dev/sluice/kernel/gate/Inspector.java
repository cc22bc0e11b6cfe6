package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The port that looks into artifacts. Thread-safe; bounds what it reads, whatever the artifact claims. */
public interface Inspector {

    /**
     * What an artifact says of itself.
     *
     * @param license declared licence
     * @param installScripts whether installing it runs code of its own
     * @param requiresRuntime language runtime it demands (PyPI Requires-Python)
     * @param ambiguities how readers of the artifact may disagree about what it holds, a sentence each: duplicate entries, a local
     *     header that contradicts the central directory, and the like; empty where every client reads the same
     * @param parent coordinates from which the file inherits what it does not say (a POM's parent), or null
     * @param dependencies what else is installed with it, where that is told by a document that the protocol also serves by itself (a
     *     wheel's METADATA): sorted, in one line
     */
    record Inspection(
            Signal<String> license,
            Signal<Boolean> installScripts,
            Signal<String> requiresRuntime,
            List<String> ambiguities,
            @Nullable String parent,
            Signal<String> dependencies) {

        /** Copies the list. */
        public Inspection {
            ambiguities = List.copyOf(ambiguities);
        }

        /** Of an artifact that inherits nothing. */
        public Inspection(
                Signal<String> license,
                Signal<Boolean> installScripts,
                Signal<String> requiresRuntime,
                List<String> ambiguities) {
            this(license, installScripts, requiresRuntime, ambiguities, null);
        }

        /** Of an artifact that tells no dependencies. */
        public Inspection(
                Signal<String> license,
                Signal<Boolean> installScripts,
                Signal<String> requiresRuntime,
                List<String> ambiguities,
                @Nullable String parent) {
            this(
                    license,
                    installScripts,
                    requiresRuntime,
                    ambiguities,
                    parent,
                    Signal.unknown("not read from such artifacts"));
        }

        /** The same, with those dependencies. */
        public Inspection withDependencies(Signal<String> told) {
            return new Inspection(license, installScripts, requiresRuntime, ambiguities, parent, told);
        }
    }

    /** The bytes of an artifact, which can be read from any place: where clients begin at the end, so does the inspector. */
    interface Content {

        /** How many bytes it has. */
        long size();

        /**
         * Opens a range; the stream is the caller's to close.
         *
         * @param offset first byte, from 0
         * @param length how many bytes at most; the stream ends early at the artifact's end
         */
        InputStream open(long offset, long length) throws IOException;
    }

    /**
     * A number that rises with every release of the inspector that reads more or otherwise than before: what a lower number read
     * is read again before it counts.
     */
    default int version() {
        return 1;
    }

    /** Ids of the formats whose artifacts it can read. */
    Set<String> formats();

    /**
     * Reads an artifact.
     *
     * @param format id of the format
     * @param fileName name of the file, which tells its kind
     * @param content the whole artifact
     * @throws IOException when it is broken or exceeds a limit; the facts then stay unknown for that reason
     */
    Inspection inspect(String format, String fileName, Content content) throws IOException;

    /**
     * The document in which an artifact describes itself, as clients of its format read it: package.json of an npm tarball,
     * METADATA or PKG-INFO of a Python distribution, a POM; null when it has none, or none that can be read.
     *
     * @throws IOException when its bytes cannot be read from where they are kept
     */
    byte @Nullable [] description(String format, String fileName, Content content) throws IOException;

    /**
     * The document in which an artifact describes itself (a wheel's METADATA), found as clients find it and with no more of the
     * artifact than that takes; null where there is none, and where clients may disagree about it as far as that was seen.
     *
     * @throws IOException when the content cannot be read
     */
    default byte @Nullable [] metadata(String format, String fileName, Content content) throws IOException {
        return null;
    }
}
