package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.Upstream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Upstreams that the configuration names: put in place at every start. */
final class ConfiguredUpstreams {

    private ConfiguredUpstreams() {}

    /** Explicit configuration wins over what the machine said or an earlier start kept. */
    static void apply(Configuration configuration, List<Format> formats, RepositoryStore repositories) {
        Repository main = repositories.find(Installation.MAIN).orElseThrow();
        List<Upstream> upstreams = new ArrayList<>(main.upstreams());
        for (String id : configuration.upstreamFormats()) {
            if (formats.stream().noneMatch(f -> f.id().equals(id))) {
                throw new ConfigurationException("upstream '" + id + "': there is no such format; known are "
                        + String.join(", ", formats.stream().map(Format::id).toList()));
            }
            Upstream former = upstreams.stream()
                    .filter(u -> u.id().equals(id))
                    .findFirst()
                    .orElse(null);
            upstreams.removeIf(u -> u.id().equals(id));
            Map<String, String> parts = configuration.upstream(id);
            String url = parts.getOrDefault("url", "none");
            if (!url.equals("none")) { // "none" takes an upstream away
                upstreams.add(upstream(id, url, parts, former));
            }
        }
        Repository wanted = main.with(main.openReads(), upstreams, main.reserved());
        if (!wanted.equals(main)) {
            repositories.save(wanted);
        }
    }

    private static Upstream.Forbidden forbidden(String id, @Nullable String text, Upstream.Forbidden otherwise) {
        return switch (text) {
            case null -> otherwise;
            case "refused" -> Upstream.Forbidden.REFUSED;
            case "absent" -> Upstream.Forbidden.ABSENT;
            default ->
                throw new ConfigurationException(
                        "upstreams." + id + ".forbidden is '" + text + "', but it takes refused or absent");
        };
    }

    /** What configuration does not say stays as it was set, as long as the address does. */
    private static Upstream upstream(String id, String url, Map<String, String> parts, @Nullable Upstream former) {
        String token = parts.get("token");
        String user = parts.get("user");
        Upstream.Credentials credentials = token != null
                ? new Upstream.Bearer(token)
                : user != null ? new Upstream.Basic(user, parts.getOrDefault("password", "")) : null;
        try {
            Upstream wanted = new Upstream(id, id, URI.create(url), 100, Upstream.Trust.TRUSTED, credentials);
            Upstream as = former != null && former.url().equals(wanted.url()) ? former : wanted;
            return wanted.meaning(as.trustsTimes(), forbidden(id, parts.get("forbidden"), as.forbidden()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() + "", e);
        }
    }
}
