package dev.sluice.app.policies;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.Together;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A directory of policy files, with one node and with two on one database. */
class PolicyDirectoryTest {

    @TempDir
    Path folder;

    private final ManualClock clock = ManualClock.at("2026-11-28T12:00:00Z");
    private final String database = PostgresServer.get().database();
    private Path policies;
    private Installation one;
    private Installation two;

    @BeforeEach
    void open() throws IOException {
        policies = Files.createDirectories(folder.resolve("policies"));
        one = installation("one", database);
        two = installation("two", database);
        one.policies().list().forEach(starter -> one.policies().delete(starter.slug(), Event.Actor.SYSTEM));
    }

    @AfterEach
    void close() throws IOException {
        one.close();
        two.close();
        PostgresServer.get().drop(database);
    }

    private Installation installation(String node, String where) throws IOException {
        Map<String, String> flags = Map.of(
                Setting.DATA.key(),
                folder.resolve(node).toString(),
                Setting.DATABASE.key(),
                where,
                Setting.BLOBS.key(),
                folder.resolve(where.startsWith("postgres") ? "blobs" : "blobs-" + node)
                        .toString(),
                "upstreams.npm.url",
                "none",
                "upstreams.pypi.url",
                "none",
                "upstreams.maven.url",
                "none");
        return Installation.open(Configuration.of(flags, Map.of(), null), clock, new Machine(Map.of(), folder));
    }

    private void save(String name, String version) throws IOException {
        Files.writeString(
                policies.resolve(name + ".rego"),
                "package cloudsmith\n\nmatch if input.v0.package.version == \"" + version + "\"\n");
    }

    private PolicyDirectory watching(Installation node) throws IOException {
        return PolicyDirectory.open(
                policies,
                node.policies(),
                node.database().nodes(),
                node.database().leases());
    }

    private static List<String> names(Installation node) {
        return list(node).stream().map(Policy::name).sorted().toList();
    }

    private static String rego(Installation node) {
        return list(node).getFirst().rego();
    }

    /** As a request sees it. */
    private static List<Policy> list(Installation node) {
        node.database().nodes().catchUp().toCompletableFuture().join();
        return node.policies().list();
    }

    @Test
    void nodes_that_start_at_once_with_the_same_files_make_each_policy_once() throws IOException {
        save("a", "1");
        save("b", "1");
        List<Installation> nodes = List.of(one, two);
        Together.run(2, number -> {
            try {
                watching(nodes.get(number)).close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(names(one)).containsExactly("a", "b");
    }

    @Test
    void a_node_that_is_behind_when_it_starts_takes_nothing_away() throws IOException {
        save("a", "1");
        save("new", "1");
        watching(one).close();
        Files.delete(policies.resolve("new.rego"));
        try (PolicyDirectory behind = watching(two)) {
            assertThat(names(one)).containsExactly("a", "new");

            save("new", "1");
            behind.synchronise();
            Files.delete(policies.resolve("new.rego"));
            behind.synchronise();
            assertThat(names(one)).describedAs("it saw the file going").containsExactly("a");
        }
    }

    @Test
    void a_change_that_the_database_could_not_take_is_taken_when_it_is_back() throws Exception {
        try (Installation alone = installation("alone", "sqlite:" + folder.resolve("alone"))) {
            AtomicInteger failures = new AtomicInteger();
            Semaphore looked = new Semaphore(0);
            try (PolicyDirectory _ = PolicyDirectory.open(
                    policies,
                    alone.policies(),
                    alone.database().nodes(),
                    turns(failures, looked),
                    Duration.ofMillis(1))) {
                failures.set(3);
                save("late", "1");
                while (!names(alone).contains("late")) {
                    looked.acquire();
                }
            }
            assertThat(names(alone)).contains("late");
        }
    }

    @Test
    void a_directory_that_is_made_anew_is_followed_again() throws Exception {
        try (Installation alone = installation("alone", "sqlite:" + folder.resolve("alone"))) {
            Semaphore looked = new Semaphore(0);
            try (PolicyDirectory _ = PolicyDirectory.open(
                    policies,
                    alone.policies(),
                    alone.database().nodes(),
                    turns(new AtomicInteger(), looked),
                    Duration.ofMillis(1))) {
                Files.delete(policies);
                Files.createDirectories(policies);
                save("first", "1");
                while (!names(alone).contains("first")) {
                    looked.acquire();
                }
                save("second", "1");
                while (!names(alone).contains("second")) {
                    looked.acquire();
                }
            }
        }
    }

    /** Turns of a node that is alone, the first of which fail, as many as are still to come; each that ends is counted. */
    private static Leases turns(AtomicInteger failures, Semaphore ended) {
        return (key, patience) -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("the database restarts");
            }
            return Optional.of(new Leases.Lease() {
                @Override
                public long number() {
                    return 0;
                }

                @Override
                public boolean isHeld() {
                    return true;
                }

                @Override
                public void close() {
                    ended.release();
                }
            });
        };
    }

    @Test
    void a_node_that_is_alone_takes_away_what_went_while_it_was_stopped() throws IOException {
        try (Installation alone = installation("alone", "sqlite:" + folder.resolve("alone"))) {
            save("a", "1");
            watching(alone).close();
            assertThat(names(alone)).contains("a");
            Files.delete(policies.resolve("a.rego"));
            watching(alone).close();
            assertThat(names(alone)).doesNotContain("a");
        }
    }

    @Test
    void the_log_shows_the_line_a_file_is_refused_for_and_what_was_before_stays() throws IOException {
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(PolicyDirectory.class);
        told.start();
        log.addAppender(told);
        try (Installation alone = installation("alone", "sqlite:" + folder.resolve("alone"))) {
            save("a", "1");
            try (PolicyDirectory directory = watching(alone)) {
                Path file = Files.writeString(
                        policies.resolve("a.rego"), "package cloudsmith\n\nmatch if {\n\tcount(x) == 1\n}\n");
                String shown = directory.synchronise().getFirst();
                assertThat(shown)
                        .startsWith(file + ":4:8: rego_unsafe_var_error: var x is unsafe")
                        .endsWith("\n\t\tcount(x) == 1\n\t\t      ^");
                assertThat(told.list)
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .contains("policy file not taken over, its former version stays in force: " + shown);
                assertThat(alone.policies().list()).anyMatch(p -> p.rego().contains("version == \"1\""));
            }
        } finally {
            log.detachAppender(told);
        }
    }

    @Test
    void the_file_that_was_looked_at_last_counts() throws IOException {
        save("a", "1");
        watching(one).close();
        save("a", "2");
        watching(two).close();
        assertThat(rego(one)).contains("\"2\"");
        save("a", "1");
        watching(one).close();
        assertThat(rego(two)).contains("\"1\"");
    }
}
