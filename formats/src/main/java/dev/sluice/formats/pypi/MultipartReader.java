package dev.sluice.formats.pypi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code multipart/form-data} (RFC 7578, RFC 2046 section 5.1) as a stream, part by part, in bounded memory.
 *
 * <p>Not thread-safe. The source is the caller's to close.
 */
final class MultipartReader {

    /** The body breaks the rules of multipart. */
    static final class MalformedMultipartException extends IOException {
        /** Says how. */
        MalformedMultipartException(String message) {
            super(message);
        }
    }

    /**
     * A part; its body is readable until the next part is asked for.
     *
     * @param name name of the form field
     * @param fileName name of the file as sent, or null for a plain field
     * @param body its bytes
     */
    record Part(String name, @Nullable String fileName, InputStream body) {}

    private static final int MAX_PARTS = 2_000;
    private static final int MAX_HEADERS = 16 * 1024;
    private static final int MAX_PREAMBLE = 8 * 1024;
    private static final int MAX_PADDING = 200;

    private final InputStream source;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[32 * 1024];
    private int start;
    private int end;
    private boolean exhausted;
    private boolean finished;
    private @Nullable PartBody current;
    private int parts;

    private MultipartReader(InputStream source, String boundary) {
        this.source = source;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first delimiter needs no line break before it: this one stands in for it.
        buffer[0] = '\r';
        buffer[1] = '\n';
        end = 2;
    }

    /**
     * A reader of that body.
     *
     * @param contentType value of the Content-Type header, which carries the boundary
     * @throws MalformedMultipartException when it is not multipart/form-data with a boundary
     */
    static MultipartReader of(@Nullable String contentType, InputStream body) throws MalformedMultipartException {
        if (contentType == null || !contentType.toLowerCase(Locale.ROOT).strip().startsWith("multipart/form-data")) {
            throw new MalformedMultipartException("an upload is sent as multipart/form-data");
        }
        String boundary = HeaderParameters.find(contentType, "boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > 70) {
            throw new MalformedMultipartException("multipart/form-data needs a boundary of 1 to 70 characters");
        }
        return new MultipartReader(body, boundary);
    }

    /** The next part, or null after the last one. What was not read of the one before is passed over. */
    @Nullable
    Part next() throws IOException {
        if (finished) {
            return null;
        }
        PartBody before = current;
        if (before == null) {
            passOver(new PartBody(), MAX_PREAMBLE);
        } else {
            passOver(before, Long.MAX_VALUE);
        }
        start += delimiter.length;
        if (atDashes()) {
            finished = true;
            return null;
        }
        endOfDelimiterLine();
        if (++parts > MAX_PARTS) {
            throw new MalformedMultipartException("more than " + MAX_PARTS + " parts");
        }
        return headers();
    }

    private static void passOver(PartBody body, long limit) throws IOException {
        byte[] scratch = new byte[8 * 1024];
        long passed = 0;
        int count;
        while ((count = body.read(scratch, 0, scratch.length)) >= 0) {
            passed += count;
            if (passed > limit) {
                throw new MalformedMultipartException("no boundary in the first " + limit + " bytes");
            }
        }
    }

    private boolean atDashes() throws IOException {
        return need(2) && buffer[start] == '-' && buffer[start + 1] == '-';
    }

    private void endOfDelimiterLine() throws IOException {
        for (int i = 0; i < MAX_PADDING; i++) {
            int c = octet();
            if (c == '\r' && octet() == '\n') {
                return;
            }
            if (c != ' ' && c != '\t') {
                break;
            }
        }
        throw new MalformedMultipartException("a boundary is not at the end of its line");
    }

    private Part headers() throws IOException {
        int budget = MAX_HEADERS;
        String name = null;
        String fileName = null;
        while (true) {
            StringBuilder line = new StringBuilder(80);
            int c;
            while ((c = octet()) != '\n') {
                if (--budget < 0) {
                    throw new MalformedMultipartException(
                            "headers of a part are longer than " + MAX_HEADERS + " bytes");
                }
                line.append((char) c);
            }
            if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
                throw new MalformedMultipartException("a header line of a part does not end in CR LF");
            }
            line.setLength(line.length() - 1);
            if (line.isEmpty()) {
                break;
            }
            String text = new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-disposition:")) {
                name = HeaderParameters.find(text, "name");
                fileName = HeaderParameters.find(text, "filename");
            } else if (lower.startsWith("content-transfer-encoding:") && !isIdentity(lower)) {
                throw new MalformedMultipartException("parts are sent as they are, without a transfer encoding");
            }
        }
        if (name == null) {
            throw new MalformedMultipartException("a part has no name");
        }
        PartBody body = new PartBody();
        current = body;
        return new Part(name, fileName, body);
    }

    private static boolean isIdentity(String header) {
        String value = header.substring(header.indexOf(':') + 1).strip();
        return value.equals("binary") || value.equals("8bit") || value.equals("7bit");
    }

    private int octet() throws IOException {
        if (!need(1)) {
            throw new MalformedMultipartException("the body ends inside the head of a part");
        }
        return buffer[start++] & 0xff;
    }

    /** Makes so many bytes available from {@code start}; false when the body ends before. */
    private boolean need(int count) throws IOException {
        while (end - start < count) {
            if (exhausted) {
                return false;
            }
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }
            int read = source.read(buffer, end, buffer.length - end);
            if (read < 0) {
                exhausted = true;
            } else {
                end += read;
            }
        }
        return true;
    }

    /** Where the first delimiter, or what could become one, begins in the buffer; {@code end} when nothing does. */
    private int delimiterStart() {
        for (int i = start; i < end; i++) {
            if (buffer[i] == '\r') {
                int length = Math.min(delimiter.length, end - i);
                int matched = 1;
                while (matched < length && buffer[i + matched] == delimiter[matched]) {
                    matched++;
                }
                if (matched == length) {
                    return i;
                }
            }
        }
        return end;
    }

    /** The bytes up to the next delimiter. */
    private final class PartBody extends InputStream {

        private int known; // bytes before this offset belong to the part
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (!ended) {
                if (known <= start) {
                    known = delimiterStart();
                }
                if (known > start) {
                    int count = Math.min(length, known - start);
                    System.arraycopy(buffer, start, into, offset, count);
                    start += count;
                    return count;
                }
                if (end - start >= delimiter.length) {
                    ended = true; // the whole delimiter stands at start
                } else if (need(end - start + 1)) {
                    known = 0; // the buffer moved
                } else {
                    throw new MalformedMultipartException("the body ends inside a part");
                }
            }
            return -1;
        }
    }
}
