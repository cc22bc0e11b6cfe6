package dev.sluice.rego;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * Which builtin functions modules may call.
 *
 * @param allows tells whether the builtin of that name may be called
 */
public record Capabilities(Predicate<String> allows) {
    /** Every builtin there is. */
    public static final Capabilities ALL = new Capabilities(name -> true);

    public Capabilities {
        Objects.requireNonNull(allows);
    }
}
