package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One record of the OSV schema (version 1.7), read from where a parser stands.
 *
 * <p>Keeps what {@link Advisory} has room for; affected packages of ecosystems that are not served and GIT ranges are left
 * out. Every list is bounded. Not thread-safe; one instance reads one record.
 */
final class OsvReader {

    private static final int MAX_ID = 128;
    private static final int MAX_VERSION = 1_024;
    private static final int MAX_ALIASES = 1_000;
    private static final int MAX_AFFECTED = 20_000;
    private static final int MAX_RANGES = 5_000;
    private static final int MAX_EVENTS = 10_000;
    private static final int MAX_VERSIONS = 100_000;
    private static final int MAX_SEVERITIES = 100;
    private static final int MAX_REFERENCES_READ = 10_000;
    private static final int MAX_REFERENCES = 20;
    private static final int MAX_ADDRESS = 2_000;
    private static final int MAX_SUMMARY = 300;
    private static final int MAX_WEAKNESSES = 50;
    private static final int MAX_DETAILS = 4_000;

    private final JsonParser parser;
    private final Map<String, Ecosystem> ecosystems;

    private String id = "";
    private final List<String> aliases = new ArrayList<>();
    private String summary = "";
    private String details = "";
    private final List<Advisory.Severity> severities = new ArrayList<>();
    private @Nullable String label;
    private @Nullable Instant published;
    private @Nullable Instant modified;
    private @Nullable Instant withdrawn;
    private final List<Advisory.Affected> affected = new ArrayList<>();
    private final List<String> references = new ArrayList<>();
    private @Nullable Boolean markedMalicious;
    private final List<String> weaknesses = new ArrayList<>();
    private boolean undated;
    private @Nullable String otherEcosystem;
    private @Nullable String firstEcosystem;
    private boolean severalEcosystems;

    OsvReader(JsonParser parser, Map<String, Ecosystem> ecosystems) {
        this.parser = parser;
        this.ecosystems = ecosystems;
    }

    /** The identifier, as far as it was read; empty before. */
    String id() {
        return id;
    }

    /** An ecosystem that is not served, where the record affects nothing else; else null. To be asked after the last field. */
    @Nullable
    String skippedEcosystem() {
        return affected.isEmpty() ? otherEcosystem == null ? "none" : otherEcosystem : null;
    }

    /** Whether all entries are of one ecosystem, served or not. To be asked after the last field. */
    boolean isOfOneEcosystem() {
        return !severalEcosystems;
    }

    /** Reads the value of one field of the record. */
    void field(String name) throws RecordException {
        switch (name) {
            case "id" -> {
                id = JsonFields.name(parser, "id", MAX_ID);
                if (id.chars().anyMatch(c -> c <= ' ')) {
                    throw new RecordException("id holds blanks");
                }
            }
            case "aliases" ->
                JsonFields.array(
                        parser, name, MAX_ALIASES, () -> aliases.add(JsonFields.name(parser, "alias", MAX_ID)));
            case "summary" -> summary = line(JsonFields.text(parser, name), MAX_SUMMARY);
            case "details" -> {
                String text = JsonFields.text(parser, name);
                details = text == null ? "" : cut(text, MAX_DETAILS);
            }
            case "severity" -> severities(severities);
            case "published" -> published = JsonFields.instant(parser, name);
            case "modified" -> modified();
            case "withdrawn" -> withdrawn = JsonFields.instant(parser, name);
            case "affected" -> JsonFields.array(parser, name, MAX_AFFECTED, this::affected);
            case "references" -> JsonFields.array(parser, name, MAX_REFERENCES_READ, this::reference);
            case "database_specific" -> databaseSpecific();
            default -> parser.skipChildren();
        }
    }

    /** The record, after its last field. */
    Advisory advisory(String source) throws RecordException {
        if (id.isEmpty()) {
            throw new RecordException("no id");
        }
        Instant changed = modified == null ? published : modified;
        if (changed == null && undated) {
            // Published data holds such dates; losing the record over it would be worse than not knowing its age.
            changed = Instant.EPOCH;
        }
        if (changed == null) {
            throw new RecordException("no modified date");
        }
        return new Advisory(
                id,
                aliases.stream().filter(alias -> !alias.equals(id)).distinct().toList(),
                summary.isEmpty() ? line(details.lines().findFirst().orElse(""), MAX_SUMMARY) : summary,
                details,
                severities,
                label,
                published,
                changed,
                withdrawn,
                affected,
                references,
                source,
                markedMalicious == null ? weaknesses.contains("CWE-506") : markedMalicious,
                weaknesses);
    }

    private void modified() throws RecordException {
        try {
            modified = JsonFields.instant(parser, "modified");
        } catch (RecordException malformed) {
            undated = true;
        }
    }

