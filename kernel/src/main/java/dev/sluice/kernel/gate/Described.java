package dev.sluice.kernel.gate;

import dev.sluice.kernel.repository.StoredFile;

/**
 * It may leave, but only what is known of it was asked for, not its bytes: no download is recorded.
 *
 * @param file digests, size and age
 */
public record Described(StoredFile file) implements Description {}
