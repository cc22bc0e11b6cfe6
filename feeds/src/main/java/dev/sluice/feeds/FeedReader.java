package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the JSON feeds, OSV and KEV, into an import and counts what becomes of each record.
 *
 * <p>Memory is bounded by one record. A malformed record is counted as rejected; reading goes on behind it where JSON allows
 * that. Not thread-safe.
 */
final class FeedReader {

    private final AdvisoryStore.Import target;
    private final Map<String, Ecosystem> ecosystems;
    private final FeedLimits limits;
    private final @Nullable String source;
    private final JsonFactory factory;
    private final Tally osv;
    private final Tally kev;
    private final Runnable perRecord;
    private final Spoken spoken;
    private final Instant latest;

    FeedReader(
            AdvisoryStore.Import target,
            Map<String, Ecosystem> ecosystems,
            FeedLimits limits,
            @Nullable String source,
            Tally osv,
            Tally kev,
            Spoken spoken,
            Instant latest,
            Runnable perRecord) {
        this.target = target;
        this.ecosystems = ecosystems;
        this.limits = limits;
        this.source = source;
        this.factory = JsonFields.factory(limits);
        this.osv = osv;
        this.kev = kev;
        this.spoken = spoken;
        this.latest = latest;
        this.perRecord = perRecord;
    }

    /** Reads OSV records, one a line or more. */
    void lines(String file, InputStream in) throws IOException {
        BoundedLines lines = new BoundedLines(in, limits.recordBytes());
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            String where = file + ":" + lines.number();
            if (lines.isOverlong()) {
                rejected(file, where, null, "longer than " + limits.recordBytes() + " bytes");
            } else if (!isBlank(line)) {
                values(file, where, new ByteArrayInputStream(line), "");
            }
            perRecord.run();
        }
    }

    /** Reads a document: OSV records, alone or in an array, or the KEV catalogue; {@code where} names it within the file. */
    void document(String file, String where, InputStream in) throws IOException {
        values(file, where, in, "; nothing behind it was read");
    }

    /** Reads one value behind the other. */
    private void values(String file, String where, InputStream in, String consequence) throws IOException {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), JsonFields.characters(in))) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                rejected(file, where, null, "it is empty");
            }
            for (JsonToken token = first; token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_ARRAY) {
                    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                        record(file, where + "[" + i + "]", parser);
                        perRecord.run();
                    }
                } else {
                    record(file, where, parser);
                    if (!consequence.isEmpty()) {
                        perRecord.run();
                    }
                }
            }
        } catch (JacksonIOException failed) {
            throw failed.getCause();
        } catch (JacksonException malformed) {
            rejected(file, where, null, malformed.getOriginalMessage() + consequence);
        }
    }

    /** Counts a record that cannot be read, of that format or of nobody knows which. */
    void rejected(String file, String where, @Nullable String format, String reason) {
        osv.rejected(file, where, reason);
        spoken.unreadable(format, documentName(where));
    }

    private void record(String file, String where, JsonParser parser) {
        OsvReader reader = new OsvReader(parser, ecosystems, latest);
        int depth = depth(parser);
        long from = offset(parser);
        boolean[] catalogue = new boolean[1];
        try {
            JsonFields.object(parser, "the record", name -> {
                if (name.equals("vulnerabilities") && parser.currentToken() == JsonToken.START_ARRAY) {
                    catalogue[0] = true;
                    catalogue(file, parser);
                } else if (name.equals("dateReleased")) {
                    kev.dated(JsonFields.moment(parser));
                } else {
                    reader.field(name);
                }
                if (!catalogue[0] && offset(parser) - from > limits.recordBytes()) {
                    throw new RecordException("longer than " + limits.recordBytes() + " bytes");
                }
            });
            if (!catalogue[0] || !reader.id().isEmpty()) {
                keep(file, where, reader);
            }
        } catch (RecordException | IllegalArgumentException refused) { // the store refuses what it cannot keep
            refuse(file, where, reader, String.valueOf(refused.getMessage()));
            leave(parser, depth);
        }
    }

    private void keep(String file, String where, OsvReader reader) throws RecordException {
        Advisory advisory = reader.advisory(source == null ? sourceName(file) : source);
        String skipped = reader.skippedEcosystem();
        if (skipped != null) {
            osv.skipped(file, skipped);
            return;
        }
        osv.kept(file, target.put(SharedRecord.merged(target, advisory, reader.isDated())));
        osv.odd(reader.dropped(), reader.widened());
        spoken.count(advisory, reader.isDated());
        if (reader.isDated()) {
            osv.dated(advisory.modified());
        }
        for (OsvReader.Gap gap : reader.gaps()) {
            osv.torn(named(where, reader), gap.why());
            spoken.unreadable(gap.format(), documentName(where));
        }
    }

    /** A refused record may speak of what its readable parts say it does; where none can be read, of anything. */
    private void refuse(String file, String where, OsvReader reader, String reason) {
        osv.rejected(file, named(where, reader), reason);
        for (@Nullable String format : reader.formats()) {
            spoken.unreadable(format, documentName(where));
        }
    }

    private static String named(String where, OsvReader reader) {
        return reader.id().isEmpty() ? where : where + " " + reader.id();
    }

    /** The name of the document a place lies in, without folder and ending. */
    private static String documentName(String where) {
        String name = where.substring(Math.max(where.lastIndexOf('/'), where.lastIndexOf('\\')) + 1);
        int end = name.indexOf(".json");
        return end < 0 ? name : name.substring(0, end);
    }

    private void catalogue(String file, JsonParser parser) throws RecordException {
        JsonFields.array(parser, "vulnerabilities", limits.files(), () -> {
            KevReader reader = new KevReader(parser);
            int depth = depth(parser);
            try {
                JsonFields.object(parser, "the entry", reader::field);
                kev.named(reader.cve());
                Exploitation.Kev entry = reader.entry();
                kev.kept(file, target.put(reader.cve(), entry));
                kev.odd(reader.isOdd() ? Map.of("date", 1L) : Map.of(), Map.of());
                kev.dated(entry.dateAdded().atStartOfDay(ZoneOffset.UTC).toInstant());
            } catch (RecordException | IllegalArgumentException refused) {
                kev.named(reader.cve());
                kev.rejected(file, file + " " + reader.cve(), String.valueOf(refused.getMessage()));
                leave(parser, depth);
            }
            perRecord.run();
        });
    }

    /** Goes to the end of the structure that opened at that depth. */
    private static void leave(JsonParser parser, int depth) {
        while (parser.streamReadContext().getNestingDepth() >= depth) {
            if (parser.nextToken() == null) {
                return;
            }
        }
    }

    /** Nesting inside the structure the parser stands at the beginning of; beyond all nesting where it is a scalar. */
    private static int depth(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return token != null && token.isStructStart()
                ? parser.streamReadContext().getNestingDepth()
                : Integer.MAX_VALUE;
    }

    private static long offset(JsonParser parser) {
        return parser.currentLocation().getCharOffset();
    }

    private static String sourceName(String file) {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t') {
                return false;
            }
        }
        return true;
    }
}
