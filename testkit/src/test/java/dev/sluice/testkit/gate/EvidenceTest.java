package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.OTHER;
import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryCluster;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Facts about bytes belong to their digest, facts about a name to repository and source: nobody else's change a decision here. */
class EvidenceTest {

    private static final String FORBIDDEN = "input.v0.package.license.oss_license.spdx_identifier == \"AGPL-3.0-only\"";
    private static final String YOUNG =
            "time.now_ns() - time.parse_rfc3339_ns(input.v0.first_seen) < 3 * 24 * 60 * 60 * 1000000000";

    private static void elsewhere(Door door, Runnable work) {
        Repository main = door.gate.repository();
        door.gate.repository(new Repository("sandbox", true, List.of(), List.of()));
        work.run();
        door.gate.repository(main);
    }

    @Test
    void a_publisher_of_another_repository_does_not_change_what_the_bytes_here_say() {
        Door door = Door.unlisting().trusting().has(UP, "1.0");
        door.hasFile(UP, "1.0", "about.txt", "license AGPL-3.0-only");
        door.withhold("licences", FORBIDDEN);
        Door.refusal(door.file(door.want("1.0", "about.txt")));
        Door.refusal(door.file("1.0"));

        elsewhere(door, () -> door.publish("1.0", "about.txt", "license MIT"));

        Door.refusal(door.file(door.want("1.0", "about.txt")));
        Door.refusal(door.file("1.0"));
        Door.refusal(door.index());
    }

