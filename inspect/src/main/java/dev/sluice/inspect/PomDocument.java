package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.format.LenientXml;
import dev.sluice.kernel.license.License;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A POM as Maven reads those of dependencies: leniently.
 *
 * @param licenses its licences as declared, between which the user may choose (POM reference, "Licenses")
 * @param parent its parent as {@code group:artifact:version}, or null when it has none
 */
record PomDocument(List<String> licenses, @Nullable String parent) {

    private static final System.Logger LOG = System.getLogger(PomDocument.class.getName());

    private static final int MAX_LICENSES = 20;

    /** Reads a POM; throws IOException when the document is none, or was cut off before it named a licence. */
    static PomDocument of(byte[] document) throws IOException {
        Reader reader = new Reader();
        LenientXml.Walked walked = LenientXml.walk(document, reader::ends);
        if (reader.licenses.isEmpty() && !walked.root().equals("project")) {
            throw new IOException("the document is no POM");
        }
        if (reader.licenses.isEmpty() && !walked.closed()) {
            throw new IOException("the POM is broken off");
        }
        if (walked.oddities() > 0) {
            LOG.log(System.Logger.Level.DEBUG, "a POM was read in spite of {0} faults in its XML", walked.oddities());
        }
        return new PomDocument(List.copyOf(reader.licenses), reader.parent());
    }

    /** The declared licence; unknown when only a parent may tell. */
    Signal<String> license() {
        return licenses.isEmpty() && parent != null
                ? Signal.unknown("the POM names no licence; its parent " + parent + " may")
                : Signal.known(License.choice(licenses), FileInspector.SOURCE);
    }

    private static final class Reader {

        private final List<String> licenses = new ArrayList<>();
        private String name = "";
        private String address = "";
        private String group = "";
        private String artifact = "";
        private String version = "";
        private boolean inherits;

        void ends(String path, String text) {
            switch (path) {
                case "licenses/license/name" -> name = text;
                case "licenses/license/url" -> address = text;
                case "licenses/license" -> {
                    String license = License.named(name, address);
                    if (!license.isEmpty() && licenses.size() < MAX_LICENSES && !licenses.contains(license)) {
                        licenses.add(license);
                    }
                    name = "";
                    address = "";
                }
                case "parent/groupId" -> group = text;
                case "parent/artifactId" -> artifact = text;
                case "parent/version" -> version = text;
                case "parent" -> inherits = true;
                default -> {
                    // Everything else in a POM is the build's business.
                }
            }
        }

        @Nullable
        String parent() {
            return inherits ? group + ":" + artifact + ":" + version : null;
        }
    }
}
