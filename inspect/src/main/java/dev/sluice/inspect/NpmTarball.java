package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Inspection;
import dev.sluice.kernel.license.License;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * An npm tarball: package.json, and binding.gyp, which npm builds with node-gyp when no install script says otherwise.
 *
 * <p>npm strips the first folder whatever its name, and the last of several files of one name wins.
 */
final class NpmTarball implements FileInspector {

    private static final int MAX_LICENSES = 20;
    private static final int MAX_DEPTH = 200;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private final ArchiveWalk archives;

    NpmTarball(ArchiveWalk archives) {
        this.archives = archives;
    }

    /** What package.json says, as far as it matters here. */
    private record Manifest(String license, boolean scripts, boolean buildsNothing) {}

    @Override
    public Inspection inspect(String fileName, InputStream bytes) throws IOException {
        Manifest[] manifest = new Manifest[1];
        boolean[] binding = new boolean[1];
        archives.tarGz(bytes, (name, document) -> {
            int folder = name.indexOf('/');
            switch (name.substring(folder + 1)) {
                case "package.json" -> manifest[0] = manifest(document.read());
                case "binding.gyp" -> binding[0] = true;
                default -> {
                    // Any other file is of no interest.
                }
            }
            return true;
        });
        Manifest found = manifest[0];
        if (found == null) {
            throw new IOException("the tarball holds no package.json");
        }
        return new Inspection(
                Signal.known(found.license(), SOURCE),
                Signal.known(found.scripts() || (binding[0] && !found.buildsNothing()), SOURCE),
                Signal.unknown("npm packages name no runtime that installers enforce"),
                List.of());
    }

    private static Manifest manifest(byte[] document) throws IOException {
        String license = "";
        String several = "";
        boolean scripts = false;
        boolean buildsNothing = false;
        boolean marked = document.length > 3 && document[0] == (byte) 0xef && document[1] == (byte) 0xbb;
        int start = marked ? 3 : 0;
        try (JsonParser parser =
                JSON.createParser(ObjectReadContext.empty(), document, start, document.length - start)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("package.json is not an object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (field) {
                    case "license" -> license = license(parser);
                    case "licenses" -> several = license(parser);
                    case "scripts" -> scripts = token == JsonToken.START_OBJECT && runsAtInstall(parser);
                    case "gypfile" -> buildsNothing = token == JsonToken.VALUE_FALSE;
                    default -> parser.skipChildren();
                }
                if (parser.currentToken() == JsonToken.START_ARRAY || parser.currentToken() == JsonToken.START_OBJECT) {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException malformed) {
            throw new IOException("package.json is malformed: " + malformed.getOriginalMessage(), malformed);
        }
        return new Manifest(license.isEmpty() ? several : license, scripts, buildsNothing);
    }

    private static boolean runsAtInstall(JsonParser parser) {
        boolean found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            boolean text = parser.nextToken() == JsonToken.VALUE_STRING
                    && !parser.getString().isBlank();
            found |= text && (name.equals("preinstall") || name.equals("install") || name.equals("postinstall"));
            parser.skipChildren();
        }
        return found;
    }

    /** The forms package.json files have had: a text, an object with a type, an array of either (a choice). */
    private static String license(JsonParser parser) {
        List<String> choices = new ArrayList<>();
        switch (parser.currentToken()) {
            case VALUE_STRING -> choices.add(cut(parser.getString()));
            case START_OBJECT -> choices.add(typed(parser));
            case START_ARRAY -> {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    String choice = switch (parser.currentToken()) {
                        case VALUE_STRING -> cut(parser.getString());
                        case START_OBJECT -> typed(parser);
                        case null, default -> "";
                    };
                    parser.skipChildren();
                    if (!choice.isEmpty() && choices.size() < MAX_LICENSES) {
                        choices.add(choice);
                    }
                }
            }
            case null, default -> {
                // Nothing that names a licence.
            }
        }
        return choices.size() > 1 ? "(" + License.choice(choices) + ")" : License.choice(choices);
    }

    private static String typed(JsonParser parser) {
        String type = "";
        String name = "";
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_STRING) {
                type = field.equals("type") ? cut(parser.getString()) : type;
                name = field.equals("name") ? cut(parser.getString()) : name;
            }
            parser.skipChildren();
        }
        return type.isEmpty() ? name : type;
    }

    private static String cut(@Nullable String text) {
        return text == null ? "" : License.line(text);
    }
}
