package dev.sluice.formats.npm;

import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.Contradiction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A manifest as it was published, held against the package.json of its tarball: npm resolves by the one and installs by the other.
 *
 * <p>Clients normalise what they send ({@code @npmcli/package-json}): optional dependencies are copied into dependencies or taken
 * out of them, {@code bin} becomes an object, repositories get longer addresses, empty members go, build steps are added for what
 * holds a binding.gyp. None of that is a contradiction. Neither is what a package's own scripts take out of package.json while it
 * is packed; what they put in is.
 *
 * @param manifest the manifest, a JSON object
 */
record ManifestClaims(byte[] manifest) implements Publication.Claims {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Pattern OWN_PROGRAMS = Pattern.compile("^(\\.[/\\\\])?node_modules[/\\\\]\\.bin[/\\\\]");
    private static final Pattern SCHEME = Pattern.compile("^(?:(?:git\\+)?(?:git|ssh|https?)://(?:[^/@]*@)?|[^/@:]+@)");
    private static final Pattern SHORT = Pattern.compile("[^/:@.][^/:@]*/[^/:#]+(#.*)?");
    private static final Map<String, String> HOSTS = Map.of(
            "github", "github.com", "gitlab", "gitlab.com", "bitbucket", "bitbucket.org", "gist", "gist.github.com");

    @Override
    public @Nullable Contradiction contradicted(byte[] description) {
        JsonNode claimed = tree(manifest);
        JsonNode read = tree(description);
        if (claimed == null || read == null) {
            return null;
        }
        Contradiction found = differing("name", text(read, "name"), text(claimed, "name"));
        if (found == null) {
            found = differing("version", version(read), version(claimed));
        }
        if (found == null) {
            found = differing("dependencies", needed(read), needed(claimed));
        }
        for (String kind : List.of("optionalDependencies", "peerDependencies")) {
            found = found == null ? differing(kind, packages(read, kind), packages(claimed, kind)) : found;
        }
        if (found == null && read.has("bin") && claimed.has("bin")) {
            found = differing("bin", programs(read), programs(claimed));
        }
        for (String script : List.of("preinstall", "install", "postinstall")) {
            found = found == null ? script(script, read.path("scripts"), claimed.path("scripts")) : found;
        }
        return found;
    }

    private static @Nullable Contradiction differing(String what, @Nullable Object read, @Nullable Object claimed) {
        return read == null || claimed == null || read.equals(claimed)
                ? null
                : new Contradiction(what, read.toString(), claimed.toString());
    }

    /** What the tarball would run and the manifest does not tell; a manifest without any scripts is silent. */
    private static @Nullable Contradiction script(String name, JsonNode read, JsonNode claimed) {
        String runs = command(read, name);
        String told = command(claimed, name);
        return runs.isEmpty() || !claimed.isObject() || runs.equals(told)
                ? null
                : new Contradiction("script " + name, runs, told);
    }

    private static String command(JsonNode scripts, String name) {
        String text = text(scripts, name);
        return text == null ? "" : OWN_PROGRAMS.matcher(text.strip()).replaceFirst("");
    }

    private static @Nullable JsonNode tree(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        try {
            JsonNode tree = MAPPER.readTree(text.startsWith("\uFEFF") ? text.substring(1) : text);
            return tree.isObject() ? tree : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static @Nullable String text(JsonNode node, String member) {
        JsonNode value = node.path(member);
        return value.isString() ? value.stringValue().strip() : null;
    }

    private static @Nullable String version(JsonNode manifest) {
        String version = text(manifest, "version");
        return version == null ? null : PackumentReader.spelled(version);
    }

    /** Dependencies without the optional ones, which are in both lists or in one. */
    private static @Nullable Map<String, String> needed(JsonNode manifest) {
        Map<String, String> needed = packages(manifest, "dependencies");
        Map<String, String> optional = packages(manifest, "optionalDependencies");
        if (needed != null && optional != null) {
            needed.keySet().removeAll(optional.keySet());
        }
        return needed;
    }

    /** Ranges by name; null where they are written in a form that npm gave up long ago. An empty list says that there are none. */
    private static @Nullable Map<String, String> packages(JsonNode manifest, String kind) {
        Map<String, String> packages = new TreeMap<>();
        JsonNode listed = manifest.path(kind);
        boolean empty = listed.isArray()
                ? listed.isEmpty()
                : listed.isString() && listed.stringValue().isBlank();
        if (!empty && (listed.isArray() || listed.isString())) {
            return null;
        }
        listed.propertyStream().forEach(each -> {
            if (each.getValue().isString()) {
                packages.put(
                        each.getKey().strip(),
                        range(each.getValue().stringValue().strip()));
            }
        });
        return packages;
    }

    /** A range in one spelling: of a repository its host and path, however npm lets one write them. */
    private static String range(String range) {
        if (range.indexOf('/') < 0) {
            return range.isEmpty() ? "*" : range;
        }
        String place = range.toLowerCase(Locale.ROOT);
        int colon = place.indexOf(':');
        String host = colon < 0 ? null : HOSTS.get(place.substring(0, colon));
        if (host != null) {
            place = host + "/" + place.substring(colon + 1);
        } else if (SHORT.matcher(place).matches()) {
            place = "github.com/" + place;
        } else {
            place = SCHEME.matcher(place).replaceFirst("").replaceFirst("^([^/:]+):", "$1/");
        }
        return place.replace(".git#", "#").replaceAll("\\.git$", "");
    }

    /** Programs by name: one of the package's own name where only a path is told. */
    private static @Nullable Map<String, String> programs(JsonNode manifest) {
        JsonNode bin = manifest.path("bin");
        Map<String, String> programs = new TreeMap<>();
        if (bin.isString()) {
            String name = Objects.requireNonNullElse(text(manifest, "name"), "");
            programs.put(last(name), path(bin.stringValue()));
            return programs;
        }
        bin.propertyStream().forEach(each -> {
            if (each.getValue().isString()) {
                programs.put(last(each.getKey()), path(each.getValue().stringValue()));
            }
        });
        return bin.isObject() ? programs : null;
    }

    private static String last(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /** As npm writes paths: from the package's folder, without detours at the beginning. */
    private static String path(String path) {
        return path.strip().replace('\\', '/').replaceAll("/\\./|//+", "/").replaceAll("^(\\.?/)+", "");
    }
}
