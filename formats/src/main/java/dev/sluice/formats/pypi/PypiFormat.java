package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.BoundedJson;
import dev.sluice.formats.protocol.FileEndpoint;
import dev.sluice.formats.protocol.Fixed;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.format.Setup;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonReadFeature;

/**
 * The format of the Python Package Index.
 *
 * <p>Addresses below {@code /pypi/{repository}/}: {@code simple/}, {@code simple/{project}/}, {@code files/{project}/{file}} with
 * the side-cars {@code .metadata} and {@code .provenance}, {@code pypi/{project}[/{version}]/json}, and {@code POST} to the base
 * itself or to {@code legacy/}. Thread-safe.
 */
public final class PypiFormat implements Format {

    static final String ID = "pypi";

    /**
     * As deep as Python reads. A page may be as long as the gate allows: that bounds its texts as well, so that an odd one costs no
     * more than itself.
     */
    static final BoundedJson JSON =
            new BoundedJson(980, Integer.MAX_VALUE, 4_300, JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS);

    private final VersionOrder order;
    private final Withheld withheld;
    private final Proxying proxying = new PypiProxying();
    private final BareWheels bareWheels = new BareWheels();

    /**
     * The format.
     *
     * @param order the order of PEP 440
     * @param withheld what project pages do with files that policy withholds
     */
    public PypiFormat(VersionOrder order, Withheld withheld) {
        this.order = order;
        this.withheld = withheld;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String ecosystem() {
        return "PyPI";
    }

    @Override
    public VersionOrder versionOrder() {
        return order;
    }

    /** Wheels whose upstream has no side-car for them. */
    BareWheels bareWheels() {
        return bareWheels;
    }

    /** What project pages do with files that policy withholds. */
    Withheld withheld() {
        return withheld;
    }

    @Override
    public PackageName packageName(String text) {
        if (!ProjectName.isLegal(text)) {
            throw new IllegalArgumentException(
                    "a project name has letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit");
        }
        return new PackageName(ID, ProjectName.normalise(text));
    }

    /** The package name in canonical spelling, or null for what can never be one. */
    @Nullable
    PackageName nameOrNull(String text) {
        return ProjectName.isLegal(text) ? new PackageName(ID, ProjectName.normalise(text)) : null;
    }

    @Override
    public Purl purl(Coordinates coordinates) {
        return Purl.of(ID, null, coordinates.name(), coordinates.version());
    }

    @Override
    public PackageName packageName(Purl purl) {
        if (!purl.type().equals(ID) || purl.namespace() != null) {
            throw new IllegalArgumentException("a package of this index is written pkg:pypi/name, not " + purl);
        }
        return packageName(purl.name());
    }

    @Override
    public String version(String text) {
        String normal = VersionText.normalise(text);
        return normal == null ? text : normal;
    }

    @Override
    public String purlType() {
        return ID;
    }

    @Override
    public Proxying proxying() {
        return proxying;
    }

    @Override
    public String judgedAs(String fileName) {
        return DistributionFile.subjectOf(fileName);
    }

    @Override
    public @Nullable Endpoint route(Route route) {
        List<String> path = route.segments();
        if (route.method().equals("POST")) {
            boolean base = path.isEmpty() || path.equals(List.of(""));
            return base || path.equals(List.of("legacy")) || path.equals(List.of("legacy", ""))
                    ? new LegacyUpload(this)
                    : null;
        }
        if (!route.isRead() || path.isEmpty()) {
            return null;
        }
        return switch (path.getFirst()) {
            case "simple" -> simple(path);
            case "files" -> path.size() == 3 ? file(path.get(1), path.get(2)) : null;
            case "pypi" -> legacyJson(path);
            default -> null;
        };
    }

    private @Nullable Endpoint simple(List<String> path) {
        boolean slash = path.getLast().isEmpty();
        return switch (slash ? path.size() - 1 : path.size()) {
            case 1 -> new SimpleIndex(this, slash);
            case 2 -> new ProjectPage(this, path.get(1), slash);
            default -> null;
        };
    }

    /** A distribution file, or a side-car of one: METADATA of a wheel (PEP 658), attestations (PEP 740). */
    private Endpoint file(String project, String fileName) {
        PackageName name = nameOrNull(project);
        String subject = DistributionFile.subjectOf(fileName);
        DistributionFile of = name == null ? null : DistributionFile.parse(name.name(), subject);
        if (name == null || of == null) {
            return new Fixed(
                    "pypi.file", Permission.READ, Problem.of(404, "this is no distribution file of " + project));
        }
        FileEndpoint.File file = new FileEndpoint.File(name, of.version(), Paths.file(name.name(), fileName));
        if (fileName.endsWith(DistributionFile.METADATA)) {
            return new FileMetadata(
                    this,
                    new FileEndpoint("pypi.metadata", file, Problem.DIALECT, "text/plain; charset=utf-8"),
                    new FileEndpoint.File(name, of.version(), Paths.file(name.name(), subject)));
        }
        return fileName.endsWith(DistributionFile.PROVENANCE)
                ? new FileEndpoint("pypi.provenance", file, Problem.DIALECT, "application/vnd.pypi.integrity.v1+json")
                : new FileEndpoint("pypi.file", file, Problem.DIALECT, "application/octet-stream");
    }

    private @Nullable Endpoint legacyJson(List<String> path) {
        if (!path.getLast().equals("json")) {
            return null;
        }
        return switch (path.size()) {
            case 3 -> new LegacyJson(this, path.get(1), null);
            case 4 -> new LegacyJson(this, path.get(1), path.get(2));
            default -> null;
        };
    }

    @Override
    public List<Setup> setups(String repositoryUrl) {
        String host = repositoryUrl.replaceFirst("^[a-z]+://", "").replaceFirst("[:/].*", "");
        String netrc = "# where reading needs a token: ~/.netrc\nmachine " + host + "\nlogin token\npassword TOKEN\n";
        String index = repositoryUrl + "simple/";
        return List.of(
                new Setup("pip", "pip config set global.index-url " + index, """
                        # for good, or for one command: pip install --index-url %1$s PACKAGE
                        pip config set global.index-url %1$s
                        %2$s""".formatted(index, netrc)),
                new Setup("uv", "export UV_DEFAULT_INDEX=" + index, """
                        # ~/.config/uv/uv.toml; for one shell: export UV_DEFAULT_INDEX=%1$s
                        [[index]]
                        name = "sluice"
                        url = "%1$s"
                        default = true
                        %2$s# to publish
                        uv publish --publish-url %3$s --token TOKEN dist/*
                        """.formatted(index, netrc, repositoryUrl)),
                new Setup("poetry", "poetry source add --priority=primary sluice " + index, """
                        # in the project
                        poetry source add --priority=primary sluice %s
                        # where reading needs a token, and to publish
                        poetry config http-basic.sluice token TOKEN
                        poetry config repositories.sluice %s
                        """.formatted(
                                index, repositoryUrl)),
                new Setup("pdm", "pdm config pypi.url " + index, """
                        pdm config pypi.url %s
                        # where reading needs a token
                        pdm config pypi.username token
                        pdm config pypi.password TOKEN
                        """.formatted(index)),
                new Setup("twine", "", """
                        twine upload --repository-url %s -u __token__ -p TOKEN dist/*
                        """.formatted(repositoryUrl)));
    }
}
