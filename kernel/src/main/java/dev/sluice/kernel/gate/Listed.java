package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An index that the gate lets out: every release of a package with its decision, hosted and upstream blended.
 *
 * <p>Immutable but for what it remembers of itself; thread-safe. A format renders what is allowed and may name what is not.
 */
public final class Listed implements Outcome {

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
     * @param body bytes to send
     * @param contentType media type
     * @param etag strong validator of the body, in quotes
     */
    public record Rendering(byte[] body, String contentType, String etag) {}

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
    private final List<JudgedRelease> releases;
    private final Instant horizon;
    private final Notices notices;
    private final Map<String, Rendering> renderings = new ConcurrentHashMap<>();
    private final AtomicLong rendered = new AtomicLong();
    private volatile @Nullable Withholding withholding;

    Listed(
            Repository repository,
            PackageName name,
            List<Source> sources,
            List<JudgedRelease> releases,
            Instant horizon,
            Notices notices) {
        this.repository = repository;
        this.name = name;
        this.sources = List.copyOf(sources);
        this.releases = List.copyOf(releases);
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

    /** Every release, in the order of the sources; the first source that has a version wins. */
    public List<JudgedRelease> releases() {
        return releases;
    }

    /** The releases that may leave. */
    public List<JudgedRelease> allowed() {
        return releases.stream().filter(JudgedRelease::isAllowed).toList();
    }

    /** The releases that may not. */
    public List<JudgedRelease> withheld() {
        return releases.stream().filter(r -> !r.isAllowed()).toList();
    }

    /** What is withheld, as the journal records it; put together at the first call. */
    Withholding withholding(VersionOrder order) {
        Withholding known = withholding;
        if (known == null) {
            known = Withholding.of(this, order);
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
            byte[] body = renderer.render(this);
            known = new Rendering(body, contentType, Etags.of(body));
            // Base addresses come from Host headers: never remember without bound.
            if (renderings.size() >= MOST_RENDERINGS || rendered.addAndGet(body.length) > roomForRenderings(sources)) {
                renderings.clear();
                rendered.set(body.length);
            }
            renderings.put(variant, known);
        }
        return known;
    }

    /** Bytes of the documents of those sources. */
    static long lengthOf(List<Source> sources) {
        long bytes = 0;
        for (Source source : sources) {
            bytes += source.index().document().length;
            for (Release release : source.index().releases()) {
                bytes += release.document().length;
            }
        }
        return bytes;
    }

    /** Bytes of renderings that are remembered together, beside the last one: some three of each document, or plain lists of files. */
    static long roomForRenderings(List<Source> sources) {
        long bytes = 2_000 + 3 * lengthOf(sources);
        for (Source source : sources) {
            for (Release release : source.index().releases()) {
                bytes += 200L + 200L * release.files().size();
            }
        }
        return bytes;
    }

    /** The rendering of a variant if it was made before, or null; needs nothing but memory. */
    public @Nullable Rendering remembered(String variant) {
        return renderings.get(variant);
    }
}
