package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.JsonFault;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Key (RFC 7517).
 *
 * @param algorithm its {@code alg}, or the empty string
 * @param id its {@code kid}, or the empty string
 * @param key public, private or secret
 */
record Jwk(String algorithm, String id, Key key) {
    private static final int MAX_KEYS = 1000;
    private static final byte[] ED25519_PUBLIC = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] ED25519_PRIVATE = HexFormat.of().parseHex("302e020100300506032b657004220420");

    /**
     * The keys of a set, or the one key.
     *
     * @throws BuiltinException when it is neither, or a key is not one of the kinds oct, RSA, EC and OKP (Ed25519)
     */
    static List<Jwk> parse(String text) throws BuiltinException {
        Value document;
        try {
            document = Json.read(text);
        } catch (JsonFault fault) {
            throw BuiltinException.value("failed to unmarshal JWK set: " + fault.getMessage());
        }
        if (!(document instanceof ObjectValue object)) {
            throw BuiltinException.value("failed to unmarshal JWK set: not an object");
        }
        if (!(object.get("keys") instanceof ArrayValue keys)) {
            return List.of(of(object));
        }
        if (keys.size() > MAX_KEYS) {
            throw BuiltinException.value("too many keys in JWK set");
        }
        List<Jwk> out = new ArrayList<>();
        for (Value key : keys) {
            if (!(key instanceof ObjectValue fields)) {
                throw BuiltinException.value("failed to unmarshal key from JWK set: not an object");
            }
            out.add(of(fields));
        }
        return out;
    }

    private static Jwk of(ObjectValue fields) throws BuiltinException {
        try {
            return new Jwk(text(fields, "alg"), text(fields, "kid"), key(fields));
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw BuiltinException.value("failed to unmarshal key from JWK set: " + unusable.getMessage());
        }
    }

    private static Key key(ObjectValue fields) throws BuiltinException, GeneralSecurityException {
        String kind = text(fields, "kty");
        return switch (kind) {
            case "oct" -> secret(bytes(fields, "k"));
            case "RSA" -> rsa(fields);
            case "EC" -> elliptic(fields);
            case "OKP" -> edwards(fields);
            default -> throw BuiltinException.value("invalid key type from JSON (" + kind + ")");
        };
    }

    /** A key for HMAC; an empty one is a key too. */
    static Key secret(byte[] bytes) {
        return new SecretKeySpec(bytes.length == 0 ? new byte[1] : bytes, "RAW");
    }

    private static Key rsa(ObjectValue fields) throws BuiltinException, GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("RSA");
        BigInteger modulus = number(fields, "n");
        BigInteger exponent = number(fields, "e");
        if (fields.get("d") == null) {
            return factory.generatePublic(new RSAPublicKeySpec(modulus, exponent));
        }
        BigInteger secret = number(fields, "d");
        if (fields.get("p") == null || fields.get("q") == null) {
            return factory.generatePrivate(new RSAPrivateKeySpec(modulus, secret));
        }
        BigInteger p = number(fields, "p");
        BigInteger q = number(fields, "q");
        return factory.generatePrivate(new RSAPrivateCrtKeySpec(
                modulus,
                exponent,
                secret,
                p,
                q,
                secret.mod(p.subtract(BigInteger.ONE)),
                secret.mod(q.subtract(BigInteger.ONE)),
                q.modInverse(p)));
    }

    private static Key elliptic(ObjectValue fields) throws BuiltinException, GeneralSecurityException {
        var curve = Curves.parameters(text(fields, "crv"));
        KeyFactory factory = KeyFactory.getInstance("EC");
        if (fields.get("d") != null) {
            return factory.generatePrivate(new ECPrivateKeySpec(number(fields, "d"), curve));
        }
        return factory.generatePublic(
                new ECPublicKeySpec(new ECPoint(number(fields, "x"), number(fields, "y")), curve));
    }

    private static Key edwards(ObjectValue fields) throws BuiltinException, GeneralSecurityException {
        String curve = text(fields, "crv");
        if (!curve.equals("Ed25519")) {
            throw BuiltinException.value("invalid curve algorithm " + curve);
        }
        KeyFactory factory = KeyFactory.getInstance("Ed25519");
        if (fields.get("d") != null) {
            return factory.generatePrivate(new PKCS8EncodedKeySpec(joined(ED25519_PRIVATE, bytes(fields, "d"))));
        }
        return factory.generatePublic(new X509EncodedKeySpec(joined(ED25519_PUBLIC, bytes(fields, "x"))));
    }

    /** The fields of an RSA private key as a JWK. */
    static ObjectValue of(RSAPrivateCrtKey key) {
        return ObjectValue.builder()
                .put("kty", StringValue.of("RSA"))
                .put("n", unsigned(key.getModulus()))
                .put("e", unsigned(key.getPublicExponent()))
                .put("d", unsigned(key.getPrivateExponent()))
                .put("p", unsigned(key.getPrimeP()))
                .put("q", unsigned(key.getPrimeQ()))
                .put("dp", unsigned(key.getPrimeExponentP()))
                .put("dq", unsigned(key.getPrimeExponentQ()))
                .put("qi", unsigned(key.getCrtCoefficient()))
                .build();
    }

    private static StringValue unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        return base64(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }

    /** Base64 for addresses, without padding, as JWK writes bytes. */
    static StringValue base64(byte[] bytes) {
        return StringValue.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private static byte[] joined(byte[] prefix, byte[] rest) {
        byte[] all = java.util.Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, all, prefix.length, rest.length);
        return all;
    }

    private static BigInteger number(ObjectValue fields, String name) throws BuiltinException {
        return new BigInteger(1, bytes(fields, name));
    }

    private static byte[] bytes(ObjectValue fields, String name) throws BuiltinException {
        String text = text(fields, name);
        if (text.isEmpty()) {
            throw BuiltinException.value("required field '" + name + "' is missing");
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        return Base64.getUrlDecoder()
                .decode(text.substring(0, end).replace('+', '-').replace('/', '_'));
    }

    private static String text(ObjectValue fields, String name) throws BuiltinException {
        @Nullable Value value = fields.get(name);
        if (value == null) {
            return "";
        }
        if (value instanceof StringValue string) {
            return string.value();
        }
        throw BuiltinException.value("failed to unmarshal key from JWK set: field '" + name + "' is not a string");
    }
}
