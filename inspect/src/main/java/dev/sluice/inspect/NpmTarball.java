package dev.sluice.inspect;

import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.gate.Inspector.Content;
import dev.sluice.kernel.gate.Inspector.Inspection;
import dev.sluice.kernel.license.License;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final int MAX_DEPTH = 10_000;

    /** What npm parses is parsed here: a document in bounds has nothing in it that could be too long. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final ArchiveReader archives;

    NpmTarball(ArchiveReader archives) {
        this.archives = archives;
    }

    /** What package.json says, as far as it matters here. */
    private record Manifest(String license, boolean scripts, boolean buildsNothing) {}

    @Override
    public Inspection inspect(String fileName, Content content) throws IOException {
        Archive tarball = archives.tarGz(content, Layout.NPM);
        if (tarball.unreadable() != null) {
            return FileInspector.unknown(
                    "the tarball could not be read: " + tarball.unreadable(), tarball.ambiguities());
        }
        Manifest last = null;
        boolean scripts = false;
        boolean binding = false;
        for (Archive.Document document : tarball.documents()) {
            if (document.place().equals("binding.gyp")) {
                binding = true;
            } else {
                try {
                    last = manifest(document.bytes());
                } catch (IOException malformed) {
                    List<String> doubts = new ArrayList<>(tarball.ambiguities());
                    doubts.add(
                            "its package.json could not be read, and clients may read it: " + malformed.getMessage());
                    return FileInspector.unknown(String.valueOf(malformed.getMessage()), doubts);
                }
                scripts |= last.scripts();
            }
        }
        if (last == null) {
            return FileInspector.unknown("the tarball holds no package.json", tarball.ambiguities());
        }
        return new Inspection(
                Signal.known(last.license(), SOURCE),
                Signal.known(scripts || (binding && !last.buildsNothing()), SOURCE),
                Signal.unknown("npm packages name no runtime that installers enforce"),
                tarball.ambiguities());
    }

    @Override
    public byte @Nullable [] description(String fileName, Content content) throws IOException {
        byte[] last = null;
        for (Archive.Document document : archives.tarGz(content, Layout.NPM).documents()) {
            last = document.place().equals("binding.gyp") ? last : document.bytes();
        }
        return last;
    }

    /** Read as npm does: bytes that are no UTF-8 are replaced, a mark at the beginning is passed over. */
    private static Manifest manifest(byte[] document) throws IOException {
        String text = new String(document, StandardCharsets.UTF_8);
        String license = "";
        String several = "";
        boolean scripts = false;
        boolean buildsNothing = false;
        try (JsonParser parser =
                JSON.createParser(ObjectReadContext.empty(), text.startsWith("\uFEFF") ? text.substring(1) : text)) {
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
