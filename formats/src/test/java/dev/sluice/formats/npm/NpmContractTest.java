package dev.sluice.formats.npm;

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
import java.util.Base64;

final class NpmContractTest implements FormatContract {

    private static final String UP = "http://registry.example/";

    private final NpmFormat format = new NpmFormat();
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
        return Names.parse("@acme/tool");
    }

    @Override
    public String pattern() {
        return "@acme/*";
    }

    @Override
    public void upstreamHas(String... versions) {
        gate.upstream("npm", UP, Trust.UNTRUSTED);
        StringBuilder manifests = new StringBuilder();
        for (String version : versions) {
            manifests.append(manifests.isEmpty() ? "" : ",").append(manifest(version, bytes(version)));
            gate.upstreams().has(UP + file(version), bytes(version));
        }
        gate.upstreams()
                .has(
                        UP + "@acme%2ftool",
                        "{\"name\":\"@acme/tool\",\"dist-tags\":{\"latest\":\"" + versions[versions.length - 1]
                                + "\"},\"versions\":{" + manifests + "}}",
                        "content-type",
                        "application/json");
    }

    private static String manifest(String version, byte[] tarball) {
        return "\"" + version + "\":{\"name\":\"@acme/tool\",\"version\":\"" + version + "\",\"dist\":{\"integrity\":\""
                + MemoryBlobStore.digest(Algorithm.SHA512, tarball).integrity() + "\",\"tarball\":\"" + UP
                + "@acme/tool/-/tool-" + version + ".tgz\"}}";
    }

    @Override
    public byte[] bytes(String version) {
        return ("tarball " + version).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String index() {
        return "@acme/tool";
    }

    @Override
    public String listing(String version) {
        return "\"tarball\":\"" + TestGate.ORIGIN + "/npm/main/" + file(version) + "\"";
    }

    @Override
    public String choice(String index) {
        return index.split("\"policyRestrictions\"", 2)[0];
    }

    @Override
    public String file(String version) {
        return "@acme/tool/-/tool-" + version + ".tgz";
    }

    @Override
    public Response publish(String version, String content) throws IOException {
        byte[] tarball = content.getBytes(StandardCharsets.UTF_8);
        return gate.put(
                "@acme/tool",
                "{\"name\":\"@acme/tool\",\"dist-tags\":{\"latest\":\"" + version + "\"},\"versions\":{"
                        + manifest(version, tarball) + "},\"_attachments\":{\"tool-" + version + ".tgz\":{\"data\":\""
                        + Base64.getEncoder().encodeToString(tarball) + "\",\"length\":" + tarball.length + "}}}");
    }
}
