package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.Body;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import java.io.IOException;
import java.util.List;

/** PUT of a file of a version that could be deployed and never resolved; refused with how to write it. */
record UnresolvableVersion(String version) implements Endpoint {

    /** Whether the path lies in the directory of such a version. */
    static boolean isIn(List<String> segments) {
        return segments.size() >= 4 && Layout.isUnresolvable(segments.get(segments.size() - 2));
    }

    @Override
    public String name() {
        return "maven.unresolvable";
    }

    @Override
    public Permission permission() {
        return Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        Body.passOver(exchange.request()); // Maven sends it before it reads an answer
        String stem =
                version.substring(0, version.length() - "SNAPSHOT".length()).replaceAll("[^A-Za-z0-9]+$", "");
        return Replies.problem(
                400,
                "Not deployed",
                "Maven cannot resolve builds of version '" + version + "': the version of a snapshot ends in -SNAPSHOT."
                        + " Write " + (stem.isEmpty() ? "1.0" : stem) + "-SNAPSHOT.");
    }
}
