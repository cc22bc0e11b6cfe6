package dev.sluice.rego.builtin;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Set;
import javax.crypto.Mac;

/** The signature algorithms of JSON Web Signatures (RFC 7518, RFC 8037), over the platform's own cryptography. */
final class Signatures {
    /** The algorithms there are. */
    static final Set<String> ALGORITHMS = Set.of(
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512",
            "EdDSA");

    private Signatures() {}

    /** Whether the signature is that of the message; false also where key and algorithm do not go together. */
    static boolean verify(String algorithm, Key key, byte[] message, byte[] signature) {
        try {
            if (algorithm.startsWith("HS")) {
                return !(key instanceof PublicKey || key instanceof PrivateKey)
                        && MessageDigest.isEqual(mac(algorithm, key, message), signature);
            }
            if (!(key instanceof PublicKey publicKey) || !fits(algorithm, key)) {
                return false;
            }
            Signature verifier = signature(algorithm);
            if (algorithm.startsWith("PS")) {
                int salt = PssSalt.length((RSAPublicKey) publicKey, "SHA-" + algorithm.substring(2), signature);
                if (salt < 0) {
                    return false;
                }
                verifier = pss(algorithm.substring(2), salt);
            }
            verifier.initVerify(publicKey);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException unusable) {
            return false;
        }
    }

    static byte[] sign(String algorithm, Key key, byte[] message) throws GeneralSecurityException {
        if (algorithm.startsWith("HS")) {
            if (key instanceof PrivateKey || key instanceof PublicKey) {
                throw new InvalidKeyException("invalid key type for " + algorithm);
            }
            return mac(algorithm, key, message);
        }
        if (!(key instanceof PrivateKey privateKey) || !fits(algorithm, key)) {
            throw new InvalidKeyException("invalid key type for " + algorithm);
        }
        Signature signer = signature(algorithm);
        signer.initSign(privateKey);
        signer.update(message);
        return signer.sign();
    }

    private static boolean fits(String algorithm, Key key) {
        return switch (algorithm.charAt(0)) {
            case 'R', 'P' -> key instanceof RSAKey;
            default -> algorithm.equals("EdDSA") ? key instanceof EdECKey : key instanceof ECKey;
        };
    }

    private static byte[] mac(String algorithm, Key key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring(2));
        mac.init(key);
        return mac.doFinal(message);
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        String bits = algorithm.substring(2);
        return switch (algorithm.substring(0, 2)) {
            case "RS" -> Signature.getInstance("SHA" + bits + "withRSA");
            case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
            case "PS" -> pss(bits, Integer.parseInt(bits) / 8);
            default -> Signature.getInstance("Ed25519");
        };
    }

    private static Signature pss(String bits, int salt) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        String digest = "SHA-" + bits;
        signature.setParameter(new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1));
        return signature;
    }
}
