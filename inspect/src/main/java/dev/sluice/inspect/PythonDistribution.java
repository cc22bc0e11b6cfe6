package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.util.Locale;

/** A wheel or a source distribution. Installing a wheel runs none of its code, building a source distribution does. */
final class PythonDistribution implements FileInspector {

    private final ArchiveReader archives;

    PythonDistribution(ArchiveReader archives) {
        this.archives = archives;
    }

    @Override
    public Inspection inspect(String fileName, Content content) throws IOException {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".whl")) {
            return inspection(archives.zip(content, Layout.WHEEL), Signal.known(false, SOURCE), "METADATA");
        }
        Signal<Boolean> runsCode = Signal.known(true, SOURCE);
        if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            return inspection(archives.tarGz(content, Layout.SDIST), runsCode, "PKG-INFO");
        }
        if (name.endsWith(".tar.bz2")) {
            return inspection(archives.tarBz2(content, Layout.SDIST), runsCode, "PKG-INFO");
        }
        if (name.endsWith(".tar")) {
            return inspection(archives.tar(content, Layout.SDIST), runsCode, "PKG-INFO");
        }
        if (name.endsWith(".zip")) {
            return inspection(archives.zip(content, Layout.SDIST), runsCode, "PKG-INFO");
        }
        return FileInspector.unknown("files of this kind are not read");
    }

    /** Of two documents of one name the last is what pip leaves on the disk. */
    private static Inspection inspection(Archive archive, Signal<Boolean> runsCode, String name) {
        if (archive.unreadable() != null || archive.documents().isEmpty()) {
            String why = archive.unreadable() != null
                    ? "the distribution could not be read: " + archive.unreadable()
                    : "the distribution holds no " + name;
            return new Inspection(Signal.unknown(why), runsCode, Signal.unknown(why), archive.ambiguities());
        }
        CoreMetadata metadata = CoreMetadata.of(archive.documents().getLast().bytes());
        return new Inspection(
                Signal.known(metadata.license(), SOURCE),
                runsCode,
                Signal.known(metadata.requiresPython(), SOURCE),
                archive.ambiguities());
    }
}
