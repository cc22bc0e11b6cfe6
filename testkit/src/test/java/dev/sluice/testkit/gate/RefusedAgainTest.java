package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.journal.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told the same refusal again within a minute is referred to its first record. */
class RefusedAgainTest {

    private final Door door = Door.listing().trusting();

    @BeforeEach
    void withhold() {
        door.has(UP, "1.0", "2.0");
        door.withhold("old", "input.v0.package.version == \"1.0\"");
    }

    private List<Event> refusals() {
        return door.gate.journal().events(Event.Kind.REFUSAL);
    }

    private Refusal refused(String address) throws IOException {
        Visit visit = door.visit(address);
        FileOutcome outcome = door.gate.gate().file(visit, door.want("1.0"));
        return Door.refusal(outcome);
    }

    @Test
    void a_client_that_tries_on_fills_no_journal_and_every_why_address_leads_somewhere() throws IOException {
        Refusal first = refused("10.0.0.1");
        for (int i = 0; i < 50; i++) {
            door.pass(Duration.ofSeconds(1));
            assertThat(refused("10.0.0.1")).isEqualTo(first);
        }
        assertThat(refusals())
                .singleElement()
                .satisfies(event -> assertThat(event.id()).isEqualTo(first.id()));
    }

    @Test
    void after_a_minute_it_is_recorded_again_with_how_often_it_was_told() throws IOException {
        Refusal first = refused("10.0.0.1");
        refused("10.0.0.1");
        refused("10.0.0.1");
        door.pass(Duration.ofMinutes(1));
        Refusal later = refused("10.0.0.1");

        assertThat(later.id()).isNotEqualTo(first.id());
        assertThat(refusals()).hasSize(2);
        assertThat(door.gate.journal().find(later.id()).orElseThrow().message())
                .endsWith("(told 2 times more within the minute of " + first.id() + ")");
    }

    @Test
    void others_and_other_reasons_have_records_of_their_own() throws IOException {
        refused("10.0.0.1");
        refused("10.0.0.2");
        assertThat(refusals()).hasSize(2);
        door.withhold("older", "input.v0.package.version == \"2.0\""); // now there is no nearest version to name
        refused("10.0.0.1");
        assertThat(refusals()).hasSize(3);
    }
}
