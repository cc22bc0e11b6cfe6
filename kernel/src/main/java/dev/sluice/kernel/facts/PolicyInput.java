package dev.sluice.kernel.facts;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Renders facts as the {@code input} document of policies: the published contract's fields under {@code input.v0}, ours beside
 * them ({@code first_seen}, {@code exploitation}, {@code feeds}, {@code signals}, {@code request}).
 *
 * <p>One instance renders many versions of one package and shares what they have in common; use it from one thread.
 */
public final class PolicyInput {

    private static final Value NULL = NullValue.NULL;
    private static final Value EMPTY_STRING = StringValue.of("");

    // What is rendered for every version has its keys once.
    private static final ObjectValue.Shape V0 = new ObjectValue.Shape();
    private static final ObjectValue.Shape PACKAGE = new ObjectValue.Shape();
    private static final ObjectValue.Shape IDENTITY = new ObjectValue.Shape();
    private static final ObjectValue.Shape VULNERABILITY = new ObjectValue.Shape();
    private static final ObjectValue.Shape SCANNED = new ObjectValue.Shape();
    private static final ObjectValue.Shape RECORD = new ObjectValue.Shape();
    private static final ObjectValue.Shape FILE = new ObjectValue.Shape();

    private final Value workspace;
    private final Value feeds;
    private final IdentityHashMap<AdvisoryMatch, Value> vulnerabilities = new IdentityHashMap<>();
    private final IdentityHashMap<Advisory, Value> records = new IdentityHashMap<>();
    private @Nullable FilesOf files;
    private @Nullable RepositoryOf repository;

    /**
     * A renderer.
     *
     * @param workspace name of the installation
     * @param format of the package: {@code feeds.osv} tells of its own part of OSV
     * @param feeds what was imported
     * @param stale tells of each whether it is too old
     */
    public PolicyInput(String workspace, String format, List<FeedState> feeds, Predicate<FeedState> stale) {
        this.workspace = object().put("name", text(workspace))
                .put("slug", text(workspace))
                .put("slug_perm", text(workspace))
                .put("created_at", NULL)
                .put("country", NULL)
                .put("location", NULL)
                .put("tagline", NULL)
                .build();
        this.feeds = feeds(format, feeds, stale);
    }

    /** The input document of a version; without a request the member {@code request} is left out. */
    public ObjectValue render(Facts facts, Event.@Nullable Actor request) {
        ObjectValue.Builder v0 = V0.builder()
                .put("package", packageOf(facts))
                .put("repository", repositoryOf(facts.repository()))
                .put("workspace", workspace)
                .put("identity", identity(facts))
                .put("metadata", ArrayValue.EMPTY)
                .put("upstream", upstream(facts.upstream()))
                .put("first_seen", time(facts.firstSeen()))
                .put("feeds", feeds)
                .put("signals", SignalsSection.of(facts))
                .put("model_security", NULL)
                .put("sbom", NULL);
        List<AdvisoryMatch> matches = facts.findings().matches();
        List<Value> vulnerable = new ArrayList<>();
        List<Value> scanned = new ArrayList<>();
        List<Value> osv = new ArrayList<>();
        List<Value> kev = new ArrayList<>();
        for (AdvisoryMatch match : matches) {
            if (!match.isMalicious()) {
                vulnerable.add(vulnerabilities.computeIfAbsent(match, m -> vulnerability(facts, m)));
                scanned.add(scanned(facts, match));
            }
            for (Advisory member : match.members()) {
                osv.add(records.computeIfAbsent(member, PolicyInput::record));
            }
            if (match.exploitation() != null && match.exploitation().kev() != null) {
                kev.add(kev(match.exploitation()));
            }
        }
        v0.put("vulnerabilities", ArrayValue.of(vulnerable))
                .put("osv", ArrayValue.of(osv))
                .put(
                        "security_scan",
                        ArrayValue.of(
                                object().put("Target", text(facts.coordinates().toString()))
                                        .put("Vulnerabilities", ArrayValue.of(scanned))
                                        .build()))
                .put("exploitation", object().put("kev", ArrayValue.of(kev)).build());
        if (request != null) {
            v0.put(
                    "request",
                    object().put("user", text(request.user()))
                            .put("token", nullable(request.tokenId()))
                            .put("address", text(request.address()))
                            .put("user_agent", text(request.userAgent()))
                            .build());
        }
        return object().put("v0", v0.build()).build();
    }

