package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.JsonFault;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** JSON Web Tokens (RFC 7519): {@code io.jwt.*}. */
final class Tokens {
    private static final String VERIFY = "(jwt: string, certificate: string) -> result: boolean";
    private static final String SIGNED = "output: string";
    private static final int MAX_NESTING = 20;

    private Tokens() {}

    static void declare(Registry registry) {
        registry.add(
                "io.jwt.decode",
                "(jwt: string) -> output: array<object[any: any], object[any: any], string>",
                (_, args) -> decode(Operands.string(args, 0), 0));
        for (String algorithm :
                List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")) {
            registry.add(
                    "io.jwt.verify_" + algorithm.toLowerCase(Locale.ROOT),
                    VERIFY,
                    (_, args) -> BooleanValue.of(verify(algorithm, args)));
        }
        for (String algorithm : List.of("HS256", "HS384", "HS512")) {
            registry.add(
                    "io.jwt.verify_" + algorithm.toLowerCase(Locale.ROOT),
                    "(jwt: string, secret: string) -> result: boolean",
                    (_, args) -> {
                        Token token = Token.of(Operands.string(args, 0));
                        Key secret = Jwk.secret(GoBytes.of(Operands.string(args, 1)));
                        return BooleanValue.of(
                                Signatures.verify(algorithm, secret, token.signed(), bytes(token.signature)));
                    });
        }
        registry.addNondeterministic(
                "io.jwt.decode_verify",
                "(jwt: string, constraints: object[string: any]) -> output: array<boolean, object[any: any], object[any: any]>",
                (ctx, args) -> TokenConstraints.decodeVerified(
                        ctx, Operands.string(args, 0), (ObjectValue) Clocks.freeze(ctx, Operands.object(args, 1))));
        registry.addNondeterministic(
                "io.jwt.encode_sign_raw",
                "(headers: string, payload: string, key: string) -> " + SIGNED,
                (_, args) -> signed(Operands.string(args, 0), Operands.string(args, 1), Operands.string(args, 2)));
        registry.addNondeterministic(
                "io.jwt.encode_sign",
                "(headers: object[string: any], payload: object[string: any], key: object[string: any]) -> " + SIGNED,
                (ctx, args) -> signed(json(ctx, args[0]), json(ctx, args[1]), json(ctx, args[2])));
    }

    private static String json(CallContext ctx, Value value) {
        return GoJson.compact(Clocks.freeze(ctx, value));
    }

    /** The three parts of a token, still encoded. */
    record Token(String header, String payload, String signature) {
        static Token of(String text) throws BuiltinException {
            if (text.indexOf('.') < 0) {
                throw BuiltinException.value("encoded JWT had no period separators");
            }
            String[] parts = text.split("\\.", -1);
            if (parts.length != 3) {
                throw BuiltinException.value("encoded JWT must have 3 sections, found " + parts.length);
            }
            return new Token(parts[0], parts[1], parts[2]);
        }

        /** What is signed. */
        byte[] signed() {
            return GoBytes.of(header + "." + payload);
        }

        ObjectValue decodedHeader() throws BuiltinException {
            ObjectValue fields;
            try {
                fields = object(text("JWT header", header));
            } catch (InvalidJson invalid) {
                throw BuiltinException.value("bad JWT header: " + invalid.getMessage());
            }
            if (fields.get("enc") != null) {
                throw BuiltinException.value("JWT is a JWE object, which is not supported");
            }
            return fields;
        }

        ObjectValue decodedPayload() throws BuiltinException {
            return payloadObject(payloadText());
        }

        String payloadText() throws BuiltinException {
            return text("JWT payload", payload);
        }
    }

    static ObjectValue payloadObject(String text) throws BuiltinException {
        try {
            return object(text);
        } catch (InvalidJson invalid) {
            throw BuiltinException.value(String.valueOf(invalid.getMessage()));
        }
    }

    private static final class InvalidJson extends Exception {
        private InvalidJson(String message) {
            super(message, null, false, false);
        }
    }

