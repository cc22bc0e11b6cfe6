package dev.sluice.kernel.access;

import java.util.Locale;

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

    private final int permissions; // a bit per permission, by ordinal

    Role(Permission... permissions) {
        int bits = 1 << Permission.OPEN.ordinal();
        for (Permission permission : permissions) {
            bits |= 1 << permission.ordinal();
        }
        this.permissions = bits;
    }

    /** Whether the role includes the permission. */
    public boolean permits(Permission permission) {
        return (permissions & (1 << permission.ordinal())) != 0;
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
