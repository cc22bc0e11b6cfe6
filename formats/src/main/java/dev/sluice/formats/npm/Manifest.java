package dev.sluice.formats.npm;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.format.PassedOver;
import dev.sluice.kernel.license.License;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The manifest of one version, read once and laid out so that rendering it is a concatenation.
 *
 * <p>The layout ({@link #document}) is a JSON object whose beginning has a fixed length: eight digits that say where the members
 * end which the abbreviated form has, then {@code dist} with an empty {@code tarball}. What a publisher signed and hashed
 * ({@code dist.integrity}, {@code shasum}, {@code signatures}) is copied byte for byte.
 */
final class Manifest {

    private static final String HEAD = "{\"@\":\"00000000\",";
    private static final String DIST = "\"dist\":{\"tarball\":\"";
    private static final int TARBALL = HEAD.length() + DIST.length();

    /** Members of the abbreviated form ({@code application/vnd.npm.install-v1+json}). */
    private static final Set<String> ABBREVIATED = Set.of(
            "deprecated",
            "dependencies",
            "optionalDependencies",
            "devDependencies",
            "bundleDependencies",
            "bundledDependencies",
            "peerDependencies",
            "peerDependenciesMeta",
            "acceptDependencies",
            "bin",
            "directories",
            "engines",
            "cpu",
            "os",
            "libc",
            "funding",
            "_hasShrinkwrap",
            "hasInstallScript");

    /** Members that are ours to write, or that no client reads and that can be large. */
    private static final Set<String> DROPPED =
            Set.of("@", "name", "version", "dist", "readme", "_attachments", "_rev", "_revisions", "__proto__");

    /** Scripts that run when a package is installed, unless they are blank. */
    private static final List<String> INSTALL_SCRIPTS = List.of("preinstall", "install", "postinstall");

    private final byte[] source;
    private final Map<String, int[]> members = new LinkedHashMap<>();
    private final Map<String, int[]> dist = new LinkedHashMap<>();
    private @Nullable String name;
    private @Nullable String version;
    private @Nullable String tarball;
    private @Nullable String integrity;
    private @Nullable String shasum;
    private @Nullable String deprecated;
    private String license = "";
    private String description = "";
    private List<String> maintainers = List.of();
    private @Nullable Boolean installScripts;

    /**
     * What a manifest says of its version.
     *
     * @param tarball address as written, or null
     * @param digests what {@code dist} promises of the tarball
     * @param deprecated the author's message, or null
     * @param license the declared licence, empty when it says nothing of one
     * @param description one line, at most 500 characters, or empty
     * @param maintainers as {@code name <mail>}
     * @param installScripts whether it names scripts that run on installation, or claims that there are none; null otherwise
     */
    record Facts(
            @Nullable String tarball,
            List<Digest> digests,
            @Nullable String deprecated,
            String license,
            String description,
            List<String> maintainers,
            @Nullable Boolean installScripts) {

        /** The declared licence as that source tells it; its silence says nothing of what the tarball declares. */
        Signal<String> licenseBy(String source) {
            return Signal.ofNullable(license.isEmpty() ? null : license, source, "the manifest names no licence");
        }

        /** Whether installing runs scripts, as that source tells it; its silence says nothing of what the tarball does. */
        Signal<Boolean> installScriptsBy(String source) {
            return Signal.ofNullable(
                    installScripts, source, "the manifest does not say whether it has install scripts");
        }
    }

    private Manifest(byte[] source) {
        this.source = source;
    }

    /** Reads a manifest. Throws JacksonException when it is not a JSON object. */
    static Manifest read(byte[] json) {
        Manifest manifest = new Manifest(json);
        try (JsonParser parser = Json.parser(json)) {
            parser.nextToken();
            String member;
            while ((member = parser.nextName()) != null) {
                parser.nextToken();
                int from = (int) Json.begin(parser);
                manifest.readMember(member, parser);
                manifest.members.put(member, new int[] {from, (int) Json.end(parser)});
            }
        }
        manifest.members.keySet().removeAll(DROPPED);
        return manifest;
    }

    /** The same, where a member that cannot be read costs itself only: what it would have told stays unknown. */
    static Manifest readLeniently(byte[] json, PassedOver passedOver) throws IOException {
        try {
            return read(json);
        } catch (JacksonException e) {
            Manifest manifest = new Manifest(json);
            Members members = new Members(new ByteArrayInputStream(json));
            if (!members.enter()) {
                throw e;
            }
            String member;
            while ((member = members.next()) != null) {
                int from = (int) members.position();
                byte[] value = members.value(json.length);
                manifest.members.remove(member);
                if (value != null && !member.isEmpty() && manifest.readAlone(member, value, from)) {
                    manifest.members.put(member, new int[] {from, from + value.length});
                } else {
                    passedOver.add("member", member + " of a version");
                }
            }
            manifest.members.keySet().removeAll(DROPPED);
            return manifest;
        }
    }

    /** Whether it could be read to its end; members of {@code dist} are told from the manifest's beginning. */
    private boolean readAlone(String member, byte[] value, int from) {
        try (JsonParser parser = Json.parser(value)) {
            parser.nextToken();
            readMember(member, parser);
            Json.end(parser);
            if (member.equals("dist")) {
                dist.values().forEach(slice -> {
                    slice[0] += from;
                    slice[1] += from;
                });
            }
            return true;
        } catch (JacksonException e) {
            if (member.equals("dist")) {
                dist.clear();
                tarball = null;
            }
            return false;
        }
    }

    private void readMember(String member, JsonParser parser) {
        switch (member) {
            case "name" -> name = Json.text(parser);
            case "version" -> version = Json.text(parser);
            case "dist" -> readDist(parser);
            case "deprecated" -> {
                boolean flagged = parser.currentToken() == JsonToken.VALUE_TRUE;
                String message = Json.text(parser);
                deprecated = flagged ? "deprecated" : message == null || message.isEmpty() ? null : message;
            }
            case "license" -> license = readLicense(parser);
            case "licenses" -> {
                String several = readLicense(parser);
                license = license.isEmpty() ? several : license;
            }
            case "description" -> {
                String text = Json.text(parser);
                description = text == null
                        ? ""
                        : Json.cut(text.replaceAll("\\p{Cntrl}+", " ").strip(), 500);
            }
            case "maintainers" -> maintainers = Json.people(parser, 50);
            case "hasInstallScript" -> {
                if (parser.currentToken() == JsonToken.VALUE_TRUE || parser.currentToken() == JsonToken.VALUE_FALSE) {
                    runsScripts(parser.currentToken() == JsonToken.VALUE_TRUE);
                }
            }
            case "gypfile" -> {
                if (parser.currentToken() == JsonToken.VALUE_TRUE) {
                    runsScripts(true);
                }
            }
            case "scripts" -> {
                boolean told = parser.currentToken() == JsonToken.START_OBJECT;
                Map<String, String> scripts = Json.texts(parser, 200);
                // none of them is no "no": what holds a binding.gyp is built without any
                if (told
                        && INSTALL_SCRIPTS.stream()
                                .anyMatch(script ->
                                        !scripts.getOrDefault(script, "").isBlank())) {
                    runsScripts(true);
                }
            }
            default -> {
                // copied as it is
            }
        }
    }

    private void runsScripts(boolean told) {
        installScripts = told || Boolean.TRUE.equals(installScripts);
    }

    private void readDist(JsonParser parser) {
        dist.clear();
        tarball = null;
        integrity = null;
        shasum = null;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        String member;
        while ((member = parser.nextName()) != null) {
            parser.nextToken();
            int from = (int) Json.begin(parser);
            switch (member) {
                case "tarball" -> tarball = Json.text(parser);
                case "integrity" -> integrity = Json.text(parser);
                case "shasum" -> shasum = Json.text(parser);
                default -> {
                    // copied as it is
                }
            }
            dist.put(member, new int[] {from, (int) Json.end(parser)});
        }
        dist.remove("tarball");
        dist.remove("__proto__");
    }

    /** The forms package.json files have had: a string, an object with a type, an array of either (a choice). */
    private static String readLicense(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, String> fields = Json.texts(parser, 20);
            return License.line(fields.getOrDefault("type", fields.getOrDefault("name", "")));
        }
        if (token != JsonToken.START_ARRAY) {
            String text = Json.text(parser);
            return text == null ? "" : License.line(text);
        }
        List<String> choices = new ArrayList<>();
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY && token != null) {
            if (token == JsonToken.START_ARRAY) {
                parser.skipChildren();
                continue;
            }
            String choice = readLicense(parser);
            if (!choice.isEmpty() && choices.size() < 20) {
                choices.add(choice);
            }
        }
        return choices.size() > 1 ? "(" + License.choice(choices) + ")" : License.choice(choices);
    }

    /** What it says of the version, without its text. */
    Facts facts() {
        return new Facts(tarball, digests(), deprecated, license, description, maintainers, installScripts);
    }

    @Nullable
    String name() {
        return name;
    }

    @Nullable
    String version() {
        return version;
    }

    /**
     * What {@code dist} promises of the tarball: the strongest hash of {@code integrity} where it is one, and {@code shasum}.
     * Several hashes of one strength are alternatives by the SRI rules and so promise nothing that can be checked one by one.
     */
    private List<Digest> digests() {
        List<Digest> result = new ArrayList<>(2);
        Map<Algorithm, Digest> strongest = new TreeMap<>();
        Set<Algorithm> ambiguous = new java.util.HashSet<>();
        for (String part : integrity == null ? new String[0] : integrity.strip().split("\\s+")) {
            Digest digest = integrityHash(part);
            Digest other = digest == null ? null : strongest.put(digest.algorithm(), digest);
            if (other != null && !other.equals(digest)) {
                ambiguous.add(other.algorithm());
            }
        }
        strongest.keySet().removeAll(ambiguous);
        strongest.values().stream().reduce((weaker, stronger) -> stronger).ifPresent(result::add);
        if (shasum != null) {
            try {
                Digest sha1 = new Digest(Algorithm.SHA1, shasum.strip());
                if (!result.contains(sha1)) {
                    result.add(sha1);
                }
            } catch (IllegalArgumentException e) {
                return result; // no SHA-1; integrity alone counts
            }
        }
        return result;
    }

    /** The hash, or null for an algorithm nobody can check here and for what is no hash at all. */
    private static @Nullable Digest integrityHash(String text) {
        try {
            return Digest.parseIntegrity(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The layout described above, for that package and version. */
    byte[] document(PackageName packageName, String versionKey) {
        return document(packageName, versionKey, Map.of(), deprecated);
    }

    /** The same with another deprecation message, or none. */
    byte[] documentDeprecated(PackageName packageName, String versionKey, @Nullable String message) {
        return document(packageName, versionKey, Map.of(), message);
    }

    /** The same with members of {@code dist} replaced by those strings. */
    byte[] documentWith(PackageName packageName, String versionKey, Map<String, String> distTexts) {
        return document(packageName, versionKey, distTexts, deprecated);
    }

    private byte[] document(
            PackageName packageName, String versionKey, Map<String, String> distTexts, @Nullable String message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(source.length + 64);
        Json.raw(HEAD, out);
        Json.raw(DIST, out);
        out.write('"');
        distTexts.forEach((key, value) -> {
            separate(key, out);
            Json.quote(value, out);
        });
        dist.forEach((key, slice) -> {
            if (!distTexts.containsKey(key)) {
                separate(key, out);
                out.write(source, slice[0], slice[1] - slice[0]);
            }
        });
        out.write('}');
        separate("name", out);
        Json.quote(packageName.name(), out);
        separate("version", out);
        Json.quote(versionKey, out);
        if (message != null) {
            separate("deprecated", out);
            Json.quote(message, out);
        }
        if (Boolean.TRUE.equals(installScripts) && !members.containsKey("hasInstallScript")) {
            separate("hasInstallScript", out);
            Json.raw("true", out);
        }
        copyMembers(true, out);
        int abbreviatedEnd = out.size();
        copyMembers(false, out);
        out.write('}');
        byte[] document = out.toByteArray();
        byte[] digits = String.format(Locale.ROOT, "%08d", abbreviatedEnd).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, document, HEAD.indexOf('0'), digits.length);
        return document;
    }

    private void copyMembers(boolean abbreviated, ByteArrayOutputStream out) {
        members.forEach((key, slice) -> {
            if (ABBREVIATED.contains(key) == abbreviated && !key.equals("deprecated")) {
                separate(key, out);
                out.write(source, slice[0], slice[1] - slice[0]);
            }
        });
    }

    private static void separate(String name, ByteArrayOutputStream out) {
        out.write(',');
        Json.quote(name, out);
        out.write(':');
    }

    /**
     * Writes a document as clients read it.
     *
     * @param document as {@link #document} made it
     * @param tarball address of the tarball, escaped as the inside of a JSON string
     * @param abbreviated whether to leave out what installing does not need
     */
    static void write(byte[] document, byte[] tarball, boolean abbreviated, ByteArrayOutputStream out) {
        out.write('{');
        out.write(document, HEAD.length(), DIST.length());
        out.writeBytes(tarball);
        if (abbreviated) {
            int end = Integer.parseInt(new String(document, HEAD.indexOf('0'), 8, StandardCharsets.US_ASCII));
            out.write(document, TARBALL, end - TARBALL);
            out.write('}');
        } else {
            out.write(document, TARBALL, document.length - TARBALL);
        }
    }
}
