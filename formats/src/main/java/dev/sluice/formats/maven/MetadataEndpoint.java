package dev.sluice.formats.maven;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Etags;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Notices;
import dev.sluice.kernel.gate.Refused;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * GET of a metadata document or of a side-car of it: both come from the same body, so that they always agree.
 *
 * @param name name of the endpoint
 * @param source makes the document
 * @param algorithm of the side-car that is asked for, or null for the document itself
 */
record MetadataEndpoint(
        String name, Source source, @Nullable Algorithm algorithm) implements Endpoint {

    /** Makes a metadata document. */
    @FunctionalInterface
    interface Source {
        /** The document as this repository shows it now. */
        Made make(Exchange exchange) throws IOException;
    }

    /** A document, or why there is none. */
    sealed interface Made {}

    /**
     * A document.
     *
     * @param contentType media type
     * @param body its bytes
     * @param etag strong validator of the body
     * @param notices what to tell the client beside it
     */
    record Document(String contentType, byte[] body, String etag, Notices notices) implements Made {

        /** An XML document with nothing to tell. */
        static Document xml(byte[] body) {
            return new Document("application/xml", body, Etags.of(body), Notices.NONE);
        }
    }

    /** All of it is withheld. */
    record Withheld(Refused refused) implements Made {}

    /** There is none. */
    record Absent(Missing missing) implements Made {}

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return switch (source.make(exchange)) {
            case Document document -> {
                Response response = algorithm == null
                        ? Replies.metadata(exchange, document.contentType(), document.body(), document.etag())
                        : Replies.checksum(exchange, algorithm, document.body());
                yield RefusalResponse.withNotices(
                        response, document.notices().lines(), document.notices().stale());
            }
            case Withheld withheld -> Replies.refused(exchange, withheld.refused());
            case Absent absent -> Replies.missing(absent.missing());
        };
    }
}
