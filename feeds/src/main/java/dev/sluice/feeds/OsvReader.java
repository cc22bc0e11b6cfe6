package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One record of the OSV schema (version 1.7), read from where a parser stands.
 *
 * <p>Keeps what {@link Advisory} has room for; affected packages of ecosystems that are not served and GIT ranges are left
 * out. What decides nothing and cannot be read is dropped and counted; what says which versions are affected and cannot be read
 * is taken as wide as it could mean ({@link OsvScope}). Only a record without an identifier, or of which no package can be
 * understood, is refused. Every list is bounded. Not thread-safe; one instance reads one record.
 */
final class OsvReader {

    private static final Pattern WEAKNESS = Pattern.compile("CWE-[0-9]{1,10}(?![0-9])");
    private static final int MAX_ID = 128;
    private static final int MAX_SCORE = 1_024;
    private static final int MAX_ALIASES = 1_000;
    private static final int MAX_ELEMENTS = 100_000;
    private static final int MAX_AFFECTED = 20_000;
    private static final int MAX_SEVERITIES = 100;
    private static final int MAX_REFERENCES = 20;
    private static final int MAX_ADDRESS = 2_000;
    private static final int MAX_SUMMARY = 300;
    private static final int MAX_WEAKNESSES = 50;
    private static final int MAX_DETAILS = 4_000;

    private final JsonParser parser;
    private final Map<String, Ecosystem> ecosystems;
    private final Instant latest;

    private String id = "";
    private final Set<String> aliases = new LinkedHashSet<>();
    private String summary = "";
    private String details = "";
    private final List<Advisory.Severity> severities = new ArrayList<>();
    private @Nullable String label;
    private @Nullable Instant published;
    private @Nullable Instant modified;
    private @Nullable Instant withdrawn;
    private boolean stillCounts;
    private boolean elsewhere;
    private boolean readWhole;
    private final List<Advisory.Affected> affected = new ArrayList<>();
    private final List<String> references = new ArrayList<>();
    private boolean malicious;
    private final List<String> weaknesses = new ArrayList<>();
    private @Nullable String otherEcosystem;
    private final Map<String, Long> dropped = new TreeMap<>();
    private final Map<String, Long> widened = new TreeMap<>();
    private final List<Gap> gaps = new ArrayList<>();

    /**
     * Something about an affected package that cannot be read.
     *
     * @param format of the package, or null when nobody can tell
     * @param why what cannot be read
     */
    record Gap(@Nullable String format, String why) {}

    /**
     * A reader.
     *
     * @param ecosystems by the schema's name in lower case
     * @param latest no record was changed or published later
     */
    OsvReader(JsonParser parser, Map<String, Ecosystem> ecosystems, Instant latest) {
        this.parser = parser;
        this.ecosystems = ecosystems;
        this.latest = latest;
    }

    /** The identifier, as far as it was read; empty before. */
    String id() {
        return id;
    }

    /** Whether it tells when it was changed. */
    boolean isDated() {
        return modified != null;
    }

    /** Fields that decide nothing and could not be read, how often by name. */
    Map<String, Long> dropped() {
        return dropped;
    }

    /** What tells affected versions and could not be read, so that it was taken as wide as it could mean, how often by name. */
    Map<String, Long> widened() {
        return widened;
    }

    /** What of the affected packages could not be read. */
    List<Gap> gaps() {
        return gaps;
    }

    /** The formats it speaks of as far as it was read; null among them where nobody can tell all of them. */
    Set<@Nullable String> formats() {
        Set<@Nullable String> formats = new LinkedHashSet<>();
        affected.forEach(entry -> formats.add(entry.packageName().format()));
        gaps.forEach(gap -> formats.add(gap.format()));
        if (!readWhole || (formats.isEmpty() && otherEcosystem == null)) {
            formats.add(null);
        }
        return formats;
    }

    /** An ecosystem that is not served, where the record affects nothing else; else null. To be asked after the last field. */
    @Nullable
    String skippedEcosystem() {
        return !affected.isEmpty() || !gaps.isEmpty() ? null : otherEcosystem == null ? "none" : otherEcosystem;
    }

    /** Reads the value of one field of the record; stands on its last token afterwards. */
    void field(String name) {
        switch (name) {
            case "id" -> identifier();
            case "aliases" -> each("aliases", MAX_ELEMENTS, this::alias);
            case "summary" -> summary = line(text("summary", summary), MAX_SUMMARY);
            case "details" -> details = JsonFields.cut(text("details", details), MAX_DETAILS);
            case "severity" -> each("severity", MAX_ELEMENTS, () -> severity(severities));
            case "published" -> published = date("published", published);
            case "modified" -> modified = date("modified", modified);
            case "withdrawn" -> withdrawn();
            case "affected" -> affectedField();
            case "references" -> each("references", MAX_ELEMENTS, this::reference);
            case "database_specific" -> databaseSpecific();
            default -> parser.skipChildren();
        }
    }

