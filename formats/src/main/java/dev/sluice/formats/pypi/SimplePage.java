package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * A project page as it is sent; its two forms say the same.
 *
 * @param project normalised name
 * @param status of the project as a whole
 * @param entries the files on it
 */
record SimplePage(String project, ProjectStatus status, List<Entry> entries) {

    private static final String API_VERSION = "1.4";

    /**
     * A file on the page.
     *
     * @param version the release it belongs to
     * @param file what the kernel knows of it
     * @param url its absolute address here
     * @param yanked why clients should pass over it, or null
     * @param notes what else is known
     */
    record Entry(
            String version,
            ReleaseFile file,
            String url,
            @Nullable String yanked,
            FileNotes notes) {}

    /** Copies the list. */
    SimplePage {
        entries = List.copyOf(entries);
    }

    /** A page without files: the project exists, and nothing of it may leave. */
    static SimplePage empty(String project) {
        return new SimplePage(project, ProjectStatus.ACTIVE, List.of());
    }

    /**
     * The page of what the gate lets out.
     *
     * @param base address of the repository, ending in a slash
     * @param withheld what becomes of files that policy withholds
     */
    static SimplePage of(Listed listed, String base, Withheld withheld) {
        String project = listed.name().name();
        ProjectStatus status = listed.sources().stream()
                .map(source -> ProjectStatus.parse(source.index().document()))
                .filter(s -> !s.equals(ProjectStatus.ACTIVE))
                .findFirst()
                .orElse(ProjectStatus.ACTIVE);
        List<Entry> entries = new ArrayList<>();
        for (JudgedRelease judged : listed.releases()) {
            ReleaseNotes notes = null;
            for (ReleaseFile file : judged.release().files()) {
                if (DistributionFile.isSideCar(file.name())) {
                    continue;
                }
                Decision decision = judged.decision(file);
                if (!decision.isAllowed() && withheld == Withheld.DROP) {
                    continue;
                }
                if (notes == null) {
                    notes = ReleaseNotes.parse(judged.release().document());
                }
                entries.add(new Entry(
                        judged.version(),
                        file,
                        base + "files/" + Paths.encode(project) + "/" + Paths.encode(file.name()),
                        decision.isAllowed() ? file.yanked() : reason(decision),
                        notes.of(file.name())));
            }
        }
        return new SimplePage(project, status, entries);
    }

    private static String reason(Decision decision) {
        Verdict verdict = decision.decisive();
        if (verdict == null) {
            return "Withheld by policy";
        }
        String reasons = String.join("; ", verdict.reasons());
        return "Blocked by policy " + verdict.policy().name() + (reasons.isEmpty() ? "" : ": " + reasons);
    }

