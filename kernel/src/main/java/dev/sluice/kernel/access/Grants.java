package dev.sluice.kernel.access;

import dev.sluice.kernel.repository.Repository;

/**
 * Who may do what; the one place where that is decided, for formats and the API alike. Pure and from memory.
 *
 * @param anonymousReads whether repositories with open reads are open at all (false when bound beyond loopback)
 */
public record Grants(boolean anonymousReads) {

    /** Whether somebody may do that in the repository. */
    public Access in(Repository repository, Principal principal, Permission permission) {
        Token token = principal.token();
        if (token == null) {
            boolean open = permission == Permission.READ && repository.openReads() && anonymousReads;
            return open ? Access.GRANTED : withoutToken(permission);
        }
        return access(token, permission, token.repositories().isEmpty() || isFor(token, repository));
    }

    /** Whether somebody may do that in the whole installation. A token limited to repositories only reads there. */
    public Access everywhere(Principal principal, Permission permission) {
        Token token = principal.token();
        return token == null
                ? withoutToken(permission)
                : access(token, permission, token.repositories().isEmpty() || permission == Permission.READ);
    }

    private static boolean isFor(Token token, Repository repository) {
        return token.repositories().stream().anyMatch(repository::answersTo);
    }

    private static Access withoutToken(Permission permission) {
        return permission == Permission.OPEN ? Access.GRANTED : Access.UNAUTHENTICATED;
    }

    private static Access access(Token token, Permission permission, boolean here) {
        return permission == Permission.OPEN || (here && token.role().permits(permission))
                ? Access.GRANTED
                : Access.FORBIDDEN;
    }
}
