package dev.sluice.rego.builtin;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The keys that may have signed a token: of a certificate, a public key in PEM, or a JWK (set). */
final class VerificationKeys {
    private VerificationKeys() {}

    static List<Jwk> of(String text) throws BuiltinException {
        Pem block = Pem.first(text);
        if (block != null) {
            return List.of(new Jwk("", "", key(block)));
        }
        List<Jwk> keys;
        try {
            keys = Jwk.parse(text);
        } catch (BuiltinException malformed) {
            throw BuiltinException.value("failed to parse a JWK key (set): " + malformed.getMessage());
        }
        List<Jwk> known = new ArrayList<>();
        for (Jwk key : keys) {
            if (key.algorithm().isEmpty() || Signatures.ALGORITHMS.contains(key.algorithm())) {
                known.add(key);
            }
        }
        return known;
    }

    private static Key key(Pem block) throws BuiltinException {
        if (!block.rest().isEmpty()) {
            throw BuiltinException.value("extra data after a PEM certificate block");
        }
        switch (block.type()) {
            case "CERTIFICATE" -> {
                try {
                    return CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.bytes()))
                            .getPublicKey();
                } catch (GeneralSecurityException malformed) {
                    throw BuiltinException.value("failed to parse a PEM certificate: x509: malformed certificate");
                }
            }
            case "PUBLIC KEY" -> {
                try {
                    return publicKey(block.bytes());
                } catch (GeneralSecurityException | IllegalArgumentException malformed) {
                    throw BuiltinException.value("failed to parse a PEM public key: " + malformed.getMessage());
                }
            }
            default -> throw BuiltinException.value("failed to extract a Key from the PEM certificate");
        }
    }

    private static Key publicKey(byte[] encoded) throws GeneralSecurityException {
        String algorithm = SubjectPublicKeyInfo.getInstance(encoded)
                .getAlgorithm()
                .getAlgorithm()
                .getId();
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
    }

    /**
     * Whether one of the keys verifies: the key of the header's id where there is one, else any key whose algorithm is
     * the header's or not told.
     */
    static boolean verify(List<Jwk> keys, TokenHeader header, Predicate<Key> verifies) {
        if (!header.keyId().isEmpty()) {
            for (Jwk key : keys) {
                if (key.id().equals(header.keyId())) {
                    return verifies.test(key.key());
                }
            }
        }
        for (Jwk key : keys) {
            if ((key.algorithm().isEmpty() || key.algorithm().equals(header.algorithm())) && verifies.test(key.key())) {
                return true;
            }
        }
        return false;
    }
}
