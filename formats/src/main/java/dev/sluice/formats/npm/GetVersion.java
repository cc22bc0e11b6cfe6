package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.repository.Release;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** {@code GET /{package}/{version or tag}}: the manifest of one version. */
record GetVersion(NpmFormat format, PackageName packageName, String selector) implements Endpoint {

    @Override
    public String name() {
        return "npm.manifest";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), packageName)) {
            case Listed listed -> answer(exchange, listed);
            case Denial denial -> Replies.DIALECT.denied(denial, exchange);
        };
    }

    private Response answer(Exchange exchange, Listed listed) throws IOException {
        Packument packument = Packument.of(listed);
        JudgedRelease withheld = packument.withheld(selector);
        if (withheld != null) {
            return explain(exchange, withheld);
        }
        String version = packument.allowed(selector) != null
                ? selector
                : packument.tags().get(selector);
        JudgedRelease allowed = version == null ? null : packument.allowed(version);
        if (allowed == null) {
            return Replies.error(404, "version not found: " + packageName.name() + "@" + Json.cut(selector, 100));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Packument.write(allowed.release(), false, exchange.base(format), out);
        return Replies.json(exchange, out.toByteArray());
    }

    /** Asks the gate about the tarball, which knows the whole reason and gives it an address. */
    private Response explain(Exchange exchange, JudgedRelease withheld) throws IOException {
        Release release = withheld.release();
        FileWant want = new FileWant(
                exchange.repository(),
                packageName,
                release.version(),
                release.files().isEmpty()
                        ? Names.path(packageName, Names.tarball(packageName, release.version()))
                        : release.files().getFirst().path());
        if (exchange.gate().describe(exchange.visit(), want) instanceof Refused refused) {
            return Replies.DIALECT.refused(refused, exchange);
        }
        return Replies.error(403, packageName.name() + "@" + release.version() + Packument.reason(withheld.decision()));
    }
}
