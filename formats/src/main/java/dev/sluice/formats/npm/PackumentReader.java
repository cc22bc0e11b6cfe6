package dev.sluice.formats.npm;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.ecosystem.Proxying.MalformedDocumentException;
import dev.sluice.kernel.format.PassedOver;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * Reads a full packument as an upstream sent it, in one pass and holding one version beside what it keeps.
 *
 * <p>Read as npm does: bytes that are no UTF-8 are replaced, and what is odd, too deep or too long costs the member or version it is
 * in. Versions that cannot be what they say (no object, another version inside, no tarball address) are left out; the others
 * count. Not thread-safe, for one document.
 */
final class PackumentReader {

    /** Who says so, for facts from an index. */
    static final String SOURCE = "upstream-index";

    private static final int MAX_VERSIONS = 100_000;
    private static final int MAX_MANIFEST = 4 << 20;
    private static final int MAX_TAGS = 10_000;
    private static final int MAX_TEXT = 4_096;
    private static final Pattern LEADING = Pattern.compile("^[vV=\\s]+");
    private static final Pattern ZEROS = Pattern.compile("(?<![0-9A-Za-z-])0+(?=[0-9])");

    private final PackageName name;
    private final URI source;
    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final Map<String, byte[]> about = new LinkedHashMap<>();
    private final Map<List<String>, List<String>> peopleOnce = new HashMap<>();
    private Map<String, String> times = Map.of();
    private Map<String, String> tags = Map.of();
    private List<String> maintainers = List.of();
    private final PassedOver passedOver;
    private boolean complete;

    /** What is kept of a version until all of the document was seen. */
    private record Draft(Manifest.Facts facts, URI location, byte[] document) {}

    PackumentReader(PackageName name, URI source) {
        this.name = name;
        this.source = source;
        this.passedOver = new PassedOver("npm", "packument of " + name.name());
    }

    /** Reads the document. */
    PackageIndex read(InputStream body) throws IOException {
        MendedUtf8 text = new MendedUtf8(body);
        Members members = new Members(text);
        try {
            text.passMark();
            if (!members.enter()) {
                throw new MalformedDocumentException("packument of " + name.name() + ": not a JSON object");
            }
            String member;
            while ((member = members.next()) != null) {
                readMember(member, members);
            }
        } catch (Members.BrokenException e) {
            throw new MalformedDocumentException("packument of " + name.name() + ": " + e.getMessage(), e);
        }
        if (!complete) {
            throw new MalformedDocumentException("packument of " + name.name() + ": has no versions");
        }
        if (text.replaced() > 0) {
            passedOver.add("bytes", text.replaced() + " that are no UTF-8");
        }
        passedOver.tell();
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

    private void readMember(String member, Members members) throws IOException {
        switch (member) {
            case "name" -> {
                String told = members.text(MAX_TEXT);
                if (told != null && !told.equals(name.name())) {
                    throw new MalformedDocumentException(
                            "packument of " + name.name() + ": is about '" + Json.cut(told, 80) + "'");
                }
            }
            case "versions" -> readVersions(members);
            case "time" -> {
                times = texts(members, 2 * MAX_VERSIONS);
                complete |= times.containsKey("modified") || times.containsKey("created");
            }
            case "dist-tags" -> tags = texts(members, MAX_TAGS);
            default -> readAbout(member, members);
        }
    }

    /** The texts of the object that comes next, each for itself: what is none is left out. */
    private Map<String, String> texts(Members members, int limit) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        if (!members.enter()) {
            members.value(0);
            return texts;
        }
        String key;
        while ((key = members.next()) != null) {
            String text = members.text(MAX_TEXT);
            if (text != null && (texts.size() < limit || texts.containsKey(key))) {
                texts.put(key, text);
            }
        }
        return texts;
    }

    private void readAbout(String member, Members members) throws IOException {
        boolean wanted = PackageDocument.ABOUT.contains(member);
        byte[] value = members.value(wanted ? PackageDocument.MAX_MEMBER : 0);
        if (!wanted || value == null) {
            return;
        }
        try (JsonParser parser = Json.parser(value)) {
            parser.nextToken();
            if (member.equals("maintainers")) {
                maintainers = Json.people(parser, 50);
            }
            Json.end(parser);
            about.put(member, value);
        } catch (JacksonException e) {
            passedOver.add("member", member);
        }
    }

    private void readVersions(Members members) throws IOException {
        drafts.clear(); // of two members of one name the last counts
        if (!members.enter()) {
            members.value(0);
            return;
        }
        complete = true;
        int count = 0;
        String version;
        while ((version = members.next()) != null) {
            if (++count > MAX_VERSIONS) {
                throw new MalformedDocumentException(
                        "packument of " + name.name() + ": more than " + MAX_VERSIONS + " versions");
            }
            byte[] json = members.value(MAX_MANIFEST);
            if (!readVersion(version, json)) {
                drafts.remove(version); // of two entries of one name the last counts, also when it is broken
                passedOver.add("version", version);
            }
        }
    }

    /** Whether it is a version that can be asked for: npm goes by its key, whatever way the manifest spells it. */
    private boolean readVersion(String version, byte @Nullable [] json) throws IOException {
        if (json == null || !isKey(version)) {
            return false;
        }
        try {
            Manifest manifest = Manifest.readLeniently(json, passedOver);
            Manifest.Facts facts = manifest.facts();
            URI location = tarball(facts.tarball());
            String told = manifest.version();
            if (location == null || (told != null && !spelled(told).equals(spelled(version)))) {
                return false;
            }
            drafts.put(version, new Draft(facts, location, manifest.document(name, version)));
            return true;
        } catch (JacksonException | Members.BrokenException e) {
            return false;
        }
    }

    /** A version in one spelling: without a leading v or =, leading zeros and build metadata, as node-semver cleans it. */
    static String spelled(String version) {
        String clean = LEADING.matcher(version.strip()).replaceFirst("");
        int build = clean.indexOf('+');
        return ZEROS.matcher(build < 0 ? clean : clean.substring(0, build)).replaceAll("");
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
                    draft.location().toString(),
                    facts.digests(),
                    -1,
                    Signal.unknown("npm tells times per version"),
                    null);
            Instant published = PackageDocument.time(times.get(version));
            List<String> people = facts.maintainers().isEmpty() ? maintainers : facts.maintainers();
            releases.add(new Release(
                    version,
                    Signal.ofNullable(published, SOURCE, "the upstream's index gives no time for it"),
                    facts.licenseBy(SOURCE),
                    facts.deprecated(),
                    null,
                    facts.installScriptsBy(SOURCE),
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
