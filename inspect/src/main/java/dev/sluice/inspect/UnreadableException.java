package dev.sluice.inspect;

import java.io.IOException;

/** An archive is broken, or holds more than is read here; says nothing of the place where it is kept. */
sealed class UnreadableException extends IOException permits TakesLongException {

    UnreadableException(String message) {
        super(message);
    }
}
