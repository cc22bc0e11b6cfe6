package dev.sluice.kernel.access;

import static dev.sluice.kernel.access.Permission.AUDIT;
import static dev.sluice.kernel.access.Permission.OPEN;
import static dev.sluice.kernel.access.Permission.PUBLISH;
import static dev.sluice.kernel.access.Permission.READ;

import java.util.Locale;
import java.util.Set;

/** A named set of permissions a token holds. */
public enum Role {
    /** Reads packages. */
    READER(OPEN, READ),
    /** Reads and publishes packages. */
    PUBLISHER(OPEN, READ, PUBLISH),
    /** Reads packages, the journal, decisions and policies. */
    AUDITOR(OPEN, READ, AUDIT),
    /** May do everything. */
    ADMINISTRATOR(Permission.values());

    @SuppressWarnings("ImmutableEnumChecker") // an immutable set
    private final Set<Permission> permissions;

    Role(Permission... permissions) {
        this.permissions = Set.of(permissions);
    }

    /** Whether the role includes the permission; what that means where, {@link Grants} says. */
    boolean permits(Permission permission) {
        return permissions.contains(permission);
    }

    /** The role with that name in any case. Throws IllegalArgumentException naming the known ones. */
    public static Role named(String name) {
        for (Role role : values()) {
            if (role.name().equalsIgnoreCase(name)) {
                return role;
            }
        }
        throw new IllegalArgumentException("no role '" + name + "'; known: reader, publisher, auditor, administrator");
    }

    /** Lower-case name. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
