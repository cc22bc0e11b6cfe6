package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Conditional;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Description;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code pypi/{project}/json} and {@code pypi/{project}/{version}/json}: the legacy JSON form, answered from what is known.
 *
 * <p>What a simple index does not tell (dependencies, descriptions, vulnerabilities) is left out, not shown as empty.
 *
 * @param project as addressed
 * @param version as addressed, or null for the newest
 */
record LegacyJson(
        PypiFormat format, String project, @Nullable String version) implements Endpoint {

    @Override
    public String name() {
        return "pypi.json";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        PackageName name = format.nameOrNull(project);
        if (name == null) {
            return Problem.of(404, "this is no project name");
        }
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), name)) {
            case Listed listed -> answer(exchange, listed);
            case Denial denial -> Problem.DIALECT.denied(denial, exchange);
        };
    }

    private Response answer(Exchange exchange, Listed listed) throws IOException {
        JudgedRelease found = version == null
                ? newest(listed.releases(), format.versionOrder())
                : named(Stream.concat(listed.releases().stream(), listed.absent().stream()), version);
        JudgedRelease shown = found != null && found.isAllowed() ? found : null;
        JudgedRelease withheld = shown == null ? found : null;
        if (withheld != null && refused(exchange, listed, withheld) instanceof Refused refused) {
            return Problem.DIALECT.refused(refused, exchange);
        }
        if (shown == null) {
            return Problem.of(404, listed.name().name() + " has no release " + (version == null ? "" : version));
        }
        String variant = "json " + (version == null ? "" : shown.version()) + " " + exchange.base(format);
        Listed.Rendering rendering = listed.rendering(
                variant, "application/json", l -> PypiFormat.JSON.bytes(document(l, shown, exchange.base(format))));
        return Conditional.answer(exchange.request(), rendering, listed.notices());
    }

    /** Asks the gate about a file of the version, which knows the whole reason and gives it an address. */
    private static Description refused(Exchange exchange, Listed listed, JudgedRelease withheld) throws IOException {
        List<ReleaseFile> files = withheld.release().files();
        String path = files.isEmpty()
                ? Paths.file(listed.name().name(), listed.name().name() + "-" + withheld.version() + ".tar.gz")
                : files.getFirst().path();
        return exchange.gate()
                .describe(
                        exchange.visit(), new FileWant(exchange.repository(), listed.name(), withheld.version(), path));
    }

    /** The allowed release clients take unless told otherwise: the highest stable one, or the highest where none is stable. */
    static @Nullable JudgedRelease newest(List<JudgedRelease> releases, VersionOrder order) {
        JudgedRelease best = null;
        for (JudgedRelease release : releases) {
            if (release.isAllowed() && (best == null || compare(release, best, order) > 0)) {
                best = release;
            }
        }
        return best;
    }

    private static int compare(JudgedRelease left, JudgedRelease right, VersionOrder order) {
        int byYank =
                Boolean.compare(left.release().yanked() == null, right.release().yanked() == null);
        if (byYank != 0) {
            return byYank;
        }
        int byStability = Boolean.compare(isStable(left.version(), order), isStable(right.version(), order));
        return byStability != 0 ? byStability : order.compare(left.version(), right.version());
    }

    private static boolean isStable(String version, VersionOrder order) {
        return order.isVersion(version) && !order.isPrerelease(version);
    }

    private static @Nullable JudgedRelease named(Stream<JudgedRelease> releases, String version) {
        String normal = VersionText.normalise(version);
        String wanted = normal == null ? version : normal;
        return releases.filter(release -> release.version().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    private ObjectNode document(Listed listed, JudgedRelease shown, String base) {
        ObjectNode json = PypiFormat.JSON.object();
        ReleaseNotes notes = ReleaseNotes.parse(shown.release().document());
        ObjectNode info = json.putObject("info");
        info.put("name", listed.name().name());
        info.put("version", shown.version());
        ObjectNode published = notes.info();
        if (published != null) {
            info.setAll(published);
        } else {
            notes.files().values().stream()
                    .map(FileNotes::requiresPython)
                    .filter(python -> python != null)
                    .findFirst()
                    .ifPresent(python -> info.put("requires_python", python));
        }
        info.put("yanked", shown.release().yanked() != null);
        info.put("yanked_reason", shown.release().yanked());
        info.put("package_url", base + "simple/" + listed.name().name() + "/");
        json.put("last_serial", 0);
        if (version == null) {
            ObjectNode releases = json.putObject("releases");
            for (JudgedRelease release : listed.releases()) {
                if (release.isAllowed()) {
                    files(releases.putArray(release.version()), listed, release, base);
                }
            }
        }
        files(json.putArray("urls"), listed, shown, base);
        return json;
    }

    private static void files(ArrayNode into, Listed listed, JudgedRelease release, String base) {
        ReleaseNotes notes = ReleaseNotes.parse(release.release().document());
        for (ReleaseFile file : release.release().files()) {
            DistributionFile distribution = DistributionFile.parse(listed.name().name(), file.name());
            if (distribution == null || !release.isAllowed(file)) {
                continue;
            }
            ObjectNode json = into.addObject();
            json.put("filename", file.name());
            json.put("url", base + "files/" + Paths.encode(listed.name().name()) + "/" + Paths.encode(file.name()));
            json.put("packagetype", distribution.kind().fileType());
            json.put("python_version", pythonTag(distribution, file.name()));
            json.put("requires_python", notes.of(file.name()).requiresPython());
            ObjectNode digests = json.putObject("digests");
            for (Digest digest : file.digests()) {
                digests.put(digest.algorithm().label(), digest.hex());
            }
            if (file.size() >= 0) {
                json.put("size", file.size());
            }
            Instant uploaded = file.published().orNull();
            if (uploaded != null) {
                json.put(
                        "upload_time_iso_8601",
                        uploaded.truncatedTo(ChronoUnit.MICROS).toString());
            }
            json.put("yanked", file.yanked() != null);
            json.put("yanked_reason", file.yanked());
        }
    }

    private static String pythonTag(DistributionFile distribution, String fileName) {
        if (distribution.kind() != DistributionFile.Kind.WHEEL) {
            return "source";
        }
        String[] parts = fileName.toLowerCase(Locale.ROOT).split("-", -1);
        return parts[parts.length - 3];
    }
}