    /** The record, after its last field. */
    Advisory advisory(String source) throws RecordException {
        readWhole = true;
        if (id.isEmpty()) {
            throw new RecordException("no id");
        }
        if (affected.isEmpty() && !gaps.isEmpty()) {
            throw new RecordException(gaps.getFirst().why());
        }
        if (affected.isEmpty() && otherEcosystem == null && !elsewhere && (stillCounts || withdrawn == null)) {
            throw new RecordException("no affected packages");
        }
        Instant changed = modified == null ? published : modified;
        if (modified == null) {
            dropped.putIfAbsent("modified", 1L);
        }
        return new Advisory(
                id,
                aliases.stream()
                        .filter(alias -> !alias.equals(id))
                        .limit(MAX_ALIASES)
                        .toList(),
                summary.isEmpty() ? line(details.lines().findFirst().orElse(""), MAX_SUMMARY) : summary,
                details,
                severities,
                label,
                published,
                // Losing the record over its date would be worse than not knowing its age.
                changed == null ? Instant.EPOCH : changed,
                stillCounts ? null : withdrawn,
                affected,
                references,
                source,
                malicious,
                weaknesses);
    }

    private void identifier() {
        String text = JsonFields.textOrNull(parser);
        String name = text == null ? "" : text.strip();
        if (name.isEmpty() || name.length() > MAX_ID || name.chars().anyMatch(c -> c <= ' ')) {
            drop("id");
        } else if (id.isEmpty()) {
            id = name;
        } else {
            aliases.add(name); // named twice: it is known under both
        }
    }

    private void alias() {
        String text = JsonFields.textOrNull(parser);
        String name = text == null ? "" : text.strip();
        malicious |= Advisory.namesMalware(name);
        if (name.isEmpty() || name.length() > MAX_ID) {
            drop("alias");
        } else {
            aliases.add(name);
        }
    }

