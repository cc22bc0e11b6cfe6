package dev.sluice.rego.builtin;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidParameterSpecException;
import java.util.Map;

/** The elliptic curves of NIST, by the names JWK gives them. */
final class Curves {
    private static final Map<String, String> NAMES =
            Map.of("P-256", "secp256r1", "P-384", "secp384r1", "P-521", "secp521r1");

    private Curves() {}

    static ECParameterSpec parameters(String name) throws GeneralSecurityException {
        String known = NAMES.get(name);
        if (known == null) {
            throw new InvalidParameterSpecException("invalid curve algorithm " + name);
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(known));
        return parameters.getParameterSpec(ECParameterSpec.class);
    }

    /** How many bytes a coordinate of a point has. */
    static int bytes(ECParameterSpec curve) {
        return (curve.getCurve().getField().getFieldSize() + 7) / 8;
    }

    /** A number in as many bytes. */
    static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] out = new byte[length];
        int copied = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copied, out, length - copied, copied);
        return out;
    }
}