    /** The JSON form (PEP 691, 700, 714, 740, 792). */
    byte[] json() {
        // PEP 700 demands the size of every file; a page that cannot tell one is of version 1.0.
        boolean complete = entries.stream().allMatch(e -> e.file().size() >= 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + entries.size() * 400);
        try (JsonGenerator json = PypiFormat.JSON.streams().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("meta");
            json.writeStringProperty("api-version", complete ? API_VERSION : "1.0");
            json.writeEndObject();
            json.writeStringProperty("name", project);
            if (!status.equals(ProjectStatus.ACTIVE)) {
                json.writeObjectPropertyStart("project-status");
                json.writeStringProperty("status", status.status());
                if (status.reason() != null) {
                    json.writeStringProperty("reason", status.reason());
                }
                json.writeEndObject();
            }
            json.writeArrayPropertyStart("versions");
            Set<String> versions = new LinkedHashSet<>();
            for (Entry entry : entries) {
                if (versions.add(entry.version())) {
                    json.writeString(entry.version());
                }
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("files");
            entries.forEach(entry -> file(json, entry));
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void file(JsonGenerator json, Entry entry) {
        ReleaseFile file = entry.file();
        FileNotes notes = entry.notes();
        json.writeStartObject();
        json.writeStringProperty("filename", file.name());
        json.writeStringProperty("url", entry.url());
        json.writeObjectPropertyStart("hashes");
        for (Digest digest : file.digests()) {
            json.writeStringProperty(digest.algorithm().label(), digest.hex());
        }
        json.writeEndObject();
        if (notes.requiresPython() != null) {
            json.writeStringProperty("requires-python", notes.requiresPython());
        }
        if (file.size() >= 0) {
            json.writeNumberProperty("size", file.size());
        }
        Instant uploaded = file.published().orNull();
        if (uploaded != null) {
            json.writeStringProperty(
                    "upload-time", uploaded.truncatedTo(ChronoUnit.MICROS).toString());
        }
        if (entry.yanked() == null) {
            json.writeBooleanProperty("yanked", false);
        } else if (entry.yanked().isEmpty()) {
            json.writeBooleanProperty("yanked", true);
        } else {
            json.writeStringProperty("yanked", entry.yanked());
        }
        String metadata = notes.coreMetadata();
        if (metadata != null && metadata.isEmpty()) {
            json.writeBooleanProperty("core-metadata", true);
        } else if (metadata != null) {
            json.writeObjectPropertyStart("core-metadata");
            json.writeStringProperty("sha256", metadata);
            json.writeEndObject();
        }
        if (notes.provenance()) {
            json.writeStringProperty("provenance", entry.url() + DistributionFile.PROVENANCE);
        }
        json.writeEndObject();
    }

    /** The HTML form (PEP 503, 592, 629, 658, 714, 740, 792). */
    byte[] html() {
        StringBuilder html = new StringBuilder(512 + entries.size() * 400);
        String title = "Links for " + HtmlText.escape(project);
        html.append("<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"pypi:repository-version\" content=\"")
                .append(API_VERSION)
                .append("\">\n");
        if (!status.equals(ProjectStatus.ACTIVE)) {
            meta(html, "pypi:project-status", status.status());
            if (status.reason() != null) {
                meta(html, "pypi:project-status-reason", status.reason());
            }
        }
        html.append("<meta charset=\"utf-8\">\n<title>").append(title).append("</title>\n</head>\n<body>\n<h1>");
        html.append(title).append("</h1>\n");
        for (Entry entry : entries) {
            anchor(html, entry);
        }
        return html.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void meta(StringBuilder html, String name, String content) {
        html.append("<meta");
        attribute(html, "name", name);
        attribute(html, "content", content);
        html.append(">\n");
    }

    private static void anchor(StringBuilder html, Entry entry) {
        ReleaseFile file = entry.file();
        FileNotes notes = entry.notes();
        html.append("<a");
        attribute(html, "href", entry.url() + fragment(file));
        if (notes.requiresPython() != null) {
            attribute(html, "data-requires-python", notes.requiresPython());
        }
        String metadata = notes.coreMetadata();
        if (metadata != null) {
            String value = metadata.isEmpty() ? "true" : "sha256=" + metadata;
            attribute(html, "data-dist-info-metadata", value);
            attribute(html, "data-core-metadata", value);
        }
        if (entry.yanked() != null) {
            attribute(html, "data-yanked", entry.yanked());
        }
        if (notes.provenance()) {
            attribute(html, "data-provenance", entry.url() + DistributionFile.PROVENANCE);
        }
        html.append('>').append(HtmlText.escape(file.name())).append("</a><br>\n");
    }

    /** A page has room for one hash: the strongest that is promised, by preference of the specification SHA-256. */
    private static String fragment(ReleaseFile file) {
        for (Digest.Algorithm algorithm : List.of(
                Digest.Algorithm.SHA256, Digest.Algorithm.SHA512, Digest.Algorithm.SHA1, Digest.Algorithm.MD5)) {
            for (Digest digest : file.digests()) {
                if (digest.algorithm() == algorithm) {
                    return "#" + algorithm.label() + "=" + digest.hex();
                }
            }
        }
        return "";
    }

    private static void attribute(StringBuilder html, String name, String value) {
        html.append(' ')
                .append(name)
                .append("=\"")
                .append(HtmlText.escape(value))
                .append('"');
    }
}
