package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Exploitation;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/** One entry of CISA's catalogue of known exploited vulnerabilities, read from where a parser stands. Reads one entry. */
final class KevReader {

    private static final int MAX_TEXT = 100;

    private final JsonParser parser;
    private String cve = "";
    private @Nullable LocalDate dateAdded;
    private @Nullable LocalDate dueDate;
    private boolean ransomware;
    private boolean odd;

    KevReader(JsonParser parser) {
        this.parser = parser;
    }

    /** The CVE as far as it was read; empty before. */
    String cve() {
        return cve;
    }

    void field(String name) throws RecordException {
        switch (name) {
            case "cveID" -> cve = Cves.checked(JsonFields.name(parser, name, MAX_TEXT));
            case "dateAdded" -> dateAdded(); // that it is listed decides, not since when
            case "dueDate" -> dueDate(); // decides nothing
            case "knownRansomwareCampaignUse" -> {
                String text = JsonFields.textOrNull(parser);
                ransomware = text != null && text.strip().equalsIgnoreCase("Known");
            }
            default -> parser.skipChildren();
        }
    }

    private void dateAdded() {
        String text = JsonFields.textOrNull(parser);
        try {
            dateAdded = text == null ? LocalDate.EPOCH : JsonFields.date(text, "dateAdded");
        } catch (RecordException malformed) {
            dateAdded = LocalDate.EPOCH;
        }
        odd |= LocalDate.EPOCH.equals(dateAdded);
    }

    private void dueDate() {
        String text = JsonFields.textOrNull(parser);
        try {
            dueDate = text == null ? null : JsonFields.date(text, "dueDate");
        } catch (RecordException malformed) {
            odd = true;
        }
    }

    /** Whether a field that decides nothing could not be read. */
    boolean isOdd() {
        return odd;
    }

    /** The entry, after its last field. */
    Exploitation.Kev entry() throws RecordException {
        if (cve.isEmpty()) {
            throw new RecordException("no cveID");
        }
        LocalDate added = dateAdded;
        if (added == null) {
            odd = true;
            added = LocalDate.EPOCH;
        }
        return new Exploitation.Kev(added, dueDate, ransomware);
    }
}
