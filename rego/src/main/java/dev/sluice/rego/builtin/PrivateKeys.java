package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.bouncycastle.math.ec.ECPoint;

/** Private keys in PEM: {@code crypto.parse_private_keys} and {@code crypto.x509.parse_rsa_private_key}. */
final class PrivateKeys {
    private PrivateKeys() {}

    static void declare(Registry registry) {
        registry.add("crypto.parse_private_keys", "(keys: string) -> output: array[object[string: any]]", (_, args) -> {
            String text = Operands.string(args, 0);
            return text.isEmpty() ? NullValue.NULL : parsed(text);
        });
        registry.add("crypto.x509.parse_rsa_private_key", "(pem: string) -> output: object[string: any]", (_, args) -> {
            String text = Operands.string(args, 0);
            if (text.isEmpty()) {
                throw BuiltinException.value("input PEM data was empty");
            }
            String pem = text.startsWith("-----BEGIN") ? text : GoBytes.text(Encodings.unbase64(text));
            List<PrivateKey> keys = all(pem);
            if (keys.isEmpty()) {
                return NullValue.NULL;
            }
            if (keys.getFirst() instanceof RSAPrivateCrtKey rsa) {
                return Jwk.of(rsa);
            }
            throw BuiltinException.value("failed to import key: only RSA keys can be written as JWK");
        });
    }

    private static Value parsed(String text) throws BuiltinException {
        String pem = text;
        try {
            pem = GoBytes.text(Encodings.unbase64(text));
        } catch (BuiltinException plain) {
            // Then it is the PEM itself.
        }
        List<Value> keys = new ArrayList<>();
        for (PrivateKey key : all(pem)) {
            keys.add(fields(key));
        }
        return ArrayValue.of(keys);
    }

    /** The keys of every block that holds one. */
    static List<PrivateKey> all(String pem) throws BuiltinException {
        List<PrivateKey> keys = new ArrayList<>();
        Pem block = Pem.first(pem);
        while (block != null) {
            try {
                switch (block.type()) {
                    case "RSA PRIVATE KEY" -> keys.add(rsa(block.bytes()));
                    case "EC PRIVATE KEY" -> keys.add(elliptic(block.bytes()));
                    case "PRIVATE KEY" -> keys.add(key(PrivateKeyInfo.getInstance(block.bytes())));
                    default -> {}
                }
            } catch (GeneralSecurityException | IOException | RuntimeException malformed) {
                throw BuiltinException.value("x509: failed to parse private key: " + malformed.getMessage());
            }
            block = Pem.first(block.rest());
        }
        return keys;
    }

    private static PrivateKey rsa(byte[] bytes) throws GeneralSecurityException, IOException {
        return key(new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, org.bouncycastle.asn1.DERNull.INSTANCE),
                ASN1Sequence.getInstance(bytes)));
    }

    private static PrivateKey elliptic(byte[] bytes) throws GeneralSecurityException, IOException {
        var key = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(bytes);
        return key(new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key));
    }

    /** The key that a PKCS #8 structure holds. */
    static PrivateKey key(PrivateKeyInfo info) throws GeneralSecurityException, IOException {
        String algorithm = info.getPrivateKeyAlgorithm().getAlgorithm().getId();
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }

    /** A key as Go writes it into JSON. */
    static Value fields(PrivateKey key) {
        return switch (key) {
            case RSAPrivateCrtKey rsa ->
                ObjectValue.builder()
                        .put("N", NumberValue.of(rsa.getModulus()))
                        .put("E", NumberValue.of(rsa.getPublicExponent()))
                        .put("D", NumberValue.of(rsa.getPrivateExponent()))
                        .put("Primes", ArrayValue.of(NumberValue.of(rsa.getPrimeP()), NumberValue.of(rsa.getPrimeQ())))
                        .put(
                                "Precomputed",
                                ObjectValue.builder()
                                        .put("Dp", NumberValue.of(rsa.getPrimeExponentP()))
                                        .put("Dq", NumberValue.of(rsa.getPrimeExponentQ()))
                                        .put("Qinv", NumberValue.of(rsa.getCrtCoefficient()))
                                        .put("CRTValues", ArrayValue.EMPTY)
                                        .build())
                        .build();
            case ECPrivateKey elliptic -> {
                java.security.spec.ECPoint generator = elliptic.getParams().getGenerator();
                ECPoint point = EC5Util.convertCurve(elliptic.getParams().getCurve())
                        .createPoint(generator.getAffineX(), generator.getAffineY())
                        .multiply(elliptic.getS())
                        .normalize();
                yield ObjectValue.builder()
                        .put("Curve", ObjectValue.EMPTY)
                        .put("X", NumberValue.of(point.getAffineXCoord().toBigInteger()))
                        .put("Y", NumberValue.of(point.getAffineYCoord().toBigInteger()))
                        .put("D", NumberValue.of(elliptic.getS()))
                        .build();
            }
            case EdECPrivateKey edwards -> {
                byte[] seed = edwards.getBytes().orElse(new byte[32]);
                byte[] all = java.util.Arrays.copyOf(seed, 64);
                System.arraycopy(
                        new Ed25519PrivateKeyParameters(seed)
                                .generatePublicKey()
                                .getEncoded(),
                        0,
                        all,
                        32,
                        32);
                yield CertificateFields.base64(all);
            }
            default -> NullValue.NULL;
        };
    }
}
