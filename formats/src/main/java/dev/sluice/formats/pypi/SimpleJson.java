package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.ecosystem.Proxying.MalformedDocumentException;
import dev.sluice.kernel.format.PassedOver;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the JSON form of a project page (PEP 691, with 700, 714, 740 and 792) as a stream. */
final class SimpleJson {

    private final JsonParser json;
    private final URI source;
    private final List<IndexedFile> files = new ArrayList<>();
    private @Nullable String status;
    private @Nullable String reason;
    private final PassedOver passedOver;

    private SimpleJson(JsonParser json, URI source) {
        this.passedOver = new PassedOver(PypiFormat.ID, "project page " + source.getPath());
        this.json = json;
        this.source = source;
    }

    /**
     * Reads a page.
     *
     * @param source the address it came from
     * @throws MalformedDocumentException when it is not such a page, or of a major version that is not known here
     */
    static IndexPage read(InputStream body, URI source) throws IOException {
        try (JsonParser json =
                PypiFormat.JSON.streams().createParser(tools.jackson.core.ObjectReadContext.empty(), body)) {
            SimpleJson page = new SimpleJson(json, source);
            page.page();
            page.passedOver.tell();
            return new IndexPage(ProjectStatus.of(page.status, page.reason), page.files);
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new MalformedDocumentException("project page is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void page() throws IOException {
        boolean listed = false;
        expect(json.nextToken(), JsonToken.START_OBJECT, "the page");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String member = json.currentName();
            JsonToken value = json.nextToken();
            switch (member) {
                case "meta" -> meta(value);
                case "project-status" -> projectStatus(value);
                case "files" -> {
                    listed = true;
                    expect(value, JsonToken.START_ARRAY, "files");
                    while (json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null) {
                        if (json.currentToken() == JsonToken.START_OBJECT) {
                            file();
                        } else {
                            json.skipChildren();
                            passedOver.add("file", "that is no object");
                        }
                        if (files.size() > IndexPage.MAX_FILES) {
                            throw new MalformedDocumentException(
                                    "project page lists more than " + IndexPage.MAX_FILES + " files");
                        }
                    }
                    expect(json.currentToken(), JsonToken.END_ARRAY, "the end of files");
                }
                default -> json.skipChildren();
            }
        }
        expect(json.currentToken(), JsonToken.END_OBJECT, "the end of the page");
        if (!listed) {
            throw new MalformedDocumentException("project page has no member 'files'");
        }
    }

    private void meta(JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String member = json.currentName();
            String text = text(json.nextToken());
            if (member.equals("api-version") && text != null && !text.equals("1") && !text.startsWith("1.")) {
                throw new MalformedDocumentException("project page has an API version that is not known here");
            }
        }
    }

    private void projectStatus(JsonToken value) {
        if (value == JsonToken.VALUE_STRING) {
            status = text(value);
            return;
        }
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String member = json.currentName();
            String text = text(json.nextToken());
            if (member.equals("status")) {
                status = text;
            } else if (member.equals("reason")) {
                reason = text;
            }
        }
    }

    private void file() {
        String fileName = null;
        String url = null;
        List<Digest> digests = List.of();
        boolean sound = true;
        long size = -1;
        Instant uploaded = null;
        String yanked = null;
        String python = null;
        String coreMetadata = null;
        String oldMetadata = null;
        String provenance = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String member = json.currentName();
            JsonToken value = json.nextToken();
            switch (member) {
                case "filename" -> fileName = text(value);
                case "url" -> url = text(value);
                case "hashes" -> {
                    List<Digest> promised = hashes(value);
                    sound = promised != null;
                    digests = promised == null ? List.of() : promised;
                }
                case "size" -> size = value == JsonToken.VALUE_NUMBER_INT ? Math.max(-1, longOrUnknown()) : -1;
                case "upload-time" -> uploaded = instant(text(value));
                case "yanked" -> yanked = value == JsonToken.VALUE_TRUE ? "" : text(value);
                case "requires-python" -> python = text(value);
                case "core-metadata" -> coreMetadata = metadata(value);
                case "dist-info-metadata", "data-dist-info-metadata" -> oldMetadata = metadata(value);
                case "provenance" -> provenance = text(value);
                default -> json.skipChildren();
            }
        }
        URI location = url == null ? null : IndexPage.resolve(source, url);
        if (fileName == null || location == null || !sound) {
            passedOver.add("file", fileName == null ? "" : fileName); // one bad entry must not take the project away
            return;
        }
        URI attested = provenance == null ? null : IndexPage.resolve(source, provenance);
        FileNotes notes =
                new FileNotes(blankToNull(python), coreMetadata != null ? coreMetadata : oldMetadata, attested != null);
        files.add(new IndexedFile(fileName, location, digests, size, uploaded, yanked, notes, attested));
    }

    /** The digests as far as their algorithms are known here; null when one of them is malformed. */
    private @Nullable List<Digest> hashes(JsonToken value) {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return List.of();
        }
        List<Digest> digests = new ArrayList<>(1);
        boolean sound = true;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String algorithm = json.currentName();
            String hex = text(json.nextToken());
            try {
                if (hex != null && isKnown(algorithm)) {
                    digests.add(new Digest(Digest.Algorithm.ofLabel(algorithm), hex));
                }
            } catch (IllegalArgumentException e) {
                sound = false;
            }
        }
        return sound ? digests : null;
    }

    /** Whether digests by that algorithm can be checked here. */
    static boolean isKnown(String algorithm) {
        return switch (algorithm.toLowerCase(Locale.ROOT)) {
            case "md5", "sha1", "sha256", "sha512" -> true;
            default -> false;
        };
    }

    /** The SHA-256 of a side-car, empty for "there is one", null for none. */
    private @Nullable String metadata(JsonToken value) {
        if (value == JsonToken.VALUE_TRUE) {
            return "";
        }
        List<Digest> digests = hashes(value);
        if (value != JsonToken.START_OBJECT || digests == null) {
            return null;
        }
        return digests.stream()
                .filter(d -> d.algorithm() == Digest.Algorithm.SHA256)
                .findFirst()
                .map(Digest::hex)
                .orElse("");
    }

    private long longOrUnknown() {
        try {
            return json.getLongValue();
        } catch (JacksonException e) {
            return -1;
        }
    }

    /** A time as PEP 700 writes it, or null. */
    static @Nullable Instant instant(@Nullable String text) {
        if (text == null || text.length() > 40) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The string that the parser stands at; null, with everything inside passed over, when it is none. */
    private @Nullable String text(JsonToken value) {
        if (value == JsonToken.VALUE_STRING) {
            return wellFormed(json.getString());
        }
        json.skipChildren();
        return null;
    }

    /** The text without halves of surrogate pairs, which could not be written again. */
    private static String wellFormed(String text) {
        return text.chars().anyMatch(c -> Character.isSurrogate((char) c))
                ? new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                : text;
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static void expect(@Nullable JsonToken actual, JsonToken wanted, String where) throws IOException {
        if (actual != wanted) {
            throw new MalformedDocumentException("project page: " + where + " is not what PEP 691 says");
        }
    }
}
