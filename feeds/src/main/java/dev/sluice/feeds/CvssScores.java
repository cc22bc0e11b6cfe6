package dev.sluice.feeds;

import us.springett.cvss.Cvss;

/** Base scores of CVSS vectors, versions 2, 3.0, 3.1 and 4.0 (FIRST). */
final class CvssScores {

    /** Longer than any vector with all metrics of any version. */
    private static final int MAX_LENGTH = 400;

    private CvssScores() {}

    /** The base score, or NaN where the text is no vector of that kind. */
    static double of(String type, String vector) {
        if (!type.startsWith("CVSS_V") || vector.length() > MAX_LENGTH) {
            return Double.NaN;
        }
        boolean named = vector.startsWith("CVSS:");
        boolean fits = switch (type) {
            case "CVSS_V2" -> !named;
            case "CVSS_V3" -> vector.startsWith("CVSS:3.");
            case "CVSS_V4" -> vector.startsWith("CVSS:4.");
            default -> false;
        };
        if (!fits) {
            return Double.NaN;
        }
        try {
            Cvss cvss = Cvss.fromVector(vector);
            double score = cvss == null ? Double.NaN : cvss.calculateScore().getBaseScore();
            return score >= 0 && score <= 10 ? score : Double.NaN;
        } catch (RuntimeException malformed) {
            // The calculator throws several kinds for malformed vectors, undocumented ones among them.
            return Double.NaN;
        }
    }
}
