package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Repository;
import java.util.List;

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

    /** A file and the version it belongs to. */
    public record FileOf(String version, Upload upload) {}

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
