package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refused;
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
            Optional<HostedPackage> hosted = exchange.gate().hosted(exchange.repository(), packageName);
            if (hosted.isPresent()) {
                return Replies.metadata(exchange.request(), editable(hosted.get(), exchange.base(format)));
            }
        }
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), packageName)) {
            case Listed listed -> answer(listed, exchange);
            case Denial denial -> other(denial, exchange);
        };
    }

    private Response answer(Listed listed, Exchange exchange) throws IOException {
        boolean abbreviated = Replies.prefersAbbreviated(exchange.request());
        String base = exchange.base(format);
        Listed.Rendering rendering = listed.rendering(
                variant(abbreviated, base),
                contentType(abbreviated),
                l -> Packument.of(l).render(abbreviated, base));
        return Replies.metadata(exchange.request(), rendering, listed.notices());
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        if (exchange.request().query("write") != null) {
            return null;
        }
        Listed listed = exchange.gate().indexFromMemory(exchange.visit(), exchange.repository(), packageName);
        if (listed == null) {
            return null;
        }
        boolean abbreviated = Replies.prefersAbbreviated(exchange.request());
        Listed.Rendering rendering = listed.remembered(variant(abbreviated, exchange.base(format)));
        return rendering == null ? null : Replies.metadata(exchange.request(), rendering, listed.notices());
    }

    private static String variant(boolean abbreviated, String base) {
        return (abbreviated ? "abbreviated " : "full ") + base;
    }

    private static String contentType(boolean abbreviated) {
        return abbreviated ? ABBREVIATED : "application/json";
    }

    /** The answer when there is no list. */
    static Response other(Denial denial, Exchange exchange) {
        return switch (denial) {
            case Refused refused -> Replies.refused(refused, exchange);
            case Missing missing -> Replies.missing(missing);
        };
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
