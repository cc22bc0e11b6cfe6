package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Reads the artifacts of one format. Thread-safe. */
interface FileInspector {

    /** Who says what was read here. */
    String SOURCE = "artifact";

    /** What the file says of itself; throws IOException when it is broken or exceeds a limit. */
    Inspection inspect(String fileName, InputStream bytes) throws IOException;

    /** Nothing is known, for that reason. */
    static Inspection unknown(String why) {
        return new Inspection(Signal.unknown(why), Signal.unknown(why), Signal.unknown(why), List.of());
    }
}
