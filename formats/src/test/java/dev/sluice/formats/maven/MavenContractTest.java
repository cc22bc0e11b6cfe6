package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import dev.sluice.testkit.contract.FormatContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

final class MavenContractTest implements FormatContract {

    private static final String UP = "http://registry.example/m2/";

    private final MavenFormat format = new MavenFormat();
    private final TestGate gate = new TestGate(format);

    @Override
    public Format format() {
        return format;
    }

    @Override
    public TestGate gate() {
        return gate;
    }

    @Override
    public PackageName packageName() {
        return format.packageName("com.acme:tool");
    }

    @Override
    public String pattern() {
        return "com.acme";
    }

    @Override
    public void upstreamHas(String... versions) {
        gate.upstream("maven", UP, Trust.UNTRUSTED);
        StringBuilder listed = new StringBuilder();
        for (String version : versions) {
            listed.append(listing(version));
            has(file(version), bytes(version));
            has(
                    file(version).replace(".jar", ".pom"),
                    ("<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>tool</artifactId>"
                                    + listing(version) + "</project>")
                            .getBytes(StandardCharsets.UTF_8));
        }
        gate.upstreams()
                .has(
                        UP + index(),
                        "<metadata><groupId>com.acme</groupId><artifactId>tool</artifactId><versioning><versions>"
                                + listed + "</versions></versioning></metadata>",
                        "content-type",
                        "text/xml");
    }

    private void has(String path, byte[] bytes) {
        gate.upstreams()
                .has(UP + path, bytes)
                .has(
                        UP + path + ".sha1",
                        MemoryBlobStore.digest(Algorithm.SHA1, bytes).hex());
    }

    @Override
    public byte[] bytes(String version) {
        return ("jar " + version).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String index() {
        return "com/acme/tool/maven-metadata.xml";
    }

    @Override
    public String listing(String version) {
        return "<version>" + version + "</version>";
    }

    @Override
    public String file(String version) {
        return "com/acme/tool/" + version + "/tool-" + version + ".jar";
    }

    @Override
    public Response publish(String version, String content) throws IOException {
        return gate.put(file(version), content);
    }
}
