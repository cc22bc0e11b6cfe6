package dev.sluice.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key of 256 bits that seals secrets before they are stored: AES-GCM (NIST SP 800-38D) with a random nonce of 96 bits, bound to
 * the place they are stored at, so that a sealed secret is of no use in another.
 *
 * <p>Thread-safe. Neither the key nor a secret is ever part of a message.
 */
public final class SecretKey {

    private static final String SEALED = "sluice-sealed:1:";
    private static final int BYTES = 32;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;
    private final String id;

    private SecretKey(byte[] bytes) {
        this.bytes = bytes;
        this.id = HexFormat.of().formatHex(sha256(bytes), 0, 4);
    }

    /** A new key from the system's randomness. */
    public static SecretKey generate() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new SecretKey(bytes);
    }

    /** Reads a key as {@link #text} writes it; base64 of 32 bytes will do, too. Throws IllegalArgumentException, without the text. */
    public static SecretKey parse(String text) {
        String plain = text.strip();
        byte[] bytes;
        try {
            bytes = plain.length() == 2 * BYTES
                    ? HexFormat.of().parseHex(plain)
                    : Base64.getDecoder().decode(plain);
        } catch (IllegalArgumentException e) {
            bytes = new byte[0]; // its message would show part of the key
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a secret key is 32 random bytes in hexadecimal or base64, for example of: openssl rand -hex 32");
        }
        return new SecretKey(bytes);
    }

    /** 64 hexadecimal digits, for the key file. */
    public String text() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Tells keys apart without telling anything of them: 8 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** Whether a stored text was sealed, by whatever key. */
    public static boolean isSealed(String stored) {
        return stored.startsWith(SEALED);
    }

    /** The id of the key that sealed it, or null when it was not sealed. */
    public static @Nullable String idOf(String stored) {
        int end = isSealed(stored) ? stored.indexOf(':', SEALED.length()) : -1;
        return end < 0 ? null : stored.substring(SEALED.length(), end);
    }

    /** The secret as it is to be stored at that place. */
    public String seal(String secret, String place) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(secret.getBytes(UTF_8));
            return SEALED + id + ":"
                    + Base64.getEncoder()
                            .encodeToString(ByteBuffer.allocate(NONCE + sealed.length)
                                    .put(nonce)
                                    .put(sealed)
                                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every JDK", e);
        }
    }

    /** The secret that was sealed for that place. Throws IllegalArgumentException when this key did not seal this for that place. */
    public String open(String stored, String place) {
        String by = idOf(stored);
        if (by == null || !by.equals(id)) {
            throw new IllegalArgumentException("sealed with the key " + by + ", and this is the key " + id);
        }
        try {
            byte[] all = Base64.getDecoder().decode(stored.substring(SEALED.length() + by.length() + 1));
            byte[] nonce = Arrays.copyOf(all, NONCE);
            return new String(
                    cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(all, NONCE, Math.max(0, all.length - NONCE)),
                    UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("changed since it was sealed, or sealed for another place", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(bytes, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(UTF_8));
        return cipher;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    @Override
    public String toString() {
        return "SecretKey[" + id + "]";
    }
}
