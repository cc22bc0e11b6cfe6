package dev.sluice.formats.pypi;

import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.TestGate;
import dev.sluice.testkit.contract.FormatContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

final class PypiContractTest implements FormatContract {

    private static final String INDEX = "https://registry.example/simple/";
    private static final String FILES = "https://files.example/";

    private final PypiFormat format = new PypiFormat(new Pep440Order(), Withheld.DROP);
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
        return format.packageName("acme-tool");
    }

    @Override
    public String pattern() {
        return "acme-*";
    }

    @Override
    public void upstreamHas(String... versions) {
        gate.upstream("pypi", INDEX, Trust.UNTRUSTED);
        List<String> files = new ArrayList<>();
        for (String version : versions) {
            String name = listing(version);
            files.add("{\"filename\":\"" + name + "\",\"url\":\"" + FILES + name + "\",\"hashes\":{\"sha256\":\""
                    + Uploads.hex("SHA-256", bytes(version)) + "\"}}");
            gate.upstreams().has(FILES + name, bytes(version));
        }
        gate.upstreams()
                .has(
                        INDEX + "acme-tool/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"acme-tool\",\"files\":["
                                + String.join(",", files) + "]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json");
    }

    @Override
    public byte[] bytes(String version) {
        return ("sdist " + version).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String index() {
        return "simple/acme-tool/";
    }

    @Override
    public String listing(String version) {
        return "acme_tool-" + version + ".tar.gz";
    }

    @Override
    public String file(String version) {
        return "files/acme-tool/" + listing(version);
    }

    @Override
    public Response publish(String version, String content) throws IOException {
        byte[] sdist = content.getBytes(StandardCharsets.UTF_8);
        byte[] form = Uploads.form(
                listing(version),
                sdist,
                ":action",
                "file_upload",
                "name",
                "acme-tool",
                "version",
                version,
                "filetype",
                "sdist",
                "sha256_digest",
                Uploads.hex("SHA-256", sdist));
        return gate.send("POST", "", form, "Content-Type", Uploads.TYPE);
    }
}
