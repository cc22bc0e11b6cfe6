package dev.sluice.formats.maven;

import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How repositories of the Maven layout are asked: one metadata document per artifact, files by path, checksums beside them. */
final class MavenProxying implements Proxying {

    /** Accept header for metadata. */
    static final String ACCEPT_XML = "application/xml, text/xml, */*;q=0.5";

    private static final String ACCEPT_CHECKSUM = "text/plain, */*;q=0.5";
    private static final int MAX_CHECKSUM_BYTES = 4096;
    // Every repository has SHA-1 side-cars and nearly every one MD5; stronger ones exist for newer artifacts only, so
    // that
    // asking for them first would cost a vain request for most files.
    private static final List<Algorithm> ASKED = List.of(Algorithm.SHA1, Algorithm.MD5, Algorithm.SHA256);

    @Override
    public Question indexQuestion(Upstream upstream, PackageName name) {
        return new Question(upstream.resolve(Layout.encode(Layout.metadataPath(name))), ACCEPT_XML);
    }

    @Override
    public PackageIndex readIndex(PackageName name, URI source, String contentType, InputStream body)
            throws IOException {
        Metadata metadata;
        try {
            metadata = MetadataReader.read(body.readAllBytes(), name.name());
        } catch (XmlException e) {
            throw new MalformedDocumentException("maven-metadata.xml of " + name.name() + ": " + e.getMessage(), e);
        }
        List<Release> releases =
                metadata.versions().stream().map(MavenProxying::release).toList();
        return new PackageIndex(name, PackageDocument.of(metadata).write(), releases);
    }

    private static Release release(String version) {
        return new Release(
                version,
                Signal.unknown("maven metadata carries no publish time"),
                Signal.unknown("maven metadata carries no licence"),
                null,
                null,
                MavenFormat.NO_INSTALL_SCRIPTS,
                List.of(),
                "",
                List.of(),
                new byte[0]);
    }

    @Override
    public Question fileQuestion(Upstream upstream, FileWant want, @Nullable ReleaseFile listed) {
        return new Question(upstream.resolve(Layout.encode(want.path())), "*/*");
    }

    @Override
    public List<Question> checksumQuestions(Upstream upstream, FileWant want) {
        return ASKED.stream()
                .map(algorithm -> new Question(
                        upstream.resolve(Layout.encode(want.path() + "." + algorithm.label())), ACCEPT_CHECKSUM))
                .toList();
    }

    @Override
    public @Nullable Digest readChecksum(Question question, byte[] answer) {
        String path = question.uri().getPath();
        for (Algorithm algorithm : Algorithm.values()) {
            if (path.endsWith("." + algorithm.label())) {
                return readChecksum(algorithm, answer);
            }
        }
        return null;
    }

    /**
     * Reads a checksum file as repositories have them: {@code hash}, {@code hash  file}, {@code hash *file},
     * {@code SHA1(file)= hash}, in any case; null when there is no such hash in its first line that says something.
     */
    static @Nullable Digest readChecksum(Algorithm algorithm, byte[] answer) {
        if (answer.length > MAX_CHECKSUM_BYTES) {
            return null;
        }
        String text = new String(answer, StandardCharsets.UTF_8).strip();
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1).strip();
        }
        String line = text.lines().findFirst().orElse("").strip();
        int equals = line.lastIndexOf("= ");
        String[] words =
                (equals >= 0 ? line.substring(equals + 2) : line).strip().split("\\s+", 2);
        try {
            return new Digest(algorithm, words[0]);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public @Nullable FileWant descriptor(FileWant want) {
        if (!(Layout.parse(List.of(want.path().split("/", -1))) instanceof Address.Artifact file) || file.isPom()) {
            return null;
        }
        return new FileWant(
                want.repository(),
                want.packageName(),
                file.version(),
                file.pom().path());
    }

    @Override
    public boolean hasAncestors() {
        return true;
    }

    @Override
    public @Nullable FileWant ancestor(Repository repository, String coordinates) {
        String[] parts = coordinates.split(":", -1);
        if (parts.length != 3) {
            return null;
        }
        String path =
                parts[0].replace('.', '/') + "/" + parts[1] + "/" + parts[2] + "/" + parts[1] + "-" + parts[2] + ".pom";
        return Layout.parse(List.of(path.split("/", -1))) instanceof Address.Artifact file
                        && file.path().equals(path)
                ? new FileWant(repository, file.packageName(), file.version(), path)
                : null;
    }

    @Override
    public List<FileWant> telling(Repository repository, PackageName name, Release release) {
        String version = release.version();
        int colon = name.name().indexOf(':');
        if (colon < 0 || version.endsWith("-SNAPSHOT")) {
            return List.of(); // the names of a snapshot's files are told by its own metadata
        }
        String artifact = name.name().substring(colon + 1);
        String path = name.name().substring(0, colon).replace('.', '/') + "/" + artifact + "/" + version + "/"
                + artifact + "-" + version + ".pom";
        return List.of(new FileWant(repository, name, version, path));
    }

    @Override
    public boolean isMutable(FileWant want) {
        // builds with a timestamp never change; a name that says SNAPSHOT stands for whatever came last
        return Layout.parse(List.of(want.path().split("/", -1))) instanceof Address.Artifact file
                && file.isSnapshot()
                && file.fileVersion().equals(file.version());
    }

    @Override
    public boolean indexListsFiles() {
        return false;
    }
}
