package dev.sluice.kernel.access;

/** Whether the caller may. */
public enum Access {
    /** It may. */
    GRANTED,
    /** A token is missing or not known: answer 401. */
    UNAUTHENTICATED,
    /** The token does not permit it: answer 403. */
    FORBIDDEN
}
