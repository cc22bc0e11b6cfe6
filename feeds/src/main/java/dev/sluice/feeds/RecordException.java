package dev.sluice.feeds;

/** A record that is refused for the reason in the message. */
final class RecordException extends Exception {

    private static final long serialVersionUID = 1;

    RecordException(String reason) {
        super(reason, null, false, false);
    }
}
