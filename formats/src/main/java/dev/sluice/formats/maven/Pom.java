package dev.sluice.formats.maven;

import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.artifact.Signal;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a deployed POM declares about its version.
 *
 * @param license names of its licences, joined by OR: several mean that the user may choose (POM reference, "Licenses")
 * @param packaging {@code jar} unless it says otherwise
 * @param summary first line of its description, or else its name; at most 500 characters, may be empty
 */
record Pom(Signal<String> license, String packaging, String summary) {

    /** Largest POM that is read, in bytes. */
    static final int MAX_BYTES = 2 * 1024 * 1024;

    private static final int MAX_LICENSES = 20;
    private static final int MAX_SUMMARY = 500;

    /** Reads a POM; what cannot be read makes the licence unknown and says why. */
    static Pom read(byte[] document) {
        Reader reader = new Reader();
        try {
            XmlWalk.walk(new ByteArrayInputStream(document), reader::element);
        } catch (XmlException e) {
            return new Pom(Signal.unknown("the POM cannot be read: " + e.getMessage()), "jar", "");
        }
        return reader.pom();
    }

    private static final class Reader {
        private final List<String> licenses = new ArrayList<>();
        private String licenseName = "";
        private String licenseUrl = "";
        private String packaging = "jar";
        private String name = "";
        private String description = "";
        private boolean inherits;

        void element(String path, String text) {
            switch (path) {
                case "project/parent" -> inherits = true;
                case "project/packaging" -> packaging = text;
                case "project/name" -> name = text;
                case "project/description" -> description = text;
                case "project/licenses/license/name" -> licenseName = text;
                case "project/licenses/license/url" -> licenseUrl = text;
                case "project/licenses/license" -> {
                    String license = licenseName.isEmpty() ? licenseUrl : licenseName;
                    if (!license.isEmpty() && licenses.size() < MAX_LICENSES && !licenses.contains(license)) {
                        licenses.add(license);
                    }
                    licenseName = "";
                    licenseUrl = "";
                }
                default -> {
                    // Everything else in a POM is the build's business.
                }
            }
        }

        Pom pom() {
            Signal<String> license = licenses.isEmpty() && inherits
                    ? Signal.unknown("the POM leaves the licence to its parent")
                    : Signal.known(String.join(" OR ", licenses), "pom");
            String summary = (description.isEmpty() ? name : description).replaceAll("\\s+", " ");
            return new Pom(
                    license,
                    packaging,
                    summary.length() <= MAX_SUMMARY ? summary : summary.substring(0, MAX_SUMMARY - 1) + "…");
        }
    }
}
