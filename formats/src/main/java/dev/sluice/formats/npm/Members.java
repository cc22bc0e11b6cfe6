package dev.sluice.formats.npm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * A walk over the members of nested JSON objects that looks at brackets, quotes and commas only: however deep, long or odd a value
 * is, it ends where it ends, and costs nothing but itself.
 *
 * <p>Memory is bounded by the value asked for. Values are not checked; whoever takes one parses it. Not thread-safe.
 */
final class Members {

    private static final int MAX_NAME = 64 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int at;
    private int end;
    private long before;
    private int peeked = -2;
    private boolean first;

    /** The structure of a document is broken. */
    static final class BrokenException extends IOException {
        BrokenException(String message) {
            super(message);
        }
    }

    /** A walk that begins before the document's value. */
    Members(InputStream in) {
        this.in = in;
    }

    /** Steps into the object that comes next; false when something else comes, which is not passed over. */
    boolean enter() throws IOException {
        if (look() != '{') {
            return false;
        }
        take();
        first = true;
        return true;
    }

    /** The next member's name, empty when it is too long to be one; null at the end of the object, which is left. */
    @Nullable
    String next() throws IOException {
        int c = look();
        if (c == '}') {
            take();
            first = false;
            return null;
        }
        if (!first) {
            demand(',');
        }
        first = false;
        if (look() != '"') {
            throw broken("a member has no name");
        }
        byte[] name = value(MAX_NAME);
        demand(':');
        String text = name == null ? null : text(name);
        return text == null ? "" : text;
    }

    /** Where the next value begins, in bytes from the beginning. */
    long position() throws IOException {
        look();
        return before + at - (peeked == -2 ? 0 : 1);
    }

    /** Takes the value that comes next; null when it is longer than the limit, which is passed over. */
    byte @Nullable [] value(int limit) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        int depth = 0;
        boolean quoted = false;
        boolean scalar = false;
        look();
        while (true) {
            int c = peek();
            if (c < 0) {
                if (scalar && depth == 0) {
                    break;
                }
                throw broken("it ends too early");
            }
            if (quoted) {
                if (c == '\\') {
                    keep(kept, take(), limit);
                    if (peek() < 0) {
                        throw broken("it ends too early");
                    }
                } else if (c == '"') {
                    quoted = false;
                }
                keep(kept, take(), limit);
                if (!quoted && depth == 0) {
                    break;
                }
                continue;
            }
            boolean closes = c == '}' || c == ']';
            if (depth == 0 && (closes || c == ',' || c == ':' || (scalar && isSpace(c)))) {
                break;
            }
            quoted = c == '"';
            scalar |= !quoted && c != '{' && c != '[';
            depth += c == '{' || c == '[' ? 1 : closes ? -1 : 0;
            keep(kept, take(), limit);
            if (depth == 0 && closes) {
                break;
            }
        }
        if (kept.size() == 0) {
            throw broken("a value is missing");
        }
        return kept.size() > limit ? null : kept.toByteArray();
    }

    /** The value that comes next as text; null when it is none of at most so many bytes. */
    @Nullable
    String text(int limit) throws IOException {
        byte[] value = value(limit);
        return value == null ? null : text(value);
    }

    private static @Nullable String text(byte[] json) {
        try (JsonParser parser = Json.parser(json)) {
            parser.nextToken();
            return Json.text(parser);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static void keep(ByteArrayOutputStream kept, int c, int limit) {
        if (kept.size() <= limit) {
            kept.write(c);
        }
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private void demand(char wanted) throws IOException {
        if (look() != wanted) {
            throw broken("'" + wanted + "' is missing");
        }
        take();
    }

    private BrokenException broken(String what) {
        return new BrokenException("not JSON: " + what + " at byte " + (before + at));
    }

    private int look() throws IOException {
        while (isSpace(peek())) {
            take();
        }
        return peek();
    }

    private int take() throws IOException {
        int c = peek();
        peeked = -2;
        return c;
    }

    private int peek() throws IOException {
        if (peeked == -2) {
            if (at == end) {
                before += end;
                at = 0;
                end = Math.max(0, in.read(buffer, 0, buffer.length));
                if (end == 0) {
                    return -1;
                }
            }
            peeked = buffer[at++] & 0xff;
        }
        return peeked;
    }
}
