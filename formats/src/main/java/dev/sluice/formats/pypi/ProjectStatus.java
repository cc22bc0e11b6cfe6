package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.BoundedJson;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an index says of a project as a whole (PEP 792).
 *
 * @param status {@code active}, {@code archived}, {@code quarantined} or {@code deprecated}
 * @param reason free text, or null
 */
record ProjectStatus(String status, @Nullable String reason) {

    /** The default. */
    static final ProjectStatus ACTIVE = new ProjectStatus("active", null);

    private static final Set<String> KNOWN = Set.of("active", "archived", "quarantined", "deprecated");
    private static final int MAX_REASON = 500;

    /** A status as an index wrote it; active when it is none that the specification names. */
    static ProjectStatus of(@Nullable String status, @Nullable String reason) {
        if (status == null || !KNOWN.contains(status)) {
            return ACTIVE;
        }
        return new ProjectStatus(
                status, reason == null || reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON));
    }

    /** Why its releases count as deprecated, or null when they do not. */
    @Nullable
    String deprecation() {
        if (!status.equals("deprecated")) {
            return null;
        }
        return reason == null || reason.isBlank() ? "the project is marked as deprecated" : reason;
    }

    /** The form in which a package document keeps it. */
    byte[] toBytes() {
        ObjectNode json = PypiFormat.JSON.object();
        json.put("status", status);
        if (reason != null) {
            json.put("reason", reason);
        }
        return PypiFormat.JSON.bytes(json);
    }

    /** Reads what {@link #toBytes} wrote; active for anything else. */
    static ProjectStatus parse(byte[] document) {
        JsonNode json = PypiFormat.JSON.readOrNull(document);
        return json == null ? ACTIVE : of(BoundedJson.text(json, "status"), BoundedJson.text(json, "reason"));
    }
}
