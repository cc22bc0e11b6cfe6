package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
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

    private final ArchiveWalk archives;
    private final InspectionLimits limits;

    MavenFile(ArchiveWalk archives, InspectionLimits limits) {
        this.archives = archives;
        this.limits = limits;
    }

    @Override
    public Inspection inspect(String fileName, InputStream bytes) throws IOException {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".pom")) {
            byte[] document = bytes.readNBytes(limits.documentBytes() + 1);
            if (document.length > limits.documentBytes()) {
                throw new IOException("the POM is larger than " + limits.documentBytes() + " bytes");
            }
            return inspection(license(document));
        }
        if (!name.endsWith(".jar") && !name.endsWith(".war") && !name.endsWith(".aar")) {
            return FileInspector.unknown("files of this kind are not read");
        }
        List<byte[]> poms = new ArrayList<>();
        archives.zip(bytes, (entry, document) -> {
            if (entry.startsWith("META-INF/maven/") && entry.endsWith("/pom.xml")) {
                poms.add(document.read());
            }
            return poms.size() < 2;
        });
        return inspection(
                poms.size() == 1
                        ? license(poms.getFirst())
                        : Signal.unknown(poms.isEmpty() ? "the jar holds no POM" : "the jar holds several POMs"));
    }

    private static Inspection inspection(Signal<String> license) {
        return new Inspection(license, Signal.known(false, SOURCE), Signal.unknown(NO_RUNTIME), List.of());
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
