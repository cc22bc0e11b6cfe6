package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;

/** One thing that is measured; prints as it goes and adds lines to the report. */
interface Part {

    /** How it is asked for on the command line. */
    String name();

    /** Measures. The folder is its own, empty, and deleted afterwards. */
    void measure(Options options, Path folder, Report report) throws IOException, InterruptedException;
}
