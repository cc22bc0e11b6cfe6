package dev.sluice.formats.maven;

import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * PUT of a metadata document. Versions and builds are told from what was deployed, whatever the client's document says; plugin
 * prefixes are taken over, since nothing else tells them.
 *
 * @param group the group that the document is about if it names plugins, or empty below versions
 */
record DeployMetadata(Address address, String group, Pending pending) implements Endpoint {

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
        byte[] body = exchange.request().body().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw new Request.TooLargeException(MAX_BYTES);
        }
        try {
            Metadata metadata = MetadataReader.read(body, address.path());
            if (!group.isEmpty()) {
                for (Metadata.Plugin plugin : metadata.plugins()
                        .subList(0, Math.min(MAX_PLUGINS, metadata.plugins().size()))) {
                    keep(exchange, plugin);
                }
            }
            return Response.empty(201);
        } catch (XmlException e) {
            return Replies.problem(400, "Not metadata", address.path() + ": " + e.getMessage());
        } catch (RejectedException e) {
            return Replies.problem(e.status(), "Not deployed", e.getMessage());
        }
    }

    /** A client sends the whole group's list, which it got from here; only what is news about a package published here counts. */
    private void keep(Exchange exchange, Metadata.Plugin plugin) throws IOException, RejectedException {
        String name = group + ":" + plugin.artifactId();
        if (!Layout.isPackageName(name)) {
            return;
        }
        PackageName packageName = new PackageName(MavenFormat.ID, name);
        Token token = exchange.visit().principal().token();
        if (token != null && !token.mayPublish(packageName)) {
            return; // the group's others
        }
        Optional<HostedPackage> hosted = exchange.gate().hosted(exchange.repository(), packageName);
        if (hosted.isEmpty()) {
            pending.plugin(
                    exchange.repository().id(),
                    packageName,
                    plugin,
                    exchange.visit().at());
            return;
        }
        PackageDocument document = PackageDocument.read(hosted.get().index().document());
        if (document.plugins().contains(plugin)) {
            return;
        }
        exchange.gate()
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
