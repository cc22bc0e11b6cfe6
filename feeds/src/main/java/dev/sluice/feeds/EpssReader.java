package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the scores of the Exploit Prediction Scoring System as FIRST publishes them: CSV with a header row, before it a
 * comment that names the model and the date of the scores. Not thread-safe.
 */
final class EpssReader {

    private static final int MAX_LINE = 1_000;
    private static final String DATE = "score_date:";
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final DateTimeFormatter COMPACT_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssZ");

    private final AdvisoryStore.Import target;
    private final Tally tally;
    private final Runnable perRecord;

    EpssReader(AdvisoryStore.Import target, Tally tally, Runnable perRecord) {
        this.target = target;
        this.tally = tally;
        this.perRecord = perRecord;
    }

    void read(String file, InputStream in) throws IOException {
        BoundedLines lines = new BoundedLines(in, MAX_LINE);
        List<String> header = null;
        for (byte[] bytes = lines.next(); bytes != null; bytes = lines.next()) {
            String line = new String(bytes, StandardCharsets.UTF_8).strip();
            line = line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
            if (line.startsWith("#")) {
                tally.dated(date(line));
            } else if (header == null) {
                header = List.of(line.toLowerCase(Locale.ROOT).split(",", -1));
                if (!header.contains("cve") || !header.contains("epss") || !header.contains("percentile")) {
                    throw new IOException("no EPSS file: the header row does not name cve, epss and percentile");
                }
            } else if (!line.isEmpty()) {
                try {
                    row(file, header, line.split(",", -1));
                } catch (RecordException | IllegalArgumentException refused) {
                    tally.rejected(file, file + ":" + lines.number(), String.valueOf(refused.getMessage()));
                }
                perRecord.run();
            }
        }
        if (header == null) {
            throw new IOException("no EPSS file: it is empty");
        }
    }

    private void row(String file, List<String> header, String[] cells) throws RecordException {
        if (cells.length != header.size()) {
            throw new RecordException(cells.length + " cells where the header has " + header.size());
        }
        String cve = Cves.checked(cells[header.indexOf("cve")].strip());
        tally.named(cve);
        double score = share(cells[header.indexOf("epss")], "epss");
        double percentile = share(cells[header.indexOf("percentile")], "percentile");
        int dated = header.indexOf("score_date");
        tally.kept(file, target.put(cve, new Exploitation.Epss(score, percentile)));
        if (dated >= 0) {
            tally.dated(day(cells[dated].strip()));
        }
    }

    private static double share(String cell, String what) throws RecordException {
        try {
            double value = Double.parseDouble(cell.strip());
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException malformed) {
            // Refused below, as is a number out of range.
        }
        throw new RecordException(what + " is not a number from 0 to 1: " + cell);
    }

    /** The date of a comment such as {@code #model_version:v2025.03.14,score_date:2025-07-01T00:00:00+0000}. */
    private static @Nullable Instant date(String comment) {
        int at = comment.indexOf(DATE);
        if (at < 0) {
            return null;
        }
        String text = comment.substring(at + DATE.length()).split("[, ]", 2)[0];
        try {
            return OffsetDateTime.parse(text, COMPACT_OFFSET).toInstant();
        } catch (DateTimeException other) {
            return day(text.split("T", 2)[0]);
        }
    }

    private static @Nullable Instant day(String text) {
        try {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException noDate) {
            return null;
        }
    }
}
