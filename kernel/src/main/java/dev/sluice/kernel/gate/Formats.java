package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.Ecosystem;
import java.util.Map;

/**
 * The formats that are served here.
 *
 * @param byId each by its id
 */
record Formats(Map<String, Ecosystem> byId) {

    /** Copies the map. */
    Formats {
        byId = Map.copyOf(byId);
    }

    /** The format of a package. */
    Ecosystem of(PackageName name) {
        Ecosystem format = byId.get(name.format());
        if (format == null) {
            throw new IllegalArgumentException("no format '" + name.format() + "' here");
        }
        return format;
    }
}
