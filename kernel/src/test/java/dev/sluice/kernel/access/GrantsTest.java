package dev.sluice.kernel.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.repository.Repository;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what, where. */
class GrantsTest {

    private static final Repository OPEN = new Repository("open", true, List.of(), List.of());
    private static final Repository CLOSED = new Repository("closed", false, List.of(), List.of());
    private static final Grants GRANTS = new Grants(true);

    private static Access ask(Principal principal, Repository repository, Permission permission) {
        return GRANTS.in(repository, principal, permission);
    }

    private static Principal holder(Role role, String... repositories) {
        return new Principal(
                "ann", new Token("t1", "test", "ann", "hash", role, List.of(repositories), Instant.EPOCH, null));
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
        assertThat(new Grants(false).in(OPEN, Principal.ANONYMOUS, Permission.READ))
                .isEqualTo(Access.UNAUTHENTICATED);
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
            Access expected = permitted.contains(permission) ? Access.GRANTED : Access.FORBIDDEN;
            assertThat(ask(holder(role), CLOSED, permission))
                    .describedAs(role + " " + permission)
                    .isEqualTo(expected);
            assertThat(GRANTS.everywhere(holder(role), permission))
                    .describedAs(role + " " + permission + " everywhere")
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void a_token_for_one_repository_is_good_for_no_other(Role role) {
        assertThat(ask(holder(role, "closed"), CLOSED, Permission.READ)).isEqualTo(Access.GRANTED);
        assertThat(ask(holder(role, "other"), CLOSED, Permission.READ)).isEqualTo(Access.FORBIDDEN);
        assertThat(ask(holder(role, "other"), CLOSED, Permission.OPEN)).isEqualTo(Access.GRANTED);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void a_token_for_one_repository_only_reads_what_is_of_the_whole_installation(Role role) {
        for (Permission permission : Permission.values()) {
            boolean may = permission == Permission.OPEN || permission == Permission.READ;
            assertThat(GRANTS.everywhere(holder(role, "closed"), permission))
                    .describedAs(role + " " + permission)
                    .isEqualTo(may ? Access.GRANTED : Access.FORBIDDEN);
        }
    }

    @ParameterizedTest
    @EnumSource(Permission.class)
    void without_a_token_nothing_is_done_to_the_whole_installation(Permission permission) {
        assertThat(GRANTS.everywhere(Principal.ANONYMOUS, permission))
                .isEqualTo(permission == Permission.OPEN ? Access.GRANTED : Access.UNAUTHENTICATED);
    }
}
