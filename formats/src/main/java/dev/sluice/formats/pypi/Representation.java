package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Accept;
import dev.sluice.kernel.format.Exchange;
import java.util.List;

/** The forms in which simple pages are sent, chosen by the Accept header (PEP 691, RFC 9110 section 12.5.1). */
enum Representation {
    JSON("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json"),
    HTML("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"),
    PLAIN_HTML("text/html; charset=utf-8", "");

    private final String contentType;
    private final String alias;

    Representation(String contentType, String alias) {
        this.contentType = contentType;
        this.alias = alias;
    }

    /** Value of the Content-Type header. */
    String contentType() {
        return contentType;
    }

    /** The form that the client of a request prefers. */
    static Representation of(Exchange exchange) {
        return preferred(exchange.request().headers("Accept"));
    }

    /**
     * The form a client prefers. Among equals the one it named beats a wildcard, then JSON, then versioned HTML; a client that
     * says nothing, or nothing that can be sent, gets plain HTML, as the specification recommends.
     *
     * @param accept the values of all Accept headers
     */
    static Representation preferred(List<String> accept) {
        Representation best = PLAIN_HTML;
        double bestScore = 0;
        for (Accept.Range range : Accept.of(accept).ranges()) {
            for (Representation candidate : values()) {
                double rank = candidate.rank(range.type());
                double score = range.quality() == 0 || rank == 0 ? 0 : range.quality() * 1000 + rank;
                if (score > bestScore) {
                    best = candidate;
                    bestScore = score;
                }
            }
        }
        return best;
    }

    /** How well the media range fits: 0 for not at all, below 1 for wildcards so that they lose against names. */
    private double rank(String range) {
        String type = this == PLAIN_HTML ? "text/html" : contentType;
        if (range.equals(type) || (!alias.isEmpty() && range.equals(alias))) {
            return 0.9 - ordinal() * 0.1;
        }
        if (this == PLAIN_HTML && (range.equals("*/*") || range.equals("text/*"))) {
            return 0.1;
        }
        return this == JSON && range.equals("application/*") ? 0.05 : 0;
    }
}
