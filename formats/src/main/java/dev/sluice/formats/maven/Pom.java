package dev.sluice.formats.maven;

import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Publication.Contradiction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    private static final Set<String> COORDINATES = Set.of(
            "project/groupId",
            "project/artifactId",
            "project/version",
            "project/parent/groupId",
            "project/parent/version");

    /**
     * Where a POM that lies at an address names other coordinates than that, or null; values that only a build can fill in, or that
     * it leaves to its parent without naming one, say nothing.
     */
    static @Nullable Contradiction elsewhere(Address.Artifact file, byte[] description) {
        Map<String, String> named = new HashMap<>();
        try {
            XmlWalk.walk(description, (path, text) -> {
                if (COORDINATES.contains(path)) {
                    named.put(path, text);
                }
            });
        } catch (XmlException e) {
            return null; // it names nothing that could be read
        }
        String parent = "project/parent/";
        String group = named.getOrDefault("project/groupId", named.getOrDefault(parent + "groupId", ""));
        String version = named.getOrDefault("project/version", named.getOrDefault(parent + "version", ""));
        if (differs(group, file.group())) {
            return new Contradiction("group", group, file.group());
        }
        String artifact = named.getOrDefault("project/artifactId", "");
        if (differs(artifact, file.artifact())) {
            return new Contradiction("artifact", artifact, file.artifact());
        }
        return differs(version, file.version()) && differs(version, file.fileVersion())
                ? new Contradiction("version", version, file.version())
                : null;
    }

    private static boolean differs(String named, String address) {
        return !named.isEmpty() && !named.contains("${") && !named.equals(address);
    }

    /** Reads a POM; what cannot be read makes the licence unknown and says why. */
    static Pom read(byte[] document) {
        Reader reader = new Reader();
        try {
            reader.oddities = XmlWalk.walk(document, reader::element);
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
        private int oddities;

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
            Signal<String> license = licenses.isEmpty() && (inherits || oddities > 0)
                    ? Signal.unknown(
                            inherits
                                    ? "the POM leaves the licence to its parent"
                                    : "the POM names no licence, or none that could be read")
                    : Signal.known(String.join(" OR ", licenses), "pom");
            String summary = (description.isEmpty() ? name : description).replaceAll("\\s+", " ");
            return new Pom(
                    license,
                    packaging,
                    summary.length() <= MAX_SUMMARY ? summary : summary.substring(0, MAX_SUMMARY - 1) + "…");
        }
    }
}
