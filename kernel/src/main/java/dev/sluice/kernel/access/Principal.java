package dev.sluice.kernel.access;

import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param user name of the person or service, {@code anonymous} without a token
 * @param token the token it came with, or null
 */
public record Principal(String user, @Nullable Token token) {

    /** Somebody without a token. */
    public static final Principal ANONYMOUS = new Principal("anonymous", null);

    /** Whether no token came along. */
    public boolean isAnonymous() {
        return token == null;
    }
}
