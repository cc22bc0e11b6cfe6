package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.Fixed;
import dev.sluice.formats.version.MavenOrder;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.format.Setup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Maven: the repository layout as Maven, Gradle and every other build tool of the JVM read and deploy it.
 *
 * <p>A package is {@code groupId:artifactId}. Its index is {@code maven-metadata.xml}, which lists versions and neither files nor
 * times; so files are found by their path, and the POM tells licence and age.
 */
public final class MavenFormat implements Format {

    private static final String MAVEN = """
                <!-- ~/.m2/settings.xml -->
                <!-- mirrorOf * sends every request here. Without it Maven goes on to the next repository that a POM names
                     when this one refuses, and what was blocked comes in by that door. -->
                <settings>
                  <mirrors>
                    <mirror>
                      <id>sluice</id>
                      <mirrorOf>*</mirrorOf>
                      <url>{repository}</url>
                    </mirror>
                  </mirrors>
                  <servers>
                    <!-- needed to deploy, and to read where reading needs a token -->
                    <server>
                      <id>sluice</id>
                      <username>token</username>
                      <password>TOKEN</password>
                    </server>
                  </servers>
                  <!-- needed for snapshots only: Maven's own default repository, which the mirror stands for, has none -->
                  <profiles>
                    <profile>
                      <id>sluice</id>
                      <repositories>
                        <repository>
                          <id>sluice</id>
                          <url>{repository}</url>
                          <snapshots><enabled>true</enabled></snapshots>
                        </repository>
                      </repositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>sluice</activeProfile></activeProfiles>
                </settings>

                <!-- Deploy without touching the POM:
                     mvn deploy -DaltDeploymentRepository=sluice::{repository}
                     (maven-deploy-plugin before 3.0: sluice::default::{repository})
                     or in the POM:
                <distributionManagement>
                  <repository><id>sluice</id><url>{repository}</url></repository>
                  <snapshotRepository><id>sluice</id><url>{repository}</url></snapshotRepository>
                </distributionManagement>
                -->
                """;

    private static final String GRADLE = """
            // settings.gradle, so that every project of the build asks here and nothing else
            dependencyResolutionManagement {
                repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
                repositories {
                    maven {
                        url = '{repository}'{insecure}
                        credentials { // where reading needs a token
                            username = 'token'
                            password = providers.environmentVariable('SLUICE_TOKEN').get()
                        }
                    }
                }
            }
            """;

    static final String ID = "maven";

    /**
     * GET of something that cannot be in a Maven repository: archetype catalogues, directory listings, search indexes. Answered here
     * so that the 404 has the form that Maven's resolver takes for an absence.
     */
    private static final Endpoint NOT_IN_LAYOUT = new Fixed(
            "maven.unknown",
            Permission.READ,
            Replies.DIALECT.failure(404, "no address of the Maven repository layout"));

    /** Fetching an artifact runs nothing; plugins run only when a build names them. */
    static final Signal<Boolean> NO_INSTALL_SCRIPTS = Signal.known(false, "maven artifacts have none");

    private final VersionOrder order = new MavenOrder();
    private final Proxying proxying = new MavenProxying();
    private final Pending pending = new Pending();

    private final int snapshotBuilds;

    /** The format, keeping the newest 100 builds of a snapshot version. */
    public MavenFormat() {
        this(100);
    }

    /**
     * The format; one per process, since it remembers checksums that are deployed ahead of their files.
     *
     * @param snapshotBuilds how many builds of a snapshot version published here are kept; with one more the oldest goes
     */
    public MavenFormat(int snapshotBuilds) {
        this.snapshotBuilds = snapshotBuilds;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String ecosystem() {
        return "Maven";
    }

    @Override
    public VersionOrder versionOrder() {
        return order;
    }

    @Override
    public PackageName packageName(String text) {
        if (!Layout.isPackageName(text)) {
            throw new IllegalArgumentException(
                    "a Maven package is written groupId:artifactId, for example org.example:library");
        }
        return new PackageName(ID, text);
    }

    @Override
    public Purl purl(Coordinates coordinates) {
        String name = coordinates.name();
        int colon = name.indexOf(':');
        return Purl.of(ID, name.substring(0, colon), name.substring(colon + 1), coordinates.version());
    }

    @Override
    public PackageName packageName(Purl purl) {
        if (!purl.type().equals(ID) || purl.namespace() == null) {
            throw new IllegalArgumentException("a Maven purl is written pkg:maven/groupId/artifactId@version: " + purl);
        }
        return packageName(purl.namespace() + ":" + purl.name());
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
    public @Nullable Endpoint route(Route route) {
        Address address = Layout.parse(route.segments());
        if (route.method().equals("PUT") && UnresolvableVersion.isIn(route.segments())) {
            return new UnresolvableVersion(route.segments().get(route.segments().size() - 2));
        }
        if (address == null) {
            return route.isRead() ? NOT_IN_LAYOUT : null;
        }
        return route.isRead() ? read(address) : route.method().equals("PUT") ? deploy(address) : null;
    }

    private Endpoint read(Address address) {
        return switch (address) {
            case Address.Artifact file -> ArtifactFile.get(file);
            case Address.Checksum checksum
            when checksum.of() instanceof Address.Artifact file -> new Checksum(file, checksum.algorithm());
            case Address.Checksum checksum -> document(checksum.of(), checksum);
            case Address.Metadata metadata -> document(metadata, null);
            case Address.SnapshotMetadata metadata -> document(metadata, null);
            case Address.Prefixes prefixes -> document(prefixes, null);
        };
    }

    private Endpoint document(Address address, Address.@Nullable Checksum checksum) {
        return new MetadataEndpoint("maven.metadata", source(address), checksum == null ? null : checksum.algorithm());
    }

    private MetadataEndpoint.Source source(Address address) {
        return switch (address) {
            case Address.Metadata metadata -> new ArtifactMetadata(this, metadata);
            case Address.SnapshotMetadata metadata -> new SnapshotMetadata(this, metadata);
            case Address.Prefixes prefixes -> new Prefixes();
            case Address.Artifact file -> throw new IllegalStateException("no metadata: " + file);
            case Address.Checksum checksum -> throw new IllegalStateException("no metadata: " + checksum);
        };
    }

    private @Nullable Endpoint deploy(Address address) {
        return switch (address) {
            case Address.Artifact file -> new DeployFile(file, pending, snapshotBuilds);
            case Address.Checksum checksum -> new DeployChecksum(checksum.of(), checksum.algorithm(), pending);
            case Address.Metadata metadata -> new DeployMetadata(metadata, new GroupMetadata(this, metadata), pending);
            case Address.SnapshotMetadata metadata -> new DeployMetadata(metadata, null, pending);
            case Address.Prefixes prefixes -> null;
        };
    }

    @Override
    public List<Setup> setups(String repositoryUrl) {
        return List.of(
                new Setup("maven", "", MAVEN.replace("{repository}", repositoryUrl)),
                new Setup(
                        "gradle",
                        "",
                        GRADLE.replace("{repository}", repositoryUrl)
                                .replace(
                                        "{insecure}",
                                        repositoryUrl.startsWith("http:")
                                                ? "\n            allowInsecureProtocol = true"
                                                : "")));
    }
}
