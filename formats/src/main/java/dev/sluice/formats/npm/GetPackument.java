package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.IndexEndpoint;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /{package}}: the packument, full or abbreviated.
 *
 * <p>With {@code ?write=true}, which npm adds when it is about to send a changed document back, the hosted package is told as it
 * is, withheld versions included: what a client did not see it would delete.
 */
record GetPackument(NpmFormat format, PackageName packageName) implements Endpoint {

    private static final String ABBREVIATED = "application/vnd.npm.install-v1+json";

    @Override
    public String name() {
        return "npm.packument";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        if ("true".equals(exchange.request().query("write"))) {
            Optional<HostedPackage> hosted = exchange.hosting().hosted(exchange.repository(), packageName);
            if (hosted.isPresent()) {
                return Replies.json(exchange, editable(hosted.get(), exchange.base(format)));
            }
        }
        return index().handle(exchange);
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        return exchange.request().query("write") != null ? null : index().handleFromMemory(exchange);
    }

    private IndexEndpoint index() {
        return new IndexEndpoint(name(), packageName, Replies.DIALECT, this::form);
    }

    private IndexEndpoint.Form form(Exchange exchange) {
        boolean abbreviated = Replies.prefersAbbreviated(exchange.request());
        String base = exchange.base(format);
        return new IndexEndpoint.Form(
                (abbreviated ? "abbreviated " : "full ") + base,
                abbreviated ? ABBREVIATED : "application/json",
                listed -> Packument.of(listed).render(abbreviated, base));
    }

    /** The revision of a hosted package as CouchDB would write it; a change may name it. */
    static String revision(HostedPackage hosted) {
        return hosted.revision() + "-0";
    }

    private byte[] editable(HostedPackage hosted, String base) {
        PackageDocument document = PackageDocument.read(hosted.index().document());
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        Json.ObjectWriter packument = new Json.ObjectWriter(out)
                .text("_id", packageName.name())
                .text("_rev", revision(hosted))
                .text("name", packageName.name())
                .texts("dist-tags", document.tags());
        Json.ObjectWriter versions = new Json.ObjectWriter(packument.member("versions"));
        hosted.index().releases().forEach(r -> Packument.write(r, false, base, versions.member(r.version())));
        versions.close();
        Json.ObjectWriter times = new Json.ObjectWriter(packument.member("time"));
        if (document.created() != null) {
            times.text("created", PackageDocument.text(document.created()));
        }
        if (document.modified() != null) {
            times.text("modified", PackageDocument.text(document.modified()));
        }
        hosted.index()
                .releases()
                .forEach(r ->
                        r.published().toOptional().ifPresent(at -> times.text(r.version(), PackageDocument.text(at))));
        times.close();
        document.about().forEach(packument::raw);
        return Replies.bytes(packument, out);
    }
}
