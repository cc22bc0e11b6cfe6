package dev.sluice.formats.protocol;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A hosted package while it is edited: the package as it is, drafts of the releases that change, and in the end the change that
 * makes them so. Not thread-safe.
 */
public final class Edition {

    /** Who says so, for facts about what is published here. */
    public static final String SOURCE = "publish";

    private final HostedPackage before;
    private final Instant at;
    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final List<String> removed = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();

    /**
     * An edition that changes nothing yet.
     *
     * @param before the package as it is; without releases when it does not exist
     * @param at when it is edited
     */
    public Edition(HostedPackage before, Instant at) {
        this.before = before;
        this.at = at;
    }

    /** The package as it is. */
    public PackageIndex before() {
        return before.index();
    }

    /** Whether nothing is published under that name. */
    public boolean isFirst() {
        return before.index().releases().isEmpty();
    }

    /** The release of that version, to be changed: as it is, or a new one of which nothing but the time is known. */
    public Draft release(String version) {
        return drafts.computeIfAbsent(version, v -> {
            Release release = before.index().release(v);
            return release == null ? new Draft(v) : new Draft(release);
        });
    }

    /** Removes a version with its files. */
    public void remove(String version) {
        drafts.remove(version);
        removed.add(version);
    }

    /** Whether no release was changed or removed. */
    public boolean isUntouched() {
        return drafts.isEmpty() && removed.isEmpty();
    }

    /**
     * The change that makes it so.
     *
     * @param document the format's own document about the package, as it is to be
     */
    public Change change(byte[] document) {
        return new Change(document, drafts.values().stream().map(Draft::release).toList(), removed, dropped);
    }

    /**
     * A file as it is published.
     *
     * @param name file name, without any slash
     * @param path where it lies below {@code /{format}/{repository}/}
     * @param published when it came; unknown means as its release
     * @param promised the digests that the index promises of it
     */
    public static ReleaseFile file(
            String name, String path, Contents contents, Signal<Instant> published, Algorithm... promised) {
        List<Digest> digests = Arrays.stream(promised).map(contents::digest).toList();
        return new ReleaseFile(name, path, null, digests, contents.size(), published, null);
    }

    /** A release while it is edited. Each setter answers the draft. Not thread-safe. */
    public final class Draft {
        private final String version;
        private final boolean isNew;
        private Signal<Instant> published;
        private Signal<String> license = Signal.unknown("nobody told it yet");
        private @Nullable String deprecated;
        private @Nullable String yanked;
        private Signal<Boolean> installScripts = Signal.unknown("nobody told it yet");
        private List<String> maintainers = List.of();
        private String summary = "";
        private final List<ReleaseFile> files;
        private byte[] document = new byte[0];

        private Draft(String version) {
            this.version = version;
            isNew = true;
            published = Signal.known(at, SOURCE);
            files = new ArrayList<>();
        }

        private Draft(Release release) {
            version = release.version();
            isNew = false;
            published = release.published().or(Signal.known(at, SOURCE));
            license = release.license();
            deprecated = release.deprecated();
            yanked = release.yanked();
            installScripts = release.installScripts();
            maintainers = release.maintainers();
            summary = release.summary();
            files = new ArrayList<>(release.files());
            document = release.document();
        }

        /** Whether there was no release of this version. */
        public boolean isNew() {
            return isNew;
        }

        /** Throws when there was a release of this version already: with that status, for that reason. */
        public Draft mustBeNew(int status, String otherwise) throws RejectedException {
            if (!isNew) {
                throw new RejectedException(status, otherwise);
            }
            return this;
        }

        /** As if it were published with this edition. */
        public Draft publishedNow() {
            published = Signal.known(at, SOURCE);
            return this;
        }

        /** The declared licence, see {@link Release#license}. */
        public Draft license(Signal<String> declared) {
            license = declared;
            return this;
        }

        /** The author's message, or null for none. */
        public Draft deprecated(@Nullable String message) {
            deprecated = message;
            return this;
        }

        /** Whether installing it runs code of its own. */
        public Draft installScripts(Signal<Boolean> has) {
            installScripts = has;
            return this;
        }

        /** The people that it names. */
        public Draft maintainers(List<String> people) {
            maintainers = people;
            return this;
        }

        /** One line of description. */
        public Draft summary(String line) {
            summary = line;
            return this;
        }

        /** The format's own representation of the release. */
        public Draft document(byte[] bytes) {
            document = bytes;
            return this;
        }

        /** The format's own representation of the release; empty for a new one. */
        public byte[] document() {
            return document;
        }

        /** Its files, in the order in which they came. */
        public List<ReleaseFile> files() {
            return List.copyOf(files);
        }

        /** Adds a file, in place of one at the same path. */
        public Draft add(ReleaseFile file) {
            files.removeIf(kept -> kept.path().equals(file.path()));
            files.add(file);
            return this;
        }

        /** Removes the files at those paths. */
        public Draft drop(Collection<String> paths) {
            files.removeIf(kept -> paths.contains(kept.path()));
            dropped.addAll(paths);
            return this;
        }

        private Release release() {
            return new Release(
                    version,
                    published,
                    license,
                    deprecated,
                    yanked,
                    installScripts,
                    maintainers,
                    summary,
                    files,
                    document);
        }
    }
}
