package dev.sluice.kernel.gate;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Makes entity tags (RFC 9110, section 8.8.3) out of bodies. */
public final class Etags {

    private Etags() {}

    /** A strong tag of those bytes, in quotes. */
    public static String of(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return '"'
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(hash)
                            .substring(0, 27)
                    + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether an If-None-Match header names the tag, by weak comparison. */
    public static boolean matches(String ifNoneMatch, String etag) {
        String wanted = etag.startsWith("W/") ? etag.substring(2) : etag;
        for (String part : ifNoneMatch.split(",", -1)) {
            String tag = part.strip();
            if (tag.equals("*") || (tag.startsWith("W/") ? tag.substring(2) : tag).equals(wanted)) {
                return true;
            }
        }
        return false;
    }
}
