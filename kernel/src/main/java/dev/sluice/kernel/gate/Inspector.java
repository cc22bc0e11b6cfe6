package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** The port that looks into artifacts. Thread-safe; bounds what it reads, whatever the artifact claims. */
public interface Inspector {

    /**
     * What an artifact says of itself.
     *
     * @param license declared licence
     * @param installScripts whether installing it runs code of its own
     * @param requiresRuntime language runtime it demands (PyPI Requires-Python)
     */
    record Inspection(Signal<String> license, Signal<Boolean> installScripts, Signal<String> requiresRuntime) {}

    /** Ids of the formats whose artifacts it can read. */
    Set<String> formats();

    /**
     * Reads an artifact.
     *
     * @param format id of the format
     * @param fileName name of the file, which tells its kind
     * @param bytes the whole artifact, the caller's to close
     * @throws IOException when it is broken or exceeds a limit; the facts then stay unknown for that reason
     */
    Inspection inspect(String format, String fileName, InputStream bytes) throws IOException;
}
