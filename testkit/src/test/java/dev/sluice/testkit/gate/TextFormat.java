package dev.sluice.testkit.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.format.Setup;
import dev.sluice.kernel.gate.BusyException;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A made-up ecosystem without endpoints: tests call the gate themselves. An index is text with one release per line: {@code
 * version key=value …}; keys are {@code published}, {@code license}, {@code sha256}, {@code size}.
 *
 * <p>The index of {@code lib} lies at {@code {upstream}lib}, its files at {@code {upstream}lib/{version}/{file}}.
 *
 * @param id of the format
 * @param listsFiles whether indexes list the file {@code lib-{version}.txt}; otherwise files have side-cars and descriptors
 */
record TextFormat(String id, boolean listsFiles) implements Format {

    /** An index that comes when others take all the room there is for indexes. */
    static final String CROWDED = "crowded";

    /** The path of a file of a version. */
    static String path(String name, String version, String file) {
        return name + "/" + version + "/" + file;
    }

    @Override
    public String ecosystem() {
        return id;
    }

    @Override
    public VersionOrder versionOrder() {
        return new DottedOrder();
    }

    @Override
    public PackageName packageName(String text) {
        return new PackageName(id, text);
    }

    @Override
    public Purl purl(Coordinates coordinates) {
        return Purl.of("generic", null, coordinates.name(), coordinates.version());
    }

    @Override
    public PackageName packageName(Purl purl) {
        return new PackageName(id, purl.name());
    }

    @Override
    public String purlType() {
        return "generic";
    }

    @Override
    public Proxying proxying() {
        return new TextProxying(listsFiles);
    }

    @Override
    public @Nullable Endpoint route(Route route) {
        return null;
    }

    @Override
    public List<Setup> setups(String repositoryUrl) {
        return List.of(new Setup("text", "", repositoryUrl));
    }

    private record TextProxying(boolean listsFiles) implements Proxying {

        @Override
        public Question indexQuestion(Upstream upstream, PackageName name) {
            return new Question(upstream.resolve(name.name()), "text/plain");
        }

        @Override
        public PackageIndex readIndex(PackageName name, URI source, String contentType, InputStream body)
                throws IOException {
            String text = new String(body.readAllBytes(), UTF_8);
            if (text.equals(CROWDED)) {
                throw new BusyException("others are read");
            }
            List<Release> releases = new ArrayList<>();
            for (String line : text.lines().toList()) {
                releases.add(release(name, source, line));
            }
            return new PackageIndex(name, text.getBytes(UTF_8), releases);
        }

        private Release release(PackageName name, URI source, String line) throws MalformedDocumentException {
            String[] words = line.split(" ", -1);
            if (!new DottedOrder().isVersion(words[0])) {
                throw new MalformedDocumentException("no version: " + words[0]);
            }
            Signal<Instant> published = Signal.unknown("the index does not tell");
            Signal<String> license = Signal.unknown("the index does not tell");
            List<Digest> digests = new ArrayList<>();
            long size = -1;
            for (String word : List.of(words).subList(1, words.length)) {
                String value = word.substring(word.indexOf('=') + 1);
                switch (word.substring(0, word.indexOf('='))) {
                    case "published" -> published = Signal.known(Instant.parse(value), "index");
                    case "license" -> license = Signal.known(value, "index");
                    case "sha256" -> digests.add(Digest.sha256(value));
                    case "size" -> size = Long.parseLong(value);
                    default -> throw new MalformedDocumentException("what is " + word);
                }
            }
            String file = name.name() + "-" + words[0] + ".txt";
            String path = path(name.name(), words[0], file);
            ReleaseFile listed = new ReleaseFile(
                    file,
                    path,
                    source.resolve("/" + path).toString(),
                    digests,
                    size,
                    Signal.unknown("as the release"),
                    null);
            return new Release(
                    words[0],
                    published,
                    license,
                    null,
                    null,
                    Signal.known(false, "text runs nothing"),
                    List.of(),
                    "",
                    listsFiles ? List.of(listed) : List.of(),
                    line.getBytes(UTF_8));
        }

        @Override
        public Question fileQuestion(Upstream upstream, FileWant want, @Nullable ReleaseFile listed) {
            return new Question(upstream.resolve(want.path()), "*/*");
        }

        @Override
        public List<Question> checksumQuestions(Upstream upstream, FileWant want) {
            return listsFiles ? List.of() : List.of(new Question(upstream.resolve(want.path() + ".sha256"), "*/*"));
        }

        @Override
        public @Nullable Digest readChecksum(Question question, byte[] answer) {
            return Digest.sha256(new String(answer, UTF_8));
        }

        @Override
        public @Nullable FileWant descriptor(FileWant want) {
            return listsFiles || want.fileName().equals("about.txt")
                    ? null
                    : new FileWant(
                            want.repository(),
                            want.packageName(),
                            want.version(),
                            path(want.packageName().name(), String.valueOf(want.version()), "about.txt"));
        }

        @Override
        public boolean isMutable(FileWant want) {
            return want.path().contains("moving");
        }

        @Override
        public boolean indexListsFiles() {
            return listsFiles;
        }
    }
}
