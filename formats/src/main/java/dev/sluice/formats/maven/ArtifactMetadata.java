package dev.sluice.formats.maven;

import dev.sluice.formats.maven.MetadataEndpoint.Denied;
import dev.sluice.formats.maven.MetadataEndpoint.Document;
import dev.sluice.formats.maven.MetadataEndpoint.Made;
import dev.sluice.formats.maven.Versions.Told;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of an artifact: the versions of all sources that may leave. Where there is no such artifact, or where its address is a
 * group's as well, plugin prefixes come in.
 */
record ArtifactMetadata(Format format, Address.Metadata address) implements MetadataEndpoint.Source {

    private static final String VARIANT = "maven-metadata";

    @Override
    public Made make(Exchange exchange) throws IOException {
        GroupMetadata group = new GroupMetadata(format, address);
        if (!address.canBeArtifact() || isOnlyReservedGroup(exchange)) {
            return group.make(exchange);
        }
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), address.packageName())) {
            case Listed listed when !listed.releases().isEmpty() -> show(exchange, listed, group);
            case Listed listed -> group.make(exchange);
            case Missing missing when !missing.unavailable() -> group.make(exchange);
            case Denial denial -> new Denied(denial);
        };
    }

    /** Whether the address is that of a reserved group: then no upstream is asked for an artifact of the same path. */
    private boolean isOnlyReservedGroup(Exchange exchange) {
        return exchange.repository().isReserved(GroupMetadata.anyOf(address.group()))
                && exchange.hosting()
                        .hosted(exchange.repository(), address.packageName())
                        .isEmpty();
    }

    private Made show(Exchange exchange, Listed listed, GroupMetadata group) throws IOException {
        List<Metadata.Plugin> plugins = new ArrayList<>(group.hosted(exchange));
        if (plugins.isEmpty()) {
            Listed.Rendering known = listed.rendering(
                    VARIANT, "application/xml", shown -> render(shown, List.of(), format.versionOrder()));
            return new Document(known, listed.notices());
        }
        byte[] body = render(listed, plugins, format.versionOrder());
        return new Document(new Listed.Rendering(body, "application/xml"), listed.notices());
    }

    private static byte[] render(Listed listed, List<Metadata.Plugin> hostedPlugins, VersionOrder order) {
        List<Told> told = new ArrayList<>();
        List<List<Metadata.Plugin>> plugins = new ArrayList<>();
        plugins.add(hostedPlugins);
        String lastUpdated = null;
        for (Listed.Source source : listed.sources()) {
            PackageDocument document = PackageDocument.read(source.index().document());
            told.add(new Told(source.index().versions(), document.latest(), document.release()));
            lastUpdated = SnapshotBuilds.later(lastUpdated, document.lastUpdated());
            if (source.upstream() != null) {
                plugins.add(document.plugins());
            }
        }
        return render(
                listed.name().name(),
                Versions.of(order, listed.allowedVersions(), told),
                lastUpdated,
                GroupMetadata.union(plugins));
    }

    /** The document, from what it says. */
    static byte[] render(String name, Versions versions, @Nullable String lastUpdated, List<Metadata.Plugin> plugins) {
        int colon = name.indexOf(':');
        return MetadataWriter.artifact(
                name.substring(0, colon),
                name.substring(colon + 1),
                new Metadata(
                        versions.sorted(),
                        versions.latest(),
                        versions.release(),
                        lastUpdated,
                        plugins,
                        null,
                        List.of()));
    }
}
