package dev.sluice.kernel.facts;

import dev.sluice.kernel.artifact.Signal;
import java.time.Instant;

/**
 * What this installation itself has learnt of a version: when it first saw it, and what it read from its files.
 *
 * @param firstSeen when an index or a request first named the version here
 * @param published publish time learnt from a file's headers, where no index gives one
 * @param license declared licence read from the artifact
 * @param installScripts whether the artifact runs code when installed, read from the artifact
 * @param requiresRuntime the language runtime it demands (PyPI Requires-Python), read from the artifact
 */
public record VersionHistory(
        Instant firstSeen,
        Signal<Instant> published,
        Signal<String> license,
        Signal<Boolean> installScripts,
        Signal<String> requiresRuntime) {

    // Most versions are only seen: what is unknown of them is the same object for all.
    private static final Signal<Instant> NOT_TOLD = Signal.unknown("not told");
    private static final Signal<?> NOT_READ = Signal.unknown("artifact not read yet");

    /** The history of a version that was only seen. */
    public static VersionHistory seen(Instant firstSeen) {
        return new VersionHistory(firstSeen, NOT_TOLD, notRead(), notRead(), notRead());
    }

    @SuppressWarnings("unchecked") // it holds no value of any type
    private static <T> Signal<T> notRead() {
        return (Signal<T>) NOT_READ;
    }
}
