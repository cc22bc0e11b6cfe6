package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A server process under load. Closing it stops it. */
interface Server extends AutoCloseable {

    /** How it is called in the report. */
    String name();

    /** The process; its children count as part of it. */
    Process process();

    /** Address of what is downloaded. */
    String target();

    /** Waits until it has finished what a run left behind, as far as it can tell. */
    default void settle() throws IOException, InterruptedException {}

    /** Stops it and waits for its end. */
    @Override
    void close() throws InterruptedException;

    /** Where the log of a server goes. */
    static ProcessBuilder.Redirect log(Path folder) {
        return ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile());
    }
}
