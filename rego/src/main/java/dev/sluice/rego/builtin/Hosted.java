package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.Set;

/**
 * Functions that ask the world outside: {@code http.send}, {@code net.lookup_ip_addr} and {@code opa.runtime}. A module
 * may call them only where its host grants them and says how they are answered.
 */
final class Hosted {
    private static final Set<String> REQUEST = Set.of(
            "method",
            "url",
            "body",
            "enable_redirect",
            "force_json_decode",
            "force_yaml_decode",
            "headers",
            "raw_body",
            "tls_use_system_certs",
            "tls_ca_cert",
            "tls_ca_cert_file",
            "tls_ca_cert_env_variable",
            "tls_client_cert",
            "tls_client_cert_file",
            "tls_client_cert_env_variable",
            "tls_client_key",
            "tls_client_key_file",
            "tls_client_key_env_variable",
            "tls_insecure_skip_verify",
            "tls_server_name",
            "timeout",
            "cache",
            "force_cache",
            "force_cache_duration_seconds",
            "raise_error",
            "caching_mode",
            "max_retry_attempts",
            "cache_ignored_headers");

    private Hosted() {}

    /** Their declarations; the body only checks the operands. */
    static void declare(Registry registry) {
        registry.addNondeterministic(
                "http.send", "(request: object[string: any]) -> response: object[any: any]", (ctx, args) -> {
                    checkRequest(Operands.object(args, 0), 1);
                    return null;
                });
        registry.addNondeterministic("net.lookup_ip_addr", "(name: string) -> addrs: set[string]", (_, args) -> {
            Operands.string(args, 0);
            return null;
        });
        registry.addNondeterministic("opa.runtime", "() -> output: object[string: any]", (_, _) -> null);
    }

    /** A declaration that checks its operands and then asks the host. */
    static BuiltinDeclaration granted(BuiltinDeclaration declaration, Builtin host) {
        return new BuiltinDeclaration(
                declaration.name(), declaration.parameters(), declaration.result(), false, true, false, (ctx, args) -> {
                    declaration.body().call(ctx, args);
                    ctx.changesAt(ctx.nowNanos() + 1);
                    return host.call(ctx, args);
                });
    }

    static void checkRequest(ObjectValue request, int position) throws BuiltinException {
        SetValue.Builder unknown = SetValue.builder();
        for (Value key : request.keys()) {
            if (!(key instanceof StringValue name) || !REQUEST.contains(name.value())) {
                unknown.add(key);
            }
        }
        if (unknown.size() > 0) {
            throw BuiltinException.operand(position, "invalid request parameters(s): " + unknown.build());
        }
        SetValue.Builder missing = SetValue.builder();
        for (String name : List.of("method", "url")) {
            if (request.get(name) == null) {
                missing.add(StringValue.of(name));
            }
        }
        if (missing.size() > 0) {
            throw BuiltinException.operand(position, "missing required request parameters(s): " + missing.build());
        }
    }
}
