package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
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
    private Spoken spoken = new Spoken();

    FeedReader(
            AdvisoryStore.Import target,
            Map<String, Ecosystem> ecosystems,
            FeedLimits limits,
            @Nullable String source,
            Tally osv,
            Tally kev,
            Runnable perRecord) {
        this.target = target;
        this.ecosystems = ecosystems;
        this.limits = limits;
        this.source = source;
        this.factory = JsonFields.factory(limits);
        this.osv = osv;
        this.kev = kev;
        this.perRecord = perRecord;
    }

    /** From now on counts in that one of which formats records speak. */
    void speakInto(Spoken next) {
        spoken = next;
    }

    /** Reads an OSV record a line. */
    void lines(String file, InputStream in) throws IOException {
        BoundedLines lines = new BoundedLines(in, limits.recordBytes());
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            String where = file + ":" + lines.number();
            if (lines.isOverlong()) {
                osv.rejected(file, where, "longer than " + limits.recordBytes() + " bytes");
            } else if (!isBlank(line)) {
                try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), line)) {
                    parser.nextToken();
                    record(file, where, parser, false);
                } catch (JacksonException malformed) {
                    osv.rejected(file, where, malformed.getOriginalMessage());
                }
            }
            perRecord.run();
        }
    }

    /** Reads a document: one OSV record, an array of them, or the KEV catalogue; {@code where} names it within the file. */
    void document(String file, String where, InputStream in) throws IOException {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), in)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_ARRAY) {
                for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                    record(file, where + "[" + i + "]", parser, true);
                    perRecord.run();
                }
            } else {
                record(file, where, parser, false);
                perRecord.run();
            }
        } catch (JacksonIOException failed) {
            throw failed.getCause();
        } catch (JacksonException malformed) {
            osv.rejected(file, where, malformed.getOriginalMessage() + "; nothing behind it was read");
        }
    }

    /** Reads one record; {@code goOn} says that others follow, so that a refused one has to be left behind. */
    private void record(String file, String where, JsonParser parser, boolean goOn) {
        OsvReader reader = new OsvReader(parser, ecosystems);
        int depth = depth(parser);
        long from = offset(parser);
        boolean[] catalogue = new boolean[1];
        try {
            JsonFields.object(parser, "the record", name -> {
                if (name.equals("vulnerabilities") && parser.currentToken() == JsonToken.START_ARRAY) {
                    catalogue[0] = true;
                    catalogue(file, parser);
                } else if (name.equals("dateReleased")) {
                    kev.dated(released(parser));
                } else {
                    reader.field(name);
                }
                if (!catalogue[0] && offset(parser) - from > limits.recordBytes()) {
                    throw new RecordException("longer than " + limits.recordBytes() + " bytes");
                }
            });
            if (catalogue[0]) {
                return;
            }
            Advisory advisory = reader.advisory(source == null ? sourceName(file) : source);
            String skipped = reader.skippedEcosystem();
            if (skipped == null) {
                osv.kept(file, target.put(SharedRecord.merged(target, advisory)));
                spoken.count(advisory, reader.isOfOneEcosystem());
                osv.dated(advisory.modified());
            } else {
                osv.skipped(file, skipped);
            }
        } catch (RecordException | IllegalArgumentException refused) { // the store refuses what it cannot keep
            osv.rejected(
                    file,
                    reader.id().isEmpty() ? where : where + " " + reader.id(),
                    String.valueOf(refused.getMessage()));
            if (goOn) {
                leave(parser, depth);
            }
        }
    }

    private static @Nullable Instant released(JsonParser parser) {
        try {
            return JsonFields.instant(parser, "dateReleased");
        } catch (RecordException malformed) {
            return null;
        }
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
        return parser.currentLocation().getByteOffset();
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
