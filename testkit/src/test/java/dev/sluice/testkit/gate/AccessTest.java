package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.gate.Gate.Access;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.TestGate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what, where. */
class AccessTest {

    private static final Repository OPEN = new Repository("open", true, List.of(), List.of());
    private static final Repository CLOSED = new Repository("closed", false, List.of(), List.of());

    private final Door door = Door.listing();

    private Access ask(Principal principal, Repository repository, Permission permission) {
        Visit visit = new Visit(principal, "127.0.0.1", "test", door.gate.now());
        return door.gate.gate().authorise(visit, repository, permission);
    }

    private Principal holder(Role role, String... repositories) {
        return new Principal(
                "ann", new Token("t1", "test", "ann", "hash", role, List.of(repositories), door.gate.now(), null));
    }

    @Test
    void without_a_token_open_repositories_can_be_read_and_nothing_else_done() {
        assertThat(ask(Principal.ANONYMOUS, OPEN, Permission.READ)).isEqualTo(Access.GRANTED);
        assertThat(ask(Principal.ANONYMOUS, CLOSED, Permission.READ)).isEqualTo(Access.UNAUTHENTICATED);
        for (Permission permission : EnumSet.complementOf(EnumSet.of(Permission.OPEN, Permission.READ))) {
            assertThat(ask(Principal.ANONYMOUS, OPEN, permission)).isEqualTo(Access.UNAUTHENTICATED);
        }
    }

    @Test
    void beyond_loopback_open_repositories_are_not_open() {
        GateSettings standard = GateSettings.STANDARD;
        GateSettings guarded = new GateSettings(
                standard.workspace(),
                false,
                standard.freshness(),
                standard.absence(),
                standard.outage(),
                standard.patience(),
                standard.maxIndexBytes(),
                standard.maxArtifactBytes(),
                standard.indexMemoryBytes());
        TestGate gate = new TestGate(door.format, new MemoryAdvisoryStore(), new NothingToSee(), guarded);
        Visit visit = new Visit(Principal.ANONYMOUS, "10.0.0.1", "test", gate.now());
        assertThat(gate.gate().authorise(visit, OPEN, Permission.READ)).isEqualTo(Access.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void a_role_permits_what_it_says_and_nothing_else(Role role) {
        Set<Permission> permitted = switch (role) {
            case READER -> EnumSet.of(Permission.OPEN, Permission.READ);
            case PUBLISHER -> EnumSet.of(Permission.OPEN, Permission.READ, Permission.PUBLISH);
            case AUDITOR -> EnumSet.of(Permission.OPEN, Permission.READ, Permission.AUDIT);
            case ADMINISTRATOR -> EnumSet.allOf(Permission.class);
        };
        for (Permission permission : Permission.values()) {
            assertThat(ask(holder(role), CLOSED, permission))
                    .describedAs(role + " " + permission)
                    .isEqualTo(permitted.contains(permission) ? Access.GRANTED : Access.FORBIDDEN);
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void a_token_for_one_repository_is_good_for_no_other(Role role) {
        assertThat(ask(holder(role, "closed"), CLOSED, Permission.READ)).isEqualTo(Access.GRANTED);
        assertThat(ask(holder(role, "other"), CLOSED, Permission.READ)).isEqualTo(Access.FORBIDDEN);
        assertThat(ask(holder(role, "other"), CLOSED, Permission.OPEN)).isEqualTo(Access.GRANTED);
    }
}
