package dev.sluice.formats.maven;

import dev.sluice.formats.maven.Metadata.Plugin;
import dev.sluice.formats.protocol.BoundedJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is kept of a package's metadata beside its versions, as JSON in the index's document.
 *
 * @param latest what the source calls the newest version, or null
 * @param release what the source calls the newest release, or null
 * @param lastUpdated {@code yyyyMMddHHmmss} in UTC, or null
 * @param plugins of an upstream: plugin prefixes found at the same address; of a hosted plugin: its own prefix
 */
record PackageDocument(
        @Nullable String latest,
        @Nullable String release,
        @Nullable String lastUpdated,
        List<Plugin> plugins) {

    /** A document that says nothing. */
    static final PackageDocument EMPTY = new PackageDocument(null, null, null, List.of());

    /** Copies the list. */
    PackageDocument {
        plugins = List.copyOf(plugins);
    }

    /** What metadata says beside its versions. */
    static PackageDocument of(Metadata metadata) {
        return new PackageDocument(metadata.latest(), metadata.release(), metadata.lastUpdated(), metadata.plugins());
    }

    /** This document after a change at that time. */
    PackageDocument updatedAt(String time) {
        return new PackageDocument(latest, release, time, plugins);
    }

    /** This document with that plugin in place of any of the same prefix. */
    PackageDocument with(Plugin plugin) {
        List<Plugin> others = plugins.stream()
                .filter(p -> !p.prefix().equals(plugin.prefix()))
                .toList();
        List<Plugin> more = new java.util.ArrayList<>(others);
        more.add(plugin);
        return new PackageDocument(latest, release, lastUpdated, more);
    }

    /** Reads what {@link #write} wrote; anything else says nothing. */
    static PackageDocument read(byte[] json) {
        JsonNode tree = BoundedJson.SMALL.readOrNull(json);
        if (tree == null) {
            return EMPTY;
        }
        List<Plugin> plugins = new java.util.ArrayList<>();
        for (JsonNode plugin : tree.path("plugins")) {
            plugins.add(new Plugin(
                    plugin.path("name").asString(""),
                    plugin.path("prefix").asString(""),
                    plugin.path("artifactId").asString("")));
        }
        return new PackageDocument(
                BoundedJson.text(tree, "latest"),
                BoundedJson.text(tree, "release"),
                BoundedJson.text(tree, "lastUpdated"),
                plugins);
    }

    /** As JSON. */
    byte[] write() {
        ObjectNode tree = BoundedJson.SMALL.object();
        if (latest != null) {
            tree.put("latest", latest);
        }
        if (release != null) {
            tree.put("release", release);
        }
        if (lastUpdated != null) {
            tree.put("lastUpdated", lastUpdated);
        }
        if (!plugins.isEmpty()) {
            ArrayNode array = tree.putArray("plugins");
            for (Plugin plugin : plugins) {
                array.addObject()
                        .put("name", plugin.name())
                        .put("prefix", plugin.prefix())
                        .put("artifactId", plugin.artifactId());
            }
        }
        return BoundedJson.SMALL.bytes(tree);
    }
}
