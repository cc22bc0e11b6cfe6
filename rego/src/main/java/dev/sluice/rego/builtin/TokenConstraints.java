package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What {@code io.jwt.decode_verify} demands of a token. */
final class TokenConstraints {
    private static final Value UNVERIFIED = ArrayValue.of(BooleanValue.FALSE, ObjectValue.EMPTY, ObjectValue.EMPTY);
    private static final int MAX_NESTING = 20;

    private @Nullable List<Jwk> keys;
    private String secret = "";
    private String algorithm = "";
    private String issuer = "";
    private String audience = "";
    private double nanos = -1;

    private TokenConstraints(ObjectValue constraints) throws BuiltinException {
        for (ObjectValue.Entry entry : constraints.entries()) {
            String name = Json.key(entry.key());
            switch (name) {
                case "cert" -> keys = VerificationKeys.of(string(name, entry.value()));
                case "secret" -> secret = string(name, entry.value());
                case "alg" -> algorithm = string(name, entry.value());
                case "iss" -> issuer = string(name, entry.value());
                case "aud" -> audience = string(name, entry.value());
                case "time" -> nanos = time(entry.value());
                default -> throw BuiltinException.value("unknown token validation constraint: " + name);
            }
        }
        if (keys != null && !secret.isEmpty()) {
            throw BuiltinException.value("duplicate key constraints");
        }
        if (keys == null && secret.isEmpty()) {
            throw BuiltinException.value("no key constraint");
        }
    }

    private static String string(String name, Value value) throws BuiltinException {
        if (value instanceof StringValue text) {
            return text.value();
        }
        throw BuiltinException.value(name + " constraint: must be a string");
    }

    private static double time(Value value) throws BuiltinException {
        if (!(value instanceof NumberValue number)) {
            throw BuiltinException.value("token time constraint: must be a number");
        }
        if (number.signum() < 0) {
            throw BuiltinException.value("token time constraint: must not be negative");
        }
        return number.asDouble();
    }

    /** Whether the token holds, its header and its payload; false and nothing where it does not. */
    static Value decodeVerified(CallContext ctx, String text, ObjectValue constraints) throws BuiltinException {
        TokenConstraints wanted = new TokenConstraints(constraints);
        String next = text;
        for (int depth = 0; depth < MAX_NESTING; depth++) {
            Tokens.Token token = Tokens.Token.of(next);
            ObjectValue fields = token.decodedHeader();
            TokenHeader header = TokenHeader.of(fields);
            if (!header.valid() || (!wanted.algorithm.isEmpty() && !wanted.algorithm.equals(header.algorithm()))) {
                return UNVERIFIED;
            }
            if (!wanted.signed(token, header)) {
                return UNVERIFIED;
            }
            String payload = token.payloadText();
            if (header.contentType().equalsIgnoreCase("JWT")) {
                next = payload;
                continue;
            }
            ObjectValue claims = Tokens.payloadObject(payload);
            return wanted.hold(ctx, claims) ? ArrayValue.of(BooleanValue.TRUE, fields, claims) : UNVERIFIED;
        }
        throw BuiltinException.value("JWTs are nested too deep");
    }

    private boolean signed(Tokens.Token token, TokenHeader header) throws BuiltinException {
        byte[] signature = Tokens.bytes(token.signature());
        List<Jwk> trusted = keys;
        if (trusted == null) {
            return header.algorithm().startsWith("HS")
                    && Signatures.ALGORITHMS.contains(header.algorithm())
                    && Signatures.verify(header.algorithm(), Jwk.secret(GoBytes.of(secret)), token.signed(), signature);
        }
        return Signatures.ALGORITHMS.contains(header.algorithm())
                && VerificationKeys.verify(
                        trusted, header, key -> Signatures.verify(header.algorithm(), key, token.signed(), signature));
    }

    private boolean hold(CallContext ctx, ObjectValue claims) throws BuiltinException {
        if (!issuer.isEmpty() && !StringValue.of(issuer).equals(claims.get("iss"))) {
            return false;
        }
        Value given = claims.get("aud");
        if (given == null ? !audience.isEmpty() : !isAudience(given)) {
            return false;
        }
        NumberValue expires = instant(claims, "exp");
        if (expires != null && holds(ctx, t -> Tokens.seconds((double) t).compareTo(expires) >= 0)) {
            return false;
        }
        NumberValue begins = instant(claims, "nbf");
        return begins == null || holds(ctx, t -> Tokens.seconds((double) t).compareTo(begins) >= 0);
    }

    private boolean isAudience(Value given) {
        if (given instanceof ArrayValue all) {
            for (Value one : all) {
                if (one.equals(StringValue.of(audience))) {
                    return true;
                }
            }
            return false;
        }
        return given.equals(StringValue.of(audience));
    }

    private static @Nullable NumberValue instant(ObjectValue claims, String name) throws BuiltinException {
        Value value = claims.get(name);
        if (value == null || value instanceof NumberValue) {
            return (NumberValue) value;
        }
        throw BuiltinException.value(name + " value must be a number");
    }

    /** Whether something that comes true with time is true; says from when it will be. */
    private boolean holds(CallContext ctx, LongPredicate reached) {
        if (nanos >= 0) {
            return reached.test((long) nanos);
        }
        long now = ctx.nowNanos();
        if (reached.test(now)) {
            return true;
        }
        long before = now;
        long after = Long.MAX_VALUE;
        while (after - before > 1) {
            long middle = before + (after - before) / 2;
            if (reached.test(middle)) {
                after = middle;
            } else {
                before = middle;
            }
        }
        ctx.changesAt(after);
        return false;
    }
}
