package dev.sluice.inspect;

import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.gate.Lane;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The inspector of npm, PyPI and Maven artifacts: declared licence, code that runs at install, required runtime.
 *
 * <p>Reads archives as their clients do, tells where clients disagree, unpacks nothing to disk, and bounds all it reads: of one artifact,
 * and of all that are in work at once, so that neither memory nor processors are all taken. What turns out to be large leaves its place
 * to others and begins again in a line of its own. Thread-safe.
 */
public final class ArtifactInspector implements Inspector {

    /** So many small or usual artifacts, and so many others, are in work at once. */
    private static final int BRIEF = 8;

    private static final int THOROUGH = 2;

    private final Lane briefly = Lane.ofLong("inspections", BRIEF);
    private final Lane thoroughly = Lane.ofLong("inspections of large artifacts", THOROUGH);
    private final Map<String, FileInspector> brief;
    private final Map<String, FileInspector> thorough;

    /** An inspector with the usual bounds. */
    public ArtifactInspector() {
        this(InspectionLimits.DEFAULT);
    }

    ArtifactInspector(InspectionLimits limits) {
        brief = inspectors(limits.briefly());
        thorough = inspectors(limits);
    }

    private static Map<String, FileInspector> inspectors(InspectionLimits limits) {
        ArchiveReader archives = new ArchiveReader(limits);
        return Map.of(
                "npm", new NpmTarball(archives),
                "pypi", new PythonDistribution(archives),
                "maven", new MavenFile(archives, limits));
    }

    @Override
    public int version() {
        return 8; // licences as weighed, POMs leniently, their parents; archives as clients read them; only a jar's own
        // POM; eggs; dependencies of wheels
    }

    @Override
    public Set<String> formats() {
        return thorough.keySet();
    }

    @Override
    public Inspection inspect(String format, String fileName, Content content) throws IOException {
        FileInspector quick = brief.get(format);
        FileInspector whole = thorough.get(format);
        if (quick == null || whole == null) {
            return FileInspector.unknown("artifacts of this format are not read");
        }
        try {
            return briefly.run(1, () -> quick.inspect(fileName, content));
        } catch (TakesLongException e) {
            return thoroughly.run(1, () -> whole.inspect(fileName, content));
        }
    }

    @Override
    public byte @Nullable [] description(String format, String fileName, Content content) throws IOException {
        FileInspector quick = brief.get(format);
        FileInspector whole = thorough.get(format);
        if (quick == null || whole == null) {
            return null;
        }
        try {
            return briefly.run(1, () -> Optional.ofNullable(quick.description(fileName, content)))
                    .orElse(null);
        } catch (TakesLongException e) {
            return thoroughly
                    .run(1, () -> Optional.ofNullable(whole.description(fileName, content)))
                    .orElse(null);
        }
    }

    @Override
    public byte @Nullable [] metadata(String format, String fileName, Content content) throws IOException {
        FileInspector inspector = thorough.get(format); // no lane: most of it may be waiting for an upstream
        return inspector == null ? null : inspector.metadata(fileName, content);
    }
}
