package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blobs that a store found damaged: each is logged and told once for as long as the process runs, and counted. Thread-safe. */
public final class Damages {
    private static final Logger LOG = LoggerFactory.getLogger(Damages.class);
    private static final int MOST_TOLD = 10_000;

    private final Consumer<Damage> listener;
    private final Set<Digest> told = ConcurrentHashMap.newKeySet();
    private final LongAdder count = new LongAdder();

    /**
     * A damaged blob.
     *
     * @param blob what its bytes should be
     * @param problem what is wrong and where its bytes lie now, for people
     */
    public record Damage(Digest blob, String problem) {}

    /** Tells that listener, on the thread that found the damage; it must neither block nor throw. */
    public Damages(Consumer<Damage> listener) {
        this.listener = listener;
    }

    /** Nobody but the log is told. */
    public static Damages logged() {
        return new Damages(damage -> {});
    }

    /** How many were found. */
    public long count() {
        return count.sum();
    }

    void found(Digest blob, String problem) {
        count.increment();
        if (told.size() < MOST_TOLD && told.add(blob)) {
            LOG.atError().addKeyValue("blob", blob).log(problem);
            listener.accept(new Damage(blob, problem));
        }
    }

    /** Healed: should it be damaged again, that is news. */
    void healed(Digest blob) {
        told.remove(blob);
    }
}
