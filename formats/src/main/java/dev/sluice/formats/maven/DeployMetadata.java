package dev.sluice.formats.maven;

import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.formats.protocol.Body;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PUT of a metadata document. Versions and builds are told from what was deployed, whatever the client's document says; plugin
 * prefixes are taken over, since nothing else tells them, unless another plugin of the group has the prefix already.
 *
 * @param group the group that the document is about if it names plugins, or null below versions
 */
record DeployMetadata(Address address, @Nullable GroupMetadata group, Pending pending) implements Endpoint {

    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int MAX_PLUGINS = 200;

    @Override
    public String name() {
        return "maven.deploy-metadata";
    }

    @Override
    public Permission permission() {
        return Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        byte[] body = Body.bytes(exchange.request(), MAX_BYTES);
        try {
            Metadata metadata = MetadataReader.read(body, address.path());
            if (group != null && !group.address().group().isEmpty()) {
                keep(exchange, group, metadata.plugins());
            }
            return Response.empty(201);
        } catch (XmlException e) {
            return Replies.problem(400, "Not metadata", address.path() + ": " + e.getMessage());
        } catch (RejectedException e) {
            return Replies.DIALECT.rejected(e);
        }
    }

    /** A client sends the whole group's list, which it got from here; only what is news about a package published here counts. */
    private void keep(Exchange exchange, GroupMetadata group, List<Metadata.Plugin> plugins)
            throws IOException, RejectedException {
        List<Metadata.Plugin> news = new ArrayList<>();
        for (Metadata.Plugin plugin : plugins.subList(0, Math.min(MAX_PLUGINS, plugins.size()))) {
            if (isNews(exchange, group, plugin)) {
                news.add(plugin);
            }
        }
        if (news.isEmpty()) {
            return;
        }
        List<Metadata.Plugin> owners = owners(exchange, group);
        for (Metadata.Plugin plugin : news) {
            mayTake(exchange, group, plugin, owners);
        }
        for (Metadata.Plugin plugin : news) {
            keep(exchange, group, plugin);
        }
    }

    private static PackageName name(GroupMetadata group, Metadata.Plugin plugin) {
        return new PackageName(MavenFormat.ID, group.address().group() + ":" + plugin.artifactId());
    }

    private static boolean isNews(Exchange exchange, GroupMetadata group, Metadata.Plugin plugin) {
        PackageName name = name(group, plugin);
        Token token = exchange.visit().principal().token();
        return Layout.isPackageName(name.name())
                && (token == null || token.mayPublish(name)) // else it is one of the group's others
                && exchange.hosting()
                        .hosted(exchange.repository(), name)
                        .map(HostedPackage::index)
                        .map(index -> PackageDocument.read(index.document()).plugins())
                        .filter(known -> known.contains(plugin))
                        .isEmpty();
    }

    private static List<Metadata.Plugin> owners(Exchange exchange, GroupMetadata group)
            throws IOException, RejectedException {
        try {
            return group.owners(exchange);
        } catch (UpstreamException e) {
            throw new RejectedException(
                    503,
                    "nobody knows now whose the plugin prefixes of "
                            + group.address().group() + " are: " + e.getMessage() + ". Try again later");
        }
    }

    /** Throws when the prefix is another plugin's: who asks for that one by its prefix must not get this one. */
    private static void mayTake(
            Exchange exchange, GroupMetadata group, Metadata.Plugin plugin, List<Metadata.Plugin> owners)
            throws RejectedException {
        for (Metadata.Plugin owner : owners) {
            if (owner.prefix().equals(plugin.prefix()) && !owner.artifactId().equals(plugin.artifactId())) {
                throw new RejectedException(
                        403,
                        "the prefix '" + plugin.prefix() + "' is that of "
                                + name(group, owner).name()
                                + ": give " + plugin.artifactId()
                                + " another one (goalPrefix). If the group is yours and that plugin is an upstream's, an"
                                + " administrator reserves the group, and no upstream is asked for it any more: sluice"
                                + " repository reserve maven:" + group.address().group() + " --repository "
                                + exchange.repository().name());
            }
        }
    }

    private void keep(Exchange exchange, GroupMetadata group, Metadata.Plugin plugin)
            throws IOException, RejectedException {
        PackageName packageName = name(group, plugin);
        Optional<HostedPackage> hosted = exchange.hosting().hosted(exchange.repository(), packageName);
        if (hosted.isEmpty()) {
            pending.plugin(
                    exchange.repository().id(),
                    packageName,
                    plugin,
                    exchange.visit().at());
            return;
        }
        exchange.hosting()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                packageName,
                                Event.Kind.CHANGE,
                                "plugin prefix " + plugin.prefix(),
                                List.of(),
                                current -> new Change(
                                        PackageDocument.read(current.index().document())
                                                .with(plugin)
                                                .write(),
                                        List.of(),
                                        List.of())));
    }
}
