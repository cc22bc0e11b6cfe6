package dev.sluice.formats.npm;

import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * What a packument says beside its versions, as it is kept: {@code {"dist-tags":{…},"created":…,"modified":…,"about":{…}}}.
 *
 * @param tags dist-tags in the order of the packument
 * @param created when the package was made, or null
 * @param modified when it was last changed, or null
 * @param about members for people, as JSON: description, readme, maintainers …
 */
record PackageDocument(
        Map<String, String> tags,
        @Nullable Instant created,
        @Nullable Instant modified,
        Map<String, byte[]> about) {

    /** Members of a packument that are kept and served, and what abbreviated documents leave out. */
    static final Set<String> ABOUT = Collections.unmodifiableSet(new LinkedHashSet<>(java.util.List.of(
            "description",
            "maintainers",
            "author",
            "contributors",
            "license",
            "homepage",
            "keywords",
            "repository",
            "bugs",
            "readme",
            "readmeFilename")));

    /** Longest member kept, in bytes of JSON; longer ones (readmes) are left out. */
    static final int MAX_MEMBER = 128 * 1024;

    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    PackageDocument {
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        about = Collections.unmodifiableMap(new LinkedHashMap<>(about));
    }

    /** A package nothing is known of. */
    static final PackageDocument EMPTY = new PackageDocument(Map.of(), null, null, Map.of());

    /** Reads what {@link #bytes} wrote; the empty array is an empty document. */
    static PackageDocument read(byte[] bytes) {
        if (bytes.length == 0) {
            return EMPTY;
        }
        Map<String, byte[]> members = Json.members(bytes);
        Map<String, String> tags = Map.of();
        byte[] tagBytes = members.get("dist-tags");
        if (tagBytes != null) {
            try (JsonParser parser = Json.parser(tagBytes)) {
                parser.nextToken();
                tags = Json.texts(parser, Integer.MAX_VALUE);
            }
        }
        byte[] about = members.get("about");
        return new PackageDocument(
                tags,
                instant(members.get("created")),
                instant(members.get("modified")),
                about == null ? Map.of() : Json.members(about));
    }

    private static @Nullable Instant instant(byte @Nullable [] json) {
        if (json == null) {
            return null;
        }
        try (JsonParser parser = Json.parser(json)) {
            parser.nextToken();
            return time(Json.text(parser));
        }
    }

    /** The document as it is kept. */
    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        Json.ObjectWriter object = new Json.ObjectWriter(out);
        object.texts("dist-tags", tags);
        if (created != null) {
            object.text("created", text(created));
        }
        if (modified != null) {
            object.text("modified", text(modified));
        }
        Json.ObjectWriter inner = new Json.ObjectWriter(object.member("about"));
        about.forEach(inner::raw);
        inner.close();
        object.close();
        return out.toByteArray();
    }

    PackageDocument withTags(Map<String, String> newTags, Instant now) {
        return new PackageDocument(newTags, created == null ? now : created, now, about);
    }

    /** A time as packuments write it: ISO 8601 with milliseconds, in UTC. */
    static String text(Instant instant) {
        return MILLISECONDS.format(instant);
    }

    /** A time from a packument, or null when it is none between 1970 and 9999. */
    static @Nullable Instant time(@Nullable String text) {
        if (text == null || text.length() > 40) {
            return null;
        }
        try {
            Instant instant = text.endsWith("Z")
                    ? Instant.parse(text)
                    : OffsetDateTime.parse(text).toInstant();
            return instant.isBefore(FIRST) || instant.isAfter(LAST) ? null : instant;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
