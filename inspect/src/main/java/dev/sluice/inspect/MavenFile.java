package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** A POM, or a jar with the POM its build put into it. Maven runs no code of an artifact when it installs it. */
final class MavenFile implements FileInspector {

    private static final int MAX_DEPTH = 200;
    private static final int MAX_PROLOGUE = 200;
    private static final int MAX_LICENSE = 300;
    private static final int MAX_LICENSES = 20;
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
            return inspection(license(pom(content)), List.of());
        }
        if (!name.endsWith(".jar") && !name.endsWith(".war") && !name.endsWith(".aar")) {
            return FileInspector.unknown("files of this kind are not read");
        }
        Archive jar = archives.zip(content, Layout.JAR);
        return inspection(inJar(jar), jar.ambiguities());
    }

    private byte[] pom(Content content) throws IOException {
        try (InputStream bytes = content.open(0, content.size())) {
            byte[] document = bytes.readNBytes(limits.documentBytes() + 1);
            if (document.length > limits.documentBytes()) {
                throw new IOException("the POM is larger than " + limits.documentBytes() + " bytes");
            }
            return document;
        }
    }

    /** What the only POM of a jar says. A jar that cannot be read, or whose POM cannot, is a jar all the same. */
    private static Signal<String> inJar(Archive jar) {
        List<Archive.Document> poms = jar.documents();
        if (jar.unreadable() != null) {
            return Signal.unknown("the jar could not be read: " + jar.unreadable());
        }
        if (poms.size() != 1) {
            return Signal.unknown(poms.isEmpty() ? "the jar holds no POM" : "the jar holds several POMs");
        }
        try {
            return license(poms.getFirst().bytes());
        } catch (IOException malformed) {
            return Signal.unknown("the POM in the jar could not be read: " + malformed.getMessage());
        }
    }

    private static Inspection inspection(Signal<String> license, List<String> ambiguities) {
        return new Inspection(license, Signal.known(false, SOURCE), Signal.unknown(NO_RUNTIME), ambiguities);
    }

    /** Names of the licences, joined by OR: several mean that the user may choose (POM reference, "Licenses"). */
    private static Signal<String> license(byte[] document) throws IOException {
        List<String> licenses = new ArrayList<>();
        boolean inherits = false;
        List<String> path = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        try {
            XMLStreamReader reader = factory().createXMLStreamReader(new StringReader(decoded(document)));
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new IOException("the POM has a document type declaration or entities of its own");
                    case XMLStreamConstants.START_ELEMENT -> {
                        path.add(reader.getLocalName());
                        text.setLength(0);
                        if (path.size() > MAX_DEPTH) {
                            throw new IOException("the POM nests too deep");
                        }
                        inherits |= path.equals(List.of("project", "parent"));
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                        if (path.size() == 4 && text.length() < MAX_LICENSE) {
                            text.append(reader.getText());
                        }
                    }
                    case XMLStreamConstants.END_ELEMENT -> {
                        String name = text.toString().strip().replaceAll("\\s+", " ");
                        if (path.equals(List.of("project", "licenses", "license", "name"))
                                && !name.isEmpty()
                                && licenses.size() < MAX_LICENSES) {
                            licenses.add(name.length() <= MAX_LICENSE ? name : name.substring(0, MAX_LICENSE));
                        }
                        path.removeLast();
                        text.setLength(0);
                    }
                    default -> {
                        // Comments and processing instructions say nothing.
                    }
                }
            }
        } catch (XMLStreamException malformed) {
            throw new IOException("the POM is malformed: " + malformed.getMessage(), malformed);
        }
        return licenses.isEmpty() && inherits
                ? Signal.unknown("the POM names no licence; its parent may")
                : Signal.known(String.join(" OR ", licenses), SOURCE);
    }

    /** Decoded here, because the JDK's parser prints malformed bytes to the error stream before it complains. */
    private static String decoded(byte[] document) {
        int prologue = Math.min(document.length, MAX_PROLOGUE);
        String declaration = new String(document, 0, prologue, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int end = declaration.indexOf("?>");
        boolean latin = declaration.startsWith("<?xml")
                && end > 0
                && (declaration.lastIndexOf("8859-1", end) > 0 || declaration.lastIndexOf("windows-1252", end) > 0);
        String text = new String(document, latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setXMLResolver((publicId, systemId, baseUri, namespace) -> new ByteArrayInputStream(new byte[0]));
        return factory;
    }
}
