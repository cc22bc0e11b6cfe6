package dev.sluice.kernel.gate;

/**
 * Numbers that change when a decision about a package may: two decisions of one vintage differ by time and by what was learnt of the
 * package alone.
 *
 * @param policies revision of the policies
 * @param advisories revision of all that is known of the world
 * @param ofPackage stamp of what is known of the package: it stays when an import did not touch it
 */
record Vintage(long policies, long advisories, long ofPackage) {

    /** Whether nothing else is known of the package and the same policies decide, whatever was imported about others. */
    boolean isSameForPackage(Vintage other) {
        return policies == other.policies && ofPackage == other.ofPackage;
    }
}