    private void affected() throws RecordException {
        List<AffectedRange> ranges = new ArrayList<>();
        List<String> versions = new ArrayList<>();
        List<Advisory.Severity> own = new ArrayList<>();
        @Nullable String[] identity = new @Nullable String[2];
        JsonFields.object(parser, "affected", field -> {
            switch (field) {
                case "package" ->
                    JsonFields.object(parser, "package", part -> {
                        switch (part) {
                            case "ecosystem" -> identity[0] = JsonFields.text(parser, "ecosystem");
                            case "name" -> identity[1] = JsonFields.text(parser, "package name");
                            default -> parser.skipChildren();
                        }
                    });
                case "ranges" -> JsonFields.array(parser, "ranges", MAX_RANGES, () -> range(ranges));
                case "versions" ->
                    JsonFields.array(
                            parser,
                            "versions",
                            MAX_VERSIONS,
                            () -> versions.add(JsonFields.name(parser, "version", MAX_VERSION)));
                case "severity" -> severities(own);
                default -> parser.skipChildren();
            }
        });
        String ecosystem = identity[0];
        String name = identity[1];
        if (ecosystem == null || name == null) {
            return;
        }
        String family = ecosystem.split(":", 2)[0];
        severalEcosystems |= firstEcosystem != null && !firstEcosystem.equals(family);
        firstEcosystem = family;
        Ecosystem served = ecosystems.get(family);
        if (served == null) {
            otherEcosystem = otherEcosystem == null ? cut(family, MAX_ID) : otherEcosystem;
            return;
        }
        try {
            affected.add(new Advisory.Affected(
                    new PackageName(served.format(), served.canonical().apply(name)), ranges, versions, own));
        } catch (IllegalArgumentException noName) {
            throw new RecordException(cut(String.valueOf(noName.getMessage()), MAX_SUMMARY));
        }
    }

    private void range(List<AffectedRange> ranges) throws RecordException {
        AffectedRange.@Nullable Type[] type = new AffectedRange.@Nullable Type[1];
        List<AffectedRange.Event> events = new ArrayList<>();
        JsonFields.object(parser, "range", field -> {
            switch (field) {
                case "type" -> {
                    String text = JsonFields.name(parser, "range type", MAX_ID);
                    type[0] = switch (text) {
                        case "SEMVER" -> AffectedRange.Type.SEMVER;
                        case "ECOSYSTEM" -> AffectedRange.Type.ECOSYSTEM;
                        case "GIT" -> AffectedRange.Type.GIT;
                        default -> throw new RecordException("unknown range type " + text);
                    };
                }
                case "events" -> JsonFields.array(parser, "events", MAX_EVENTS, () -> event(events));
                default -> parser.skipChildren();
            }
        });
        if (type[0] == null) {
            throw new RecordException("a range without type");
        }
        if (type[0] == AffectedRange.Type.GIT) {
            return;
        }
        if (events.stream().noneMatch(event -> event.kind() == AffectedRange.Kind.INTRODUCED)) {
            throw new RecordException("a range that never says introduced");
        }
        ranges.add(new AffectedRange(type[0], events));
    }

    private void event(List<AffectedRange.Event> events) throws RecordException {
        JsonFields.object(parser, "event", kind -> {
            AffectedRange.Kind known = switch (kind) {
                case "introduced" -> AffectedRange.Kind.INTRODUCED;
                case "fixed" -> AffectedRange.Kind.FIXED;
                case "last_affected" -> AffectedRange.Kind.LAST_AFFECTED;
                case "limit" -> AffectedRange.Kind.LIMIT;
                default -> null;
            };
            if (known == null) {
                parser.skipChildren();
            } else {
                events.add(new AffectedRange.Event(known, JsonFields.name(parser, kind, MAX_VERSION)));
            }
        });
    }

    private void severities(List<Advisory.Severity> into) throws RecordException {
        JsonFields.array(parser, "severity", MAX_SEVERITIES, () -> {
            @Nullable String[] parts = new @Nullable String[2];
            JsonFields.object(parser, "severity", field -> {
                switch (field) {
                    case "type" -> parts[0] = JsonFields.name(parser, "severity type", MAX_ID);
                    case "score" -> parts[1] = JsonFields.name(parser, "severity score", MAX_VERSION);
                    default -> parser.skipChildren();
                }
            });
            if (parts[0] != null && parts[1] != null) {
                into.add(new Advisory.Severity(parts[0], parts[1], CvssScores.of(parts[0], parts[1])));
            }
        });
    }

    private void reference() throws RecordException {
        JsonFields.object(parser, "reference", field -> {
            if (field.equals("url")) {
                String address = JsonFields.text(parser, "url");
                if (address != null
                        && references.size() < MAX_REFERENCES
                        && address.length() <= MAX_ADDRESS
                        && (address.startsWith("https://") || address.startsWith("http://"))) {
                    references.add(address);
                }
            } else {
                parser.skipChildren();
            }
        });
    }

    /** GHSA's fields. CWE-506 is "embedded malicious code", which is how GHSA marks malware; an explicit mark wins over it. */
    private void databaseSpecific() throws RecordException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        JsonFields.object(parser, "database_specific", field -> {
            JsonToken token = parser.currentToken();
            if (field.equals("severity") && token == JsonToken.VALUE_STRING) {
                label = label(parser.getString());
            } else if (field.equals("malicious") && (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE)) {
                markedMalicious = token == JsonToken.VALUE_TRUE;
            } else if (field.equals("cwe_ids") && token == JsonToken.START_ARRAY) {
                JsonFields.array(parser, field, MAX_ALIASES, () -> {
                    if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        String weakness = parser.getString();
                        if (weakness.equals("CWE-506")) {
                            weaknesses.addFirst(weakness); // decides, so it is never what there is no more room for
                        } else if (weakness.length() <= MAX_ID && weaknesses.size() < MAX_WEAKNESSES) {
                            weaknesses.add(weakness);
                        }
                    }
                    parser.skipChildren();
                });
            } else {
                parser.skipChildren();
            }
        });
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

    private static String line(@Nullable String text, int longest) {
        return text == null ? "" : cut(text.strip().replaceAll("\\s+", " "), longest);
    }

    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return text.substring(0, end) + "…";
    }
}
