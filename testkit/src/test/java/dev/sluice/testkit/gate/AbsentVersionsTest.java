package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PackageState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Versions that nobody has any more: what is decided about them is told, and nothing is made up about others. */
class AbsentVersionsTest {

    private static final String MALWARE = "some record in input.v0.osv\n\tstartswith(record.id, \"MAL-\")";

    private final Door door = Door.listing().trusting().has(UP, "1.0", "1.1");

    private static Advisory malware(PackageName name, String... versions) {
        return malware(new Advisory.Affected(name, List.of(), List.of(versions), List.of()));
    }

    private static Advisory malware(Advisory.Affected affected) {
        PackageName name = affected.packageName();
        Advisory whole = Door.advisory("MAL-1", name, "0", Door.listing().gate.now());
        return new Advisory(
                whole.id(),
                List.of(),
                "steals tokens",
                "",
                List.of(),
                null,
                whole.published(),
                whole.modified(),
                null,
                List.of(affected),
                List.of(),
                "test",
                true);
    }

    @Test
    void malware_that_was_taken_down_is_refused_with_policy_reason_nearest_version_and_an_event() {
        door.withhold("malware", MALWARE);
        door.imported(malware(door.name("lib"), "1.1.1"), door.name("lib").format());

        Refusal refusal = Door.refusal(door.file(door.want("1.1.1")));

        assertThat(refusal.policy()).isEqualTo("malware");
        assertThat(refusal.nearestAllowed()).isEqualTo("1.1");
        assertThat(door.gate.journal().events(Event.Kind.REFUSAL))
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("lib@1.1.1", "malware says no"));
    }

    @Test
    void its_index_names_it_beside_what_there_is() {
        door.withhold("malware", MALWARE);
        door.imported(
                malware(door.name("lib"), "1.1", "1.1.1"), door.name("lib").format());

        assertThat(door.versions()).containsExactly("1.0");
        assertThat(door.listed().releases())
                .filteredOn(release -> !release.isAllowed())
                .extracting(JudgedRelease::version)
                .containsExactly("1.1");
        assertThat(door.listed().absent()).extracting(JudgedRelease::version).containsExactly("1.1.1");
        assertThat(door.gate.journal().events(Event.Kind.HIDDEN).getFirst().message())
                .contains("2 of 3 versions of lib withheld");
    }

    @Test
    void the_version_at_which_a_range_of_malware_begins_is_named_as_well() {
        door.withhold("malware", MALWARE);
        AffectedRange range = new AffectedRange(
                AffectedRange.Type.SEMVER,
                List.of(
                        new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, "1.1.1"),
                        new AffectedRange.Event(AffectedRange.Kind.FIXED, "1.2")));
        door.imported(
                malware(new Advisory.Affected(door.name("lib"), List.of(range), List.of(), List.of())),
                door.name("lib").format());

        assertThat(door.versions()).containsExactly("1.0", "1.1");
        assertThat(door.listed().absent()).extracting(JudgedRelease::version).containsExactly("1.1.1");
    }

    @Test
    void a_package_that_was_taken_down_as_a_whole_is_refused() {
        Door gone = Door.listing().trusting();
        gone.withhold("malware", MALWARE);
        assertThat(gone.index()).isInstanceOf(Missing.class);

        gone.imported(malware(gone.name("lib"), "1.0.0"), gone.name("lib").format());

        assertThat(Door.refusal(gone.index()).policy()).isEqualTo("malware");
    }

    @Test
    void a_rule_about_what_only_an_artifact_or_an_index_tells_says_nothing_of_what_nobody_has() {
        door.coolDown();
        door.withhold("new", "input.v0.first_seen > \"2020\"");
        door.withhold("nameless", "input.v0.package.filename == \"\"");
        door.withhold("unlicensed", "input.v0.package.license.raw_license == null");
        door.withhold("vulnerable", "count(input.v0.vulnerabilities) > 0");

        assertThat(door.file(door.want("7.7"))).isInstanceOf(Missing.class);
        assertThat(door.gate.journal().events(Event.Kind.REFUSAL)).isEmpty();
    }

    @Test
    void an_explanation_says_that_there_is_no_such_version_and_what_would_be_said_to_who_asks()
            throws java.io.IOException {
        door.coolDown();
        door.withhold("malware", MALWARE);
        door.imported(malware(door.name("lib"), "1.1.1"), door.name("lib").format());

        assertThat(explained("7.7")).contains("\"exists\": false", "\"allowed\": true");
        assertThat(explained("1.1.1")).contains("\"exists\": false", "\"allowed\": false", "malware says no");
        assertThat(explained("1.0")).contains("\"exists\": true");
    }

    @Test
    void an_explanation_names_what_a_policy_in_force_reads_and_only_the_artifact_tells() throws java.io.IOException {
        door.withhold("licence", "input.v0.package.license.raw_license == \"AGPL\"");

        assertThat(explained("1.0")).contains("\"awaits\": [\"licence\"]");
    }

    @Test
    void what_is_to_be_taken_instead_is_told_with_what_is_not_known_of_it_yet() throws java.io.IOException {
        door.withhold("licence", "input.v0.package.license.raw_license == \"AGPL\"");
        door.withhold("old", "input.v0.package.version == \"1.1\"");

        assertThat(explained("1.1"))
                .contains("\"nearest_allowed\": \"1.0\"")
                .contains("\"nearest_awaits\": [\"licence\"]");
        assertThat(Door.refusal(door.file(door.want("1.1"))).nearestAwaits()).containsExactly("licence");

        door.file(door.want("1.0"));

        assertThat(explained("1.1")).contains("\"nearest_allowed\": \"1.0\"").contains("\"nearest_awaits\": []");
    }

    private String explained(String version) throws java.io.IOException {
        return door.gate
                .gate()
                .explaining()
                .explain(
                        door.visit(),
                        door.gate.repository(),
                        new dev.sluice.kernel.artifact.Coordinates(door.name("lib"), version),
                        true)
                .toString();
    }

    @Test
    void a_rule_about_the_name_counts_for_every_version_there_could_be() {
        door.withhold("name", "input.v0.package.name == \"lib\"");

        assertThat(Door.refusal(door.file(door.want("7.7"))).policy()).isEqualTo("name");
    }

    @Test
    void a_rule_that_might_let_it_out_if_more_were_known_leaves_it_missing() {
        door.withhold("malware", MALWARE);
        door.policy(Door.Draft.of("pardon", "input.v0.package.license.raw_license == \"MIT\"")
                .at(9000)
                .does(Door.Draft.state(PackageState.AVAILABLE)));
        door.imported(malware(door.name("lib"), "1.1.1"), door.name("lib").format());

        assertThat(door.file(door.want("1.1.1"))).isInstanceOf(Missing.class);
    }
}
