package dev.sluice.kernel.gate;

import java.time.Duration;

/**
 * How the gate behaves where the design leaves a choice.
 *
 * @param workspace name of the installation, as policies see it
 * @param freshness how long an upstream's index counts as current before it is asked again
 * @param absence how long "there is none" is believed
 * @param outage how long an upstream that failed is left alone
 * @param patience how long a request waits for another node that fetches the same thing before it fetches that itself
 * @param maxIndexBytes longest index accepted from an upstream
 * @param maxArtifactBytes longest artifact accepted from an upstream or a publisher
 * @param indexMemoryBytes memory for parsed indexes and for what is remembered of files, documents and advisories, roughly
 */
public record GateSettings(
        String workspace,
        Duration freshness,
        Duration absence,
        Duration outage,
        Duration patience,
        long maxIndexBytes,
        long maxArtifactBytes,
        long indexMemoryBytes) {

    /** What an installation starts with. */
    public static final GateSettings STANDARD = new GateSettings(
            "main",
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            100L << 20,
            10L << 30,
            256L << 20);

    /** Most of the memory: parsed indexes with what was judged and rendered of them. */
    long memoryForIndexes() {
        return indexMemoryBytes / 32 * 19;
    }

    /** Documents being parsed or rendered at once, as they came; what is made of them takes some times as much meanwhile. */
    long memoryForWork() {
        return indexMemoryBytes / 2;
    }

    /** Files that left before, with their decisions. */
    long memoryForFiles() {
        return indexMemoryBytes / 4;
    }

    /** What is known of upstreams' documents without their bodies. */
    long memoryForDocuments() {
        return indexMemoryBytes / 16;
    }

    /** Advisories of the packages asked for last, prepared for matching. */
    public long memoryForAdvisories() {
        return indexMemoryBytes / 32;
    }

    /** Each of the small ones, of which there are six: what was asked in vain or lately, outages, rests, promises, refusals told. */
    long memoryForNotes() {
        return indexMemoryBytes / 96;
    }
}
