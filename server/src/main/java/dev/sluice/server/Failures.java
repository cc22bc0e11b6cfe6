package dev.sluice.server;

import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.TooLargeException;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.BusyException;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.repository.Quotas;
import dev.sluice.kernel.repository.StoreUnavailableException;
import dev.sluice.server.operation.Problem;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client is told of what failed, and the log of what is not the client's fault.
 *
 * @param endpoint what was asked
 * @param path where
 */
record Failures(String endpoint, @Nullable String path) {

    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

    /** The answer to a request whose handling ended with that. */
    Response answer(Throwable failure) {
        return switch (failure) {
            case Problem problem -> problem.response();
            case TooLargeException e -> Problem.response(413, "Too large", String.valueOf(e.getMessage()));
            case RequestBody.StalledException e ->
                Problem.response(408, "Request timeout", String.valueOf(e.getMessage()));
            case Upload.DigestMismatchException e ->
                Problem.response(400, "Digest mismatch", String.valueOf(e.getMessage()));
            case UpstreamClient.UpstreamException e ->
                incident(502, "Upstream unavailable", "an upstream registry did not give what is needed", e);
            case Quotas.ExceededException e -> Problem.response(507, "Quota exceeded", String.valueOf(e.getMessage()));
            case BlobsUnavailableException e -> unkept(e);
            case BusyException e ->
                Problem.response(503, "Busy", String.valueOf(e.getMessage())).with("Retry-After", "10");
            case StoreUnavailableException e -> unkept(e);
            case CompletionException e -> unwritten(e); // only records of the journal are waited for in futures
            default -> incident(500, "Internal error", "this is a fault of the registry, not of the request", failure);
        };
    }

    /** What is answered when bytes that were released cannot be had. */
    Response unkept(Exception failure) {
        if (failure instanceof BlobDamagedException) {
            return incident(
                    503,
                    "Bytes damaged or lost",
                    "what is kept of this is damaged or lost and does not leave; the registry's operator finds it with"
                            + " 'sluice doctor'",
                    failure);
        }
        if (isFull(failure)) {
            return incident(
                    507,
                    "Disk full",
                    "the registry's disk is full, nothing was changed; try again when its operator has made room",
                    failure);
        }
        return incident(503, "Storage unavailable", "the place where artifacts are kept fails; try again", failure)
                .with("Retry-After", "5");
    }

    /** What file systems and SQLite say of it. */
    private static boolean isFull(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left on device")
                    || message.contains("Disk quota exceeded")
                    || message.contains("SQLITE_FULL")) {
                return true;
            }
        }
        return false;
    }

    /** The client gets a number, the log gets the story. */
    private Response incident(int status, String title, String detail, Throwable failure) {
        String incident = UUID.randomUUID().toString();
        (status == 502 ? LOG.atWarn() : LOG.atError())
                .setCause(failure)
                .addKeyValue("incident", incident)
                .addKeyValue("endpoint", endpoint)
                .addKeyValue("path", Shown.of(path == null ? "" : path))
                .log(title);
        return Problem.response(status, title, detail + "; incident " + incident)
                .with("X-Incident", incident);
    }

    /** What is answered when the journal did not take the record. */
    Response unwritten(Throwable failure) {
        return incident(503, "Journal not writable", "nothing is released that cannot be written down", failure);
    }
}
