package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.Conditional;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Notices;
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
     * @param rendering what to send
     * @param notices what to tell the client beside it
     */
    record Document(Listed.Rendering rendering, Notices notices) implements Made {

        /** An XML document with nothing to tell. */
        static Document xml(byte[] body) {
            return new Document(new Listed.Rendering(body, "application/xml"), Notices.NONE);
        }
    }

    /** None leaves: it is withheld, or it is not there. */
    record Denied(Denial why) implements Made {

        /** There is none. */
        static Denied absent(String why) {
            return new Denied(new Missing(why, false));
        }

        /** Nobody knows now whether there is one. */
        static Denied unknown(@Nullable String why) {
            return new Denied(new Missing(String.valueOf(why), true));
        }
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return switch (source.make(exchange)) {
            case Document(Listed.Rendering rendering, Notices notices) ->
                Conditional.answer(
                        exchange.request(),
                        algorithm == null ? rendering : Replies.checksum(algorithm, rendering.body()),
                        notices);
            case Denied(Denial why) -> Replies.DIALECT.denied(why, exchange);
        };
    }
}
