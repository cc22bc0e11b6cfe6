package dev.sluice.server;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What ties together what a client, a proxy, the log and an answer say of one request: {@code X-Request-Id}.
 *
 * <p>One that is sent is kept when it is a plain word; anything else is replaced, because it goes into logs.
 */
final class RequestId {

    static final String HEADER = "X-Request-Id";

    private static final int MAX_LENGTH = 64;

    private RequestId() {}

    /** The one that was sent, or a new one. */
    static String of(@Nullable String sent) {
        return sent != null && isWord(sent) ? sent : fresh();
    }

    private static String fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextInt());
    }

    private static boolean isWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && "-_.:=+/".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_LENGTH;
    }

    /** A problem's body with the request's id as its last member; any other text is left as it is. */
    static byte[] within(byte[] problem, String id) {
        int end = problem.length - 1;
        while (end > 0 && Character.isWhitespace(problem[end])) {
            end--;
        }
        if (end < 2 || problem[end] != '}') {
            return problem;
        }
        byte[] member = (",\"request_id\":\"" + id + "\"}").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[end + member.length];
        System.arraycopy(problem, 0, whole, 0, end);
        System.arraycopy(member, 0, whole, end, member.length);
        return whole;
    }
}
