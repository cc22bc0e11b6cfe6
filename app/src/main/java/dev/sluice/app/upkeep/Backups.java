package dev.sluice.app.upkeep;

import dev.sluice.app.control.ControlToken;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Response;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import dev.sluice.storage.upkeep.Backup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Backups of the running installation. */
public final class Backups {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Backup backup;
    private final Path data;
    private final ControlToken control;
    private final Tasks tasks;

    /** Of the installation whose data directory that is; for who has the control token. */
    Backups(Backup backup, Path data, ControlToken control, Tasks tasks) {
        this.backup = backup;
        this.data = data.toAbsolutePath().normalize();
        this.control = control;
        this.tasks = tasks;
    }

    Operation operation() {
        return Operation.of("upkeep.backup", "POST", "/api/upkeep/backup", Permission.ADMINISTER, this::take);
    }

    /** The directory lies on the server's machine: only who can read the control file may name one. */
    private Response take(Call call) throws IOException {
        control.require(call, "backups are made by 'sluice backup' on the server's machine");
        JsonNode body = JSON.readTree(call.request().body());
        if (body.path("target").asString("").isBlank()) {
            throw Problem.badRequest("name the directory to write to as target");
        }
        Path target = Path.of(body.path("target").asString("")).toAbsolutePath().normalize();
        if (target.startsWith(data) || data.startsWith(target)) {
            throw Problem.badRequest("a backup must lie outside the data directory " + data);
        }
        boolean link = body.path("link").asBoolean(false);
        return tasks.start("backup", task -> {
            Backup.Manifest manifest = backup.take(target, link, task::step);
            return written(manifest).put("target", target.toString());
        });
    }

    /** What {@code sluice backup} and {@code sluice restore} print. */
    static ObjectNode written(Backup.Manifest manifest) {
        return written(manifest, manifest.skipped());
    }

    /** The same, with what else was skipped. */
    public static ObjectNode written(Backup.Manifest manifest, List<String> left) {
        ObjectNode written = JSON.createObjectNode()
                .put("taken_at", manifest.takenAt())
                .put("files", manifest.files().size())
                .put("blobs", manifest.blobs())
                .put("blob_bytes", manifest.blobBytes())
                .put("copied", manifest.copied());
        ArrayNode skipped = written.putArray("skipped");
        left.forEach(skipped::add);
        return written;
    }
}
