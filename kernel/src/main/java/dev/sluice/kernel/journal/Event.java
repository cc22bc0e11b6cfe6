package dev.sluice.kernel.journal;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened, as the journal keeps it for ever.
 *
 * @param id time-ordered unique identifier (ULID, 26 characters)
 * @param at when
 * @param kind what
 * @param actor who
 * @param subject what it is about
 * @param bytes which bytes it is about
 * @param policies names of the policies that decided
 * @param message one line for people
 * @param detail more, as a JSON object; {@code {}} when there is none
 */
public record Event(
        String id,
        Instant at,
        Kind kind,
        Actor actor,
        Subject subject,
        Bytes bytes,
        List<String> policies,
        String message,
        String detail) {

    /** Copies the list. */
    public Event {
        policies = List.copyOf(policies);
    }

    /** An event about no package and no bytes, which no policy decided; what it lacks is given by the methods below. */
    public static Event of(String id, Instant at, Kind kind, Actor actor, String message) {
        return new Event(id, at, kind, actor, Subject.NOTHING, Bytes.NONE, List.of(), message, "{}");
    }

    /** The same about that. */
    public Event about(Subject what) {
        return new Event(id, at, kind, actor, what, bytes, policies, message, detail);
    }

    /** The same about those bytes. */
    public Event with(Bytes which) {
        return new Event(id, at, kind, actor, subject, which, policies, message, detail);
    }

    /** The same, decided by policies of those names. */
    public Event decidedBy(List<String> names) {
        return new Event(id, at, kind, actor, subject, bytes, names, message, detail);
    }

    /** The same with more to say, as a JSON object. */
    public Event detailed(String json) {
        return new Event(id, at, kind, actor, subject, bytes, policies, message, json);
    }

    /**
     * What happened, by a name of at most 30 capitals, digits and underscores, the first a capital.
     *
     * <p>Kinds are open: a room that records something new makes a constant of its own, and a build that does not know a kind keeps
     * it, lists it and finds it by its name. So they are compared by {@code equals}.
     *
     * @param name as it is written in the log
     */
    public record Kind(String name) {
        private static final Pattern SHAPE = Pattern.compile("[A-Z][A-Z0-9_]{0,29}");

        /** Artifact bytes left. */
        public static final Kind DOWNLOAD = new Kind("DOWNLOAD");

        /** Artifact bytes or an index were refused. */
        public static final Kind REFUSAL = new Kind("REFUSAL");

        /** Versions were withheld from an index. */
        public static final Kind HIDDEN = new Kind("HIDDEN");

        /** Something was published. */
        public static final Kind PUBLISH = new Kind("PUBLISH");

        /** A hosted package was changed: tags, deprecation, yank. */
        public static final Kind CHANGE = new Kind("CHANGE");

        /** A hosted version was removed. */
        public static final Kind UNPUBLISH = new Kind("UNPUBLISH");

        /** An upstream broke a promise: wrong digest, wrong length, changed immutable file. */
        public static final Kind UPSTREAM_FAULT = new Kind("UPSTREAM_FAULT");

        /** A policy was created, changed or deleted. */
        public static final Kind POLICY = new Kind("POLICY");

        /** Advisories or exploitation data were imported. */
        public static final Kind FEED = new Kind("FEED");

        /** Bytes that were kept were found damaged or lost. */
        public static final Kind DAMAGE = new Kind("DAMAGE");

        /** A repository, token or setting was changed. */
        public static final Kind ADMIN = new Kind("ADMIN");

        /** What nobody refers to was removed. */
        public static final Kind GC = new Kind("GC");

        /** Somebody logged in. */
        public static final Kind LOGIN = new Kind("LOGIN");

        /** Somebody tried and was not let in. */
        public static final Kind LOGIN_FAILED = new Kind("LOGIN_FAILED");

        /** Those that every build has had, in the order people are told them. */
        public static final List<Kind> KNOWN = List.of(
                DOWNLOAD,
                REFUSAL,
                HIDDEN,
                PUBLISH,
                CHANGE,
                UNPUBLISH,
                UPSTREAM_FAULT,
                POLICY,
                FEED,
                DAMAGE,
                ADMIN,
                GC,
                LOGIN,
                LOGIN_FAILED);

        private static final Map<String, Kind> BY_NAME =
                KNOWN.stream().collect(Collectors.toUnmodifiableMap(Kind::name, kind -> kind));

        /** The kind of that name. Throws IllegalArgumentException when it is no name of a kind. */
        public static Kind of(String name) {
            Kind known = BY_NAME.get(name);
            return known == null ? new Kind(name) : known;
        }

        /** Checks the name. Throws IllegalArgumentException. */
        public Kind {
            if (!SHAPE.matcher(name).matches()) {
                throw new IllegalArgumentException("no kind of event: " + name);
            }
        }

        /** The name. */
        @Override
        public String toString() {
            return name;
        }
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

    /**
     * What an event is about: a repository, a package, or a version; or nothing of that.
     *
     * @param repository name of the repository, or null
     * @param purl package URL of the package or version, or null
     * @param packageName the package, or null; never null when there are coordinates
     * @param coordinates the version, or null
     */
    public record Subject(
            @Nullable String repository,
            @Nullable String purl,
            @Nullable PackageName packageName,
            @Nullable Coordinates coordinates) {
        /** Nothing in particular. */
        public static final Subject NOTHING = new Subject(null, null, null, null);

        /** A version tells its package. */
        public Subject {
            packageName = coordinates == null ? packageName : coordinates.packageName();
        }

        /** A repository. */
        public static Subject repository(String name) {
            return new Subject(name, null, null, null);
        }

        /** A package as a whole. */
        public static Subject of(@Nullable String repository, PackageName name) {
            return new Subject(repository, null, name, null);
        }

        /** A version. */
        public static Subject of(@Nullable String repository, Coordinates version) {
            return new Subject(repository, null, null, version);
        }

        /** The same with its package URL. */
        public Subject as(@Nullable String url) {
            return new Subject(repository, url, packageName, coordinates);
        }
    }

    /**
     * Which bytes an event is about, as far as it is about any.
     *
     * @param file path below the repository, or null
     * @param digest SHA-256 of the bytes in hexadecimal, or null
     * @param upstream id of the upstream they came from, or null
     */
    public record Bytes(
            @Nullable String file,
            @Nullable String digest,
            @Nullable String upstream) {
        /** None. */
        public static final Bytes NONE = new Bytes(null, null, null);
    }
}
