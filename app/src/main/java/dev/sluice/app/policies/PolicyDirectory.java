package dev.sluice.app.policies;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of policy files that is watched while the server runs: a saved file is in force for the next decision, a deleted
 * one no longer, and one that does not compile leaves its former version in force.
 *
 * <p>Policies made through the API are not touched. Close it to stop watching.
 *
 * <p>Several nodes may each have a directory; a policy belongs to the path of its file. They take their turns by a lease, and the
 * file that was looked at last counts: a node looks when it starts and when its own directory changes. A node that starts without a
 * file leaves its policy in force, since the file may be another node's; it takes away only what it saw going
 * ({@code docs/operations.md}, "Policy files").
 */
public final class PolicyDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyDirectory.class);

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Path directory;
    private final Policies policies;
    private final Nodes nodes;
    private final Leases leases;
    private final Duration retry;
    private final ReentrantLock one = new ReentrantLock();
    private final Set<String> everSeen = new HashSet<>();
    private final WatchService watch;
    private final Thread thread;

    private PolicyDirectory(Path directory, Policies policies, Nodes nodes, Leases leases, Duration retry)
            throws IOException {
        this.directory = directory;
        this.policies = policies;
        this.nodes = nodes;
        this.leases = leases;
        this.retry = retry;
        this.watch = directory.getFileSystem().newWatchService();
        register();
        this.thread = Thread.ofVirtual().name("policy-directory").unstarted(this::follow);
    }

    /** Takes over the directory's policies and watches it from then on. */
    public static PolicyDirectory open(Path directory, Policies policies, Nodes nodes, Leases leases)
            throws IOException {
        return open(directory, policies, nodes, leases, RETRY);
    }

    /** The same; a change that could not be taken over, since the database was away, is tried again after {@code retry}. */
    static PolicyDirectory open(Path directory, Policies policies, Nodes nodes, Leases leases, Duration retry)
            throws IOException {
        PolicyDirectory opened = new PolicyDirectory(directory, policies, nodes, leases, retry);
        opened.synchronise();
        opened.thread.start();
        return opened;
    }

    private void register() throws IOException {
        directory.register(
                watch,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    private void follow() {
        boolean watched = true;
        boolean behind = false;
        try {
            while (true) {
                WatchKey key = behind ? watch.poll(retry.toNanos(), TimeUnit.NANOSECONDS) : watch.take();
                if (key != null) {
                    key.pollEvents();
                    watched = key.reset();
                }
                try {
                    if (!watched) {
                        register(); // it was taken away; what is there now may be another one of that name
                        watched = true;
                    }
                    synchronise();
                    behind = false;
                } catch (IOException | RuntimeException e) {
                    // Whatever the database or the directory fails with, the next change must be followed all the same.
                    if (!behind) {
                        LOG.error("changes in policy directory {} are not taken over yet; trying again", directory, e);
                    }
                    behind = true;
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // closed
        }
    }

    /** Makes the stored policies of this directory equal to its files. Returns what was wrong with each file that is not taken over. */
    List<String> synchronise() throws IOException {
        one.lock();
        try (Leases.@Nullable Lease turn = leases.take("policies", PATIENCE).orElse(null)) {
            if (turn == null) {
                throw new IOException("another node is still taking over its policy files");
            }
            nodes.catchUp().toCompletableFuture().join(); // what the node before left
            return takeOver();
        } finally {
            one.unlock();
        }
    }

    private List<String> takeOver() throws IOException {
        List<String> findings = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(PolicyDirectory::isPolicy).sorted().toList()) {
                seen.add(file.toString());
                try {
                    take(file, PolicyFile.text(file));
                } catch (PolicyRejectedException | IllegalArgumentException e) {
                    findings.add(e.getMessage() + "");
                    LOG.error("policy file not taken over, its former version stays in force: {}", e.getMessage());
                }
            }
        }
        for (Policy policy : policies.list()) {
            if (policy.origin() == null || !isHere(policy.origin()) || seen.contains(policy.origin())) {
                continue;
            }
            if (leases == Leases.ALONE || everSeen.contains(policy.origin())) {
                policies.delete(policy.slug(), Event.Actor.SYSTEM);
                LOG.info("policy '{}' is gone with its file", policy.name());
            } else {
                LOG.warn(
                        "policy '{}' stays in force although {} is not here: it may be another node's. To end it:"
                                + " sluice policy delete '{}'",
                        policy.name(),
                        policy.origin(),
                        policy.name());
            }
        }
        everSeen.addAll(seen);
        return findings;
    }

    private boolean isHere(String origin) {
        return directory.equals(Path.of(origin).getParent());
    }

    private static boolean isPolicy(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".rego") && !name.endsWith("_test.rego") && Files.isRegularFile(file);
    }

    private void take(Path file, String text) throws PolicyRejectedException {
        Policy read = PolicyFile.read(file.getFileName().toString(), text, file.toString());
        Policy former = policies.list().stream()
                .filter(p -> file.toString().equals(p.origin()))
                .findFirst()
                .orElse(null);
        if (former == null) { // one of its name that no file claims becomes the file's
            former = policies.list().stream()
                    .filter(p -> p.origin() == null && p.name().equalsIgnoreCase(read.name()))
                    .findFirst()
                    .orElse(null);
        }
        if (former == null) {
            policies.create(read, Event.Actor.SYSTEM);
            LOG.info("policy '{}' taken from {}", read.name(), file);
            doubt(read);
        } else if (!former.rego().equals(text) || former.origin() == null) {
            policies.update(
                    new Policy(
                            former.slug(),
                            read.name(),
                            read.description(),
                            read.rego(),
                            read.enabled(),
                            read.terminal(),
                            read.precedence(),
                            read.mode(),
                            read.scope(),
                            read.actions(),
                            read.effect(),
                            read.onUnknown(),
                            read.onError(),
                            former.version(),
                            former.createdAt(),
                            former.updatedAt(),
                            read.origin()),
                    Event.Actor.SYSTEM);
            LOG.info("policy '{}' changed by {}", read.name(), file);
            doubt(read);
        }
    }

    private static void doubt(Policy policy) {
        Policies.warnings(policy).forEach(w -> LOG.warn("policy '{}': {}", policy.name(), w));
    }

    /** Lets a change that is being taken over be finished, for some seconds. */
    @Override
    public void close() throws IOException {
        watch.close();
        try {
            // Not interrupted at once: that would close the files it writes to.
            if (!thread.join(FAREWELL)) {
                thread.interrupt();
                thread.join(FAREWELL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
