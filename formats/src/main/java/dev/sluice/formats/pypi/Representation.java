package dev.sluice.formats.pypi;

import java.util.List;
import java.util.Locale;

/** The forms in which simple pages are sent, chosen by the Accept header (PEP 691, RFC 9110 section 12.5.1). */
enum Representation {
    JSON("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json"),
    HTML("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"),
    PLAIN_HTML("text/html; charset=utf-8", "");

    private static final int MAX_RANGES = 64;

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

    /**
     * The form a client prefers. Among equals the one it named beats a wildcard, then JSON, then versioned HTML; a client that
     * says nothing, or nothing that can be sent, gets plain HTML, as the specification recommends.
     *
     * @param accept the values of all Accept headers
     */
    static Representation preferred(List<String> accept) {
        Representation best = PLAIN_HTML;
        double bestScore = 0;
        int ranges = 0;
        for (String line : accept) {
            for (String range : line.split(",", -1)) {
                if (++ranges > MAX_RANGES) {
                    return best;
                }
                String[] parts = range.split(";", -1);
                String type = parts[0].strip().toLowerCase(Locale.ROOT);
                double quality = quality(parts);
                for (Representation candidate : values()) {
                    double score = quality == 0 ? 0 : quality * 1000 + candidate.rank(type);
                    if (candidate.rank(type) > 0 && score > bestScore) {
                        best = candidate;
                        bestScore = score;
                    }
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

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                try {
                    double q = Double.parseDouble(parameter.substring(2));
                    return q >= 0 && q <= 1 ? Math.rint(q * 1000) / 1000 : 0;
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
