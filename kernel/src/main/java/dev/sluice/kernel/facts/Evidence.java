package dev.sluice.kernel.facts;

import dev.sluice.kernel.artifact.Signal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the bytes of a file say of themselves, as an inspector read them. It belongs to the bytes, wherever they lie.
 *
 * @param reader the inspector's version: what an older one read is read again
 * @param license declared licence; known and empty when the bytes say that there is none
 * @param installScripts whether the artifact runs code of its own when installed
 * @param requiresRuntime the language runtime it demands (PyPI Requires-Python)
 * @param ambiguities how readers of the bytes may disagree about what they hold, a sentence each
 * @param parent coordinates from which the file inherits what it does not say (a POM's parent), or null
 * @param dependencies what else is installed with it, where that is told by a document that the protocol also serves by itself (a
 *     wheel's METADATA): sorted, in one line
 */
public record Evidence(
        int reader,
        Signal<String> license,
        Signal<Boolean> installScripts,
        Signal<String> requiresRuntime,
        List<String> ambiguities,
        @Nullable String parent,
        Signal<String> dependencies) {

    /** What is known of bytes that nobody read. */
    public static final Evidence NONE = unknown(0, "artifact not read yet");

    /** Copies the list. */
    public Evidence {
        ambiguities = List.copyOf(ambiguities);
    }

    /** Whether the bytes tell anything at all. */
    public boolean tells() {
        return license.isKnown() || installScripts.isKnown() || requiresRuntime.isKnown() || !ambiguities.isEmpty();
    }

    /** Bytes that tell nothing, for that reason. */
    public static Evidence unknown(int reader, String why) {
        return new Evidence(
                reader,
                Signal.unknown(why),
                Signal.unknown(why),
                Signal.unknown(why),
                List.of(),
                null,
                Signal.unknown(why));
    }
}
