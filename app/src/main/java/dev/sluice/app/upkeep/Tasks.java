package dev.sluice.app.upkeep;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pieces of upkeep, of which one runs at a time.
 *
 * <p>One goes on when the command that asked for it goes away, and ends when this is closed. Thread-safe.
 */
final class Tasks implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Ulid ids;
    private final AtomicReference<@Nullable Task> latest = new AtomicReference<>();

    Tasks(Ulid ids) {
        this.ids = ids;
    }

    /** Work that may take long. */
    @FunctionalInterface
    interface Work {
        /** Does it, tells how far it is, and gives what the command prints. */
        ObjectNode run(Task task) throws IOException;
    }

    /** A piece of work and how far it is. */
    static final class Task {
        private final String id;
        private final String name;
        private volatile String step = "";
        private volatile @Nullable ObjectNode result;
        private volatile @Nullable String failure;
        private volatile @Nullable Thread thread;

        private Task(String id, String name) {
            this.id = id;
            this.name = name;
        }

        /** Says how far it is, for people. */
        void step(String text) {
            step = text;
        }

        private boolean isDone() {
            return result != null || failure != null;
        }
    }

    /** How the latest one is followed. */
    Operation operation() {
        return Operation.of("upkeep.task", "GET", "/api/upkeep/{task}", Permission.ADMINISTER, this::look);
    }

    /** Begins one, and says by which identifier it is followed. Throws Problem when another one runs. */
    Response start(String name, Work work) {
        return Response.json(
                202, JSON.createObjectNode().put("id", begin(name, work).id).toString());
    }

    /** Begins one. Throws Problem when another one runs. */
    synchronized Task begin(String name, Work work) {
        Task running = latest.get();
        if (running != null && !running.isDone()) {
            throw new Problem(409, "Busy", running.name + " is running; wait for it to end, then try again");
        }
        Task task = new Task(ids.next(), name);
        latest.set(task);
        task.thread = Thread.ofVirtual().name("upkeep-" + name).start(() -> run(task, work));
        return task;
    }

    private static void run(Task task, Work work) {
        try {
            task.result = work.run(task);
            LOG.info("{} is done", task.name);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} failed: {}", task.name, e.getMessage());
            task.failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private Response look(Call call) {
        Task task = latest.get();
        if (task == null || !task.id.equals(call.parameter("task"))) {
            throw Problem.notFound("there is no such work, or other work was begun since");
        }
        ObjectNode body = JSON.createObjectNode().put("name", task.name).put("step", task.step);
        ObjectNode result = task.result;
        String failure = task.failure;
        body.put("state", failure != null ? "failed" : result != null ? "done" : "running");
        body.put("failure", failure);
        if (result != null) {
            body.set("result", result);
        }
        return Response.json(200, body.toString());
    }

    /** Interrupts the one under way and waits for its last step. */
    @Override
    public void close() {
        Task task = latest.get();
        Thread thread = task == null ? null : task.thread;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
