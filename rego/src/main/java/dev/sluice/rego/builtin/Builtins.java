package dev.sluice.rego.builtin;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of built-in functions, by OPA 1.22's names and signatures.
 *
 * <p>Functions that ask the outside world ({@code http.send}, {@code net.lookup_ip_addr}, {@code opa.runtime}) are kept
 * apart: they are there only where a host grants them, since a decision is a function of its facts. The catalogue is
 * made once and never changes.
 */
public final class Builtins {
    private static final Map<String, BuiltinDeclaration> ALL = declareAll();
    private static final Map<String, BuiltinDeclaration> HOSTED = declareHosted();

    private Builtins() {}

    private static Map<String, BuiltinDeclaration> declareAll() {
        Registry registry = new Registry();
        Comparisons.declare(registry);
        Numbers.declare(registry);
        Aggregates.declare(registry);
        Texts.declare(registry);
        Templates.declare(registry);
        Casts.declare(registry);
        Composites.declare(registry);
        JsonPaths.declare(registry);
        Encodings.declare(registry);
        Regexes.declare(registry);
        Globs.declare(registry);
        Times.declare(registry);
        Uris.declare(registry);
        Uuids.declare(registry);
        Cidrs.declare(registry);
        Graphs.declare(registry);
        Quantities.declare(registry);
        SemanticVersions.declare(registry);
        Tokens.declare(registry);
        Certificates.declare(registry);
        PrivateKeys.declare(registry);
        GraphQls.declare(registry);
        JsonSchemas.declare(registry);
        Yamls.declare(registry);
        AwsRequests.declare(registry);
        Chances.declare(registry);
        Modules.declare(registry);
        return Collections.unmodifiableMap(registry.declarations());
    }

    private static Map<String, BuiltinDeclaration> declareHosted() {
        Registry registry = new Registry();
        Hosted.declare(registry);
        return Collections.unmodifiableMap(registry.declarations());
    }

    /** Whether it is a function that asks the world outside, which a host must grant. */
    public static boolean isHosted(String name) {
        return HOSTED.containsKey(name);
    }

    /**
     * A function that asks the world outside, answered by its host. What it answers counts for the instant of the
     * evaluation only.
     *
     * @param name {@code http.send}, {@code net.lookup_ip_addr} or {@code opa.runtime}
     * @throws IllegalArgumentException for any other name
     */
    public static BuiltinDeclaration hosted(String name, Builtin host) {
        BuiltinDeclaration declaration = HOSTED.get(name);
        if (declaration == null) {
            throw new IllegalArgumentException("no function that hosts grant: " + name);
        }
        return Hosted.granted(declaration, host);
    }

    /** The function of this name, or null where there is none. */
    public static @Nullable BuiltinDeclaration find(String name) {
        return ALL.get(name);
    }

    /** All functions. */
    public static Collection<BuiltinDeclaration> all() {
        return ALL.values();
    }
}
