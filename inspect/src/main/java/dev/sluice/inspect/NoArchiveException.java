package dev.sluice.inspect;

import java.io.IOException;

/** There is no archive in which anybody finds a file. */
final class NoArchiveException extends IOException {

    NoArchiveException() {
        super("it is no archive");
    }
}
