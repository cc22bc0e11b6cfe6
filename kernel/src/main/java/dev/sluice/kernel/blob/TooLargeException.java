package dev.sluice.kernel.blob;

import java.io.IOException;

/** More bytes came than are taken; answered with 413. */
public final class TooLargeException extends IOException {

    /** Says the limit in bytes. */
    public TooLargeException(long limit) {
        super("request body is larger than " + limit + " bytes");
    }
}
