package dev.sluice.rego.value;

/** A text that is not JSON, or exceeds a limit; the message says what and where. */
public final class JsonFault extends RuntimeException {
    JsonFault(String message) {
        super(message);
    }

    JsonFault(String message, Throwable cause) {
        super(message, cause);
    }
}
