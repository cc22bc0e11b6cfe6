package dev.sluice.app.machine;

import dev.sluice.kernel.repository.Upstream.Basic;
import dev.sluice.kernel.repository.Upstream.Bearer;
import dev.sluice.kernel.repository.Upstream.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What npm is set up with: npm's own answer, else the npmrc files it reads. */
final class NpmConfiguration {

    private final Machine machine;

    NpmConfiguration(Machine machine) {
        this.machine = machine;
    }

    Optional<Found> registry() {
        Map<String, String> npmrc = npmrc();
        Optional<String> asked = machine.run("npm", "config", "get", "registry").filter(t -> t.startsWith("http"));
        String origin = asked.isPresent() ? "npm config" : "npmrc";
        return asked.or(() -> Optional.ofNullable(machine.environment().get("npm_config_registry")))
                .or(() -> Optional.ofNullable(npmrc.get("registry")))
                .map(url -> found(url.strip(), npmrc, origin));
    }

    private Found found(String url, Map<String, String> npmrc, String origin) {
        URI uri = URI.create(url.endsWith("/") ? url : url + "/");
        return new Found(uri, credentials(uri, npmrc), origin);
    }

    /** Credentials are written for a registry without its scheme: {@code //host/path/:_authToken=…}. */
    private static @Nullable Credentials credentials(URI uri, Map<String, String> npmrc) {
        String key = "//" + uri.getRawAuthority() + uri.getRawPath();
        String token = npmrc.get(key + ":_authToken");
        if (token != null) {
            return new Bearer(token);
        }
        String auth = npmrc.get(key + ":_auth");
        if (auth != null) {
            String[] pair = decoded(auth).split(":", 2);
            return pair.length == 2 ? new Basic(pair[0], pair[1]) : null;
        }
        String user = npmrc.get(key + ":username");
        String password = npmrc.get(key + ":_password");
        return user == null || password == null ? null : new Basic(user, decoded(password));
    }

    /** What npm wrote in base64, or nothing where it is none. */
    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private Map<String, String> npmrc() {
        Map<String, String> values = new HashMap<>();
        List<Path> files = new ArrayList<>(List.of(
                Path.of("/etc/npmrc"),
                Path.of("/usr/local/etc/npmrc"),
                machine.home().resolve(".npmrc")));
        String user = machine.environment().get("NPM_CONFIG_USERCONFIG");
        if (user != null) {
            files.add(Path.of(user));
        }
        for (Path file : files) {
            machine.file(file)
                    .ifPresent(text -> text.lines().map(String::strip).forEach(line -> {
                        int equals = line.indexOf('=');
                        if (equals > 0 && !line.startsWith("#") && !line.startsWith(";")) {
                            values.put(
                                    line.substring(0, equals).strip(),
                                    expanded(line.substring(equals + 1).strip()));
                        }
                    }));
        }
        return values;
    }

    /** npm replaces {@code ${NAME}} by environment variables. */
    private String expanded(String value) {
        String plain = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
        int start = plain.indexOf("${");
        int end = start < 0 ? -1 : plain.indexOf('}', start);
        if (end < 0) {
            return plain;
        }
        return plain.substring(0, start)
                + machine.environment().getOrDefault(plain.substring(start + 2, end), "")
                + plain.substring(end + 1);
    }
}
