package dev.sluice.formats.maven;

import dev.sluice.formats.maven.MetadataEndpoint.Denied;
import dev.sluice.formats.maven.MetadataEndpoint.Document;
import dev.sluice.formats.maven.MetadataEndpoint.Made;
import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate.UpstreamDocument;
import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The metadata of a snapshot version: its newest builds, those of upstreams where none was deployed here. A version that is hosted
 * is hosted as a whole: the gate fetches no file of it, so no build of an upstream may be named.
 */
record SnapshotMetadata(Format format, Address.SnapshotMetadata address) implements MetadataEndpoint.Source {

    @Override
    public Made make(Exchange exchange) throws IOException {
        List<Metadata> sources = new ArrayList<>();
        Metadata deployed = deployed(exchange);
        if (!deployed.files().isEmpty()) {
            return Document.xml(MetadataWriter.snapshot(
                    address.group(), address.artifact(), address.version(), SnapshotBuilds.blend(List.of(deployed))));
        }
        boolean trusted = false;
        UpstreamException failure = null;
        try {
            for (UpstreamDocument document : exchange.gate()
                    .documents(
                            exchange.visit(),
                            exchange.repository(),
                            format,
                            address.packageName(),
                            Layout.encode(address.path()),
                            MavenProxying.ACCEPT_XML)) {
                if (trusted && !isTrusted(exchange, document.upstream())) {
                    continue; // a newer build of an untrusted upstream must not take the place of ours
                }
                trusted |= isTrusted(exchange, document.upstream());
                try {
                    sources.add(MetadataReader.read(document.body(), address.path()));
                } catch (XmlException e) {
                    failure = new UpstreamException(
                            "upstream " + document.upstream() + " answered with broken metadata: " + e.getMessage());
                }
            }
        } catch (UpstreamException e) {
            failure = e;
        }
        if (!sources.isEmpty()) {
            return Document.xml(MetadataWriter.snapshot(
                    address.group(), address.artifact(), address.version(), SnapshotBuilds.blend(sources)));
        }
        return failure != null
                ? Denied.unknown(failure.getMessage())
                : Denied.absent("no builds of " + address.packageName().name() + ":" + address.version());
    }

    private static boolean isTrusted(Exchange exchange, String upstream) {
        return exchange.repository().upstreams(MavenFormat.ID).stream()
                .anyMatch(u -> u.id().equals(upstream) && u.trust() == Upstream.Trust.TRUSTED);
    }

    private Metadata deployed(Exchange exchange) {
        Optional<HostedPackage> hosted = exchange.hosting().hosted(exchange.repository(), address.packageName());
        List<Address.Artifact> files = new ArrayList<>();
        for (Release release : hosted.map(p -> p.index().releases()).orElse(List.of())) {
            if (release.version().equals(address.version())) {
                for (ReleaseFile file : release.files()) {
                    if (Layout.parse(List.of(file.path().split("/", -1))) instanceof Address.Artifact artifact) {
                        files.add(artifact);
                    }
                }
            }
        }
        return SnapshotBuilds.of(files);
    }
}
