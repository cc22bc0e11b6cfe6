package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A wheel, a source distribution or an egg. Installing a wheel runs none of its code, building a source distribution does. */
final class PythonDistribution implements FileInspector {

    private static final int MAX_SIDE_CAR = 4 << 20;
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    private final ArchiveReader archives;

    PythonDistribution(ArchiveReader archives) {
        this.archives = archives;
    }

    @Override
    public Inspection inspect(String fileName, Content content) throws IOException {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".whl.metadata")) { // PEP 658: what the index promises to be in the wheel
            byte[] document;
            try (InputStream bytes = content.open(0, Long.MAX_VALUE)) {
                document = bytes.readNBytes(MAX_SIDE_CAR + 1);
            }
            if (document.length > MAX_SIDE_CAR) {
                throw new IOException("the metadata is larger than " + MAX_SIDE_CAR + " bytes");
            }
            CoreMetadata metadata = CoreMetadata.of(document);
            return new Inspection(
                            Signal.known(metadata.license(), SOURCE),
                            Signal.known(false, SOURCE),
                            Signal.known(metadata.requiresPython(), SOURCE),
                            List.of())
                    .withDependencies(Signal.known(metadata.dependencies(), SOURCE));
        }
        Archive archive = archive(name, content);
        if (archive == null) {
            String why = "files of this kind are not read";
            return name.endsWith(".tar.xz") || name.endsWith(".tar.z")
                    ? FileInspector.unknown(
                            why, List.of("the way it is packed is not read here, and clients may read it"))
                    : FileInspector.unknown(why);
        }
        return name.endsWith(".whl")
                ? inspection(archive, Signal.known(false, SOURCE), "METADATA")
                : inspection(archive, Signal.known(true, SOURCE), "PKG-INFO");
    }

    /** The archive as its name tells its kind; null for kinds that are not read. */
    private @Nullable Archive archive(String name, Content content) throws IOException {
        if (name.endsWith(".whl")) {
            return archives.zip(content, Layout.WHEEL);
        }
        if (name.endsWith(".egg")) {
            return archives.zip(content, Layout.EGG);
        }
        if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            return archives.tarGz(content, Layout.SDIST);
        }
        if (name.endsWith(".tar.bz2")) {
            return archives.tarBz2(content, Layout.SDIST);
        }
        if (name.endsWith(".tar")) {
            return archives.tar(content, Layout.SDIST);
        }
        return name.endsWith(".zip") ? archives.zip(content, Layout.SDIST) : null;
    }

    @Override
    public byte @Nullable [] description(String fileName, Content content) throws IOException {
        Archive archive = archive(fileName.toLowerCase(Locale.ROOT), content);
        return archive == null || archive.documents().isEmpty()
                ? null
                : archive.documents().getLast().bytes();
    }

    /** The METADATA of a wheel, from its end; null where anything makes clients disagree about it. */
    @Override
    public byte @Nullable [] metadata(String fileName, Content content) throws IOException {
        if (!fileName.toLowerCase(Locale.ROOT).endsWith(".whl")) {
            return null;
        }
        Archive found = archives.zipDocuments(content, Layout.WHEEL);
        if (found.documents().size() != 1 || !found.ambiguities().isEmpty()) {
            return null;
        }
        byte[] document = found.documents().getFirst().bytes();
        return isOf(fileName, CoreMetadata.of(document)) ? document : null;
    }

    /** Whether METADATA names no other project than its wheel does, so that no client takes it for another's. */
    private static boolean isOf(String fileName, CoreMetadata metadata) {
        int dash = fileName.indexOf('-');
        return metadata.name().isEmpty()
                || (dash > 0 && normal(fileName.substring(0, dash)).equals(normal(metadata.name())));
    }

    /** Of spellings of one name the one to compare (PEP 503). */
    private static String normal(String name) {
        return SEPARATORS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-");
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
                        archive.ambiguities())
                .withDependencies(Signal.known(metadata.dependencies(), SOURCE));
    }
}
