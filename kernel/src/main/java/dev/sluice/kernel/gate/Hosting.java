package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is published here, and publishing it. What it tells of packages is as it is, withheld versions included: it is for those who
 * change them, never an answer to who only reads. Thread-safe.
 */
public final class Hosting {

    private final HostedStore hosted;
    private final BlobStore blobs;
    private final Formats formats;
    private final Publishing publishing;
    private final Recorder recorder;
    private final long maxBytes;

    Hosting(Gate.Stores stores, Formats formats, Publishing publishing, Recorder recorder, GateSettings settings) {
        this.hosted = stores.hosted();
        this.blobs = stores.blobs();
        this.formats = formats;
        this.publishing = publishing;
        this.recorder = recorder;
        this.maxBytes = settings.maxArtifactBytes();
    }

    /** Begins a file to be published; bounded by the upload limit. The caller closes it. */
    public Upload upload(Visit visit, Repository repository, String path) throws IOException {
        return new Upload(blobs.begin(), path, maxBytes);
    }

    /** Publishes or changes a hosted package: all or nothing, recorded before the client is answered. */
    public void publish(Visit visit, Publication publication) throws IOException, Publication.RejectedException {
        publishing.publish(visit, formats.of(publication.packageName()), publication);
    }

    /** Throws when the visitor's token may not publish under that name, whatever it sends; from memory alone. */
    public void mayPublish(Visit visit, Repository repository, PackageName name) throws Publication.RejectedException {
        PublishRights.ofToken(visit, repository, name);
    }

    /** Records what was published by a process that was killed before it recorded it. To be called before the first request. */
    public void recordUntold() {
        recorder.tellUntold(hosted);
    }

    /** The package as published here. */
    public Optional<HostedPackage> hosted(Repository repository, PackageName name) {
        return hosted.find(repository.id(), name);
    }

    /** Names of packages published here after the given one in order, at most {@code limit}. */
    public List<PackageName> hostedNames(Repository repository, String format, String after, int limit) {
        return hosted.names(repository.id(), format, after, limit);
    }
}
