package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notices when an upstream's index promises other bytes under a name than were fetched from it before: what never changes was
 * changed. Each change is reported once per process. Thread-safe.
 */
final class Promises {

    private final Recorder recorder;
    private final Cache<Broken, Boolean> told;

    private record Broken(String repository, String path, Digest promised) {}

    Promises(Recorder recorder, GateSettings settings) {
        this.recorder = recorder;
        this.told = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForNotes())
                .weigher((Broken broken, Boolean yes) -> 400 + broken.path().length())
                .executor(Runnable::run)
                .build();
    }

    /** Compares what is kept with what the index promises now; what is kept stays either way. */
    void compare(Repository repository, StoredFile kept, @Nullable ReleaseFile listed) {
        String upstream = kept.upstream();
        if (listed == null || upstream == null) {
            return;
        }
        for (Digest promised : listed.digests()) {
            if (!kept.contents().matches(promised)
                    && told.asMap().putIfAbsent(new Broken(repository.id(), kept.path(), promised), Boolean.TRUE)
                            == null) {
                recorder.upstreamFault(
                        repository,
                        upstream,
                        kept.coordinates().packageName(),
                        kept.fileName() + " was changed: " + kept.contents().digest(promised.algorithm())
                                + " was fetched on " + kept.storedAt() + " and stays, the index now promises "
                                + promised);
                return;
            }
        }
    }

    /** Compares two indexes of a package by the same upstream, the earlier first. */
    void compare(Repository repository, Upstream upstream, PackageName name, PackageIndex former, PackageIndex now) {
        Map<String, ReleaseFile> known = new HashMap<>();
        for (Release release : former.releases()) {
            release.files().forEach(file -> known.put(file.name(), file));
        }
        for (Release release : now.releases()) {
            for (ReleaseFile file : release.files()) {
                ReleaseFile before = known.get(file.name());
                if (before != null && !before.digests().equals(file.digests())) {
                    compare(repository, upstream, name, before, file);
                }
            }
        }
    }

    private void compare(
            Repository repository, Upstream upstream, PackageName name, ReleaseFile before, ReleaseFile now) {
        for (Digest promised : now.digests()) {
            for (Digest earlier : before.digests()) {
                if (earlier.algorithm() == promised.algorithm() && !earlier.equals(promised)) {
                    if (told.asMap()
                                    .putIfAbsent(
                                            new Broken(repository.id(), name + " " + now.name(), promised),
                                            Boolean.TRUE)
                            == null) {
                        recorder.upstreamFault(
                                repository,
                                upstream,
                                name,
                                now.name() + " was changed: the index promised " + earlier + ", now it promises "
                                        + promised + "; what was fetched before stays");
                    }
                    return;
                }
            }
        }
    }
}
