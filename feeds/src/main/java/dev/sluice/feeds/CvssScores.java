package dev.sluice.feeds;

import dev.sluice.kernel.advisory.Advisory;
import java.util.Locale;
import us.springett.cvss.Cvss;

/** Base scores of CVSS vectors, versions 2, 3.0, 3.1 and 4.0 (FIRST), also as people spell them. */
final class CvssScores {

    /** Longer than any vector with all metrics of any version. */
    private static final int MAX_LENGTH = 400;

    private CvssScores() {}

    /** The severity as given, with the base score, or NaN where none can be computed. */
    static Advisory.Severity severity(String type, String score) {
        String kind = type.toUpperCase(Locale.ROOT);
        boolean isCvss = kind.startsWith("CVSS");
        return new Advisory.Severity(isCvss ? kind : type, score, isCvss ? of(kind, score) : Double.NaN);
    }

    /**
     * The base score: of a vector in any case, with temporal, threat or environmental metrics, with or without the prefix that names
     * its version, which wins over the type; or of a number from 0 to 10, which is one. NaN where the text is neither.
     */
    static double of(String type, String vector) {
        if (vector.length() > MAX_LENGTH) {
            return Double.NaN;
        }
        String spelled = vector.replaceAll("[()\\s]", "").replaceAll("/+$", "").toUpperCase(Locale.ROOT);
        if (spelled.matches("\\d{1,2}(\\.\\d{1,3})?")) {
            return bounded(Double.parseDouble(spelled));
        }
        boolean second = spelled.contains("AU:");
        String prefix = spelled.startsWith("CVSS:") || second
                ? ""
                : type.endsWith("V4") ? "CVSS:4.0/" : type.endsWith("V3") ? "CVSS:3.1/" : "";
        if (second) { // version 2 has no prefix, and the one metric in two cases
            spelled = spelled.replaceFirst("^CVSS:2(\\.0)?/", "").replace("AU:", "Au:");
        }
        try {
            Cvss cvss = Cvss.fromVector(prefix + spelled);
            return cvss == null ? Double.NaN : bounded(cvss.calculateScore().getBaseScore());
        } catch (RuntimeException malformed) {
            // The calculator throws several kinds for malformed vectors, undocumented ones among them.
            return Double.NaN;
        }
    }

    private static double bounded(double score) {
        return score >= 0 && score <= 10 ? score : Double.NaN;
    }
}
