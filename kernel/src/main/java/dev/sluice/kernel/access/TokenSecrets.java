package dev.sluice.kernel.access;

import dev.sluice.kernel.repository.NamePattern;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secret side of tokens: making them, reading what a caller presents, comparing.
 *
 * <p>A token is written {@code slc_<id>_<secret>}: a fixed prefix that secret scanners can look for, a public identifier of
 * ten characters, and 256 random bits in hexadecimal.
 */
public final class TokenSecrets {

    private static final Pattern TEXT = Pattern.compile("slc_([a-z0-9]{1,32})_([0-9a-f]{64})");
    private static final Pattern WITHIN = Pattern.compile("(slc_[a-z0-9]{1,32}_)[0-9a-f]+");
    private static final Pattern ESCAPE = Pattern.compile("%([0-7][0-9A-Fa-f])");
    private static final char[] ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789".toCharArray();
    private static final SecureRandom RANDOM = new SecureRandom();

    private TokenSecrets() {}

    /**
     * A token just made, with the only copy of its secret.
     *
     * @param token what is kept
     * @param text what the owner gets to see, once
     */
    public record Issued(Token token, String text) {
        /** The text is left out so that it cannot reach a log. */
        @Override
        public String toString() {
            return "Issued[" + token + "]";
        }
    }

    /**
     * What a caller presented: not known to be right.
     *
     * @param id public identifier
     * @param secret the secret, not its hash
     */
    public record Presented(String id, String secret) {
        /** The secret is left out so that it cannot reach a log. */
        @Override
        public String toString() {
            return "Presented[" + id + "]";
        }
    }

    /** Makes a token with a new identifier and secret; it is not stored. */
    public static Issued issue(
            String name,
            String user,
            Role role,
            List<String> repositories,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        return issue(name, user, role, repositories, List.of(), createdAt, expiresAt);
    }

    /** The same, its publishing limited to names of packages. */
    public static Issued issue(
            String name,
            String user,
            Role role,
            List<String> repositories,
            List<NamePattern> publishes,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        byte[] secret = new byte[32];
        RANDOM.nextBytes(secret);
        StringBuilder id = new StringBuilder(10);
        for (int i = 0; i < 10; i++) {
            id.append(ALPHABET[RANDOM.nextInt(ALPHABET.length)]);
        }
        String text = HexFormat.of().formatHex(secret);
        Token token =
                new Token(id.toString(), name, user, hash(text), role, repositories, publishes, createdAt, expiresAt);
        return new Issued(token, "slc_" + id + "_" + text);
    }

    /** Reads a token's text, or null when it is none. */
    public static @Nullable Presented parse(String text) {
        if (text.length() > 110) {
            return null;
        }
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? new Presented(matcher.group(1), matcher.group(2)) : null;
    }

    /**
     * A text in which the secrets of tokens are stars: clients write tokens also into addresses ({@code npm logout}). One that is
     * percent-encoded is found too; the text is decoded then.
     */
    public static String masked(String text) {
        String plain = text.indexOf('%') < 0
                ? text
                : ESCAPE.matcher(text)
                        .replaceAll(escape ->
                                Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 16))));
        return plain.contains("slc_") ? WITHIN.matcher(plain).replaceAll("$1****") : text;
    }

    /** Whether the presented secret is the token's; takes the same time whatever it is. */
    public static boolean matches(Presented presented, Token token) {
        byte[] actual = hash(presented.secret()).getBytes(StandardCharsets.US_ASCII);
        byte[] expected = token.secretHash().getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(actual, expected) && presented.id().equals(token.id());
    }

    private static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
