package dev.sluice.storage.upkeep;

/**
 * Something that an examination found.
 *
 * @param kind how bad it is
 * @param subject what it is about: a file, a document, a version, the journal
 * @param problem what is wrong
 * @param remedy what was done about it, or what to do
 */
public record Finding(Kind kind, String subject, String problem, String remedy) {

    /** How bad it is. */
    public enum Kind {
        /** Harmless: left by something that nobody was told had succeeded. */
        NOTE,
        /** Something acknowledged is missing or damaged. */
        FAULT,
        /** It was, and no longer is. */
        REPAIRED,
        /** It could not be looked at: nothing is known of it. */
        UNCHECKED
    }
}
