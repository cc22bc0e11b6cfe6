package dev.sluice.kernel.gate;

import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A release with what the policies decided about it.
 *
 * @param release as its source tells it
 * @param upstream id of the upstream that tells it, or null when it is hosted here
 * @param decision about the release as a whole
 * @param files decisions about files that have a publish time of their own, by file name; files that are not in it follow the
 *     release
 */
public record JudgedRelease(
        Release release, @Nullable String upstream, Decision decision, Map<String, Decision> files) {

    /** Copies the map. */
    public JudgedRelease {
        files = Map.copyOf(files);
    }

    /** The version. */
    public String version() {
        return release.version();
    }

    /** Whether the release as a whole may leave; with files judged one by one, whether any of them may. */
    public boolean isAllowed() {
        if (!release.files().isEmpty() && !files.isEmpty()) {
            return release.files().stream().anyMatch(this::isAllowed);
        }
        return decision.isAllowed();
    }

    /** Whether that file may leave. */
    public boolean isAllowed(ReleaseFile file) {
        return decision(file).isAllowed();
    }

    /** The decision about that file. */
    public Decision decision(ReleaseFile file) {
        Decision own = files.get(file.name());
        return own == null ? decision : own;
    }
}
