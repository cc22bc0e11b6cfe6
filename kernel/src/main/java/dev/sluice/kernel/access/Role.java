package dev.sluice.kernel.access;

import java.util.Locale;

/** A named set of permissions a token holds. */
public enum Role {
    /** Reads packages. */
    READER,
    /** Reads and publishes packages. */
    PUBLISHER,
    /** Reads packages, the journal, decisions and policies. */
    AUDITOR,
    /** May do everything. */
    ADMINISTRATOR;

    /** Whether the role includes the permission. */
    public boolean permits(Permission permission) {
        return switch (permission) {
            case OPEN, READ -> true;
            case PUBLISH -> this == PUBLISHER || this == ADMINISTRATOR;
            case AUDIT -> this == AUDITOR || this == ADMINISTRATOR;
            case DELETE, ADMINISTER -> this == ADMINISTRATOR;
        };
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
