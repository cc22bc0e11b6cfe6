package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.ecosystem.Proxying.MalformedDocumentException;
import dev.sluice.kernel.format.PassedOver;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the HTML form of a project page (PEP 503, with 592, 629, 658, 714 and 792).
 *
 * <p>Looks at start tags only, from left to right, each character once: no page can make it recurse or backtrack.
 */
final class SimpleHtml {

    private static final int MAX_ATTRIBUTES = 50;

    private final String html;
    private final List<Map<String, String>> anchors = new ArrayList<>();
    private URI base;
    private boolean based;
    private int at;
    private boolean looksLikeHtml;
    private final List<IndexedFile> files = new ArrayList<>();
    private @Nullable String status;
    private @Nullable String reason;

    private final PassedOver passedOver;

    private SimpleHtml(String html, URI source) {
        this.passedOver = new PassedOver(PypiFormat.ID, "project page " + source.getPath());
        this.html = html;
        this.base = source;
    }

    /**
     * Reads a page.
     *
     * @param source the address it came from
     * @throws MalformedDocumentException when it is not such a page, or of a major version that is not known here
     */
    static IndexPage read(byte[] body, URI source) throws MalformedDocumentException {
        SimpleHtml page = new SimpleHtml(new String(body, StandardCharsets.UTF_8), source);
        page.page();
        for (Map<String, String> anchor : page.anchors) {
            page.anchor(anchor);
        }
        page.passedOver.tell();
        if (!page.looksLikeHtml) {
            throw new MalformedDocumentException("project page is neither JSON nor HTML");
        }
        return new IndexPage(ProjectStatus.of(page.status, page.reason), page.files);
    }

    private void page() throws MalformedDocumentException {
        while ((at = html.indexOf('<', at)) >= 0) {
            if (html.startsWith("<!--", at)) {
                int end = html.indexOf("-->", at + 4);
                at = end < 0 ? html.length() : end + 3;
                continue;
            }
            int start = ++at;
            if (html.startsWith("/", at)) {
                at++; // an end says nothing about files
                continue;
            }
            while (at < html.length() && "\t\n\r\f />".indexOf(html.charAt(at)) < 0) {
                at++;
            }
            String tag = html.substring(start, Math.min(at, start + 10)).toLowerCase(Locale.ROOT);
            switch (tag) {
                case "a" -> {
                    looksLikeHtml = true;
                    Map<String, String> attributes = attributes();
                    if (attributes.containsKey("href")) {
                        anchors.add(attributes);
                    }
                    if (anchors.size() > IndexPage.MAX_FILES) {
                        throw new MalformedDocumentException(
                                "project page lists more than " + IndexPage.MAX_FILES + " files");
                    }
                }
                case "script", "style" -> {
                    attributes();
                    passContent(tag);
                }
                case "meta" -> meta(attributes());
                case "base" -> base(attributes());
                case "html", "!doctype", "body", "head" -> looksLikeHtml = true;
                default -> {
                    // closing tags and everything else say nothing about files
                }
            }
        }
    }

    /** What a script holds are no tags. */
    private void passContent(String tag) {
        String end = "</" + tag;
        while (at < html.length() && !html.regionMatches(true, at, end, 0, end.length())) {
            at++;
        }
    }

    /** The attributes of the tag, names in lower case, values decoded; the last of a name counts, as for pip. */
    private Map<String, String> attributes() {
        Map<String, String> attributes = new HashMap<>();
        while (at < html.length()) {
            char c = html.charAt(at);
            if (c == '>') {
                at++;
                break;
            }
            if (c == '<') {
                break; // the tag was never closed
            }
            if (Character.isWhitespace(c) || c == '/') {
                at++;
                continue;
            }
            int start = at;
            while (at < html.length() && "=> \t\r\n\f<".indexOf(html.charAt(at)) < 0) {
                at++;
            }
            String name = html.substring(start, Math.min(at, start + 100)).toLowerCase(Locale.ROOT);
            skipBlanks();
            String value = "";
            if (at < html.length() && html.charAt(at) == '=') {
                at++;
                skipBlanks();
                value = value();
            }
            if (attributes.size() < MAX_ATTRIBUTES) {
                attributes.put(name, value);
            }
        }
        return attributes;
    }

    private void skipBlanks() {
        while (at < html.length() && Character.isWhitespace(html.charAt(at))) {
            at++;
        }
    }

