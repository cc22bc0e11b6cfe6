package dev.sluice.app.machine;

import dev.sluice.kernel.repository.Upstream.Basic;
import dev.sluice.kernel.repository.Upstream.Credentials;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What pip is set up with: its configured index, else the default that pip itself carries. */
final class PipConfiguration {

    private static final String BUILT_IN = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)";

    private final Machine machine;

    PipConfiguration(Machine machine) {
        this.machine = machine;
    }

    Optional<Found> index() {
        String environment = machine.environment().get("PIP_INDEX_URL");
        if (environment != null && !environment.isBlank()) {
            return Optional.of(found(environment.strip(), "PIP_INDEX_URL"));
        }
        for (String python : List.of("python3", "python")) {
            for (String key : List.of("global.index-url", "install.index-url", "user.index-url")) {
                Optional<String> configured = machine.run(python, "-m", "pip", "config", "get", key);
                if (configured.isPresent()) {
                    return Optional.of(found(configured.get(), "pip config"));
                }
            }
            Optional<String> builtIn = machine.run(python, "-c", BUILT_IN).filter(t -> t.startsWith("http"));
            if (builtIn.isPresent()) {
                return Optional.of(found(builtIn.get(), "pip's own default"));
            }
        }
        return Optional.empty();
    }

    /** User and password stand in the address; we keep them apart so that they are never logged. */
    private static Found found(String url, String origin) {
        URI uri = URI.create(url.endsWith("/") ? url : url + "/");
        String user = uri.getRawUserInfo();
        if (user == null) {
            return new Found(uri, null, origin);
        }
        String[] pair = user.split(":", 2);
        Credentials credentials = new Basic(decoded(pair[0]), pair.length == 2 ? decoded(pair[1]) : "");
        return new Found(URI.create(uri.toString().replaceFirst("://[^@/]*@", "://")), credentials, origin);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
