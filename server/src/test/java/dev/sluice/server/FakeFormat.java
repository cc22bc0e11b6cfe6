package dev.sluice.server;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.format.Setup;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A protocol made of whatever a test says: the first segment names the endpoint. */
final class FakeFormat implements Format {

    /** Answers on a virtual thread. */
    @FunctionalInterface
    interface Blocking {
        Response handle(Exchange exchange) throws IOException;
    }

    /** Answers on the event loop. */
    @FunctionalInterface
    interface Quick {
        @Nullable
        Response handle(Exchange exchange);
    }

    private record Fake(
            String name,
            String method,
            Permission permission,
            @Nullable Quick quick,
            Blocking blocking) implements Endpoint {
        @Override
        public Response handle(Exchange exchange) throws IOException {
            return blocking.handle(exchange);
        }

        @Override
        public @Nullable Response handleFromMemory(Exchange exchange) {
            return quick == null ? null : quick.handle(exchange);
        }
    }

    private final Map<String, Fake> endpoints = new ConcurrentHashMap<>();

    FakeFormat() {
        quick("echo", exchange -> Response.text(200, "quick"));
    }

    void quick(String name, Quick quick) {
        endpoints.put("GET " + name, new Fake(name, "GET", Permission.READ, quick, exchange -> {
            Response response = quick.handle(exchange);
            return response == null ? Response.text(200, "blocking") : response;
        }));
    }

    void get(String name, Blocking blocking) {
        endpoints.put("GET " + name, new Fake(name, "GET", Permission.READ, null, blocking));
    }

    void put(String name, Blocking blocking) {
        endpoints.put("PUT " + name, new Fake(name, "PUT", Permission.PUBLISH, null, blocking));
    }

    @Override
    public @Nullable Endpoint route(Route route) {
        if (route.segments().isEmpty()) {
            return null;
        }
        String first = route.segments().getFirst();
        if (first.equals("segments")) {
            return new Fake(
                    "segments",
                    "GET",
                    Permission.READ,
                    null,
                    e -> Response.text(200, route.segments().toString()));
        }
        return endpoints.get((route.isRead() ? "GET" : route.method()) + " " + first);
    }

    @Override
    public String id() {
        return "fake";
    }

    @Override
    public String ecosystem() {
        return "Fake";
    }

    @Override
    public List<Setup> setups(String repositoryUrl) {
        String command = "fake config set registry \"" + repositoryUrl + "\"";
        return List.of(new Setup("fake", command, command));
    }

    @Override
    public PackageName packageName(String text) {
        return new PackageName("fake", text);
    }

    @Override
    public Purl purl(Coordinates coordinates) {
        return Purl.of("fake", null, coordinates.name(), coordinates.version());
    }

    @Override
    public PackageName packageName(Purl purl) {
        return new PackageName("fake", purl.name());
    }

    @Override
    public String purlType() {
        return "fake";
    }

    @Override
    public VersionOrder versionOrder() {
        return new VersionOrder() {
            @Override
            public int compare(String left, String right) {
                return left.compareTo(right);
            }

            @Override
            public boolean isPrerelease(String version) {
                return false;
            }

            @Override
            public boolean isVersion(String text) {
                return true;
            }
        };
    }

    @Override
    public Proxying proxying() {
        throw new UnsupportedOperationException("no upstreams here");
    }
}
