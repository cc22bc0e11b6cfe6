package dev.sluice.formats.protocol;

import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.gate.Upload;
import java.io.IOException;
import java.time.Duration;

/** How a protocol says no: in the form that its clients show to people. Stateless; thread-safe. */
@FunctionalInterface
public interface Dialect {

    /**
     * A failure.
     *
     * @param status HTTP status, 400 or above
     * @param why what is wrong and what to do about it, in one or two sentences
     */
    Response failure(int status, String why);

    /**
     * The answer to what is not there: 404, or 502 and 503 where an upstream could not be asked, with when to ask again if that is
     * known (RFC 9110, section 10.2.3).
     */
    default Response missing(Missing missing) {
        Response response = failure(missing.status(), missing.why());
        Duration retryAfter = missing.retryAfter();
        return retryAfter == null
                ? response
                : response.with("Retry-After", String.valueOf(Math.max(1, retryAfter.toSeconds())));
    }

    /** The answer to what policy withholds: one form that every client shows. */
    default Response refused(Refused refused, Exchange exchange) {
        return RefusalResponse.of(refused.refusal(), exchange.request().origin());
    }

    /** The answer to what does not leave, for whatever reason. */
    default Response denied(Denial denial, Exchange exchange) {
        return switch (denial) {
            case Refused refused -> refused(refused, exchange);
            case Missing missing -> missing(missing);
        };
    }

    /** The answer to a change that may not be made. */
    default Response rejected(RejectedException rejected) {
        return failure(rejected.status(), rejected.getMessage());
    }

    /** The answer to bytes that are not what the client promised of them. */
    default Response mismatched(Upload.DigestMismatchException mismatch) {
        return failure(400, String.valueOf(mismatch.getMessage()));
    }

    /** A change to what is published here. */
    @FunctionalInterface
    interface Changing {
        /**
         * Makes the change and answers it.
         *
         * @param uploads where files of the request go; closed afterwards
         */
        Response answer(Uploads uploads) throws IOException, RejectedException;
    }

    /** Makes a change and answers it, or says why it may not be made. */
    default Response change(Exchange exchange, Changing changing) throws IOException {
        try (Uploads uploads = new Uploads(exchange)) {
            return changing.answer(uploads);
        } catch (RejectedException e) {
            return rejected(e);
        } catch (Upload.DigestMismatchException e) {
            return mismatched(e);
        }
    }
}
