package dev.sluice.kernel.journal;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened, as the journal keeps it for ever.
 *
 * @param id time-ordered unique identifier (ULID, 26 characters)
 * @param at when
 * @param kind what
 * @param actor who
 * @param repository name of the repository, or null
 * @param purl package URL of the package or version, or null
 * @param packageName the package, or null; never null when there are coordinates
 * @param coordinates the version, or null
 * @param file path below the repository, or null
 * @param digest SHA-256 of the bytes in hexadecimal, or null
 * @param upstream id of the upstream the bytes came from, or null
 * @param policies names of the policies that decided
 * @param message one line for people
 * @param detail more, as a JSON object; {@code {}} when there is none
 */
public record Event(
        String id,
        Instant at,
        Kind kind,
        Actor actor,
        @Nullable String repository,
        @Nullable String purl,
        @Nullable PackageName packageName,
        @Nullable Coordinates coordinates,
        @Nullable String file,
        @Nullable String digest,
        @Nullable String upstream,
        List<String> policies,
        String message,
        String detail) {

    /** What happened. */
    public enum Kind {
        /** Artifact bytes left. */
        DOWNLOAD,
        /** Artifact bytes or an index were refused. */
        REFUSAL,
        /** Versions were withheld from an index. */
        HIDDEN,
        /** Something was published. */
        PUBLISH,
        /** A hosted package was changed: tags, deprecation, yank. */
        CHANGE,
        /** A hosted version was removed. */
        UNPUBLISH,
        /** An upstream broke a promise: wrong digest, wrong length, changed immutable file. */
        UPSTREAM_FAULT,
        /** A policy was created, changed or deleted. */
        POLICY,
        /** Advisories or exploitation data were imported. */
        FEED,
        /** Bytes that were kept were found damaged or lost. */
        DAMAGE,
        /** A repository, token or setting was changed. */
        ADMIN,
        /** What nobody refers to was removed. */
        GC,
        /** Somebody logged in. */
        LOGIN,
        /** Somebody tried and was not let in. */
        LOGIN_FAILED
    }

    /**
     * Who did it.
     *
     * @param user name of the person or service
     * @param tokenId public identifier of the token, or null
     * @param address IP address it came from, or empty
     * @param userAgent as sent, at most 200 characters, or empty
     */
    public record Actor(String user, @Nullable String tokenId, String address, String userAgent) {
        /** The product itself, for scheduled work and the command line. */
        public static final Actor SYSTEM = new Actor("system", null, "", "");
    }

    /** Copies the list; a version tells its package. */
    public Event {
        policies = List.copyOf(policies);
        packageName = coordinates == null ? packageName : coordinates.packageName();
    }

    /** An event about a version, or about no package at all. */
    public Event(
            String id,
            Instant at,
            Kind kind,
            Actor actor,
            @Nullable String repository,
            @Nullable String purl,
            @Nullable Coordinates coordinates,
            @Nullable String file,
            @Nullable String digest,
            @Nullable String upstream,
            List<String> policies,
            String message,
            String detail) {
        this(
                id,
                at,
                kind,
                actor,
                repository,
                purl,
                null,
                coordinates,
                file,
                digest,
                upstream,
                policies,
                message,
                detail);
    }
}
