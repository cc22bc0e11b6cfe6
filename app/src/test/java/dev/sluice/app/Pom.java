package dev.sluice.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A Maven project file of this checkout, as far as tests look at it. */
record Pom(Element project) {

    /** One dependency as written. */
    record Dependency(String group, String artifact, String version, String scope) {}

    static Pom of(Path file) {
        try {
            return new Pom(DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement());
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    List<String> modules() {
        return children(project, "modules").stream()
                .flatMap(m -> children(m, "module").stream())
                .map(m -> m.getTextContent().strip())
                .toList();
    }

    List<Dependency> dependencies() {
        return dependencies(project);
    }

    List<Dependency> managed() {
        return children(project, "dependencyManagement").stream()
                .flatMap(m -> dependencies(m).stream())
                .toList();
    }

    private List<Dependency> dependencies(Element parent) {
        return children(parent, "dependencies").stream()
                .flatMap(d -> children(d, "dependency").stream())
                .map(d -> new Dependency(
                        text(d, "groupId"), text(d, "artifactId"), resolved(text(d, "version")), text(d, "scope")))
                .toList();
    }

    private String resolved(String version) {
        if (!version.startsWith("${")) {
            return version;
        }
        String name = version.substring(2, version.length() - 1);
        return children(project, "properties").stream()
                .map(p -> text(p, name))
                .findFirst()
                .orElse("");
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.getFirst().getTextContent().strip();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
