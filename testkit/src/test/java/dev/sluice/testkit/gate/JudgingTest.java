package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.Policy.Mode;
import dev.sluice.testkit.gate.Door.Draft;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Decisions: taken at every request, by the policies in force, with their reasons, until when, and what to take instead. */
class JudgingTest {

    private static final String IS_1 = "input.v0.package.version == \"1.0\"";

    private final Door door = Door.listing().trusting().has(UP, "1.0", "1.1", "1.2", "2.0-rc1");

    private String etag() {
        return Door.rendering(door.listed()).etag();
    }

    @Test
    void a_policy_counts_from_the_next_request_on_and_its_end_too() {
        String open = etag();
        Policy policy = door.withhold("no", IS_1);
        assertThat(door.versions()).containsExactly("1.1", "1.2", "2.0-rc1");
        assertThat(etag()).isNotEqualTo(open);
        assertThat(Door.refusal(door.file("1.0")).reasons()).containsExactly("no says no");
        door.gate.policies().delete(policy.slug(), Event.Actor.SYSTEM);
        assertThat(etag()).isEqualTo(open);
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void an_imported_advisory_counts_from_the_next_request_on_and_other_packages_keep_their_index() {
        door.gate.upstreams().has(UP + "other", "1.0");
        door.withhold("holes", "count(input.v0.vulnerabilities) > 0");
        door.affectedBefore("GHSA-0", "0.1");
        String open = etag();
        door.bytes("1.0");
        Listed other = otherIndex();
        door.affectedBefore("GHSA-1", "1.1");
        assertThat(door.versions()).containsExactly("1.1", "1.2", "2.0-rc1");
        assertThat(etag()).isNotEqualTo(open);
        Refusal refusal = Door.refusal(door.file("1.0"));
        assertThat(refusal.nearestAllowed()).isEqualTo("1.1");
        assertThat(refusal.until()).isNull();
        assertThat(otherIndex()).isSameAs(other);
    }

    private Listed otherIndex() {
        try {
            return (Listed) door.gate.gate().index(door.visit(), door.gate.repository(), door.name("other"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_cool_down_ends_exactly_at_its_end_and_says_when_that_is() {
        door.has(UP, "1.0 published=2026-01-01T00:00:00Z", "1.1 published=2026-05-31T12:00:00Z");
        door.coolDown();
        assertThat(door.versions()).containsExactly("1.0");
        String young = etag();
        Refusal refusal = Door.refusal(door.file("1.1"));
        Instant end = Instant.parse("2026-06-03T12:00:00Z");
        assertThat(refusal.until()).isEqualTo(end);
        assertThat(refusal.nearestAllowed()).describedAs("older, not newer").isEqualTo("1.0");
        door.pass(Duration.between(door.gate.now(), end).minusNanos(1));
        assertThat(door.versions()).containsExactly("1.0");
        Door.refusal(door.file("1.1"));
        door.pass(Duration.ofNanos(1));
        assertThat(door.versions()).containsExactly("1.0", "1.1");
        assertThat(etag()).isNotEqualTo(young);
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");
    }

    @Test
    void a_fix_is_advised_upwards_past_pre_releases_and_downwards_when_there_is_none() {
        door.withhold("holes", "input.v0.package.version in {\"1.1\", \"1.2\"}");
        Refusal refusal = Door.refusal(door.file("1.1"));
        assertThat(refusal.nearestAllowed()).describedAs("2.0-rc1 is no advice").isEqualTo("1.0");
        door.has(UP, "1.0", "1.1", "1.2", "1.3-beta", "2.0", "3.0");
        door.pass(Duration.ofMinutes(6));
        assertThat(Door.refusal(door.file("1.1")).nearestAllowed()).isEqualTo("2.0");
    }

    @Test
    void who_asks_for_a_pre_release_may_be_advised_one() {
        door.has(UP, "1.0", "2.0-rc1", "2.0-rc2");
        door.withhold("holes", "input.v0.package.version == \"2.0-rc1\"");
        assertThat(Door.refusal(door.file("2.0-rc1")).nearestAllowed()).isEqualTo("2.0-rc2");
    }

    @Test
    void where_nothing_is_left_the_index_is_refused_and_no_version_advised() {
        door.withhold("all", "true");
        Refusal refusal = Door.refusal(door.index());
        assertThat(refusal.subject()).contains("lib").contains("4 in all");
        assertThat(refusal.nearestAllowed()).isNull();
        assertThat(Door.refusal(door.file("1.0")).nearestAllowed()).isNull();
        assertThat(door.gate.journal().find(refusal.id())).isPresent();
    }

    @Test
    void of_policies_with_one_state_the_first_speaks_and_a_later_release_starts_anew() {
        door.policy(Draft.of("first", IS_1).at(1));
        door.policy(Draft.of("second", IS_1).at(2));
        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("first");
        door.policy(Draft.of("pardon", IS_1).at(3).does(Draft.state(PackageState.AVAILABLE)));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.policy(Draft.of("last word", IS_1).at(4));
        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("last word");
    }

    @Test
    void of_states_that_withhold_the_strongest_speaks_whatever_runs_later() {
        door.policy(Draft.of("malware", IS_1).at(1));
        door.policy(Draft.of("cool-down", IS_1).at(2).does(Draft.state(PackageState.HIDDEN)));
        Refusal refusal = Door.refusal(door.file("1.0"));
        assertThat(refusal.policy()).isEqualTo("malware");
        assertThat(refusal.state()).isEqualTo(PackageState.QUARANTINED);
        door.policy(Draft.of("gone", IS_1).at(3).does(Draft.state(PackageState.DELETED)));
        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("gone");
    }

    @Test
    void a_terminal_policy_that_matches_ends_the_run() {
        door.policy(Draft.of("pardon", IS_1).at(1).last().does(Draft.state(PackageState.AVAILABLE)));
        door.policy(Draft.of("no", "true").at(2));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(Door.refusal(door.file("1.1")).policy()).isEqualTo("no");
    }

    @Test
    void a_terminal_policy_on_trial_ends_nothing() {
        for (Mode mode : List.of(Mode.AUDIT, Mode.WARN)) {
            Door fresh = Door.listing().trusting().has(UP, "1.0");
            fresh.policy(Draft.of("trial", "true").at(1).last().mode(mode));
            fresh.policy(Draft.of("no", "true").at(2));
            assertThat(Door.refusal(fresh.file("1.0")).policy()).isEqualTo("no");
        }
    }

    @Test
    void tags_are_added_and_removed_in_order_and_withhold_nothing() {
        door.policy(Draft.of("add", IS_1)
                .at(1)
                .does(
                        new Action.AddPackageTags("a", 1, List.of("b", "a")),
                        new Action.AddPackageTags("c", 2, List.of("c"))));
        door.policy(Draft.of("remove", IS_1).at(2).does(new Action.RemovePackageTags("r", 1, List.of("b", "x"))));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.listed().releases().getFirst().decision().tags()).containsExactlyInAnyOrder("a", "c");
    }

    @Test
    void audit_withholds_nothing_and_is_recorded_with_the_download() {
        door.policy(Draft.of("trial", IS_1).mode(Mode.AUDIT));
        assertThat(door.versions()).contains("1.0");
        Released released = (Released) door.file("1.0");
        assertThat(released.notices().lines()).isEmpty();
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD).getLast().policies())
                .containsExactly("trial");
    }

    @Test
    void warn_lets_out_and_tells() {
        door.policy(Draft.of("careful", IS_1).mode(Mode.WARN));
        Released released = (Released) door.file("1.0");
        assertThat(released.notices().lines()).containsExactly("policy careful: careful says no");
        assertThat(((Released) door.file("1.0")).notices().lines())
                .describedAs("from memory too")
                .containsExactly("policy careful: careful says no");
        assertThat(((Released) door.file("1.1")).notices().lines()).isEmpty();
    }

    @Test
    void a_policy_that_is_off_is_not_asked() {
        door.policy(Draft.of("off", "true").mode(Mode.OFF));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_policy_counts_only_for_the_repositories_and_formats_it_is_for() {
        door.policy(Draft.of("elsewhere", "true").only(Set.of("another"), Set.of()));
        door.policy(Draft.of("another format", "true").only(Set.of(), Set.of("npm")));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.policy(Draft.of("here", IS_1).only(Set.of("another", "main"), Set.of("npm", "text")));
        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("here");
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");
    }

    @Test
    void a_policy_that_reads_the_request_is_asked_for_every_visitor() {
        door.withhold("address", "input.v0.request.address == \"10.0.0.1\"", IS_1);
        assertThat(door.versions()).contains("1.0");
        Listed theirs = (Listed) door.index("10.0.0.1");
        assertThat(theirs.allowedVersions()).doesNotContain("1.0");
        assertThat(door.versions()).contains("1.0");
        assertThat(door.gate.gate().indexFromMemory(door.visit(), door.gate.repository(), door.name("lib")))
                .isNull();
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.gate.gate().fileFromMemory(door.visit("10.0.0.1"), door.want("1.0")))
                .isNull();
    }

    @Test
    void what_an_index_hides_is_written_down_once_per_request() {
        door.withhold("no", IS_1);
        door.index();
        assertThat(door.gate.journal().events(Event.Kind.HIDDEN))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.policies()).containsExactly("no");
                    assertThat(event.message()).contains("1 of 4").contains("no (1)");
                    assertThat(event.detail()).contains("\"reason\":\"no says no\"", "\"newest_allowed\":");
                });
    }

    @Test
    void hosted_versions_are_judged_like_all_others() {
        door.publishOver("9.9", "lib-9.9.txt", "ours");
        door.withhold("no", "input.v0.package.is_local");
        assertThat(Door.refusal(door.file("9.9")).policy()).isEqualTo("no");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_file_that_no_index_lists_is_not_taken_for_a_hosted_one() {
        Door maven = Door.unlisting().trusting();
        maven.hasFile(UP, "3.0", "lib-3.0.txt", "pom only");
        maven.withhold("local", "input.v0.package.is_local");
        assertThat(maven.bytes("3.0")).isEqualTo("pom only");
    }

    @Test
    void an_explanation_says_what_would_be_decided_and_records_nothing() throws java.io.IOException {
        door.withhold("no", IS_1);
        int events = door.gate.journal().events().size();
        String text = door.gate
                .gate()
                .explaining()
                .explain(
                        door.visit(),
                        door.gate.repository(),
                        new dev.sluice.kernel.artifact.Coordinates(door.name("lib"), "1.0"),
                        true)
                .toString();
        assertThat(text).contains("\"allowed\": false").contains("no says no").contains("\"nearest_allowed\": \"1.1\"");
        assertThat(door.gate.journal().events()).hasSize(events);
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isZero();
    }
}
