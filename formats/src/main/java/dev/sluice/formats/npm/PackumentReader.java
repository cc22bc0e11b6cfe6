package dev.sluice.formats.npm;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.format.Proxying.MalformedDocumentException;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a full packument as an upstream sent it, in one pass and holding one version beside what it keeps.
 *
 * <p>Versions that cannot be what they say (no object, another version inside, no tarball address) are left out; the others
 * count. Not thread-safe, for one document.
 */
final class PackumentReader {

    /** Who says so, for facts from an index. */
    static final String SOURCE = "upstream-index";

    private static final int MAX_VERSIONS = 100_000;
    private static final int MAX_MANIFEST = 4 << 20;
    private static final int MAX_TAGS = 10_000;

    private final PackageName name;
    private final URI source;
    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final Map<String, byte[]> about = new LinkedHashMap<>();
    private final Map<List<String>, List<String>> peopleOnce = new HashMap<>();
    private Map<String, String> times = Map.of();
    private Map<String, String> tags = Map.of();
    private List<String> maintainers = List.of();
    private boolean complete;

    /** What is kept of a version until all of the document was seen. */
    private record Draft(Manifest.Facts facts, URI location, byte[] document) {}

    PackumentReader(PackageName name, URI source) {
        this.name = name;
        this.source = source;
    }

    /** Reads the document. */
    PackageIndex read(InputStream body) throws IOException {
        Window window = new Window(body, MAX_MANIFEST);
        try (JsonParser parser = Json.parser(window)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedDocumentException("packument of " + name.name() + ": not a JSON object");
            }
            if (Json.begin(parser) < 0) {
                throw new MalformedDocumentException("packument of " + name.name() + ": not UTF-8");
            }
            String member;
            while ((member = parser.nextName()) != null) {
                parser.nextToken();
                readMember(member, parser, window);
            }
        } catch (JacksonException e) {
            IOException cause = Json.cause(e);
            if (cause != null) {
                throw cause;
            }
            throw new MalformedDocumentException("packument of " + name.name() + ": " + Json.complaint(e), e);
        }
        if (!complete) {
            throw new MalformedDocumentException("packument of " + name.name() + ": has no versions");
        }
        return new PackageIndex(
                name,
                new PackageDocument(
                                tags,
                                PackageDocument.time(times.get("created")),
                                PackageDocument.time(times.get("modified")),
                                about)
                        .bytes(),
                releases());
    }

    private void readMember(String member, JsonParser parser, Window window) throws MalformedDocumentException {
        switch (member) {
            case "name" -> {
                String told = Json.text(parser);
                if (told != null && !told.equals(name.name())) {
                    throw new MalformedDocumentException(
                            "packument of " + name.name() + ": is about '" + Json.cut(told, 80) + "'");
                }
            }
            case "versions" -> readVersions(parser, window);
            case "time" -> {
                times = Json.texts(parser, 2 * MAX_VERSIONS);
                complete |= times.containsKey("modified") || times.containsKey("created");
            }
            case "dist-tags" -> tags = Json.texts(parser, MAX_TAGS);
            default -> {
                if (!PackageDocument.ABOUT.contains(member)) {
                    parser.skipChildren();
                    return;
                }
                byte[] value = slice(parser, window);
                if (value != null && value.length <= PackageDocument.MAX_MEMBER) {
                    about.put(member, value);
                    if (member.equals("maintainers")) {
                        try (JsonParser inner = Json.parser(value)) {
                            inner.nextToken();
                            maintainers = Json.people(inner, 50);
                        }
                    }
                }
            }
        }
    }

    private void readVersions(JsonParser parser, Window window) throws MalformedDocumentException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        complete = true;
        int count = 0;
        String version;
        while ((version = parser.nextName()) != null) {
            JsonToken token = parser.nextToken();
            if (++count > MAX_VERSIONS) {
                throw new MalformedDocumentException(
                        "packument of " + name.name() + ": more than " + MAX_VERSIONS + " versions");
            }
            if (token != JsonToken.START_OBJECT) {
                parser.skipChildren();
                continue;
            }
            byte[] json = slice(parser, window);
            if (json == null || !isKey(version)) {
                continue;
            }
            Manifest manifest = Manifest.read(json);
            Manifest.Facts facts = manifest.facts();
            URI location = tarball(facts.tarball());
            if (version.equals(manifest.version()) && location != null) {
                drafts.put(version, new Draft(facts, location, manifest.document(name, version)));
            } else {
                drafts.remove(version); // of two entries of one name the last counts, also when it is broken
            }
        }
    }

    private static byte @Nullable [] slice(JsonParser parser, Window window) {
        long from = Json.begin(parser);
        window.keepFrom(from);
        long to = Json.end(parser);
        window.forget();
        return window.slice(from, to);
    }

    private List<Release> releases() {
        List<Release> releases = new ArrayList<>(drafts.size());
        Set<String> takenFiles = new HashSet<>();
        drafts.forEach((version, draft) -> {
            Manifest.Facts facts = draft.facts();
            String fileName = fileName(version, draft.location(), takenFiles);
            if (!Names.isFileName(fileName) || !takenFiles.add(fileName)) {
                return;
            }
            ReleaseFile file = new ReleaseFile(
                    fileName,
                    Names.path(name, fileName),
                    draft.location(),
                    facts.digests(),
                    -1,
                    Signal.unknown("npm tells times per version"),
                    null);
            Instant published = PackageDocument.time(times.get(version));
            List<String> people = facts.maintainers().isEmpty() ? maintainers : facts.maintainers();
            releases.add(new Release(
                    version,
                    Signal.ofNullable(published, SOURCE, "the upstream's index gives no time for it"),
                    Signal.known(facts.license(), SOURCE),
                    facts.deprecated(),
                    null,
                    Signal.known(facts.installScripts(), SOURCE),
                    peopleOnce.computeIfAbsent(people, p -> p),
                    facts.description(),
                    List.of(file),
                    draft.document()));
        });
        return releases;
    }

    /**
     * The last segment of the tarball's address, unless that is no file name, another version's, or another version's by
     * convention: then this version's by convention. So a conventional name always tells the right version.
     */
    private String fileName(String version, URI location, Set<String> taken) {
        String path = location.getRawPath();
        String last = decode(path.substring(path.lastIndexOf('/') + 1));
        String told = Names.version(name, last);
        boolean usable = Names.isFileName(last)
                && (last.endsWith(".tgz") || last.endsWith(".tar.gz"))
                && (told == null || told.equals(version))
                && !taken.contains(last);
        return usable ? last : Names.tarball(name, version);
    }

    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The absolute address of the tarball, or null when there is none that can be asked. */
    private @Nullable URI tarball(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 4096) {
            return null;
        }
        try {
            URI uri = source.resolve(new URI(text));
            String scheme = uri.getScheme();
            boolean http = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
            return http && uri.getHost() != null && uri.getRawPath() != null && uri.getUserInfo() == null ? uri : null;
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether it can be a version: what URLs, purls and file names can carry. */
    private static boolean isKey(String version) {
        return !version.isEmpty()
                && version.length() <= Coordinates.MAX_VERSION_LENGTH
                && !version.equals("__proto__")
                && version.chars().allMatch(c -> c > 32 && c < 127 && "/\\\"<>|?*:%".indexOf(c) < 0);
    }
}
