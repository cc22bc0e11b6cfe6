package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** One package of a fake npm registry: versions with times and tarballs as a test wants them. */
final class FakeNpm {

    /** Long past every cool-down. */
    static final String LONG_AGO = "2020-01-02T03:04:05.000Z";

    private final FakeUpstreamServer server;
    private final String name;
    private final Map<String, byte[]> archives = new LinkedHashMap<>();
    private final ObjectNode packument = Sluice.JSON.createObjectNode();

    FakeNpm(FakeUpstreamServer server, String name) {
        this.server = server;
        this.name = name;
        packument.put("_id", name).put("name", name);
        packument.putObject("dist-tags");
        packument.putObject("versions");
        packument.putObject("time").put("created", LONG_AGO).put("modified", LONG_AGO);
    }

    /** Path of a version's tarball on the upstream. */
    String tarball(String version) {
        return "/" + name + "/-/" + name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
    }

    /** Path of the packument on the upstream. */
    String path() {
        return "/" + name.replace("/", "%2f");
    }

    /** The bytes of a version's tarball. */
    byte[] archive(String version) {
        return archives.getOrDefault(version, new byte[0]);
    }

    /** Adds a version published long ago. */
    FakeNpm version(String version) {
        return version(version, LONG_AGO);
    }

    /** Adds a version published then, and makes it the latest. */
    FakeNpm version(String version, String published) {
        return version(version, published, 0, false);
    }

    /** Adds a version whose tarball holds that many incompressible bytes more and, if so wanted, stalls half-way. */
    FakeNpm version(String version, String published, int weight, boolean stalled) {
        byte[] ballast = new byte[weight];
        new Random(weight).nextBytes(ballast);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(
                "package/package.json",
                Sluice.JSON
                        .createObjectNode()
                        .put("name", name)
                        .put("version", version)
                        .put("license", "MIT")
                        .toString()
                        .getBytes(UTF_8));
        files.put("package/index.js", ("module.exports = '" + version + "';\n").getBytes(UTF_8));
        files.put("package/ballast", ballast);
        byte[] archive = Tarball.of(files);
        ObjectNode manifest = list(version, published, archive);
        ((ObjectNode) manifest.path("dist")).put("integrity", Tarball.integrity(archive));
        server.serve(tarball(version), stalled ? Answer.ok(archive).stalled() : Answer.ok(archive));
        return serve();
    }

    /** Adds a version with that tarball, whatever is in it; the index says that it is MIT. */
    FakeNpm version(String version, byte[] archive) {
        ObjectNode dist = (ObjectNode) list(version, LONG_AGO, archive).path("dist");
        dist.put("integrity", Tarball.integrity(archive));
        server.serve(tarball(version), Answer.ok(archive));
        return serve();
    }

    /** The same where the index does not say what bytes to expect. */
    FakeNpm unvouched(String version, byte[] archive) {
        list(version, LONG_AGO, archive);
        server.serve(tarball(version), Answer.ok(archive));
        return serve();
    }

    private ObjectNode list(String version, String published, byte[] archive) {
        archives.put(version, archive);
        ObjectNode manifest = packument
                .withObject("/versions")
                .putObject(version)
                .put("name", name)
                .put("version", version)
                .put("license", "MIT");
        manifest.putObject("dist").put("tarball", server.url(tarball(version)).toString());
        packument.withObject("/time").put(version, published);
        packument.withObject("/dist-tags").put("latest", version);
        return manifest;
    }

    private FakeNpm serve() {
        server.serve(path(), Answer.ok(packument.toString()).header("Content-Type", "application/json"));
        return this;
    }
}
