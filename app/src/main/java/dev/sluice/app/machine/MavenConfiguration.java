package dev.sluice.app.machine;

import dev.sluice.kernel.repository.Upstream.Basic;
import dev.sluice.kernel.repository.Upstream.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What Maven is set up with: a mirror of {@code central} in the user's or the installation's settings, else the default
 * repository that Maven's own model library carries in its super POM.
 */
final class MavenConfiguration {

    private static final String SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml";

    private final Machine machine;

    MavenConfiguration(Machine machine) {
        this.machine = machine;
    }

    Optional<Found> repository() {
        List<Path> settings = new ArrayList<>(List.of(machine.home().resolve(".m2/settings.xml")));
        Optional<Path> installation = installation();
        installation.ifPresent(home -> settings.add(home.resolve("conf/settings.xml")));
        for (Path file : settings) {
            Optional<Found> mirror = machine.file(file).flatMap(text -> mirror(text, file.toString()));
            if (mirror.isPresent()) {
                return mirror;
            }
        }
        return installation.flatMap(MavenConfiguration::superPom);
    }

    private Optional<Path> installation() {
        for (String name : List.of("MAVEN_HOME", "M2_HOME")) {
            String home = machine.environment().get(name);
            if (home != null && Files.isDirectory(Path.of(home, "lib"))) {
                return Optional.of(Path.of(home));
            }
        }
        return machine.executable("mvn")
                .map(Path::getParent)
                .map(Path::getParent)
                .filter(home -> Files.isDirectory(home.resolve("lib")));
    }

    private static Optional<Found> mirror(String settings, String origin) {
        try {
            Document document = parse(settings);
            NodeList mirrors = document.getElementsByTagName("mirror");
            for (int i = 0; i < mirrors.getLength(); i++) {
                Element mirror = (Element) mirrors.item(i);
                String of = text(mirror, "mirrorOf");
                String url = text(mirror, "url");
                if (url.startsWith("http") && covers(of)) {
                    return Optional.of(new Found(slashed(url), credentials(document, text(mirror, "id")), origin));
                }
            }
        } catch (IOException e) {
            // a settings file that Maven cannot read either
        }
        return Optional.empty();
    }

    /** Whether a mirrorOf pattern stands for the default repository: {@code *}, {@code external:*}, {@code central}, without {@code !central}. */
    private static boolean covers(String mirrorOf) {
        List<String> parts = Stream.of(mirrorOf.split(",")).map(String::strip).toList();
        return !parts.contains("!central")
                && (parts.contains("*") || parts.contains("external:*") || parts.contains("central"));
    }

    private static @Nullable Credentials credentials(Document settings, String id) {
        NodeList servers = settings.getElementsByTagName("server");
        for (int i = 0; i < servers.getLength(); i++) {
            Element server = (Element) servers.item(i);
            String password = text(server, "password");
            // {…} is encrypted with Maven's own master password, which only Maven has
            if (text(server, "id").equals(id) && !password.isEmpty() && !password.startsWith("{")) {
                return new Basic(text(server, "username"), password);
            }
        }
        return null;
    }

    private static Optional<Found> superPom(Path home) {
        try (Stream<Path> libraries = Files.list(home.resolve("lib"))) {
            for (Path jar : libraries
                    .filter(p -> p.getFileName().toString().matches("maven-(model-builder|compat).*\\.jar"))
                    .sorted()
                    .toList()) {
                Optional<Found> found = defaultRepository(jar);
                if (found.isPresent()) {
                    return found;
                }
            }
        } catch (IOException e) {
            // no readable installation
        }
        return Optional.empty();
    }

    private static Optional<Found> defaultRepository(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry(SUPER_POM);
            if (entry == null) {
                return Optional.empty();
            }
            try (InputStream in = file.getInputStream(entry)) {
                NodeList repositories = parse(new String(in.readNBytes(1 << 20), StandardCharsets.UTF_8))
                        .getElementsByTagName("repository");
                for (int i = 0; i < repositories.getLength(); i++) {
                    Element repository = (Element) repositories.item(i);
                    if (text(repository, "id").equals("central")) {
                        return Optional.of(new Found(slashed(text(repository, "url")), null, "Maven's own default"));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static URI slashed(String url) {
        return URI.create(url.endsWith("/") ? url : url + "/");
    }

    private static String text(Element parent, String name) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                return element.getTextContent().strip();
            }
        }
        return "";
    }

    private static Document parse(String xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("not readable XML", e);
        }
    }
}
