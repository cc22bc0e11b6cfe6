package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static dev.sluice.testkit.gate.Door.missing;
import static dev.sluice.testkit.gate.Door.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.testkit.MemoryCluster;
import dev.sluice.testkit.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gates on the same stores decide as one: what is done through either counts at the other's next request. */
@Timeout(30)
class TwoGatesTest {

    private static final String FILE = UP + "lib/1.0/lib-1.0.txt";

    private final MemoryCluster cluster = new MemoryCluster();
    private final Node left = cluster.join();
    private final Node right = cluster.join();
    private final Door one = Door.of(left, GateSettings.STANDARD).trusting();
    private final Door two = one.neighbour(right);

    /** The second gate released the file and would do so again from memory. */
    private void isHotOnTwo(String version) {
        two.caughtUp().bytes(version);
        assertThat(Door.text(two.gate.gate().fileFromMemory(two.visit(), two.want(version))))
                .isNotEmpty();
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
    }

    private void awaitAsked(String uri, int times) {
        while (one.gate.upstreams().asked(uri) < times) {
            Thread.onSpinWait();
        }
    }

    private static void unpublish(Door door, String version) {
        try {
            door.gate
                    .gate()
                    .hosting()
                    .publish(
                            door.visit(),
                            new Publication(
                                    door.gate.repository(),
                                    door.name("lib"),
                                    Event.Kind.UNPUBLISH,
                                    "unpublished " + version,
                                    List.of(),
                                    current -> new Change(new byte[0], List.of(), List.of(version))));
        } catch (IOException | Publication.RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_policy_of_one_refuses_what_the_other_releases_from_memory() {
        one.has(UP, "1.0", "1.1");
        isHotOnTwo("1.0");
        assertThat(two.versions()).containsExactly("1.0", "1.1");

        one.withhold("old", "input.v0.package.version == \"1.0\"");

        assertThat(two.caughtUp().gate.gate().fileFromMemory(two.visit(), two.want("1.0")))
                .isNull();
        assertThat(refusal(two.file("1.0")).policy()).isEqualTo("old");
        assertThat(two.versions()).containsExactly("1.1");
    }

    @Test
    void an_advisory_that_one_imports_counts_on_the_other() {
        one.has(UP, "1.0", "1.1");
        one.withhold("holes", "count(input.v0.vulnerabilities) > 0");
        isHotOnTwo("1.0");

        one.affectedBefore("HOLE-1", "1.1");

        assertThat(refusal(two.caughtUp().file("1.0")).policy()).isEqualTo("holes");
        assertThat(two.versions()).containsExactly("1.1");
    }

    @Test
    void what_is_published_on_one_is_listed_and_released_by_the_other() {
        one.publish("1.0", "lib-1.0.txt", "mine");
        assertThat(two.caughtUp().versions()).containsExactly("1.0");
        isHotOnTwo("1.0");

        one.publish("1.1", "lib-1.1.txt", "mine too");

        assertThat(two.caughtUp().versions()).containsExactlyInAnyOrder("1.0", "1.1");
        assertThat(two.bytes("1.1")).isEqualTo("mine too");
        assertThat(two.bytes("1.0")).isEqualTo("mine");
    }

    @Test
    void what_is_unpublished_on_one_is_gone_from_the_others_memory() {
        one.publish("1.0", "lib-1.0.txt", "mine");
        one.publish("1.1", "lib-1.1.txt", "mine too");
        isHotOnTwo("1.0");
        assertThat(two.versions()).hasSize(2);

        unpublish(one, "1.0");

        assertThat(two.caughtUp().versions()).containsExactly("1.1");
        assertThat(missing(two.file("1.0")).unavailable()).isFalse();
    }

    @Test
    void a_package_that_began_anew_at_the_same_revision_is_not_taken_for_the_former_one() {
        one.publish("1.0", "lib-1.0.txt", "former");
        isHotOnTwo("1.0");
        assertThat(two.versions()).containsExactly("1.0");

        unpublish(one, "1.0");
        one.publish("2.0", "lib-2.0.txt", "anew");

        assertThat(two.caughtUp().versions()).containsExactly("2.0");
        assertThat(missing(two.file("1.0")).unavailable()).isFalse();
    }

    @Test
    void a_version_published_on_one_takes_the_place_of_the_upstreams_on_the_other() {
        one.has(UP, "1.0");
        isHotOnTwo("1.0");

        one.publishOver("1.0", "lib-1.0.txt", "ours");

        assertThat(two.caughtUp().bytes("1.0")).isEqualTo("ours");
    }

    @Test
    void what_one_learns_from_a_file_the_other_judges_by() {
        one.has(UP, "1.0", "1.1");
        one.hasFile(UP, "1.0", "lib-1.0.txt", "license GPL-3.0-only");
        one.withhold("licences", "input.v0.package.license.oss_license.spdx_identifier == \"GPL-3.0-only\"");
        assertThat(two.caughtUp().versions()).containsExactly("1.0", "1.1");

        assertThat(refusal(one.caughtUp().file("1.0")).policy()).isEqualTo("licences");

        assertThat(two.caughtUp().gate.gate().indexFromMemory(two.visit(), two.gate.repository(), two.name("lib")))
                .isNull();
        assertThat(two.versions()).containsExactly("1.1");
    }

    @Test
    void a_file_and_an_index_that_one_fetched_serve_the_other() {
        one.has(UP, "1.0");
        assertThat(one.versions()).containsExactly("1.0");
        one.bytes("1.0");
        one.gate.upstreams().down(true);

        assertThat(two.caughtUp().versions()).containsExactly("1.0");
        assertThat(two.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(two.listed().notices().stale()).isFalse();
    }

    @Test
    void an_index_that_one_revalidated_is_current_for_the_other_too() {
        one.has(UP, "1.0");
        one.versions();
        two.caughtUp().versions();
        one.pass(GateSettings.STANDARD.freshness());
        one.has(UP, "1.0", "1.1");
        assertThat(one.versions()).hasSize(2);

        assertThat(two.caughtUp().versions()).hasSize(2);
        assertThat(one.gate.upstreams().asked(UP + "lib")).isEqualTo(2);
    }

    @Test
    void one_cold_file_asked_through_both_makes_one_upstream_request() {
        one.has(UP, "1.0");
        one.versions();
        one.gate.upstreams().hold();
        CompletableFuture<String> first = inBackground(() -> one.bytes("1.0"));
        awaitAsked(FILE, 1);
        CompletableFuture<String> second = inBackground(() -> two.caughtUp().bytes("1.0"));
        cluster.awaitWaiting(1);
        one.gate.upstreams().release();

        assertThat(first.join()).isEqualTo("bytes of 1.0");
        assertThat(second.join()).isEqualTo("bytes of 1.0");
        assertThat(one.gate.upstreams().asked(FILE)).isEqualTo(1);
        assertThat(cluster.leasesHeld()).isZero();
    }

    @Test
    void one_expired_index_asked_through_both_makes_one_upstream_request() {
        one.has(UP, "1.0");
        one.versions();
        two.caughtUp().versions();
        one.pass(GateSettings.STANDARD.freshness());
        one.gate.upstreams().hold();
        CompletableFuture<List<String>> first = inBackground(one::versions);
        awaitAsked(UP + "lib", 2);
        CompletableFuture<List<String>> second =
                inBackground(() -> two.caughtUp().versions());
        cluster.awaitWaiting(1);
        one.gate.upstreams().release();

        assertThat(first.join()).containsExactly("1.0");
        assertThat(second.join()).containsExactly("1.0");
        assertThat(one.gate.upstreams().asked(UP + "lib")).isEqualTo(2);
    }

    @Test
    void when_the_node_that_fetches_dies_the_other_fetches_once_the_lease_has_ended() {
        one.has(UP, "1.0");
        one.versions();
        one.gate.upstreams().hold();
        CompletableFuture<String> lost = inBackground(() -> one.bytes("1.0"));
        awaitAsked(FILE, 1);
        cluster.crash(left);
        CompletableFuture<String> second = inBackground(() -> two.caughtUp().bytes("1.0"));
        cluster.awaitWaiting(1);
        assertThat(one.gate.upstreams().asked(FILE)).isEqualTo(1);

        cluster.passLeaseTime();
        awaitAsked(FILE, 2);
        one.gate.upstreams().release();

        assertThat(second.join()).isEqualTo("bytes of 1.0");
        assertThat(lost).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void who_waited_for_another_node_as_long_as_patience_lasts_fetches_itself() {
        GateSettings standard = GateSettings.STANDARD;
        GateSettings hasty = new GateSettings(
                standard.workspace(),
                standard.freshness(),
                standard.absence(),
                standard.outage(),
                Duration.ofMillis(20),
                standard.maxIndexBytes(),
                standard.maxArtifactBytes(),
                standard.indexMemoryBytes());
        Door first = Door.of(cluster.join(), hasty).trusting().has(UP, "1.0");
        Door second = first.neighbour(cluster.join());
        first.versions();
        first.gate.upstreams().hold();
        CompletableFuture<String> slow = inBackground(() -> first.bytes("1.0"));
        while (first.gate.upstreams().asked(FILE) < 1) {
            Thread.onSpinWait();
        }
        CompletableFuture<String> impatient =
                inBackground(() -> second.caughtUp().bytes("1.0"));
        while (first.gate.upstreams().asked(FILE) < 2) {
            Thread.onSpinWait();
        }
        first.gate.upstreams().release();

        assertThat(slow.join()).isEqualTo("bytes of 1.0");
        assertThat(impatient.join()).isEqualTo("bytes of 1.0");
    }

    @Test
    void leases_that_cannot_be_asked_for_refuse_nobody() {
        Leases broken = (key, patience) -> {
            throw new IllegalStateException("no lease to be had");
        };
        Node node = new Node(
                left.nodes(),
                broken,
                left.repositories(),
                left.tokens(),
                left.policies(),
                left.hosted(),
                left.files(),
                left.documents(),
                left.history(),
                left.advisories());
        Door door = Door.of(node, GateSettings.STANDARD).trusting().has(UP, "1.0");

        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void both_publish_the_same_package_at_once_and_nothing_is_lost() {
        CompletableFuture<Void> first = inBackground(() -> {
            for (int i = 0; i < 10; i++) {
                one.publish("1." + i, "lib-1." + i + ".txt", "one");
            }
            return null;
        });
        for (int i = 0; i < 10; i++) {
            two.publish("2." + i, "lib-2." + i + ".txt", "two");
        }
        first.join();

        assertThat(one.caughtUp().versions()).hasSize(20);
        assertThat(two.caughtUp().versions()).hasSize(20);
        assertThat(two.bytes("1.9").getBytes(UTF_8)).isEqualTo("one".getBytes(UTF_8));
        FileWant other = one.want("2.9");
        assertThat(one.bytes(other)).isEqualTo("two");
    }
}
