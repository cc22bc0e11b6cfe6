package dev.sluice.formats.pypi;

/** What a project page does with files that policy withholds. */
public enum Withheld {
    /** They are left out: every client resolves to the newest allowed file. */
    DROP,
    /**
     * They stay, marked as yanked with the policy's reason (PEP 592): resolvers pass over them all the same, ranges name them,
     * and an exact pin reaches the refusal. It tells clients a yank that the project did not make.
     */
    YANK
}
