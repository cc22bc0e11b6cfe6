package dev.sluice.kernel.facts;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A fact that may be unknown, and where policies read it. */
public enum UnknownFact {
    /** No publish time. */
    PUBLISHED("publish time", List.of(List.of("v0", "package", "upstream_metadata"))),
    /** Metadata with the licence was not read. */
    LICENSE("licence", List.of(List.of("v0", "package", "license"))),
    /** The advisories of its format were never imported as a whole: there may be others than those that are known. */
    ADVISORIES(
            "advisories",
            List.of(List.of("v0", "vulnerabilities"), List.of("v0", "osv"), List.of("v0", "security_scan"))),
    /** Install scripts were not looked for. */
    INSTALL_SCRIPTS("install scripts", List.of(List.of("v0", "package", "install_scripts")));

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // immutable lists
    private final List<List<String>> paths;

    UnknownFact(String label, List<List<String>> paths) {
        this.label = label;
        this.paths = paths;
    }

    /** Whether the artifact or what lies beside it may tell the fact, so that fetching it may end the ignorance. */
    public boolean isLearntFromArtifacts(Facts facts) {
        return switch (this) {
            case PUBLISHED -> facts.upstream() != null && facts.upstream().trustsTimes();
            case LICENSE, INSTALL_SCRIPTS -> true;
            case ADVISORIES -> false;
        };
    }

    /** What people call it. */
    public String label() {
        return label;
    }

    /** Paths below {@code input} that tell it. */
    public List<List<String>> paths() {
        return paths;
    }

    /** What is unknown among the facts. */
    public static Set<UnknownFact> in(Facts facts) {
        EnumSet<UnknownFact> unknown = EnumSet.noneOf(UnknownFact.class);
        if (!facts.published().isKnown()) {
            unknown.add(PUBLISHED);
        }
        if (!facts.license().isKnown()) {
            unknown.add(LICENSE);
        }
        if (!facts.findings().coverage().isKnown()) {
            unknown.add(ADVISORIES);
        }
        if (!facts.installScripts().isKnown()) {
            unknown.add(INSTALL_SCRIPTS);
        }
        return unknown;
    }
}
