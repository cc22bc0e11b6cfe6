package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import java.util.List;
import java.util.Optional;

/**
 * Where published packages are kept: their releases and the format's documents about them.
 *
 * <p>Changes are atomic and optimistic: a change names the revision it was made from. Thread-safe. Failures of the store are
 * unchecked.
 */
public interface HostedStore {

    /**
     * A published package.
     *
     * @param revision grows with every change; 0 for a package that does not exist yet
     * @param index its document and releases, in order of publication
     */
    record HostedPackage(long revision, PackageIndex index) {}

    /**
     * A change to a published package.
     *
     * @param document the format's new package document
     * @param put releases to add, or to replace by version
     * @param remove versions to remove, with their published files
     * @param drop paths of published files to remove from versions that stay
     * @param events what the journal is to be told of it, see {@link #untold}
     */
    record Change(byte[] document, List<Release> put, List<String> remove, List<String> drop, List<Event> events) {
        /** Copies the lists, not the document. */
        public Change {
            put = List.copyOf(put);
            remove = List.copyOf(remove);
            drop = List.copyOf(drop);
            events = List.copyOf(events);
        }

        /** A change of which the journal is told nothing yet, and that removes no single files. */
        public Change(byte[] document, List<Release> put, List<String> remove) {
            this(document, put, remove, List.of());
        }

        /** A change of which the journal is told nothing yet. */
        public Change(byte[] document, List<Release> put, List<String> remove, List<String> drop) {
            this(document, put, remove, drop, List.of());
        }

        /** The same change, of which the journal is to be told that. */
        public Change telling(List<Event> told) {
            return new Change(document, put, remove, drop, told);
        }
    }

    /**
     * A number that differs after every change of a published package of that name, in whatever repository; answered from
     * memory. It may also change when nothing did. What {@link #find} told after it was read holds while it stays the same.
     */
    long stamp(PackageName name);

    /** The package as published in the repository. */
    Optional<HostedPackage> find(String repository, PackageName name);

    /**
     * Applies a change and the files that go with it, all or nothing, and returns the new revision. A package left without
     * releases is removed, and its revision starts anew.
     *
     * @param expectedRevision the revision the change was made from
     * @param files files the change adds; each path must be free or hold a file of this package
     * @throws RevisionConflictException when somebody else changed the package meanwhile
     */
    long apply(String repository, PackageName name, long expectedRevision, Change change, List<StoredFile> files);

    /**
     * Events of changes that were made and of which nobody said that the journal has them, the oldest first. They are kept in the
     * same transaction as the change, so that a process killed between the change and the journal leaves them to the next.
     */
    List<Event> untold();

    /** Says that the journal has events with these identifiers: they need not be kept, and may be dropped with a later change. */
    void told(List<String> events);

    /** Names of published packages of a format after the given one in order, at most {@code limit}; "" starts from the first. */
    List<PackageName> names(String repository, String format, String after, int limit);

    /** Somebody else changed the package between reading and writing; read it again and retry. */
    final class RevisionConflictException extends RuntimeException {
        /** Names the package. */
        public RevisionConflictException(PackageName name) {
            super(name + " was changed meanwhile");
        }
    }
}
