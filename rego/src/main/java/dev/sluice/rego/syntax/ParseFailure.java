package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;

/** Ends the parsing of a rule; carries the reason. */
final class ParseFailure extends RuntimeException {
    private final transient RegoError error;

    ParseFailure(RegoError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    RegoError error() {
        return error;
    }
}
