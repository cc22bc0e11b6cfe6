package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.BoundedJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The document of a release: notes on its files and, for what was published here, the metadata that came with it.
 *
 * @param files notes by file name; a file without notes is left out
 * @param info metadata fields under their names in the legacy JSON form, or null for releases of upstreams
 */
record ReleaseNotes(Map<String, FileNotes> files, @Nullable ObjectNode info) {

    /** Notes on the file. */
    FileNotes of(String fileName) {
        return files.getOrDefault(fileName, FileNotes.NONE);
    }

    /** The form in which a release keeps them. */
    byte[] toBytes() {
        ObjectNode json = PypiFormat.JSON.object();
        ObjectNode byName = json.putObject("files");
        files.forEach((name, notes) -> {
            ObjectNode file = byName.putObject(name);
            if (notes.requiresPython() != null) {
                file.put("python", notes.requiresPython());
            }
            if (notes.coreMetadata() != null) {
                file.put("metadata", notes.coreMetadata());
            }
            if (notes.provenance()) {
                file.put("provenance", true);
            }
        });
        if (info != null) {
            json.set("info", info);
        }
        return PypiFormat.JSON.bytes(json);
    }

    /** Reads what {@link #toBytes} wrote; nothing for anything else. */
    static ReleaseNotes parse(byte[] document) {
        JsonNode json = PypiFormat.JSON.readOrNull(document);
        Map<String, FileNotes> files = new LinkedHashMap<>();
        if (json == null) {
            return new ReleaseNotes(files, null);
        }
        JsonNode byName = json.get("files");
        if (byName != null) {
            byName.properties().forEach(entry -> {
                JsonNode file = entry.getValue();
                files.put(
                        entry.getKey(),
                        new FileNotes(
                                BoundedJson.text(file, "python"),
                                BoundedJson.text(file, "metadata"),
                                file.has("provenance")));
            });
        }
        return new ReleaseNotes(files, json.get("info") instanceof ObjectNode info ? info : null);
    }
}
