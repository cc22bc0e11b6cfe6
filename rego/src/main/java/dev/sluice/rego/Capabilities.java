package dev.sluice.rego;

import dev.sluice.rego.builtin.Builtin;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Builtins;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which built-in functions modules may call. Immutable.
 *
 * @param allows tells whether the builtin of that name may be called
 * @param own functions that a host adds, by name; they come before the builtins
 */
public record Capabilities(Predicate<String> allows, Map<String, BuiltinDeclaration> own) {
    /** Every builtin that does not ask the world outside. */
    public static final Capabilities ALL = new Capabilities(name -> true, Map.of());

    public Capabilities {
        Objects.requireNonNull(allows);
        own = Map.copyOf(own);
    }

    /**
     * The same with a function that asks the world outside, answered by the host.
     *
     * @param name {@code http.send}, {@code net.lookup_ip_addr} or {@code opa.runtime}
     * @throws IllegalArgumentException for any other name
     */
    public Capabilities granting(String name, Builtin host) {
        return with(Builtins.hosted(name, host));
    }

    /** The same with a function of the host's own. */
    public Capabilities with(BuiltinDeclaration function) {
        Map<String, BuiltinDeclaration> more = new HashMap<>(own);
        more.put(function.name(), function);
        return new Capabilities(allows, more);
    }

    /** The function of that name, where there is one that may be called. */
    public @Nullable BuiltinDeclaration find(String name) {
        BuiltinDeclaration added = own.get(name);
        return added != null ? added : allows.test(name) ? Builtins.find(name) : null;
    }
}
