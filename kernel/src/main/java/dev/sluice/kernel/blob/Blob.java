package dev.sluice.kernel.blob;

import dev.sluice.kernel.artifact.Digest;

/**
 * Bytes that are kept: their address and length.
 *
 * @param digest SHA-256 of the bytes, their address
 * @param size length in bytes
 */
public record Blob(Digest digest, long size) {}