    @Test
    void nor_does_it_withhold_here_what_is_allowed_here() {
        Door door = Door.unlisting().trusting().has(UP, "1.0");
        door.hasFile(UP, "1.0", "about.txt", "license MIT");
        door.withhold("licences", FORBIDDEN);
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");

        elsewhere(door, () -> door.publish("1.0", "about.txt", "license AGPL-3.0-only"));

        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.bytes(door.want("1.0", "about.txt"))).isEqualTo("license MIT");
        assertThat(door.versions()).containsExactly("1.0");
    }

    @Test
    void publishing_early_elsewhere_does_not_make_a_version_older_here() {
        Door door = Door.listing().trusting().has(UP, "1.0");
        door.withhold("cool-down", YOUNG);
        elsewhere(door, () -> door.publish("1.0", "lib-1.0.txt", "early"));
        door.pass(Duration.ofDays(4));

        Door.refusal(door.index());
        Door.refusal(door.file("1.0"));

        door.pass(Duration.ofDays(4));
        assertThat(door.versions()).containsExactly("1.0");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_version_that_changes_its_source_here_is_as_young_as_the_source_that_tells_it() {
        Door door = Door.listing().trusting();
        door.withhold("cool-down", YOUNG);
        door.publish("1.0", "lib-1.0.txt", "ours");
        door.pass(Duration.ofDays(4));
        assertThat(door.versions()).containsExactly("1.0");

        Door.refusal(afterUnpublishing(door).index());
    }

    /** The version is gone here, and an upstream has one of that name. */
    private static Door afterUnpublishing(Door door) {
        door.has(UP, "1.0");
        door.unpublish("1.0");
        door.pass(GateSettings.STANDARD.absence().plusSeconds(1));
        return door;
    }

    @Test
    void what_one_upstreams_bytes_say_does_not_count_for_another_upstreams_version() {
        Door door = Door.unlisting().trusting().has(UP, "1.0");
        door.hasFile(UP, "1.0", "about.txt", "license AGPL-3.0-only");
        door.withhold("licences", FORBIDDEN);
        Door.refusal(door.file("1.0"));

        door.gate.repository(new Repository("main", true, List.of(), List.of()));
        door.gate.upstream("other", OTHER, Upstream.Trust.TRUSTED);
        door.has(OTHER, "1.0");

        assertThat(door.versions()).containsExactly("1.0");
        Door.refusal(door.file(door.want("1.0", "about.txt"))); // kept, and its own bytes say so
    }

    @Test
    void the_same_bytes_say_the_same_in_every_repository_and_are_read_once() {
        Door door = Door.listing();
        door.withhold("licences", FORBIDDEN);
        elsewhere(door, () -> door.publish("1.0", "lib-1.0.txt", "license AGPL-3.0-only\n"));
        long inspected = door.inspected();
        door.publish("1.0", "lib-1.0.txt", "license AGPL-3.0-only\n");

        assertThat(door.inspected()).isEqualTo(inspected);
        Door.refusal(door.file("1.0"));
    }

    @Test
    void the_same_bytes_under_another_name_are_read_anew() {
        Door door = Door.listing();
        door.withhold("licences", FORBIDDEN);
        door.publish("0.9", "lib-0.9.txt", "license AGPL-3.0-only");
        elsewhere(door, () -> door.publish("1.0", "unreadable.bin", "license AGPL-3.0-only\n"));
        door.publish("1.0", "lib-1.0.txt", "license AGPL-3.0-only\n");

        Door.refusal(door.file("1.0"));
    }

    @Test
    void what_was_read_by_an_older_inspector_is_read_again_before_the_file_leaves() {
        Door door = Door.listing().trusting().has(UP, "1.0");
        door.hasFile(UP, "1.0", "lib-1.0.txt", "licence: AGPL-3.0-only");
        door.withhold("licences", FORBIDDEN);
        assertThat(door.bytes("1.0")).isNotEmpty();

        Door newer = door.upgraded();

        Door.refusal(newer.file("1.0"));
        Door.refusal(newer.index());
    }

    @Test
    void what_one_node_learns_of_bytes_counts_on_the_other() {
        MemoryCluster cluster = new MemoryCluster();
        Door one = Door.of(cluster.join(), GateSettings.STANDARD).trusting();
        Door two = one.neighbour(cluster.join());
        one.has(UP, "1.0", "1.1");
        one.hasFile(UP, "1.0", "lib-1.0.txt", "license AGPL-3.0-only");
        one.withhold("licences", FORBIDDEN);
        assertThat(two.caughtUp().versions()).containsExactly("1.0", "1.1");

        Door.refusal(one.caughtUp().file("1.0"));

        assertThat(two.caughtUp().versions()).containsExactly("1.1");
        Door.refusal(two.file("1.0"));
    }

    private static final String[] OLD = {"last-modified", "Mon, 06 Jan 2020 00:00:00 GMT"};

    /** By publish time, else by when it was first seen, as the starter has it. */
    private static final String COOL_DOWN = """
            package cloudsmith

            default match := false

            default released := ""

            released := input.v0.package.upstream_metadata.published_at if {
              is_string(input.v0.package.upstream_metadata.published_at)
            } else := input.v0.first_seen

            match if time.now_ns() - time.parse_rfc3339_ns(released) < 3 * 24 * 60 * 60 * 1000000000
            """;

    private static Door dated(Door door, boolean trustsTimes) {
        Repository main = door.gate.repository();
        door.gate.repository(main.with(
                true,
                List.of(new Upstream("up", door.format.id(), URI.create(UP), 1, Upstream.Trust.TRUSTED, null)
                        .meaning(trustsTimes, Upstream.Forbidden.REFUSED)),
                List.of()));
        door.gate.upstreams().has(UP + "lib", "1.0");
        door.gate.upstreams().has(UP + "lib/1.0/lib-1.0.txt", "bytes", OLD);
        door.policy(Door.Draft.written("cool-down", COOL_DOWN));
        return door;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_a_file_server_says_of_a_files_age_does_not_let_out_what_the_index_withholds(boolean lists) {
        Door door = dated(lists ? Door.listing() : Door.unlisting(), false);

        Door.refusal(door.index());
        Door.refusal(door.file("1.0"));
        Door.refusal(door.file("1.0"));

        door.pass(Duration.ofDays(3));
        assertThat(door.versions()).containsExactly("1.0");
        assertThat(door.bytes("1.0")).isEqualTo("bytes");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void where_an_upstream_is_trusted_for_times_a_version_is_as_old_as_its_file_for_index_and_file(boolean lists) {
        Door door = dated(lists ? Door.listing() : Door.unlisting(), true);

        assertThat(door.bytes("1.0")).isEqualTo("bytes");
        assertThat(door.versions()).containsExactly("1.0");
    }
}