    private String value() {
        if (at >= html.length()) {
            return "";
        }
        char quote = html.charAt(at);
        int start = at;
        if (quote == '"' || quote == '\'') {
            int end = html.indexOf(quote, at + 1);
            at = end < 0 ? html.length() : end + 1;
            return HtmlText.decode(html.substring(start + 1, end < 0 ? html.length() : end));
        }
        while (at < html.length() && html.charAt(at) != '>' && !Character.isWhitespace(html.charAt(at))) {
            at++;
        }
        return HtmlText.decode(html.substring(start, at));
    }

    private void meta(Map<String, String> attributes) throws MalformedDocumentException {
        String name = attributes.getOrDefault("name", "");
        String content = attributes.getOrDefault("content", "");
        switch (name) {
            case "pypi:repository-version" -> {
                if (!content.equals("1") && !content.startsWith("1.")) {
                    throw new MalformedDocumentException("project page has an API version that is not known here");
                }
            }
            case "pypi:project-status" -> status = content;
            case "pypi:project-status-reason" -> reason = content;
            default -> {
                // other meta tags are for browsers
            }
        }
    }

    private void base(Map<String, String> attributes) {
        String href = attributes.get("href");
        URI resolved = href == null ? null : IndexPage.resolve(base, href);
        if (resolved != null && !based) {
            base = resolved;
            based = true;
        }
    }

    /** What a link says; the first base of a page is that of all its links, wherever it stands. */
    private void anchor(Map<String, String> attributes) {
        String href = attributes.get("href");
        URI location = href == null ? null : IndexPage.resolve(base, href);
        String fileName = location == null ? null : lastSegment(location);
        if (href != null && location == null) {
            passedOver.add("link", lastSegment(href));
        }
        if (href == null || location == null || fileName == null) {
            return; // to something else than a file
        }
        List<Digest> digests = new ArrayList<>(1);
        try {
            digest(href.indexOf('#') < 0 ? "" : href.substring(href.indexOf('#') + 1), '&', digests);
        } catch (IllegalArgumentException e) {
            passedOver.add("link", fileName); // a broken promise cannot be kept
            return;
        }
        String metadata = attributes.get("data-core-metadata");
        if (metadata == null) {
            metadata = attributes.get("data-dist-info-metadata");
        }
        String python = attributes.get("data-requires-python");
        String provenance = attributes.get("data-provenance");
        URI attested = provenance == null ? null : IndexPage.resolve(base, provenance);
        FileNotes notes = new FileNotes(
                python == null || python.isBlank() ? null : python, coreMetadata(metadata), attested != null);
        files.add(
                new IndexedFile(fileName, location, digests, -1, null, attributes.get("data-yanked"), notes, attested));
    }

    /** The SHA-256 of the side-car, empty for {@code true}, null for anything else. */
    private static @Nullable String coreMetadata(@Nullable String attribute) {
        if (attribute == null || attribute.equals("false")) {
            return null;
        }
        List<Digest> digests = new ArrayList<>(1);
        try {
            digest(attribute, ',', digests);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return digests.stream()
                .filter(d -> d.algorithm() == Digest.Algorithm.SHA256)
                .findFirst()
                .map(Digest::hex)
                .orElse("");
    }

    /** Reads {@code algorithm=hex} pairs; those of unknown algorithms are passed over. */
    private static void digest(String text, char separator, List<Digest> into) {
        int start = 0;
        while (start <= text.length() && into.size() < 8) {
            int end = text.indexOf(separator, start);
            String pair = text.substring(start, end < 0 ? text.length() : end);
            int equals = pair.indexOf('=');
            if (equals > 0 && SimpleJson.isKnown(pair.substring(0, equals))) {
                into.add(new Digest(Digest.Algorithm.ofLabel(pair.substring(0, equals)), pair.substring(equals + 1)));
            }
            if (end < 0) {
                return;
            }
            start = end + 1;
        }
    }

    private static @Nullable String lastSegment(URI location) {
        String path = location.getRawPath();
        String raw = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
        if (raw.isEmpty()) {
            return null;
        }
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** What of an address can be shown: the rest may hold a password or a signature. */
    private static String lastSegment(String href) {
        String path = href.split("[?#]", 2)[0];
        return path.substring(path.lastIndexOf('/') + 1).replaceFirst("^.*@", "");
    }
}
