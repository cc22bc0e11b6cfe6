package dev.sluice.inspect;

/** An inspection exceeds what a brief one may take, and begins again as a thorough one. */
final class TakesLongException extends UnreadableException {

    TakesLongException(String message) {
        super(message);
    }
}