    /** The files of a release as values: rendered when a policy first looks, and then shared by all inputs about the release. */
    private static final class FilesOf {
        private final Release release;
        private volatile @Nullable List<Value> rendered;

        private FilesOf(Release release) {
            this.release = release;
        }

        /** All of them, that one marked as the file that is judged. */
        private Value showing(@Nullable ReleaseFile shown) {
            List<Value> known = rendered;
            if (known == null) {
                known = release.files().stream().map(f -> fileOf(f, false)).toList();
                rendered = known;
            }
            Value[] values = known.toArray(Value[]::new);
            for (int i = 0; i < values.length && shown != null; i++) {
                if (release.files().get(i).equals(shown)) {
                    values[i] = fileOf(shown, true);
                }
            }
            return ArrayValue.of(values);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same release, as long as its files are judged one after the other
    private FilesOf files(Release release) {
        FilesOf known = files;
        if (known == null || known.release != release) {
            known = new FilesOf(release);
            files = known;
        }
        return known;
    }

    private Value packageOf(Facts facts) {
        ReleaseFile file = facts.file();
        ReleaseFile shown = file != null
                ? file
                : facts.release().files().isEmpty()
                        ? null
                        : facts.release().files().getFirst();
        StoredFile kept = facts.kept();
        String fileName = shown != null ? shown.name() : kept != null ? kept.fileName() : "";
        FilesOf files = files(facts.release());
        Signal<Instant> published = facts.published();
        return PACKAGE.builder()
                .put("name", text(facts.coordinates().name()))
                .put("version", text(facts.coordinates().version()))
                .put(
                        "format",
                        text(
                                facts.coordinates().format().equals("pypi")
                                        ? "python"
                                        : facts.coordinates().format()))
                .put("is_local", BooleanValue.of(facts.local()))
                .put("filename", text(fileName))
                .put("extension", text(fileName.indexOf('.') < 0 ? "" : fileName.substring(fileName.lastIndexOf('.'))))
                .put("checksum_md5", digest(shown, kept, Digest.Algorithm.MD5))
                .put("checksum_sha1", digest(shown, kept, Digest.Algorithm.SHA1))
                .put("checksum_sha256", digest(shown, kept, Digest.Algorithm.SHA256))
                .put("checksum_sha512", digest(shown, kept, Digest.Algorithm.SHA512))
                .put("size", size(shown, kept))
                .put("files", () -> files.showing(shown))
                .put("num_files", NumberValue.of(facts.release().files().size()))
                .put("description", text(facts.release().summary()))
                .put("summary", text(facts.release().summary()))
                .put("license", LicenseSection.of(facts.license()))
                .put("tags", tags(facts))
                .put("architectures", ArrayValue.EMPTY)
                .put("distro", NULL)
                .put("distro_version", NULL)
                .put("epoch", NULL)
                .put("release", NULL)
                .put("subtype", EMPTY_STRING)
                .put("card", NULL)
                .put("package_type", text("BINARY"))
                .put("indexed", BooleanValue.TRUE)
                .put("slug", text(facts.coordinates().toString()))
                .put("slug_perm", text(facts.purl().toString()))
                .put(
                        "uploaded_at",
                        time(kept == null ? published.toOptional().orElse(facts.firstSeen()) : kept.storedAt()))
                .put(
                        "upstream_metadata",
                        object().put(
                                        "published_at",
                                        published.isKnown()
                                                ? time(published.toOptional().orElseThrow())
                                                : NULL)
                                .build())
                .put("last_downloaded_at", NULL)
                .put("uploader", NULL)
                .put("security_scan_status", text(scanStatus(facts)))
                .put("security_scan_status_updated_at", NULL)
                .put("security_scan_started_at", NULL)
                .put("security_scan_completed_at", NULL)
                .put("deprecated", nullable(facts.release().deprecated()))
                .put("yanked", nullable(yanked(facts)))
                .put(
                        "install_scripts",
                        facts.installScripts().isKnown()
                                ? BooleanValue.of(Boolean.TRUE.equals(
                                        facts.installScripts().orNull()))
                                : NULL)
                .put("maintainers", texts(facts.release().maintainers()))
                .build();
    }

    private static @Nullable String yanked(Facts facts) {
        ReleaseFile file = facts.file();
        return file != null && file.yanked() != null
                ? file.yanked()
                : facts.release().yanked();
    }

    private static String scanStatus(Facts facts) {
        if (!facts.findings().matches().isEmpty()) {
            return "VULNERABLE";
        }
        return facts.findings().coverage().isKnown()
                ? "NOT_VULNERABLE"
                : "AWAITING_SCAN"; // never "not vulnerable" without all of the data
    }

    private static Value fileOf(ReleaseFile file, boolean primary) {
        ObjectValue.Builder out = FILE.builder()
                .put("filename", text(file.name()))
                .put("is_primary", BooleanValue.of(primary))
                .put("slug_perm", EMPTY_STRING)
                .put("tag", NULL)
                .put("file_extension", NULL);
        for (Digest digest : file.digests()) {
            out.put("checksum_" + digest.algorithm().label(), text(digest.hex()));
        }
        if (file.size() >= 0) {
            out.put("size", NumberValue.of(file.size()));
        }
        return out.build();
    }

    private static Value digest(@Nullable ReleaseFile file, @Nullable StoredFile kept, Digest.Algorithm algorithm) {
        if (kept != null) {
            return text(kept.contents().digest(algorithm).hex());
        }
        if (file != null) {
            for (Digest digest : file.digests()) {
                if (digest.algorithm() == algorithm) {
                    return text(digest.hex());
                }
            }
        }
        return EMPTY_STRING;
    }

    private static Value size(@Nullable ReleaseFile file, @Nullable StoredFile kept) {
        if (kept != null) {
            return NumberValue.of(kept.contents().size());
        }
        return file == null || file.size() < 0 ? NULL : NumberValue.of(file.size());
    }

    private static Value tags(Facts facts) {
        Upstream upstream = facts.upstream();
        if (upstream == null) {
            return ArrayValue.EMPTY;
        }
        return ArrayValue.of(object().put("created_at", NULL)
                .put("name", text(upstream.id()))
                .put("source", text("AUTOMATIC"))
                .put("tag_type", text("INFO"))
                .put("is_immutable", BooleanValue.FALSE)
                .build());
    }

    private record RepositoryOf(Repository repository, Value rendered) {}

    @SuppressWarnings("ReferenceEquality") // one and the same for all versions of a package
    private Value repositoryOf(Repository shown) {
        RepositoryOf known = repository;
        if (known == null || known.repository() != shown) {
            known = new RepositoryOf(shown, repository(shown));
            repository = known;
        }
        return known.rendered();
    }

    private static Value repository(Repository repository) {
        return object().put("name", text(repository.name()))
                .put("slug", text(repository.name()))
                .put("slug_perm", text(repository.id()))
                .put("created_at", NULL)
                .put("description", EMPTY_STRING)
                .put("repository_type", text("PRIVATE"))
                .put("open_source_license", NULL)
                .put("storage_region", text("local"))
                .put("gpg_keys", ArrayValue.EMPTY)
                .put("ecdsa_keys", ArrayValue.EMPTY)
                .build();
    }

    private static Value identity(Facts facts) {
        StoredFile kept = facts.kept();
        ReleaseFile file = facts.file();
        return IDENTITY.builder()
                .put("purl", text(facts.purl().toString()))
                .put(
                        "namespace",
                        text(
                                facts.purl().namespace() == null
                                        ? ""
                                        : facts.purl().namespace()))
                .put("name", text(facts.purl().name()))
                .put("version", text(facts.coordinates().version()))
                .put("qualifiers", ObjectValue.EMPTY)
                .put("subpath", NULL)
                .put("format", text(facts.coordinates().format()))
                .put("checksum_md5", digest(file, kept, Digest.Algorithm.MD5))
                .put("checksum_sha1", digest(file, kept, Digest.Algorithm.SHA1))
                .put("checksum_sha256", digest(file, kept, Digest.Algorithm.SHA256))
                .put("checksum_sha512", digest(file, kept, Digest.Algorithm.SHA512))
                .build();
    }

    private static Value upstream(@Nullable Upstream upstream) {
        if (upstream == null) {
            return NULL;
        }
        return object().put("name", text(upstream.id()))
                .put("trust", text(upstream.trust().name().toLowerCase(Locale.ROOT)))
                .put("priority", NumberValue.of(upstream.priority()))
                .build();
    }

    private static Value feeds(String format, List<FeedState> states, Predicate<FeedState> stale) {
        ObjectValue.Builder out = object();
        for (String name : List.of("osv", "epss", "kev")) {
            String kept = name.equals("osv") ? FeedState.osv(format) : name;
            FeedState state = states.stream()
                    .filter(s -> s.name().equals(kept))
                    .findFirst()
                    .orElse(null);
            ObjectValue.Builder feed = object().put("known", BooleanValue.of(state != null && state.isWhole()))
                    .put("stale", BooleanValue.of(state == null || stale.test(state)));
            if (state != null) {
                feed.put("records", NumberValue.of(state.records()))
                        .put("imported_at", time(state.importedAt()))
                        .put("updated_at", time(state.updatedAt()));
                feed.put("newest", state.newest() == null ? NULL : time(state.newest()));
            }
            out.put(name, feed.build());
        }
        return out.build();
    }

    private static Value vulnerability(Facts facts, AdvisoryMatch match) {
        Exploitation exploitation = match.exploitation();
        Exploitation.Epss epss = exploitation == null ? null : exploitation.epss();
        Advisory.Severity cvss = match.cvss();
        return VULNERABILITY
                .builder()
                .put("identifier", text(match.identifier()))
                .put("VulnerabilityID", text(match.identifier()))
                .put("aliases", texts(match.aliases()))
                .put("severity", match.severityLabel() == null ? NULL : text(match.severityLabel()))
                .put("base_score", cvss == null || Double.isNaN(cvss.score()) ? NULL : score(cvss.score()))
                .put("cvss", cvss(match))
                .put(
                        "epss",
                        epss == null
                                ? NULL
                                : object().put("score", NumberValue.of(epss.score()))
                                        .put("percentile", NumberValue.of(epss.percentile()))
                                        .build())
                .put("kev", BooleanValue.of(exploitation != null && exploitation.kev() != null))
                .put("patched_versions", texts(match.fixedVersions()))
                .put("vulnerable_versions", texts(match.affectedRanges()))
                .put(
                        "published_date",
                        match.advisory().published() == null
                                ? NULL
                                : time(match.advisory().published()))
                .put("title", text(match.advisory().summary()))
                .put("format", text(facts.coordinates().format()))
                .put("package_name", text(facts.coordinates().name()))
                .put(
                        "source",
                        object().put("name", text(match.advisory().id()))
                                .put(
                                        "url",
                                        match.advisory().references().isEmpty()
                                                ? EMPTY_STRING
                                                : text(match.advisory()
                                                        .references()
                                                        .getFirst()))
                                .build())
                .build();
    }

    /** Scores by source as the contract has them: versions 2 and 3 only; version 4 is in {@code osv[].severity[]}. */
    private static Value cvss(AdvisoryMatch match) {
        ObjectValue.Builder bySource = object();
        boolean any = false;
        for (Advisory member : match.members()) {
            ObjectValue.Builder scores = object();
            Value v2 = NULL;
            Value v3 = NULL;
            Value v2Vector = NULL;
            Value v3Vector = NULL;
            for (Advisory.Severity severity : member.severities()) {
                if (severity.type().equals("CVSS_V2") && !Double.isNaN(severity.score())) {
                    v2 = score(severity.score());
                    v2Vector = text(severity.vector());
                } else if (severity.type().equals("CVSS_V3") && !Double.isNaN(severity.score())) {
                    v3 = score(severity.score());
                    v3Vector = text(severity.vector());
                }
            }
            if (v2 != NULL || v3 != NULL) {
                int dash = member.id().indexOf('-');
                String source =
                        dash < 0 ? "osv" : member.id().substring(0, dash).toLowerCase(Locale.ROOT);
                bySource.put(
                        source.equals("cve") ? "nvd" : source,
                        scores.put("V2Score", v2)
                                .put("V2Vector", v2Vector)
                                .put("V3Score", v3)
                                .put("V3Vector", v3Vector)
                                .build());
                any = true;
            }
        }
        return any ? bySource.build() : NULL;
    }

    private static Value scanned(Facts facts, AdvisoryMatch match) {
        Advisory advisory = match.advisory();
        Value cvss = cvss(match);
        return SCANNED.builder()
                .put("VulnerabilityID", text(match.identifier()))
                .put("PkgName", text(facts.coordinates().name()))
                .put("InstalledVersion", text(facts.coordinates().version()))
                .put("FixedVersion", text(String.join(", ", match.fixedVersions())))
                .put("Status", text(match.fixedVersions().isEmpty() ? "affected" : "fixed"))
                .put("Severity", text(match.severityLabel() == null ? "UNKNOWN" : match.severityLabel()))
                .put("Title", text(advisory.summary()))
                .put("Description", text(advisory.details()))
                .put("PublishedDate", advisory.published() == null ? NULL : time(advisory.published()))
                .put("CVSS", cvss == NULL ? ObjectValue.EMPTY : cvss)
                .build();
    }

    private static Value record(Advisory advisory) {
        List<Value> affected = new ArrayList<>();
        for (Advisory.Affected each : advisory.affected()) {
            List<Value> ranges = new ArrayList<>();
            for (AffectedRange range : each.ranges()) {
                List<Value> events = new ArrayList<>();
                for (AffectedRange.Event event : range.events()) {
                    events.add(object().put(event.kind().name().toLowerCase(Locale.ROOT), text(event.version()))
                            .build());
                }
                ranges.add(object().put("type", text(range.type().name()))
                        .put("events", ArrayValue.of(events))
                        .build());
            }
            affected.add(object().put(
                            "package",
                            object().put(
                                            "ecosystem",
                                            text(ecosystem(each.packageName().format())))
                                    .put("name", text(each.packageName().name()))
                                    .put("purl", NULL)
                                    .build())
                    .put("ranges", ArrayValue.of(ranges))
                    .put("versions", texts(each.versions()))
                    .put("severity", severities(each.severities()))
                    .put("database_specific", NULL)
                    .put("ecosystem_specific", NULL)
                    .build());
        }
        List<Value> references = new ArrayList<>();
        for (String url : advisory.references()) {
            references.add(
                    object().put("type", text("WEB")).put("url", text(url)).build());
        }
        return RECORD.builder()
                .put("id", text(advisory.id()))
                .put("aliases", texts(advisory.aliases()))
                .put("related", ArrayValue.EMPTY)
                .put("upstream", ArrayValue.EMPTY)
                .put("summary", text(advisory.summary()))
                .put("details", text(advisory.details()))
                .put("modified", time(advisory.modified()))
                .put("published", advisory.published() == null ? NULL : time(advisory.published()))
                .put("withdrawn", advisory.withdrawn() == null ? NULL : time(advisory.withdrawn()))
                .put("severity", severities(advisory.severities()))
                .put("affected", ArrayValue.of(affected))
                .put("references", ArrayValue.of(references))
                .put(
                        "database_specific",
                        object().put("severity", nullable(advisory.severityLabel()))
                                .put("malicious", BooleanValue.of(advisory.malicious()))
                                .put("cwe_ids", texts(advisory.weaknesses()))
                                .build())
                .put("malicious", BooleanValue.of(advisory.isMalicious()))
                .put("schema_version", NULL)
                .put("credits", NULL)
                .build();
    }

    /** What OSV calls the ecosystem. */
    private static String ecosystem(String format) {
        return switch (format) {
            case "pypi" -> "PyPI";
            case "maven" -> "Maven";
            default -> format;
        };
    }

    private static Value severities(List<Advisory.Severity> severities) {
        List<Value> out = new ArrayList<>();
        for (Advisory.Severity severity : severities) {
            out.add(object().put("type", text(severity.type()))
                    .put("score", text(severity.vector()))
                    .put("numerical_score", Double.isNaN(severity.score()) ? NULL : score(severity.score()))
                    .build());
        }
        return ArrayValue.of(out);
    }

    private static Value kev(Exploitation exploitation) {
        Exploitation.Kev kev = exploitation.kev();
        if (kev == null) {
            return NULL;
        }
        return object().put("cve", text(exploitation.cve()))
                .put("date_added", text(kev.dateAdded().toString()))
                .put(
                        "due_date",
                        kev.dueDate() == null ? NULL : text(kev.dueDate().toString()))
                .put("ransomware", BooleanValue.of(kev.ransomware()))
                .build();
    }

    private static ObjectValue.Builder object() {
        return ObjectValue.builder();
    }

    private static Value text(String text) {
        return text.isEmpty() ? EMPTY_STRING : StringValue.of(text);
    }

    private static Value nullable(@Nullable String text) {
        return text == null ? NULL : text(text);
    }

    /** A CVSS score, always with its decimal, so that {@code %.1f} prints 10.0 as it prints 9.8. */
    private static Value score(double score) {
        return NumberValue.parse(Double.toString(score));
    }

    private static Value time(Instant instant) {
        return text(instant.toString());
    }

    private static Value texts(List<String> texts) {
        if (texts.isEmpty()) {
            return ArrayValue.EMPTY;
        }
        List<Value> values = new ArrayList<>(texts.size());
        for (String text : texts) {
            values.add(text(text));
        }
        return ArrayValue.of(values);
    }
}
