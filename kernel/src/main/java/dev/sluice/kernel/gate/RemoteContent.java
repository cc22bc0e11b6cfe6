package dev.sluice.kernel.gate;

import dev.sluice.kernel.gate.UpstreamClient.Range;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an artifact that lies at an upstream, as far as they are looked at: read by range requests (RFC 9110, section 14), its
 * end first.
 *
 * <p>Nothing vouches for them: digests are of whole artifacts. Bounded in requests and bytes, whatever the upstream says. Each answer has
 * to be the part that was asked for, of an artifact of the same length and validator; else a {@link NotInPartsException} ends the reading.
 * Not thread-safe.
 */
final class RemoteContent implements Inspector.Content {

    /** Where readers of a zip archive look for its end record, its directory where that is small, and often what lies before it. */
    private static final int END = 72 << 10;

    /** What lies before a directory is asked for with it: there packers put what describes the artifact. */
    private static final int BEFORE = 16 << 10;

    private static final int MOST_REQUESTS = 5;
    private static final long MOST_BYTES = 4L << 20;

    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", Pattern.CASE_INSENSITIVE);

    private record Piece(long offset, byte[] bytes) {
        boolean holds(long from, long to) {
            return offset <= from && to <= offset + bytes.length;
        }
    }

    private final UpstreamClient client;
    private final UpstreamClient.Ask whole;
    private final List<Piece> pieces = new ArrayList<>();
    private long size;
    private @Nullable String etag;
    private int requests;
    private long bytes;

    /**
     * Asks for the end of an artifact.
     *
     * @param whole the question for all of it
     * @param size its length as its index tells it, or -1
     */
    RemoteContent(UpstreamClient client, UpstreamClient.Ask whole, long size) throws IOException {
        this.client = client;
        this.whole = whole;
        this.size = size;
        if (size == 0) {
            throw new IOException("the artifact is empty");
        }
        fetch(size < 0 ? Range.last(END) : new Range(Math.max(0, size - END), Math.min(size, END)));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
        long from = Math.clamp(offset, 0, size);
        long to = Math.min(size, from + Math.clamp(length, 0, size));
        if (from == to) {
            return InputStream.nullInputStream();
        }
        Piece piece = piece(from, to);
        if (piece == null) {
            long first = Math.max(0, from - BEFORE);
            piece = fetch(new Range(first, to - first));
        }
        return new ByteArrayInputStream(piece.bytes(), (int) (from - piece.offset()), (int) (to - from));
    }

    private @Nullable Piece piece(long from, long to) {
        for (Piece piece : pieces) {
            if (piece.holds(from, to)) {
                return piece;
            }
        }
        return null;
    }

    private Piece fetch(Range range) throws IOException {
        bytes += range.length();
        if (++requests > MOST_REQUESTS || bytes > MOST_BYTES) {
            throw new IOException(
                    "more than " + MOST_REQUESTS + " parts or " + MOST_BYTES + " bytes would have to be asked for");
        }
        UpstreamClient.Ask ask = new UpstreamClient.Ask(
                whole.upstream(), whole.uri(), whole.accept(), null, null, range.length(), range);
        try (UpstreamClient.Answer answer = client.ask(ask)) {
            if (answer.status() == 200) {
                throw new NotInPartsException("it answers with the whole");
            }
            if (answer.status() == 416 || answer.status() == 429 || answer.status() >= 500) {
                throw new NotInPartsException("it answered " + answer.status());
            }
            if (answer.status() != 206) {
                throw new IOException("upstream '" + whole.upstream().id() + "' answered " + answer.status());
            }
            long offset = begin(range, answer);
            byte[] part = answer.body().readNBytes((int) range.length());
            if (answer.body().read() >= 0 || part.length != Math.min(range.length(), size)) {
                throw new NotInPartsException("a part is longer or shorter than it says");
            }
            Piece piece = new Piece(offset, part);
            pieces.add(piece);
            return piece;
        } catch (NotInPartsException | BusyException | Rests.RestingException e) {
            throw e;
        } catch (UpstreamClient.UpstreamException e) {
            throw new NotInPartsException(String.valueOf(e.getMessage()));
        }
    }

    /** Where the part that was sent begins; notes the whole's length and validator, or throws when either is another one now. */
    private long begin(Range range, UpstreamClient.Answer answer) throws NotInPartsException {
        String told = answer.header("content-range");
        Matcher matcher = CONTENT_RANGE.matcher(told == null ? "" : told.strip());
        String coding = answer.header("content-encoding");
        if (!matcher.matches() || (coding != null && !coding.equalsIgnoreCase("identity"))) {
            throw new NotInPartsException("it does not say which part it sends");
        }
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        long total = Long.parseLong(matcher.group(3));
        boolean isFirst = pieces.isEmpty();
        if (size >= 0 && total != size) {
            throw new NotInPartsException("the artifact has " + total + " bytes and should have " + size);
        }
        long from = range.first() < 0 ? Math.max(0, total - range.length()) : range.first();
        if (first != from || last != Math.min(total, from + range.length()) - 1) {
            throw new NotInPartsException("it sends another part than was asked for");
        }
        if (!isFirst && !Objects.equals(etag, answer.header("etag"))) {
            throw new NotInPartsException("the artifact was replaced meanwhile");
        }
        size = total;
        etag = answer.header("etag");
        return first;
    }

    /** An upstream does not send the parts of this artifact that are asked for. */
    static final class NotInPartsException extends IOException {
        private static final long serialVersionUID = 1;

        NotInPartsException(String message) {
            super(message);
        }
    }
}
