package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Repository;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change to a hosted package that somebody asks for: publish, tag, deprecate, yank, unpublish.
 *
 * @param repository where
 * @param packageName of which package
 * @param kind what the journal calls it: PUBLISH, CHANGE or UNPUBLISH
 * @param message one line for the journal, for example {@code dist-tag latest = 1.2.0}
 * @param uploads files that go with it; the caller closes them afterwards
 * @param edit makes the change from the package as it is; called again when somebody else was faster
 */
public record Publication(
        Repository repository,
        PackageName packageName,
        dev.sluice.kernel.journal.Event.Kind kind,
        String message,
        List<FileOf> uploads,
        Edit edit) {

    /**
     * A file and the version it belongs to.
     *
     * @param claims what was sent beside it
     */
    public record FileOf(String version, Upload upload, Claims claims) {

        /** A file of which nothing was told. */
        public FileOf(String version, Upload upload) {
            this(version, upload, description -> null);
        }
    }

    /** What somebody who publishes a file tells of it, in the protocol or by the address. */
    @FunctionalInterface
    public interface Claims {

        /**
         * Where the file says otherwise, or null where it does not. What clients change when they publish is no contradiction, and
         * silence is none.
         *
         * @param description the document in which the file describes itself ({@link Inspector#description})
         */
        @Nullable
        Contradiction contradicted(byte[] description);
    }

    /**
     * Two words about one thing.
     *
     * @param what the thing, for example {@code version}
     * @param read what the file says
     * @param claimed what was sent beside it
     */
    public record Contradiction(String what, String read, String claimed) {}

    /** Makes a change from the package as it is. */
    @FunctionalInterface
    public interface Edit {
        /**
         * The change.
         *
         * @param current the package as it is; revision 0 and no releases when it does not exist
         * @throws RejectedException when it may not be made
         */
        Change apply(HostedPackage current) throws RejectedException;
    }

    /** Copies the list. */
    public Publication {
        uploads = List.copyOf(uploads);
    }

    /** A change may not be made: the version exists, the name is invalid … */
    public static final class RejectedException extends Exception {
        private final int status;

        /**
         * Says why.
         *
         * @param status HTTP status that the protocol answers with: 400, 404, 409 …
         */
        public RejectedException(int status, String message) {
            super(message);
            this.status = status;
        }

        /** HTTP status that the protocol answers with. */
        public int status() {
            return status;
        }

        /** The reason; never null. */
        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
