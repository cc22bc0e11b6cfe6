package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How other indexes are asked: an upstream's address is the base of its simple index, as pip's {@code --index-url} names it. */
final class PypiProxying implements Proxying {

    private static final String INDEX =
            "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

    private static final int SNIFFED = 512;

    @Override
    public Question indexQuestion(Upstream upstream, PackageName name) {
        return new Question(upstream.resolve(Paths.encode(name.name()) + "/"), INDEX);
    }

    @Override
    public PackageIndex readIndex(PackageName name, URI source, String contentType, InputStream body)
            throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(body);
        IndexPage page = isJson(contentType, buffered)
                ? SimpleJson.read(buffered, source)
                : SimpleHtml.read(buffered.readAllBytes(), source); // bounded by the gate
        return page.toIndex(name);
    }

    /** Mirrors mislabel what they send, so the first character decides; the media type only where there is none. */
    private static boolean isJson(String contentType, BufferedInputStream body) throws IOException {
        body.mark(SNIFFED);
        try {
            for (int i = 0; i < SNIFFED; i++) {
                int c = body.read();
                if (c < 0) {
                    break;
                }
                boolean blank = c <= ' ' || c == 0xEF || c == 0xBB || c == 0xBF;
                if (!blank) {
                    return c == '{';
                }
            }
        } finally {
            body.reset();
        }
        return contentType.toLowerCase(Locale.ROOT).contains("json");
    }

    /** Side-cars with a digest that the index promises, where there are none one without, then distributions, small ones first. */
    @Override
    public List<FileWant> telling(Repository repository, PackageName name, Release release) {
        List<ReleaseFile> sideCars = release.files().stream()
                .filter(file -> file.name().endsWith(DistributionFile.METADATA))
                .toList();
        List<ReleaseFile> promised =
                sideCars.stream().filter(file -> !file.digests().isEmpty()).toList();
        return Stream.concat(
                        promised.isEmpty() ? sideCars.stream().limit(1) : promised.stream(),
                        release.files().stream().filter(file -> !DistributionFile.isSideCar(file.name())))
                .sorted(Comparator.comparing((ReleaseFile file) -> !DistributionFile.isSideCar(file.name()))
                        .thenComparingLong(ReleaseFile::size))
                .map(file -> new FileWant(repository, name, release.version(), file.path()))
                .toList();
    }

    @Override
    public @Nullable FileWant metadataOf(FileWant want) {
        return want.fileName().endsWith(".whl" + DistributionFile.METADATA)
                ? new FileWant(
                        want.repository(), want.packageName(), want.version(), DistributionFile.subjectOf(want.path()))
                : null;
    }

    @Override
    public @Nullable Question fileQuestion(Upstream upstream, FileWant want, @Nullable ReleaseFile listed) {
        String listedAt = listed == null ? null : listed.location();
        return listedAt == null ? null : new Question(URI.create(listedAt), "*/*");
    }
}
