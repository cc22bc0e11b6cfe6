package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Access;
import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.testkit.gate.Door.Draft;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stays true of a repository when it is given another name. */
class RenamingTest {

    private final Door door = Door.listing().trusting();

    private void rename(String name) {
        door.gate.repository(door.gate.repository().renamed(name));
    }

    @Test
    void what_was_published_and_what_was_fetched_is_still_there() {
        door.has(Door.UP, "1.0");
        assertThat(door.bytes(door.want("1.0"))).isEqualTo("bytes of 1.0");
        door.publishOver("2.0", "lib-2.0.txt", "published");
        int requests = door.gate.upstreams().asked().size();

        rename("packages");

        assertThat(door.bytes(door.want("2.0", "lib-2.0.txt"))).isEqualTo("published");
        assertThat(door.gate.upstreams().asked()).hasSize(requests);
    }

    @Test
    void policies_limited_to_a_former_name_still_apply_and_those_limited_to_the_new_one_do() {
        door.has(Door.UP, "1.0");
        door.policy(Draft.of("by its former name", "true").only(Set.of("main"), Set.of()));
        rename("packages");
        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("by its former name");

        door.policy(Draft.of("by its new name", "true")
                .only(Set.of("packages"), Set.of())
                .at(5));

        assertThat(Door.refusal(door.file("1.0")).policy()).isEqualTo("by its new name");
    }

    @Test
    void tokens_limited_to_a_former_name_still_open_it() {
        Repository closed = new Repository("main", false, List.of(), List.of());
        Token token = new Token("t1", "test", "ann", "hash", Role.PUBLISHER, List.of("main"), door.gate.now(), null);
        door.gate.repository(closed.renamed("packages"));

        Access access = new Grants(true).in(door.gate.repository(), new Principal("ann", token), Permission.PUBLISH);

        assertThat(access).isEqualTo(Access.GRANTED);
    }

    @Test
    void what_happens_from_then_on_is_recorded_under_the_new_name() {
        door.has(Door.UP, "1.0");
        rename("packages");

        door.bytes(door.want("1.0"));

        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD))
                .extracting(event -> event.subject().repository())
                .containsExactly("packages");
    }
}