    private String text(String what, String before) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return before;
        }
        String text = JsonFields.textOrNull(parser);
        if (text == null) {
            drop(what);
        }
        return text == null ? before : text;
    }

    private @Nullable Instant date(String what, @Nullable Instant before) {
        Instant read = JsonFields.moment(parser);
        Instant date = read == null || read.isAfter(latest) ? null : read;
        if (date == null && parser.currentToken() != JsonToken.VALUE_NULL) {
            drop(what);
        }
        return date == null ? before : date;
    }

    /** Not withdrawn unless it can be read when; a record that also says that it is not, is not. */
    private void withdrawn() {
        Instant date = JsonFields.moment(parser);
        stillCounts |= date == null;
        if (date == null && parser.currentToken() != JsonToken.VALUE_NULL) {
            drop("withdrawn");
        }
        withdrawn = withdrawn == null || (date != null && date.isAfter(withdrawn)) ? date : withdrawn;
    }

    private void affectedField() {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.START_ARRAY && token != JsonToken.START_OBJECT) {
            gaps.add(new Gap(null, "affected is no list"));
        } else if (!JsonFields.each(parser, MAX_AFFECTED, this::affected)) {
            gaps.add(new Gap(null, "affected has more than " + MAX_AFFECTED + " entries"));
        }
    }

    private void affected() {
        List<Advisory.Severity> own = new ArrayList<>();
        OsvScope scope = new OsvScope(parser, what -> widened.merge(what, 1L, Long::sum));
        Set<String> names = new LinkedHashSet<>();
        Set<String> families = new LinkedHashSet<>();
        boolean[] isNamed = new boolean[1];
        boolean isObject = JsonFields.members(parser, field -> {
            switch (field) {
                case "package" -> {
                    isNamed[0] |= parser.currentToken() != JsonToken.VALUE_NULL;
                    JsonFields.members(parser, part -> {
                        String text = JsonFields.textOrNull(parser);
                        if (part.equals("ecosystem") && text != null && Ecosystem.family(text) != null) {
                            families.add(Ecosystem.family(text));
                        } else if (part.equals("name") && text != null) {
                            names.add(text);
                        }
                    });
                }
                case "ranges" -> scope.ranges();
                case "versions" -> scope.versions();
                case "severity" -> each("severity", MAX_ELEMENTS, () -> severity(own));
                case "database_specific", "ecosystem_specific" -> marks();
                default -> parser.skipChildren();
            }
        });
        if (isObject && !isNamed[0] && scope.isOfNoPackage()) {
            elsewhere = true; // it is about a repository, not a package
            return;
        }
        if (families.isEmpty()) {
            gaps.add(new Gap(null, "an affected entry whose package cannot be read"));
        }
        for (String family : families) {
            Ecosystem served = ecosystems.get(family.toLowerCase(Locale.ROOT));
            if (served == null) {
                otherEcosystem = otherEcosystem == null ? family : otherEcosystem;
                continue;
            }
            if (names.isEmpty()) {
                gaps.add(new Gap(served.format(), "an affected package of " + served.osvName() + " without name"));
            }
            for (String name : names) {
                try {
                    affected.add(new Advisory.Affected(
                            served.name(name), scope.affectedRanges(), scope.affectedVersions(), own));
                } catch (IllegalArgumentException noName) {
                    gaps.add(new Gap(
                            served.format(),
                            "an affected package of " + served.osvName() + ": "
                                    + JsonFields.cut(String.valueOf(noName.getMessage()), MAX_SUMMARY)));
                }
            }
        }
    }

    private void severity(List<Advisory.Severity> into) {
        @Nullable String[] parts = new @Nullable String[2];
        if (!JsonFields.members(parser, field -> {
            switch (field) {
                case "type" -> parts[0] = JsonFields.textOrNull(parser);
                case "score" -> parts[1] = JsonFields.literalOrNull(parser);
                default -> parser.skipChildren();
            }
        })) {
            drop("severity");
            return;
        }
        String type = parts[0] == null ? "" : parts[0].strip();
        String score = parts[1] == null ? "" : parts[1].strip();
        if (score.isEmpty() || score.length() > MAX_SCORE) {
            drop("severity score");
        } else if (type.length() > MAX_ID) {
            drop("severity type");
        } else if (into.size() < MAX_SEVERITIES) {
            into.add(CvssScores.severity(type, score));
        }
    }

    private void reference() {
        if (!JsonFields.members(parser, field -> {
            String address = JsonFields.textOrNull(parser);
            if (field.equals("url")) {
                if (address == null) {
                    drop("reference");
                } else if (references.size() < MAX_REFERENCES
                        && address.length() <= MAX_ADDRESS
                        && (address.startsWith("https://") || address.startsWith("http://"))) {
                    references.add(address);
                }
            }
        })) {
            drop("reference");
        }
    }

    private void databaseSpecific() {
        JsonFields.members(parser, field -> {
            if (field.equals("severity")) {
                String text = JsonFields.textOrNull(parser);
                String read = text == null ? null : label(text.strip());
                label = read == null ? label : read;
            } else {
                mark(field);
            }
        });
    }

    private void marks() {
        JsonFields.members(parser, this::mark);
    }

    /** GHSA's fields and their like. CWE-506 is "embedded malicious code", which is how GHSA marks malware. Any mark counts. */
    private void mark(String field) {
        switch (field) {
            case "malicious" -> {
                String text = parser.currentToken() == JsonToken.VALUE_TRUE ? "true" : JsonFields.literalOrNull(parser);
                malicious |= text != null
                        && !Set.of("", "0", "false", "no").contains(text.strip().toLowerCase(Locale.ROOT));
            }
            case "cwe_ids", "cwes" ->
                JsonFields.each(parser, MAX_ELEMENTS, () -> {
                    if (parser.currentToken() == JsonToken.START_OBJECT) {
                        JsonFields.members(parser, part -> weakness(JsonFields.textOrNull(parser)));
                    } else {
                        weakness(JsonFields.textOrNull(parser));
                    }
                });
            default -> parser.skipChildren();
        }
    }

    private void weakness(@Nullable String text) {
        Matcher weakness = WEAKNESS.matcher(text == null ? "" : text.strip().toUpperCase(Locale.ROOT));
        if (!weakness.lookingAt() || weaknesses.contains(weakness.group())) {
            return;
        }
        if (weakness.group().equals("CWE-506")) {
            malicious = true;
            weaknesses.addFirst(weakness.group()); // decides, so it is never what there is no more room for
        } else if (weaknesses.size() < MAX_WEAKNESSES) {
            weaknesses.add(weakness.group());
        }
    }

    private void each(String what, int most, Runnable element) {
        if (!JsonFields.each(parser, most, element)) {
            drop(what);
        }
    }

    private void drop(String what) {
        dropped.merge(what, 1L, Long::sum);
    }

    private static @Nullable String label(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "LOW" -> "LOW";
            case "MODERATE", "MEDIUM" -> "MEDIUM";
            case "HIGH", "IMPORTANT" -> "HIGH";
            case "CRITICAL" -> "CRITICAL";
            default -> null;
        };
    }

    private static String line(String text, int longest) {
        return JsonFields.cut(text.strip().replaceAll("\\s+", " "), longest);
    }
}
