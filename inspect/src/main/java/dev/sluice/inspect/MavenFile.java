package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A POM, or a jar with the POM its build put into it. Maven runs no code of an artifact when it installs it. */
final class MavenFile implements FileInspector {

    private static final String NO_RUNTIME = "POMs name no runtime that Maven enforces";

    private final ArchiveReader archives;
    private final InspectionLimits limits;

    MavenFile(ArchiveReader archives, InspectionLimits limits) {
        this.archives = archives;
        this.limits = limits;
    }

    @Override
    public Inspection inspect(String fileName, Content content) throws IOException {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".pom")) {
            PomDocument pom = PomDocument.of(pom(content));
            return new Inspection(
                    pom.license(), Signal.known(false, SOURCE), Signal.unknown(NO_RUNTIME), List.of(), pom.parent());
        }
        if (!name.endsWith(".jar") && !name.endsWith(".war") && !name.endsWith(".aar")) {
            return FileInspector.unknown("files of this kind are not read");
        }
        Archive jar = archives.zip(content, Layout.JAR);
        return inspection(inJar(name, jar), jar.ambiguities());
    }

    /** A jar describes nothing: people deploy those of others under names of their own. */
    @Override
    public byte @Nullable [] description(String fileName, Content content) throws IOException {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".pom") ? pom(content) : null;
    }

    private byte[] pom(Content content) throws IOException {
        try (InputStream bytes = content.open(0, content.size())) {
            byte[] document = bytes.readNBytes(limits.documentBytes() + 1);
            if (document.length > limits.documentBytes()) {
                throw limits.exceeded("the POM is larger than " + limits.documentBytes() + " bytes");
            }
            return document;
        }
    }

    /**
     * What the only POM of a jar says, where it is its own: jars that hold the classes of others often hold their POMs, and none of
     * their own. A jar that cannot be read, or whose POM cannot, is a jar all the same.
     */
    private static Signal<String> inJar(String fileName, Archive jar) {
        List<Archive.Document> poms = jar.documents();
        if (jar.unreadable() != null) {
            return Signal.unknown("the jar could not be read: " + jar.unreadable());
        }
        if (poms.size() != 1) {
            return Signal.unknown(poms.isEmpty() ? "the jar holds no POM" : "the jar holds several POMs");
        }
        String artifact =
                poms.getFirst().place().split("/")[3].toLowerCase(Locale.ROOT); // META-INF/maven/group/artifact/pom.xml
        if (!fileName.startsWith(artifact + "-")) {
            return Signal.unknown("the jar holds the POM of another artifact");
        }
        try {
            return PomDocument.of(poms.getFirst().bytes()).license();
        } catch (IOException malformed) {
            return Signal.unknown("the POM in the jar could not be read: " + malformed.getMessage());
        }
    }

    private static Inspection inspection(Signal<String> license, List<String> ambiguities) {
        return new Inspection(license, Signal.known(false, SOURCE), Signal.unknown(NO_RUNTIME), ambiguities);
    }
}
