package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the artifacts of one format. Thread-safe. */
interface FileInspector {

    /** Who says what was read here. */
    String SOURCE = "artifact";

    /** What the file says of itself; throws IOException when nobody can read it, or it exceeds a limit. */
    Inspection inspect(String fileName, Content content) throws IOException;

    /** The document in which the file describes itself, or null; throws IOException as {@link #inspect} does. */
    byte @Nullable [] description(String fileName, Content content) throws IOException;

    /** See {@link dev.sluice.kernel.gate.Inspector#metadata}. */
    default byte @Nullable [] metadata(String fileName, Content content) throws IOException {
        return null;
    }

    /** Nothing is known, for that reason. */
    static Inspection unknown(String why) {
        return unknown(why, List.of());
    }

    /** Nothing is known, for that reason, of an archive that clients may disagree about. */
    static Inspection unknown(String why, List<String> ambiguities) {
        return new Inspection(Signal.unknown(why), Signal.unknown(why), Signal.unknown(why), ambiguities);
    }
}
