package dev.sluice.kernel.artifact;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A checksum of some bytes: an algorithm and its value in lower-case hexadecimal.
 *
 * @param algorithm the hash function
 * @param hex the value, lower-case, exactly as long as the algorithm's output
 */
public record Digest(Algorithm algorithm, String hex) {

    /** A hash function that a package ecosystem pins artifacts with. */
    public enum Algorithm {
        MD5("MD5", 16, "md5"),
        SHA1("SHA-1", 20, "sha1"),
        SHA256("SHA-256", 32, "sha256"),
        SHA512("SHA-512", 64, "sha512");

        private final String jcaName;
        private final int bytes;
        private final String label;

        Algorithm(String jcaName, int bytes, String label) {
            this.jcaName = jcaName;
            this.bytes = bytes;
            this.label = label;
        }

        /** Name of the function for {@link java.security.MessageDigest}. */
        public String jcaName() {
            return jcaName;
        }

        /** Length of the output in bytes. */
        public int bytes() {
            return bytes;
        }

        /** Lower-case name as written in digests and checksum side-cars, for example {@code sha256}. */
        public String label() {
            return label;
        }

        /** The algorithm with that label, in any case, with or without a dash. Throws IllegalArgumentException for any other. */
        public static Algorithm ofLabel(String label) {
            String wanted = label.toLowerCase(Locale.ROOT).replace("-", "");
            for (Algorithm algorithm : values()) {
                if (algorithm.label.equals(wanted)) {
                    return algorithm;
                }
            }
            throw new IllegalArgumentException("unknown digest algorithm: " + label);
        }
    }

    /** Checks the length and the alphabet; upper-case input is lowered. Throws IllegalArgumentException. */
    public Digest {
        hex = hex.toLowerCase(Locale.ROOT);
        if (hex.length() != algorithm.bytes() * 2 || !isHexadecimal(hex)) {
            throw new IllegalArgumentException("not a " + algorithm.label() + " value: " + abbreviated(hex));
        }
    }

    /** The SHA-256 digest with that hexadecimal value. */
    public static Digest sha256(String hex) {
        return new Digest(Algorithm.SHA256, hex);
    }

    /** The digest with those raw bytes. */
    public static Digest of(Algorithm algorithm, byte[] value) {
        return new Digest(algorithm, HexFormat.of().formatHex(value));
    }

    /** Parses {@code algorithm:hex}, for example {@code sha256:ab…}. Throws IllegalArgumentException. */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not a digest (expected algorithm:hex): " + abbreviated(text));
        }
        return new Digest(Algorithm.ofLabel(text.substring(0, colon)), text.substring(colon + 1));
    }

    /** Parses one hash of a W3C Subresource Integrity string, for example {@code sha512-base64}. Throws IllegalArgumentException. */
    public static Digest parseIntegrity(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            throw new IllegalArgumentException("not an integrity value: " + abbreviated(text));
        }
        int end = text.indexOf('?', dash) < 0 ? text.length() : text.indexOf('?', dash);
        return of(
                Algorithm.ofLabel(text.substring(0, dash)), Base64.getDecoder().decode(text.substring(dash + 1, end)));
    }

    /** The raw bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** This digest as a W3C Subresource Integrity string. */
    public String integrity() {
        return algorithm.label() + "-" + Base64.getEncoder().encodeToString(bytes());
    }

    /** {@code algorithm:hex}. */
    @Override
    public String toString() {
        return algorithm.label() + ":" + hex;
    }

    private static boolean isHexadecimal(String lower) {
        for (int i = 0; i < lower.length(); i++) { // of every file of an index
            char c = lower.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