    private static ObjectValue object(String text) throws InvalidJson {
        try {
            if (Json.read(text) instanceof ObjectValue object) {
                return object;
            }
        } catch (JsonFault fault) {
            throw new InvalidJson("invalid JSON: " + fault.getMessage());
        }
        throw new InvalidJson("decoded JSON type was not an Object");
    }

    private static String text(String what, String encoded) throws BuiltinException {
        try {
            return GoBytes.text(bytes(encoded));
        } catch (BuiltinException malformed) {
            throw BuiltinException.value(what + " had invalid encoding: " + malformed.getMessage());
        }
    }

    static byte[] bytes(String encoded) throws BuiltinException {
        return Encodings.unbase64url(encoded);
    }

    private static Value decode(String text, int depth) throws BuiltinException {
        Token token = Token.of(text);
        ObjectValue header = token.decodedHeader();
        String payload = token.payloadText();
        if (header.get("cty") instanceof StringValue type && type.value().equals("JWT")) {
            if (depth >= MAX_NESTING) {
                throw BuiltinException.value("JWTs are nested too deep");
            }
            return decode(GoStrings.trim(payload, c -> c == '"' || c == '\'', true, true), depth + 1);
        }
        ObjectValue claims = payloadObject(payload);
        byte[] signature;
        try {
            signature = bytes(token.signature);
        } catch (BuiltinException malformed) {
            throw BuiltinException.value("JWT signature had invalid encoding: " + malformed.getMessage());
        }
        return ArrayValue.of(header, claims, StringValue.of(HexFormat.of().formatHex(signature)));
    }

    private static boolean verify(String algorithm, Value[] args) throws BuiltinException {
        Token token = Token.of(Operands.string(args, 0));
        List<Jwk> keys = VerificationKeys.of(Operands.string(args, 1));
        byte[] signature = bytes(token.signature);
        ObjectValue header = token.decodedHeader();
        return VerificationKeys.verify(
                keys, TokenHeader.of(header), key -> Signatures.verify(algorithm, key, token.signed(), signature));
    }

    private static Value signed(String headers, String payload, String key) throws BuiltinException {
        List<Jwk> keys = Jwk.parse(key);
        if (keys.isEmpty()) {
            throw BuiltinException.value("no keys found in JWK set");
        }
        Jwk first = keys.getFirst();
        ObjectValue fields = signingHeader(headers);
        if (!(fields.get("alg") instanceof StringValue algorithm)) {
            throw BuiltinException.value("missing or invalid 'alg' header: jwsbb: header \"alg\" not found");
        }
        if (!Signatures.ALGORITHMS.contains(algorithm.value())) {
            throw BuiltinException.value("unknown JWS algorithm: " + algorithm.value());
        }
        boolean untyped = !(fields.get("typ") instanceof StringValue);
        if ((untyped || StringValue.of("JWT").equals(fields.get("typ"))) && !GoJson.isValid(payload)) {
            throw BuiltinException.value("type is JWT but payload is not JSON");
        }
        String signed = Jwk.base64(GoBytes.of(headers)).value() + "."
                + Jwk.base64(GoBytes.of(payload)).value();
        try {
            byte[] signature =
                    Signatures.sign(algorithm.value(), first.key(), signed.getBytes(StandardCharsets.US_ASCII));
            return StringValue.of(signed + "." + Jwk.base64(signature).value());
        } catch (GeneralSecurityException failed) {
            throw BuiltinException.value("failed to sign: " + failed.getMessage());
        }
    }

    private static ObjectValue signingHeader(String headers) throws BuiltinException {
        try {
            return Json.read(headers) instanceof ObjectValue object ? object : ObjectValue.EMPTY;
        } catch (JsonFault fault) {
            if (headers.matches("[-+.0-9eE]+")) {
                return ObjectValue.EMPTY;
            }
            throw BuiltinException.value("missing or invalid 'alg' header: cannot parse JSON: cannot parse "
                    + (headers.isEmpty() ? "empty string" : fault.getMessage()));
        }
    }

    /** The instant in seconds against which {@code exp} and {@code nbf} count. */
    static NumberValue seconds(double nanos) {
        return NumberValue.of(nanos / 1_000_000_000);
    }
}
