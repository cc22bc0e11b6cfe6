package dev.sluice.storage;

import org.jspecify.annotations.Nullable;

/** A part of an installation whose files are damaged, so that it cannot be read: asking again does not help, a person must act. */
public final class DamagedException extends StorageException {
    private final String part;
    private final String problem;
    private final String remedy;

    /**
     * Says all of it in its message.
     *
     * @param part what is damaged, for example {@code sluice.db}
     * @param problem what is wrong with it
     * @param remedy what to do
     */
    public DamagedException(String part, String problem, String remedy, @Nullable Throwable cause) {
        super(problem + "; " + remedy, cause);
        this.part = part;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What is damaged. */
    public String part() {
        return part;
    }

    /** What is wrong with it. */
    public String problem() {
        return problem;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }
}
