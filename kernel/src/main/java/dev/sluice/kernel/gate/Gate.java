package dev.sluice.kernel.gate;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one door: authorise, locate, obtain, verify, inspect, judge, record, release. (Signatures first; bodies follow.) */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class Gate {

    /** Whether the caller may. */
    public enum Access {
        GRANTED,
        /** A token is missing or not known: answer 401. */
        UNAUTHENTICATED,
        /** The token does not permit it: answer 403. */
        FORBIDDEN
    }

    /**
     * A metadata document of an upstream, kept here.
     *
     * @param upstream id of the upstream
     * @param record what is known of it
     * @param body its bytes
     */
    public record UpstreamDocument(String upstream, Document record, byte[] body) {}

    /** Whether the caller may do that in the repository. Needs nothing but memory. */
    public Access authorise(Visit visit, Repository repository, Permission permission) {
        throw new IllegalStateException("not there yet");
    }

    /** Lists a package, every release judged: {@link Listed}, {@link Outcome.Refused} when nothing is left, or Missing. */
    public Outcome index(Visit visit, Repository repository, PackageName name) throws IOException {
        throw new IllegalStateException("not there yet");
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Outcome indexFromMemory(Visit visit, Repository repository, PackageName name) {
        throw new IllegalStateException("not there yet");
    }

    /** Releases a file or not. */
    public Outcome file(Visit visit, FileWant want) throws IOException {
        throw new IllegalStateException("not there yet");
    }

    /** The same from memory alone, or null when that is not possible. */
    public @Nullable Outcome fileFromMemory(Visit visit, FileWant want) {
        throw new IllegalStateException("not there yet");
    }

    /**
     * What a file is, without its bytes, for checksum side-cars: obtained and judged as {@link #file} does, so that nothing
     * unverified is vouched for, but no download is recorded. {@link Outcome.Described}, Refused or Missing.
     */
    public Outcome describe(Visit visit, FileWant want) throws IOException {
        throw new IllegalStateException("not there yet");
    }

    /**
     * Metadata documents at a path below the upstreams that may be asked for the package, by priority; absent ones are left
     * out. Never artifact bytes: at most 8 MB, and only paths that a format vouches for as metadata.
     *
     * @param name the package it is about, whose reserved names are honoured; null for documents about no package
     * @param path percent-encoded path below the upstream's address
     * @throws UpstreamClient.UpstreamException when none answered and at least one could not be asked
     */
    public List<UpstreamDocument> documents(
            Visit visit, Repository repository, Format format, @Nullable PackageName name, String path, String accept)
            throws IOException {
        throw new IllegalStateException("not there yet");
    }

    /** Begins a file to be published; bounded by the upload limit. The caller closes it. */
    public Upload upload(Visit visit, Repository repository, String path) throws IOException {
        throw new IllegalStateException("not there yet");
    }

    /** Publishes or changes a hosted package: all or nothing, recorded before this returns to the client. */
    public void publish(Visit visit, Publication publication) throws IOException, Publication.RejectedException {
        throw new IllegalStateException("not there yet");
    }

    /** The package as published here. */
    public Optional<HostedPackage> hosted(Repository repository, PackageName name) {
        throw new IllegalStateException("not there yet");
    }

    /** Names of packages published here after the given one in order, at most {@code limit}. */
    public List<PackageName> hostedNames(Repository repository, String format, String after, int limit) {
        throw new IllegalStateException("not there yet");
    }
}
