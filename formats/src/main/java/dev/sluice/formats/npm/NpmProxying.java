package dev.sluice.formats.npm;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** How npm registries are asked: always for the full packument, the only form that tells publish times. */
final class NpmProxying implements Proxying {

    @Override
    public Question indexQuestion(Upstream upstream, PackageName name) {
        return new Question(upstream.resolve(Names.encoded(name)), "application/json");
    }

    @Override
    public PackageIndex readIndex(PackageName name, URI source, String contentType, InputStream body)
            throws IOException {
        return new PackumentReader(name, source).read(body);
    }

    @Override
    public Question fileQuestion(Upstream upstream, FileWant want, @Nullable ReleaseFile listed) {
        String listedAt = listed == null ? null : listed.location();
        URI location = listedAt == null
                ? upstream.resolve(Names.encodePath(Names.path(want.packageName(), want.fileName())))
                : URI.create(listedAt);
        return new Question(location, "*/*");
    }
}
