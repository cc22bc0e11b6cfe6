package dev.sluice.kernel.access;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A named set of permissions a token holds. */
public enum Role {
    /** Reads packages. */
    READER(Permission.READ),
    /** Reads and publishes packages. */
    PUBLISHER(Permission.READ, Permission.PUBLISH),
    /** Reads packages, the journal, decisions and policies. */
    AUDITOR(Permission.READ, Permission.AUDIT),
    /** May do everything. */
    ADMINISTRATOR(Permission.READ, Permission.PUBLISH, Permission.DELETE, Permission.AUDIT, Permission.ADMINISTER);

    private final Set<Permission> permissions;

    Role(Permission first, Permission... more) {
        EnumSet<Permission> set = EnumSet.of(first, more);
        set.add(Permission.OPEN);
        this.permissions = set;
    }

    /** Whether the role includes the permission. */
    public boolean permits(Permission permission) {
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
