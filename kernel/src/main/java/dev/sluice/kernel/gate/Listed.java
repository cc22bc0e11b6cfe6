package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.blob.Zipped;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An index that the gate lets out: every release of a package with its decision, hosted and upstream blended.
 *
 * <p>Immutable but for what it remembers of itself; thread-safe. A format renders what is allowed and may name what is not.
 */
public final class Listed implements IndexOutcome {

    /**
     * Where releases come from.
     *
     * @param upstream id of the upstream, or null for packages hosted here
     * @param index what it told
     */
    public record Source(@Nullable String upstream, PackageIndex index) {}

    /**
     * A rendered index.
     *
     * @param zipped bytes to send
     * @param contentType media type
     * @param etag strong validator of the plain body, in quotes
     */
    public record Rendering(Zipped zipped, String contentType, String etag) {
        /** A rendering of that body. */
        public Rendering(byte[] body, String contentType) {
            this(Zipped.of(body), contentType, Etags.of(body));
        }

        /** The plain body. */
        public byte[] body() {
            return zipped.plain();
        }

        private long weight() {
            return 250L + zipped.bytes().length;
        }
    }

    /** Makes a rendering's body. */
    @FunctionalInterface
    public interface Renderer {
        /** Renders; called at most once per variant and index. */
        byte[] render(Listed listed) throws IOException;
    }

    private static final int MOST_RENDERINGS = 16;

    private final Repository repository;
    private final PackageName name;
    private final List<Source> sources;
    private final JudgedReleases releases;
    private final List<JudgedRelease> absent;
    private final Instant horizon;
    private final Notices notices;
    private final Map<String, Rendering> renderings = new ConcurrentHashMap<>();
    private final AtomicLong rendered = new AtomicLong();
    private final Workload work;
    private final Runnable grown;
    private volatile @Nullable Withholding withholding;

    Listed(
            Repository repository,
            PackageName name,
            List<Source> sources,
            JudgedReleases releases,
            List<JudgedRelease> absent,
            Instant horizon,
            Notices notices,
            Workload work,
            Runnable grown) {
        this.repository = repository;
        this.name = name;
        this.sources = List.copyOf(sources);
        this.releases = releases;
        this.absent = List.copyOf(absent);
        this.work = work;
        this.grown = grown;
        this.horizon = horizon;
        this.notices = notices;
    }

    /** The repository asked. */
    public Repository repository() {
        return repository;
    }

    /** The package. */
    public PackageName name() {
        return name;
    }

    /** Where the releases come from, hosted first, then by priority; each has the format's own package document. */
    public List<Source> sources() {
        return sources;
    }

    /**
     * Every release, in the order of the sources; the first source that has a version wins. Each look makes them anew: iterate once
     * and keep what is needed.
     */
    public List<JudgedRelease> releases() {
        return releases;
    }

    /**
     * Withheld versions that no source has: advisories name them, and who asks for one is told so rather than that there is none.
     * Their releases tell nothing but the version.
     */
    public List<JudgedRelease> absent() {
        return absent;
    }

    /** The same, with what is decided about each. */
    JudgedReleases judged() {
        return releases;
    }

    /** The versions that may leave, in the order of {@link #releases}; cheap however large these are. */
    public List<String> allowedVersions() {
        return releases.stream()
                .filter(JudgedRelease::isAllowed)
                .map(JudgedRelease::version)
                .toList();
    }

    /** The newest releases that may not leave, newest first. */
    List<JudgedRelease> newestWithheld(VersionOrder order, int most) {
        Comparator<String> newestFirst = order.reversed();
        List<String> versions = releases.stream()
                .filter(r -> !r.isAllowed())
                .map(JudgedRelease::version)
                .sorted(newestFirst)
                .limit(most)
                .toList();
        Set<String> wanted = Set.copyOf(versions);
        Map<String, JudgedRelease> found = new HashMap<>();
        for (JudgedRelease release : releases) {
            if (wanted.contains(release.version())) {
                found.put(release.version(), release);
            }
        }
        return versions.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    /** What is withheld, as the journal records it; put together at the first call. */
    Withholding withholding(VersionOrder order) {
        Withholding known = withholding;
        if (known == null) {
            known = releases.areAllAllowed() ? Withholding.NOTHING : Withholding.of(this, order);
            withholding = known;
        }
        return known;
    }

    /** The earliest instant at which a decision in it could change by time alone. */
    public Instant horizon() {
        return horizon;
    }

    /** What to tell the client beside the index. */
    public Notices notices() {
        return notices;
    }

    /**
     * The rendering of a variant, made once and remembered; its ETag derives from the body, and so from sources and decisions.
     *
     * @param variant everything that the rendering depends on beside this index: form, base address
     * @param contentType media type of the body
     */
    public Rendering rendering(String variant, String contentType, Renderer renderer) throws IOException {
        Rendering known = renderings.get(variant);
        if (known == null) {
            known = work.run(unpacked(), () -> {
                Rendering made = renderings.get(variant); // while this request waited for its turn
                return made != null ? made : new Rendering(renderer.render(this), contentType);
            });
            // Base addresses come from Host headers: never remember without bound.
            if (renderings.size() >= MOST_RENDERINGS || rendered.addAndGet(known.weight()) > roomForRenderings()) {
                renderings.clear();
                rendered.set(known.weight());
            }
            renderings.put(variant, known);
            grown.run();
        }
        return known;
    }

    /** Bytes of the sources' documents as they came, roughly. */
    private long unpacked() {
        long bytes = 0;
        for (Source source : sources) {
            bytes += source.index().unpacked();
        }
        return bytes;
    }

    /** Bytes of renderings that are remembered together, beside the last one: some three of each source. */
    private long roomForRenderings() {
        long bytes = 2_000;
        for (Source source : sources) {
            bytes += 3 * source.index().weight();
        }
        return bytes;
    }

    /** How much memory the decisions and renderings take, in bytes, beside the sources. */
    long weight() {
        return 500 + releases.weight() + rendered.get();
    }

    /** The rendering of a variant if it was made before, or null; needs nothing but memory. */
    public @Nullable Rendering remembered(String variant) {
        return renderings.get(variant);
    }
}
