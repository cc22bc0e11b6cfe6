package dev.sluice.inspect;

import dev.sluice.kernel.gate.Inspector;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * The inspector of npm, PyPI and Maven artifacts: declared licence, code that runs at install, required runtime.
 *
 * <p>Reads archives as their clients do, tells where clients disagree, unpacks nothing to disk, and bounds all it reads. Thread-safe.
 */
public final class ArtifactInspector implements Inspector {

    private final Map<String, FileInspector> inspectors;

    /** An inspector with the usual bounds. */
    public ArtifactInspector() {
        this(InspectionLimits.DEFAULT);
    }

    ArtifactInspector(InspectionLimits limits) {
        ArchiveReader archives = new ArchiveReader(limits);
        inspectors = Map.of(
                "npm", new NpmTarball(archives),
                "pypi", new PythonDistribution(archives),
                "maven", new MavenFile(archives, limits));
    }

    @Override
    public int version() {
        return 4; // licences as weighed, POMs leniently, their parents; archives as clients read them; only a jar's own
        // POM
    }

    @Override
    public Set<String> formats() {
        return inspectors.keySet();
    }

    @Override
    public Inspection inspect(String format, String fileName, Content content) throws IOException {
        FileInspector inspector = inspectors.get(format);
        if (inspector == null) {
            return FileInspector.unknown("artifacts of this format are not read");
        }
        return inspector.inspect(fileName, content);
    }
}
