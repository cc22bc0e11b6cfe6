package dev.sluice.formats.maven;

import dev.sluice.formats.maven.Metadata.Plugin;
import dev.sluice.formats.maven.MetadataEndpoint.Denied;
import dev.sluice.formats.maven.MetadataEndpoint.Document;
import dev.sluice.formats.maven.MetadataEndpoint.Made;
import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate.UpstreamDocument;
import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import dev.sluice.kernel.repository.PackageIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The metadata of a group: the prefixes of its plugins, those published here and those of upstreams. */
record GroupMetadata(Format format, Address.Metadata address) implements MetadataEndpoint.Source {

    private static final int MAX_PLUGINS = 5_000;
    private static final int PAGE = 500;

    @Override
    public Made make(Exchange exchange) throws IOException {
        List<List<Plugin>> sources = new ArrayList<>();
        sources.add(hosted(exchange));
        UpstreamException failure = null;
        if (!isReserved(exchange)) {
            try {
                sources.addAll(upstream(exchange));
            } catch (UpstreamException e) {
                failure = e;
            }
        }
        List<Plugin> all = union(sources);
        if (!all.isEmpty()) {
            return Document.xml(MetadataWriter.group(all));
        }
        return failure != null
                ? Denied.unknown(failure.getMessage())
                : Denied.absent("no metadata for " + address.directory());
    }

    /**
     * Whose the prefixes of the group are: of plugins published here, and of upstreams' unless the group is reserved. One that both
     * have is both's.
     *
     * @throws UpstreamException when nobody knows, since upstreams cannot be asked
     */
    List<Plugin> owners(Exchange exchange) throws IOException {
        List<Plugin> all = new ArrayList<>(hosted(exchange));
        if (!isReserved(exchange)) {
            upstream(exchange).forEach(all::addAll);
        }
        return all;
    }

    private List<List<Plugin>> upstream(Exchange exchange) throws IOException {
        List<List<Plugin>> found = new ArrayList<>();
        for (UpstreamDocument document : exchange.gate()
                .documents(
                        exchange.visit(),
                        exchange.repository(),
                        format,
                        anyOf(address.group()),
                        Layout.encode(address.path()),
                        MavenProxying.ACCEPT_XML)) {
            found.add(plugins(document.body(), address.directory()));
        }
        return found;
    }

    /** The plugins published here in the group. */
    List<Plugin> hosted(Exchange exchange) {
        String prefix = address.group() + ":";
        List<Plugin> found = new ArrayList<>();
        String after = prefix;
        while (found.size() < MAX_PLUGINS) {
            List<PackageName> names =
                    exchange.hosting().hostedNames(exchange.repository(), MavenFormat.ID, after, PAGE);
            for (PackageName name : names) {
                if (!name.name().startsWith(prefix)) {
                    return found;
                }
                exchange.hosting()
                        .hosted(exchange.repository(), name)
                        .map(p -> p.index())
                        .map(PackageIndex::document)
                        .map(PackageDocument::read)
                        .ifPresent(document -> found.addAll(document.plugins()));
                after = name.name();
            }
            if (names.size() < PAGE) {
                return found;
            }
        }
        return found;
    }

    /** All plugins in order of their prefixes; the first source that has a prefix wins. */
    static List<Plugin> union(List<List<Plugin>> sources) {
        Map<String, Plugin> byPrefix = new LinkedHashMap<>();
        for (List<Plugin> source : sources) {
            for (Plugin plugin : source) {
                byPrefix.putIfAbsent(plugin.prefix(), plugin);
            }
        }
        return List.copyOf(new TreeMap<>(byPrefix).values());
    }

    private boolean isReserved(Exchange exchange) {
        return address.canBeArtifact() && exchange.repository().isReserved(address.packageName());
    }

    /** A name that falls under whatever reserves the whole group. */
    static PackageName anyOf(String group) {
        return new PackageName(MavenFormat.ID, group + ":" + Layout.METADATA);
    }

    private static List<Plugin> plugins(byte[] body, String about) {
        try {
            return MetadataReader.read(body, about).plugins();
        } catch (XmlException e) {
            return List.of(); // an upstream's error page hides its own plugins, not those of others
        }
    }
}
