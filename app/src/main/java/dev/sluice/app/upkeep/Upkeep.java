package dev.sluice.app.upkeep;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlToken;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.storage.upkeep.Backup;
import dev.sluice.storage.upkeep.GarbageCollection;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looking after the running installation: garbage collection by hand and on schedule, examinations, backups.
 *
 * <p>One piece of such work runs at a time; it goes on when the command that asked for it goes away, and ends when this is closed.
 * Thread-safe.
 */
public final class Upkeep implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Tasks tasks;
    private final Garbage garbage;
    private final Scrubbing scrubbing;
    private final Checkup checkup;
    private final Backups backups;

    /**
     * What upkeep is done with.
     *
     * @param collection finds what nobody refers to
     * @param checkup examines
     * @param backup copies
     * @param journal knows when garbage was last collected
     * @param leases keep other nodes from doing the same
     * @param ids makes identifiers of tasks
     */
    public record Means(
            GarbageCollection collection, Checkup checkup, Backup backup, Journal journal, Leases leases, Ulid ids) {}

    /** With those means; backups are for who has the control token. Nothing runs before {@link #schedule} or a request. */
    public Upkeep(Configuration configuration, Means means, ControlToken control, InstantSource clock) {
        this.tasks = new Tasks(means.ids());
        this.garbage = new Garbage(configuration, means.collection(), means.journal(), means.leases(), clock, tasks);
        this.scrubbing = new Scrubbing(configuration, means.checkup().scrub(), means.leases());
        this.checkup = means.checkup();
        this.backups = new Backups(means.backup(), configuration.path(Setting.DATA), control, tasks);
    }

    /** How it is asked for and followed. */
    public List<Operation> operations() {
        return List.of(
                garbage.operation(),
                Operation.of("upkeep.doctor", "POST", "/api/upkeep/doctor", Permission.ADMINISTER, this::examine),
                backups.operation(),
                tasks.operation());
    }

    private Response examine(Call call) throws IOException {
        JsonNode body = JSON.readTree(call.request().body());
        boolean deep = body.path("deep").asBoolean(false);
        boolean repair = body.path("repair").asBoolean(false);
        return tasks.start("doctor", task -> checkup.run(deep, repair, task::step));
    }

    /** Does what is due from time to time until this is closed. Wrong settings are told at once: {@link dev.sluice.app.config.ConfigurationException}. */
    public void schedule() {
        scrubbing.schedule();
        garbage.schedule();
    }

    /** Ends the schedule and the work under way, and waits for its last step. */
    @Override
    public void close() {
        garbage.close();
        scrubbing.close();
        tasks.close();
    }
}
