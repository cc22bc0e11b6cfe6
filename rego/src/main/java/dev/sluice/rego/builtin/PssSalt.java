package dev.sluice.rego.builtin;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/**
 * How long the salt of an RSA-PSS signature is. OPA takes any length, the platform's verifier has to be told which one; so
 * the padding is taken off first (RFC 8017, section 9.1.2, steps 4 to 10). This verifies nothing.
 */
final class PssSalt {
    private static final int TRAILER = 0xbc;

    private PssSalt() {}

    /** The length in bytes, or -1 where the signature has another form. */
    static int length(RSAPublicKey key, String digest, byte[] signature) throws GeneralSecurityException {
        int bits = key.getModulus().bitLength();
        BigInteger number = new BigInteger(1, signature);
        if (signature.length != (bits + 7) / 8 || number.compareTo(key.getModulus()) >= 0) {
            return -1;
        }
        byte[] encoded = fixed(number.modPow(key.getPublicExponent(), key.getModulus()), (bits + 6) / 8);
        MessageDigest hash = MessageDigest.getInstance(digest);
        int masked = encoded.length - hash.getDigestLength() - 1;
        if (masked < 1 || (encoded[encoded.length - 1] & 0xff) != TRAILER) {
            return -1;
        }
        byte[] seed = Arrays.copyOfRange(encoded, masked, encoded.length - 1);
        byte[] block = unmasked(Arrays.copyOf(encoded, masked), seed, hash);
        block[0] &= (byte) (0xff >> (8 * encoded.length - (bits - 1)));
        int one = 0;
        while (one < masked && block[one] == 0) {
            one++;
        }
        return one < masked && block[one] == 1 ? masked - one - 1 : -1;
    }

    /** The mask generation function MGF1, undone. */
    private static byte[] unmasked(byte[] block, byte[] seed, MessageDigest hash) {
        int length = hash.getDigestLength();
        for (int i = 0; i * length < block.length; i++) {
            hash.update(seed);
            byte[] mask = hash.digest(new byte[] {(byte) (i >> 24), (byte) (i >> 16), (byte) (i >> 8), (byte) i});
            for (int j = 0; j < length && i * length + j < block.length; j++) {
                block[i * length + j] ^= mask[j];
            }
        }
        return block;
    }

    /** A number in so many bytes; zeros when it does not fit. */
    private static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] out = new byte[length];
        int from = Math.max(0, bytes.length - length);
        if (number.bitLength() <= 8 * length) {
            System.arraycopy(bytes, from, out, length - (bytes.length - from), bytes.length - from);
        }
        return out;
    }
}
