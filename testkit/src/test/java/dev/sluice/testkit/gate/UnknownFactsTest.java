package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy.Mode;
import dev.sluice.kernel.policy.Policy.OnUnknown;
import dev.sluice.testkit.gate.Door.Draft;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Unknown is a value: what it means is the policy's to say, and what can be learnt is learnt first. */
class UnknownFactsTest {

    private static final String FORBIDDEN = "input.v0.package.license.oss_license.spdx_identifier == \"GPL-3.0-only\"";

    private static final String CONTRADICTS_ITSELF = """
            package cloudsmith

            match := true if input.v0.package.name == "lib"

            match := false if input.v0.package.version == "1.0"
            """;

    private static final String FAILS_UNTIL = """
            package cloudsmith

            early if time.now_ns() < time.parse_rfc3339_ns("INSTANT")

            match := true if early

            match := false if early
            """;

    private final Door door = Door.unlisting().trusting().has(UP, "1.0");

    private void described(String licence) {
        door.hasFile(UP, "1.0", "about.txt", "license " + licence);
    }

    @ParameterizedTest
    @EnumSource(
            value = OnUnknown.class,
            names = {"HOLD", "BLOCK"})
    void a_licence_that_only_the_descriptor_tells_is_learnt_before_it_counts_as_unknown(OnUnknown meaning) {
        described("MIT");
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(meaning));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void an_allow_list_of_licences_learns_the_licence_before_it_refuses() {
        described("MIT");
        door.withhold("licences", "input.v0.package.license.oss_license.spdx_identifier != \"MIT\"");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_forbidden_licence_that_the_descriptor_tells_is_refused_and_the_artifact_is_not_fetched() {
        described("GPL-3.0-only");
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));
        assertThat(Door.refusal(door.file("1.0")).reasons()).containsExactly("licences says no");
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isZero();
    }

    @Test
    void a_licence_that_nothing_tells_is_held() {
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));
        Refusal refusal = Door.refusal(door.file("1.0"));
        assertThat(refusal.reasons()).containsExactly("not known yet: licence; held until it is");
        assertThat(refusal.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(refusal.until()).isNull();
    }

    @Test
    void the_descriptor_itself_can_be_fetched_to_learn_from_it() {
        described("MIT");
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));
        assertThat(door.bytes(door.want("1.0", "about.txt"))).isEqualTo("license MIT");
    }

    @Test
    void what_was_learnt_from_a_file_counts_in_the_index_at_once() {
        described("MIT");
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));
        Door.refusal(door.index());
        door.bytes("1.0");
        assertThat(door.versions()).containsExactly("1.0");
    }

    @Test
    void what_a_second_file_tells_counts_for_the_first_that_left_before() {
        door.withhold("licences", FORBIDDEN);
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNotNull();
        door.hasFile(UP, "1.0", "more.txt", "license GPL-3.0-only");
        Door.refusal(door.file(door.want("1.0", "more.txt")));
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();
        Door.refusal(door.file("1.0"));
    }

    @Test
    void what_is_withheld_by_known_facts_is_never_fetched() {
        described("MIT");
        door.withhold("versions", "input.v0.package.version == \"1.0\"");
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD).at(1));
        Door.refusal(door.file("1.0"));
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isZero();
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/about.txt")).isZero();
    }

    @Test
    void block_counts_as_a_match_and_its_actions_follow_while_hold_withholds_whatever_they_are() {
        Action tag = new Action.AddPackageTags("tag", 1, List.of("look"));
        Door blocking = Door.unlisting().trusting().has(UP, "1.0");
        blocking.policy(
                Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.BLOCK).does(tag));
        assertThat(blocking.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(blocking.listed().releases().getFirst().decision().tags()).containsExactly("look");
        Door holding = Door.unlisting().trusting().has(UP, "1.0");
        holding.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD).does(tag));
        Door.refusal(holding.file("1.0"));
    }

    @Test
    void a_held_policy_that_is_terminal_does_not_end_the_run() {
        door.policy(
                Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD).last().at(1));
        door.policy(Draft.of("versions", "input.v0.package.version == \"1.0\"").at(2));
        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("versions");
    }

    @Test
    void with_allow_an_unknown_fact_is_as_the_rule_says() {
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.ALLOW));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void without_any_advisory_data_a_policy_may_hold_and_an_import_ends_it() {
        door.policy(Draft.of("holes", "count(input.v0.vulnerabilities) > 0").onUnknown(OnUnknown.HOLD));
        assertThat(Door.refusal(door.file("1.0")).reasons())
                .containsExactly("not known yet: advisories; held until it is");
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt"))
                .describedAs("no artifact tells advisories")
                .isZero();
        door.affectedBefore("GHSA-1", "0.9");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void advisories_of_another_ecosystem_leave_a_version_unknown() {
        door.policy(Draft.of("holes", "count(input.v0.vulnerabilities) > 0").onUnknown(OnUnknown.HOLD));
        door.imported(Door.advisory("GHSA-1", new PackageName("other", "lib"), "0.9", door.gate.now()), "other");
        assertThat(Door.refusal(door.file("1.0")).reasons())
                .containsExactly("not known yet: advisories; held until it is");
    }

    @Test
    void a_single_advisory_counts_for_what_it_names_and_leaves_the_rest_unknown() {
        door.has(UP, "1.0", "2.0");
        door.policy(Draft.of("holes", "count(input.v0.vulnerabilities) > 0").onUnknown(OnUnknown.HOLD));
        door.imported(Door.advisory("GHSA-1", door.name("lib"), "1.5", door.gate.now()));
        assertThat(Door.refusal(door.file("1.0")).reasons()).containsExactly("holes says no");
        assertThat(Door.refusal(door.file("2.0")).reasons())
                .containsExactly("not known yet: advisories; held until it is");
        door.affectedBefore("GHSA-1", "1.5");
        assertThat(door.bytes("2.0")).isEqualTo("bytes of 2.0");
    }

    @Test
    void policies_see_what_is_known_of_the_version_s_own_ecosystem() {
        door.policy(Draft.of(
                "unknown",
                "input.v0.package.security_scan_status == \"AWAITING_SCAN\"; not input.v0.signals.advisories.known;"
                        + " not input.v0.feeds.osv.known"));
        door.imported(Door.advisory("GHSA-1", new PackageName("other", "lib"), "0.9", door.gate.now()), "other");
        Door.refusal(door.file("1.0"));
        door.affectedBefore("GHSA-2", "0.9");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_policy_that_fails_withholds_in_enforce_and_says_why() {
        door.policy(Draft.written("broken", CONTRADICTS_ITSELF));
        Refusal refusal = Door.refusal(door.file("1.0"));
        assertThat(refusal.policy()).isEqualTo("broken");
        assertThat(refusal.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(refusal.reasons())
                .singleElement()
                .asString()
                .startsWith("the policy could not be evaluated: ")
                .contains("eval_conflict_error");
    }

    @Test
    void a_policy_that_failed_is_asked_again_soon_though_nothing_else_changed() {
        Door listing = Door.listing().trusting().has(UP, "1.0");
        Instant mended = listing.gate.now().plusSeconds(5);
        listing.policy(Draft.written("busy", FAILS_UNTIL.replace("INSTANT", mended.toString())));
        assertThat(Door.refusal(listing.index()).reasons().getFirst()).contains("eval_conflict_error");
        assertThat(Door.refusal(listing.file("1.0")).until()).isNull();

        listing.pass(Duration.ofSeconds(10));

        assertThat(listing.versions()).containsExactly("1.0");
        assertThat(listing.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_policy_that_fails_withholds_nothing_in_audit_and_warn() {
        for (Mode mode : List.of(Mode.AUDIT, Mode.WARN)) {
            Door fresh = Door.unlisting().trusting().has(UP, "1.0");
            fresh.policy(Draft.written("broken", CONTRADICTS_ITSELF).mode(mode));
            assertThat(fresh.bytes("1.0")).isEqualTo("bytes of 1.0");
        }
    }
}
