package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A wheel or a source distribution. Installing a wheel runs none of its code, building a source distribution does. */
final class PythonDistribution implements FileInspector {

    private final ArchiveWalk archives;

    PythonDistribution(ArchiveWalk archives) {
        this.archives = archives;
    }

    @Override
    public Inspection inspect(String fileName, InputStream bytes) throws IOException {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".whl")) {
            byte[][] found = new byte[1][];
            archives.zip(bytes, document(found, ".dist-info/METADATA"));
            return inspection(found[0], false, "METADATA");
        }
        byte[][] found = new byte[1][];
        if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            archives.tarGz(bytes, document(found, "/PKG-INFO"));
        } else if (name.endsWith(".tar.bz2")) {
            archives.tarBz2(bytes, document(found, "/PKG-INFO"));
        } else if (name.endsWith(".zip")) {
            archives.zip(bytes, document(found, "/PKG-INFO"));
        } else {
            return FileInspector.unknown("files of this kind are not read");
        }
        return inspection(found[0], true, "PKG-INFO");
    }

    /** Takes the first file in the archive's first or second level whose path ends so. */
    private static ArchiveWalk.Visitor document(byte[][] into, String suffix) {
        return (name, document) -> {
            boolean wanted = name.endsWith(suffix) && name.indexOf('/') == name.lastIndexOf('/');
            if (wanted) {
                into[0] = document.read();
            }
            return !wanted;
        };
    }

    private static Inspection inspection(byte @Nullable [] document, boolean runsCode, String name) throws IOException {
        if (document == null) {
            throw new IOException("the distribution holds no " + name);
        }
        CoreMetadata metadata = CoreMetadata.of(document);
        return new Inspection(
                Signal.known(metadata.license(), SOURCE),
                Signal.known(runsCode, SOURCE),
                Signal.known(metadata.requiresPython(), SOURCE),
                List.of());
    }
}
