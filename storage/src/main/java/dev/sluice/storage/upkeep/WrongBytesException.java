package dev.sluice.storage.upkeep;

import java.io.IOException;

/** What was copied is not what its digest says. */
final class WrongBytesException extends IOException {
    WrongBytesException(String message) {
        super(message);
    }
}
